import type { Bounds } from "../../../src-shared/geo/bounds.ts";
import type { Geometry, Position } from "../../vector/index.ts";

export interface SimplifyOptions {
  readonly move?: (x: number, y: number) => readonly [number, number];
  /** positions nearer than this to the one kept before are left out; ends and corners of rings stay */
  readonly tolerance?: number;
  /** parts of lines and polygons that lie outside are left out whole */
  readonly within?: Bounds;
}

/** A shape with no more positions than a screen shows; `null` when nothing of it is left. */
export function simplified(geometry: Geometry, options: SimplifyOptions): Geometry | null {
  switch (geometry.type) {
    case "Point": {
      const [moved] = line([geometry.coordinates], options, 1);
      return moved ? { type: "Point", coordinates: moved } : null;
    }
    case "MultiPoint": {
      const points = geometry.coordinates.flatMap((point) => line([point], options, 1));
      return points.length > 0 ? { type: "MultiPoint", coordinates: points } : null;
    }
    case "LineString": {
      const positions = line(geometry.coordinates, options, 2);
      return positions.length >= 2 ? { type: "LineString", coordinates: positions } : null;
    }
    case "MultiLineString": {
      const lines = geometry.coordinates.map((one) => line(one, options, 2)).filter(({ length }) => length >= 2);
      return lines.length > 0 ? { type: "MultiLineString", coordinates: lines } : null;
    }
    case "Polygon": {
      const rings = polygon(geometry.coordinates, options);
      return rings ? { type: "Polygon", coordinates: rings } : null;
    }
    case "MultiPolygon": {
      const parts = geometry.coordinates.flatMap((part) => {
        const rings = polygon(part, options);
        return rings ? [rings] : [];
      });
      return parts.length > 0 ? { type: "MultiPolygon", coordinates: parts } : null;
    }
    case "GeometryCollection": {
      const members = geometry.geometries.flatMap((member) => simplified(member, options) ?? []);
      return members.length > 0 ? { type: "GeometryCollection", geometries: members } : null;
    }
  }
}

/** A hole that shrinks to nothing is left out; an outside that does stays a small box, so that small fields are seen. */
function polygon(rings: readonly (readonly Position[])[], options: SimplifyOptions): Position[][] | null {
  const [outside, ...holes] = rings;
  if (!outside) return null;
  const outer = line(outside, options, 4);
  if (outer.length < 4) return null;
  return [outer, ...holes.map((hole) => line(hole, options, 0)).filter(({ length }) => length >= 4)];
}

/** At least `least` positions are kept where there are as many: every n-th when all lie within the tolerance. */
function line(positions: readonly Position[], options: SimplifyOptions, least: number): Position[] {
  const { move, tolerance = 0, within } = options;
  if (within && outside(positions, within)) return [];
  const out: Position[] = [];
  let kept: Position | undefined;
  positions.forEach((position, i) => {
    const end = i === 0 || i === positions.length - 1;
    if (!end && tolerance > 0 && kept && Math.hypot(position[0] - kept[0], position[1] - kept[1]) < tolerance) return;
    kept = position;
    out.push(move ? move(position[0], position[1]) : position);
  });
  if (out.length >= least || positions.length < least) return out;
  const last = positions.length - 1;
  const spread = Array.from({ length: least }, (_, i) => positions[Math.round((i * last) / (least - 1))]!);
  return move ? spread.map(([x, y]) => move(x, y)) : spread;
}

function outside(positions: readonly Position[], { minX, minY, maxX, maxY }: Bounds): boolean {
  return (
    positions.every(([x]) => x < minX) ||
    positions.every(([x]) => x > maxX) ||
    positions.every(([, y]) => y < minY) ||
    positions.every(([, y]) => y > maxY)
  );
}

export function verticesOf(geometry: Geometry): number {
  switch (geometry.type) {
    case "Point":
      return 1;
    case "MultiPoint":
    case "LineString":
      return geometry.coordinates.length;
    case "Polygon":
    case "MultiLineString":
      return geometry.coordinates.reduce((sum, part) => sum + part.length, 0);
    case "MultiPolygon":
      return geometry.coordinates.flat().reduce((sum, ring) => sum + ring.length, 0);
    case "GeometryCollection":
      return geometry.geometries.reduce((sum, member) => sum + verticesOf(member), 0);
  }
}
