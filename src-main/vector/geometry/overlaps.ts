import RBush from "rbush";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Bounds } from "../../../src-shared/geo/bounds.ts";
import {
  areaOf,
  boundsOfGeometry,
  type Polygonal,
  type Position,
  partsOf,
  representativePoint,
  ringsContain,
} from "./geometry.ts";
import { common } from "./operations.ts";
import { burn } from "./rasterize.ts";

export interface Placed {
  readonly id: number;
  readonly geometry: Polygonal;
}

export interface Overlap {
  readonly first: number;
  readonly second: number;
  /** square map units */
  readonly area: number;
  readonly at: Position;
}

interface Entry extends Bounds {
  readonly index: number;
}

/**
 * Pairs of polygons that have more than `smallest` square units in common. Neighbours that share a border are distinguished
 * from overlaps by their edges alone; only real overlaps are cut with each other. Yields between pairs, so that a caller may rest.
 */
export function* overlaps(polygons: readonly Placed[], smallest: number): Generator<Overlap | undefined> {
  const tree = new RBush<Entry>();
  const boxes = polygons.map(({ geometry }, index): Entry | undefined => {
    const bounds = boundsOfGeometry(geometry);
    return bounds && { ...bounds, index };
  });
  tree.load(boxes.filter((box) => box !== undefined));
  for (const box of boxes) {
    if (!box) continue;
    for (const other of tree.search(box)) {
      if (other.index <= box.index) continue;
      const width = Math.min(box.maxX, other.maxX) - Math.max(box.minX, other.minX);
      const height = Math.min(box.maxY, other.maxY) - Math.max(box.minY, other.minY);
      if (width * height <= smallest) continue;
      const [p, q] = [polygons[box.index]!, polygons[other.index]!];
      if (!interiorsMeet(p.geometry, q.geometry, box, other)) continue;
      const { area, at } = sharedBy(p.geometry, q.geometry, box, other);
      if (area > smallest) yield { first: p.id, second: q.id, area, at };
    }
    yield undefined;
  }
}

/** Squares along the longer side of what two rectangles have in common, where overlaps are counted and not computed. */
const counted = 512;

/** How much two polygons have in common, and where. What cannot be computed is counted: one pair does not end the search. */
function sharedBy(
  p: Polygonal,
  q: Polygonal,
  box: Bounds,
  other: Bounds,
): { readonly area: number; readonly at: Position } {
  try {
    const shared = common(p, q);
    const area = areaOf(shared);
    return { area, at: area > 0 ? representativePoint(shared) : [box.minX, box.minY] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  const [left, top] = [Math.max(box.minX, other.minX), Math.min(box.maxY, other.maxY)];
  const [across, down] = [Math.min(box.maxX, other.maxX) - left, top - Math.max(box.minY, other.minY)];
  const side = Math.max(across, down) / counted;
  const [width, height] = [Math.ceil(across / side), Math.ceil(down / side)];
  const grid = { crs: "", width, height, affine: { a: left, b: side, c: 0, d: top, e: 0, f: -side } };
  const [one, two] = [p, q].map((geometry) => {
    const mask = new Uint8Array(width * height);
    burn(mask, grid, geometry, 1);
    return mask;
  });
  const both = [...one!.keys()].filter((i) => one![i] === 1 && two![i] === 1);
  const middle = both[both.length >> 1] ?? 0;
  const at: Position = [left + ((middle % width) + 0.5) * side, top - (Math.floor(middle / width) + 0.5) * side];
  return { area: both.length * side * side, at };
}

/** Do edges cross properly, or does one lie in the other? Cheap; it may report overlaps that are none, but misses none. */
function interiorsMeet(p: Polygonal, q: Polygonal, box: Bounds, other: Bounds): boolean {
  const near = (geometry: Polygonal, area: Bounds) =>
    partsOf(geometry).flatMap((part) =>
      part.flatMap((ring) =>
        ring.slice(1).flatMap((end, i): [Position, Position][] => {
          const start = ring[i]!;
          const out =
            Math.max(start[0], end[0]) < area.minX ||
            Math.min(start[0], end[0]) > area.maxX ||
            Math.max(start[1], end[1]) < area.minY ||
            Math.min(start[1], end[1]) > area.maxY;
          return out ? [] : [[start, end]];
        }),
      ),
    );
  const first = near(p, other);
  const second = near(q, box);
  for (const [a, b] of first) for (const [c, d] of second) if (crossProperly(a, b, c, d)) return true;
  const inside = (edges: readonly [Position, Position][], whole: Polygonal) => {
    const rings = partsOf(whole).flat();
    return edges.some(([[x1, y1], [x2, y2]]) => ringsContain(rings, (x1 + x2) / 2, (y1 + y2) / 2));
  };
  const contains = (whole: Polygonal, part: Polygonal) => {
    const [x, y] = representativePoint(part);
    return ringsContain(partsOf(whole).flat(), x, y);
  };
  return contains(p, q) || contains(q, p) || inside(first, q) || inside(second, p);
}

function crossProperly(a: Position, b: Position, c: Position, d: Position): boolean {
  const side = (p: Position, q: Position, r: Position) => (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}
