import type { LabelInput, LabelPolygon, SplitPart } from "../../src-shared/domain/job.ts";
import { type Bounds, intersection } from "../../src-shared/geo/bounds.ts";
import {
  boundsOfPatches,
  type Grid,
  geoboxOfPatches,
  type PatchWindow,
  patchesCovering,
  seededRandom,
} from "../cube/index.ts";
import { boundsOfGeometry, type Polygonal, rasterizePolygon } from "../vector/index.ts";

/** What is known of the patches of one window. */
export interface PatchLabels {
  /** [P] position in `codes`, −1 where nobody labelled */
  readonly classes: Int32Array;
  /** [P] id of the polygon, −1 where there is none */
  readonly polygons: Int32Array;
}

interface Placed {
  readonly polygon: LabelPolygon;
  readonly geometry: Polygonal;
  readonly bounds: Bounds;
  readonly classIndex: number;
}

/** Cells of the index, in patches: polygons are found by the cells their bounds touch. */
const cellPatches = 64;

/** Polygons as labels of patches: a patch has the class of the polygon that holds its centre. */
export class LabelPatches {
  readonly grid: Grid;
  /** legend codes in the order of the network's classes */
  readonly codes: readonly number[];
  readonly polygons: readonly LabelPolygon[];
  readonly #cells = new Map<string, Placed[]>();
  readonly #placed = new Map<number, Placed>();
  readonly #patches = new Map<number, readonly PatchWindow[]>();

  constructor(labels: LabelInput, part: SplitPart, codes: readonly number[], grid: Grid) {
    this.grid = grid;
    this.codes = codes;
    this.polygons = labels.polygons.filter((polygon) => polygon.part === part && codes.includes(polygon.classCode));
    for (const polygon of this.polygons) {
      const geometry = { type: "MultiPolygon", coordinates: polygon.coordinates } as unknown as Polygonal;
      const bounds = boundsOfGeometry(geometry);
      if (!bounds) continue;
      const placed = { polygon, geometry, bounds, classIndex: codes.indexOf(polygon.classCode) };
      this.#placed.set(polygon.id, placed);
      for (const key of cellsOf(patchesCovering(grid, bounds))) {
        const cell = this.#cells.get(key);
        if (cell) cell.push(placed);
        else this.#cells.set(key, [placed]);
      }
    }
  }

  /** Labels of a window's patches, row by row. Where polygons of several classes meet on a patch, nobody knows: no label. */
  labels(window: PatchWindow): PatchLabels {
    const geobox = geoboxOfPatches(this.grid, window);
    const around = boundsOfPatches(this.grid, window);
    const classes = new Int32Array(window.width * window.height).fill(-1);
    const polygons = classes.slice();
    const contested = new Set<number>();
    const near = new Set(cellsOf(window).flatMap((key) => this.#cells.get(key) ?? []));
    for (const { polygon, geometry, bounds, classIndex } of near) {
      if (!intersection(bounds, around)) continue;
      rasterizePolygon(geometry, geobox, (row, start, end) => {
        for (let at = row * window.width + start; at < row * window.width + end; at++) {
          if (classes[at] === -1) {
            classes[at] = classIndex;
            polygons[at] = polygon.id;
          } else if (classes[at] !== classIndex) contested.add(at);
        }
      });
    }
    for (const at of contested) {
      classes[at] = -1;
      polygons[at] = -1;
    }
    return { classes, polygons };
  }

  /** The patches of a polygon, as stretches of one row. */
  patchesOf(id: number): readonly PatchWindow[] {
    const known = this.#patches.get(id);
    if (known) return known;
    const placed = this.#placed.get(id);
    if (!placed) return [];
    const window = patchesCovering(this.grid, placed.bounds);
    const spans: PatchWindow[] = [];
    rasterizePolygon(placed.geometry, geoboxOfPatches(this.grid, window), (row, start, end) => {
      spans.push({ col: window.col + start, row: window.row + row, width: end - start, height: 1 });
    });
    this.#patches.set(id, spans);
    return spans;
  }

  countOf(id: number): number {
    return this.patchesOf(id).reduce((sum, { width }) => sum + width, 0);
  }
}

function cellsOf(window: PatchWindow): string[] {
  const keys: string[] = [];
  const last = (start: number, length: number) => Math.floor((start + Math.max(1, length) - 1) / cellPatches);
  for (let row = Math.floor(window.row / cellPatches); row <= last(window.row, window.height); row++)
    for (let col = Math.floor(window.col / cellPatches); col <= last(window.col, window.width); col++)
      keys.push(`${col} ${row}`);
  return keys;
}

/**
 * Tiles that hold a labelled patch. With `classes` a class is drawn first, then one of its polygons, then a patch of it, so
 * that a rare crop is seen as often as a common one; with `patches` every labelled patch has the same chance.
 */
export function aroundLabels(
  labels: LabelPatches,
  area: PatchWindow,
  size: number,
  balance: "classes" | "patches",
  seed: number,
): (index: number, count: number) => PatchWindow[] {
  const usable = labels.polygons.filter(({ id }) => labels.countOf(id) > 0);
  const byClass = [...Map.groupBy(usable, ({ classCode }) => classCode).values()];
  const counts = usable.map(({ id }) => labels.countOf(id));
  const total = counts.reduce((sum, count) => sum + count, 0);
  return (index, count) => {
    const random = seededRandom("labelled-tiles", seed, index);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
    const polygon = (): LabelPolygon => {
      if (balance === "classes") return pick(pick(byClass));
      let left = random() * total;
      for (const [i, candidate] of usable.entries()) {
        left -= counts[i]!;
        if (left < 0) return candidate;
      }
      return usable.at(-1)!;
    };
    return Array.from({ length: count }, () => {
      const patch = patchAt(labels.patchesOf(polygon().id), random());
      const place = (at: number, start: number, length: number) =>
        Math.min(Math.max(at - Math.floor(random() * size), start), start + length - size);
      return {
        col: place(patch.col, area.col, area.width),
        row: place(patch.row, area.row, area.height),
        width: size,
        height: size,
      };
    });
  };
}

function patchAt(spans: readonly PatchWindow[], share: number): { readonly col: number; readonly row: number } {
  let left = Math.floor(share * spans.reduce((sum, { width }) => sum + width, 0));
  for (const span of spans) {
    if (left < span.width) return { col: span.col + left, row: span.row };
    left -= span.width;
  }
  throw new Error("patchAt: a polygon without patches");
}
