// What is done to polygons by hand: united, cut out of each other, moved, measured where they overlap. Boolean operations are
// polyclip-ts's, which calculates exactly where rounding could decide; what leaves here has standard winding and no repeats.
import { difference, intersection, union } from "polyclip-ts";
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

/** One polygon that covers what any of them covers. Shared borders vanish. */
export function unite(geometries: readonly Polygonal[]): MultiPolygon {
  const [first, ...others] = geometries.map(toParts);
  return fromParts(first ? union(first, ...others) : []);
}

/** The outline of a quick hand: loops become what they enclose, crumbs under `smallest` square units are dropped. */
export function tidied(geometry: Polygonal, smallest: number): MultiPolygon {
  const parts = union(toParts(geometry)).filter((part) => areaOf({ type: "Polygon", coordinates: part }) >= smallest);
  return fromParts(
    parts.map((part) => part.filter((ring, i) => i === 0 || Math.abs(signedRingArea(ring)) >= smallest)),
  );
}

/** What is left of `geometry` without `hole`. */
export function subtract(geometry: Polygonal, hole: Polygonal): MultiPolygon {
  return fromParts(difference(toParts(geometry), toParts(hole)));
}

/** What two polygons have in common; empty parts when they only touch. */
export function common(p: Polygonal, q: Polygonal): MultiPolygon {
  return fromParts(intersection(toParts(p), toParts(q)));
}

export function translated(geometry: Polygonal, dx: number, dy: number): MultiPolygon {
  const coordinates = partsOf(geometry).map((part) =>
    part.map((ring) => ring.map(([x, y]): Position => [x + dx, y + dy])),
  );
  return { type: "MultiPolygon", coordinates };
}
