import type { Bounds } from "../../../src-shared/geo/bounds.ts";

/** x, y in the units of the CRS. Heights and measures are left behind when a file is read. */
export type Position = readonly [x: number, y: number];
/** A closed line: the first position is repeated at the end. */
export type Ring = readonly Position[];

export interface Point {
  readonly type: "Point";
  readonly coordinates: Position;
}
export interface MultiPoint {
  readonly type: "MultiPoint";
  readonly coordinates: readonly Position[];
}
export interface LineString {
  readonly type: "LineString";
  readonly coordinates: readonly Position[];
}
export interface MultiLineString {
  readonly type: "MultiLineString";
  readonly coordinates: readonly (readonly Position[])[];
}
/** The first ring is the outside, the others are holes. */
export interface Polygon {
  readonly type: "Polygon";
  readonly coordinates: readonly Ring[];
}
export interface MultiPolygon {
  readonly type: "MultiPolygon";
  readonly coordinates: readonly (readonly Ring[])[];
}
export interface GeometryCollection {
  readonly type: "GeometryCollection";
  readonly geometries: readonly Geometry[];
}

export type Geometry = Point | MultiPoint | LineString | MultiLineString | Polygon | MultiPolygon | GeometryCollection;
export type Polygonal = Polygon | MultiPolygon;

/** Moves one position from one CRS to another. */
export type Transform = (x: number, y: number) => readonly [number, number];

/** Is it a polygon, or several? */
export function isPolygonal(geometry: Geometry): geometry is Polygonal {
  return geometry.type === "Polygon" || geometry.type === "MultiPolygon";
}

/** The polygons of a geometry, each a list of rings. */
export function partsOf(geometry: Polygonal): readonly (readonly Ring[])[] {
  return geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
}

/** Every position, in order. */
export function* positionsOf(geometry: Geometry): Generator<Position> {
  switch (geometry.type) {
    case "Point":
      if (geometry.coordinates.length > 0) yield geometry.coordinates;
      break;
    case "MultiPoint":
    case "LineString":
      yield* geometry.coordinates;
      break;
    case "MultiLineString":
    case "Polygon":
      for (const line of geometry.coordinates) yield* line;
      break;
    case "MultiPolygon":
      for (const part of geometry.coordinates) for (const ring of part) yield* ring;
      break;
    case "GeometryCollection":
      for (const member of geometry.geometries) yield* positionsOf(member);
      break;
  }
}

export function isEmpty(geometry: Geometry): boolean {
  return positionsOf(geometry).next().done === true;
}

/** The rectangle around a geometry; `undefined` when it is empty. */
export function boundsOfGeometry(geometry: Geometry): Bounds | undefined {
  let minX = Number.POSITIVE_INFINITY;
  let minY = Number.POSITIVE_INFINITY;
  let maxX = Number.NEGATIVE_INFINITY;
  let maxY = Number.NEGATIVE_INFINITY;
  for (const [x, y] of positionsOf(geometry)) {
    minX = Math.min(minX, x);
    minY = Math.min(minY, y);
    maxX = Math.max(maxX, x);
    maxY = Math.max(maxY, y);
  }
  return minX <= maxX ? { minX, minY, maxX, maxY } : undefined;
}

/** Every position moved by `transform`. */
export function transformPolygonal(geometry: Polygonal, transform: Transform): Polygonal {
  return transformGeometry(geometry, transform) as Polygonal;
}

/** Any geometry, moved by `transform`. */
export function transformGeometry(geometry: Geometry, transform: Transform): Geometry {
  const line = (positions: readonly Position[]): Position[] => positions.map(([x, y]) => transform(x, y));
  switch (geometry.type) {
    case "Point":
      return { type: "Point", coordinates: transform(...geometry.coordinates) };
    case "MultiPoint":
    case "LineString":
      return { type: geometry.type, coordinates: line(geometry.coordinates) };
    case "MultiLineString":
    case "Polygon":
      return { type: geometry.type, coordinates: geometry.coordinates.map(line) };
    case "MultiPolygon":
      return { type: "MultiPolygon", coordinates: geometry.coordinates.map((part) => part.map(line)) };
    case "GeometryCollection":
      return {
        type: "GeometryCollection",
        geometries: geometry.geometries.map((member) => transformGeometry(member, transform)),
      };
  }
}

