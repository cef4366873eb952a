import type { Geometry, LineString, Point, Polygon, Position, Ring } from "../geometry/geometry.ts";

/** Bytes that are no geometry, or one we do not draw (curves, surfaces). The message fits after a colon. */
export class GeometryProblem extends Error {}

/** The numbers that well-known binary and FlatGeobuf give to kinds of geometry. */
export const geometryTypes: Readonly<Record<number, Geometry["type"]>> = {
  1: "Point",
  2: "LineString",
  3: "Polygon",
  4: "MultiPoint",
  5: "MultiLineString",
  6: "MultiPolygon",
  7: "GeometryCollection",
};
const codes: Readonly<Record<Geometry["type"], number>> = {
  Point: 1,
  LineString: 2,
  Polygon: 3,
  MultiPoint: 4,
  MultiLineString: 5,
  MultiPolygon: 6,
  GeometryCollection: 7,
};

const notNumbers = (): never => {
  throw new GeometryProblem("its coordinates are not numbers");
};

/** Reads well-known binary: either byte order, ISO (1001, 2001, 3001) and extended (flag bits) heights and measures, which are dropped. */
export function readWkb(bytes: Uint8Array): Geometry {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  const need = (count: number): void => {
    if (at + count > view.byteLength) throw new GeometryProblem("the geometry ends too early");
  };

  const geometry = (depth: number): Geometry => {
    if (depth > 16) throw new GeometryProblem("the geometry is nested too deeply");
    need(5);
    const little = view.getUint8(at) === 1;
    const code = view.getUint32(at + 1, little);
    at += 5;
    if (code & 0x20000000) at += 4; // extended WKB carries its own reference system number
    const iso = code & 0x0fffffff;
    const type = geometryTypes[iso % 1000];
    if (!type) throw new GeometryProblem(`shapes of type ${iso} (curves or surfaces) are not supported`);
    const family = Math.floor(iso / 1000);
    const extended = (code & 0x80000000 ? 1 : 0) + (code & 0x40000000 ? 1 : 0);
    const dimensions = 2 + Math.max(extended, family === 3 ? 2 : family > 0 ? 1 : 0);

    const count = (size: number): number => {
      need(4);
      const value = view.getUint32(at, little);
      at += 4;
      need(value * size);
      return value;
    };
    const position = (): Position => {
      need(8 * dimensions);
      const x = view.getFloat64(at, little);
      const y = view.getFloat64(at + 8, little);
      at += 8 * dimensions;
      return [x, y];
    };
    const place = (): Position => {
      const [x, y] = position();
      if (!Number.isFinite(x) || !Number.isFinite(y)) throw new GeometryProblem("its coordinates are not numbers");
      return [x, y];
    };
    const line = (): Position[] => Array.from({ length: count(8 * dimensions) }, place);
    const members = <T extends Geometry["type"]>(wanted: T): Extract<Geometry, { type: T }>[] =>
      Array.from({ length: count(5) }, () => {
        const member = geometry(depth + 1);
        if (member.type !== wanted) throw new GeometryProblem(`a ${type} holds a ${member.type}`);
        return member as Extract<Geometry, { type: T }>;
      });

    switch (type) {
      case "Point": {
        const [x, y] = position();
        // An empty point is written as not-a-number.
        return Number.isNaN(x) && Number.isNaN(y)
          ? { type: "MultiPoint", coordinates: [] }
          : Number.isFinite(x) && Number.isFinite(y)
            ? { type, coordinates: [x, y] }
            : notNumbers();
      }
      case "LineString":
        return { type, coordinates: line() };
      case "Polygon":
        return { type, coordinates: Array.from({ length: count(4) }, line) };
      case "MultiPoint":
        return { type, coordinates: members("Point").map((member: Point) => member.coordinates) };
      case "MultiLineString":
        return { type, coordinates: members("LineString").map((member: LineString) => member.coordinates) };
      case "MultiPolygon":
        return { type, coordinates: members("Polygon").map((member: Polygon) => member.coordinates) };
      case "GeometryCollection":
        return { type, geometries: Array.from({ length: count(5) }, () => geometry(depth + 1)) };
    }
  };

  return geometry(0);
}

/** Well-known binary, little-endian, two dimensions. */
export function writeWkb(geometry: Geometry): Uint8Array {
  const chunks: Uint8Array[] = [];
  const integer = (value: number): void => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    chunks.push(bytes);
  };
  const positions = (list: readonly Position[]): void => {
    const bytes = new Uint8Array(16 * list.length);
    const view = new DataView(bytes.buffer);
    list.forEach(([x, y], i) => {
      view.setFloat64(16 * i, x, true);
      view.setFloat64(16 * i + 8, y, true);
    });
    chunks.push(bytes);
  };
  const lines = (list: readonly Ring[]): void => {
    integer(list.length);
    for (const line of list) {
      integer(line.length);
      positions(line);
    }
  };
  const write = (shape: Geometry): void => {
    chunks.push(Uint8Array.of(1));
    integer(codes[shape.type]);
    switch (shape.type) {
      case "Point":
        positions([shape.coordinates]);
        break;
      case "LineString":
        integer(shape.coordinates.length);
        positions(shape.coordinates);
        break;
      case "Polygon":
        lines(shape.coordinates);
        break;
      case "MultiPoint":
        integer(shape.coordinates.length);
        for (const coordinates of shape.coordinates) write({ type: "Point", coordinates });
        break;
      case "MultiLineString":
        integer(shape.coordinates.length);
        for (const coordinates of shape.coordinates) write({ type: "LineString", coordinates });
        break;
      case "MultiPolygon":
        integer(shape.coordinates.length);
        for (const coordinates of shape.coordinates) write({ type: "Polygon", coordinates });
        break;
      case "GeometryCollection":
        integer(shape.geometries.length);
        for (const member of shape.geometries) write(member);
        break;
    }
  };
  write(geometry);
  return Buffer.concat(chunks);
}
