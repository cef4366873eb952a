// What is done to polygons by hand: united, cut out of each other, moved, measured where they overlap. Boolean operations are
// polyclip-ts's, which calculates exactly where rounding could decide; what leaves here has standard winding and no repeats.
import { difference, intersection, union } from "polyclip-ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import {
  areaOf,
  type MultiPolygon,
  type Polygonal,
  type Position,
  partsOf,
  type Ring,
  signedRingArea,
  withStandardWinding,
} from "./geometry.ts";

type Parts = [number, number][][][];

const toParts = (geometry: Polygonal): Parts =>
  partsOf(geometry).map((part) => part.map((ring) => ring.map(([x, y]): [number, number] => [x, y])));

const fromParts = (parts: readonly (readonly Ring[])[]): MultiPolygon =>
  withStandardWinding({ type: "MultiPolygon", coordinates: parts.map((part) => [...part]) }) as MultiPolygon;

/** What is asked of the library; words of a sentence. */
type Operation = "unite" | "clean" | "cut" | "compare";

/** Coordinates on a lattice of a 2^-40th of their size: less than ten micrometres where they count metres. */
function onLattice(parts: Parts): Parts {
  let most = 0;
  for (const part of parts) for (const ring of part) for (const [x, y] of ring) most = Math.max(most, Math.abs(x), Math.abs(y)); // biome-ignore format: one line
  const step = 2 ** (Math.ceil(Math.log2(most || 1)) - 40);
  return parts.map((part) =>
    part.map((ring) =>
      ring.map(([x, y]): [number, number] => [Math.round(x / step) * step, Math.round(y / step) * step]),
    ),
  );
}

/**
 * The library's open faults are exceptions of its own (“Unable to complete output ring”, “already linked events”) and a stack
 * that overflows. Corners that nearly touch are the usual reason, so it is tried again with the corners rounded to a lattice.
 * @throws AppError "shapes-not-computed" when it fails again
 */
function computed(operation: Operation, work: (...inputs: Parts[]) => Parts, ...inputs: Parts[]): Parts {
  try {
    return work(...inputs);
  } catch {
    try {
      return work(...inputs.map(onLattice));
    } catch (cause) {
      throw new AppError("shapes-not-computed", { operation }, { cause });
    }
  }
}

/** One polygon that covers what any of them covers. Shared borders vanish. @throws AppError "shapes-not-computed" */
export function unite(geometries: readonly Polygonal[]): MultiPolygon {
  const parts = geometries.flatMap(toParts);
  return fromParts(parts.length > 0 ? computed("unite", (all) => union(all), parts) : []);
}

/**
 * Cleans a freehand outline: loops become the area they enclose, parts below `smallest` square units are dropped.
 * @throws AppError "shapes-not-computed"
 */
export function withoutLoops(geometry: Polygonal, smallest: number): MultiPolygon {
  const whole = computed("clean", (all) => union(all), toParts(geometry));
  const parts = whole.filter((part) => areaOf({ type: "Polygon", coordinates: part }) >= smallest);
  return fromParts(
    parts.map((part) => part.filter((ring, i) => i === 0 || Math.abs(signedRingArea(ring)) >= smallest)),
  );
}

/** What is left of `geometry` without `hole`. @throws AppError "shapes-not-computed" */
export function subtract(geometry: Polygonal, hole: Polygonal): MultiPolygon {
  return fromParts(computed("cut", (from, taken) => difference(from!, taken!), toParts(geometry), toParts(hole)));
}

/** What two polygons have in common; empty parts when they only touch. @throws AppError "shapes-not-computed" */
export function common(p: Polygonal, q: Polygonal): MultiPolygon {
  return fromParts(computed("compare", (one, other) => intersection(one!, other!), toParts(p), toParts(q)));
}

/** The polygons moved by (dx, dy), in units of their coordinates. */
export function translated(geometry: Polygonal, dx: number, dy: number): MultiPolygon {
  const coordinates = partsOf(geometry).map((part) =>
    part.map((ring) => ring.map(([x, y]): Position => [x + dx, y + dy])),
  );
  return { type: "MultiPolygon", coordinates };
}