/** Positive when the ring runs counter-clockwise with y up. Measured from its first point, so that large coordinates lose no digits. */
export function signedRingArea(ring: Ring): number {
  const origin = ring[0];
  if (!origin) return 0;
  let twice = 0;
  for (let i = 1; i < ring.length; i++) {
    const [x1, y1] = ring[i - 1]!;
    const [x2, y2] = ring[i]!;
    twice += (x1 - origin[0]) * (y2 - origin[1]) - (x2 - origin[0]) * (y1 - origin[1]);
  }
  return twice / 2;
}

/** Plane area in square map units: outsides less holes. */
export function areaOf(geometry: Polygonal): number {
  let sum = 0;
  for (const part of partsOf(geometry)) {
    part.forEach((ring, index) => {
      sum += (index === 0 ? 1 : -1) * Math.abs(signedRingArea(ring));
    });
  }
  return sum;
}

/** Plane area of the part of a polygon that lies in a rectangle. */
export function areaWithin(geometry: Polygonal, bounds: Bounds): number {
  let sum = 0;
  for (const part of partsOf(geometry)) {
    part.forEach((ring, index) => {
      sum += (index === 0 ? 1 : -1) * Math.abs(signedRingArea(clippedRing(ring, bounds)));
    });
  }
  return sum;
}

/** A ring cut off at the sides of a rectangle (Sutherland and Hodgman 1974): edges may run along its sides twice, the area is right. */
function clippedRing(ring: Ring, { minX, minY, maxX, maxY }: Bounds): Ring {
  const sides = [
    [0, minX, 1],
    [0, maxX, -1],
    [1, minY, 1],
    [1, maxY, -1],
  ] as const;
  let positions: readonly Position[] = ring;
  for (const [axis, limit, sign] of sides) {
    const cut: Position[] = [];
    const depth = (p: Position) => sign * (p[axis] - limit);
    for (let i = 1; i < positions.length; i++) {
      const [from, to] = [positions[i - 1]!, positions[i]!];
      const [before, after] = [depth(from), depth(to)];
      if (before >= 0) cut.push(from);
      if (before >= 0 !== after >= 0) {
        const share = before / (before - after);
        cut.push([from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]);
      }
    }
    positions = cut.length > 0 ? [...cut, cut[0]!] : [];
  }
  return positions;
}

/** Outsides counter-clockwise, holes clockwise (RFC 7946). */
export function withStandardWinding(geometry: Polygonal): Polygonal {
  const turn = (ring: Ring, index: number): Ring =>
    signedRingArea(ring) >= 0 === (index === 0) ? ring : ring.toReversed();
  return geometry.type === "Polygon"
    ? { type: "Polygon", coordinates: geometry.coordinates.map(turn) }
    : { type: "MultiPolygon", coordinates: geometry.coordinates.map((part) => part.map(turn)) };
}

/** Even-odd: is the position inside the rings? On an edge either answer may come. */
export function ringsContain(rings: readonly Ring[], x: number, y: number): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [x1, y1] = ring[i - 1]!;
      const [x2, y2] = ring[i]!;
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
    }
  }
  return inside;
}

/**
 * A point inside the polygon: the middle of the widest stretch along a line across the largest part.
 * Unlike the centroid it is never in a hole or beside a bent parcel.
 */
export function representativePoint(geometry: Polygonal): Position {
  const parts = partsOf(geometry).filter((part) => (part[0]?.length ?? 0) > 0);
  const largest = parts.reduce((best, part) =>
    Math.abs(signedRingArea(part[0]!)) > Math.abs(signedRingArea(best[0]!)) ? part : best,
  );
  const ys = [...new Set(largest.flatMap((ring) => ring.map(([, y]) => y)))].sort((a, b) => a - b);
  if (ys.length < 2) return largest[0]![0]!;
  // Between two neighbouring heights no vertex lies: the line there meets edges only in their middles.
  const middle = (ys[0]! + ys.at(-1)!) / 2;
  let at = 0;
  while (at < ys.length - 2 && ys[at + 1]! < middle) at++;
  const y = (ys[at]! + ys[at + 1]!) / 2;
  const crossings = largest
    .flatMap((ring) =>
      ring.slice(1).flatMap(([x2, y2], i) => {
        const [x1, y1] = ring[i]!;
        return y1 > y !== y2 > y ? [((x2 - x1) * (y - y1)) / (y2 - y1) + x1] : [];
      }),
    )
    .sort((a, b) => a - b);
  let x = largest[0]![0]![0];
  let widest = -1;
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const width = crossings[i + 1]! - crossings[i]!;
    if (width > widest) {
      widest = width;
      x = (crossings[i]! + crossings[i + 1]!) / 2;
    }
  }
  return [x, y];
}
