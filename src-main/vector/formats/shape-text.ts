import type { Geometry } from "../geometry/geometry.ts";
import { readGeoJsonShape } from "./geojson.ts";
import { GeometryProblem, readWkb } from "./wkb.ts";
import { looksLikeWkt, readWkt } from "./wkt.ts";

/** A shape that stands in one cell of a table. */
export interface ShapeText {
  /** `null`: empty */
  readonly geometry: Geometry | null;
  /** EPSG code of an EWKT prefix or of extended WKB */
  readonly srid: number | undefined;
}

const looksLikeGeoJson = (text: string): boolean =>
  /^\s*\{/.test(text) && /"type"\s*:\s*"(Feature|GeometryCollection|(Multi)?(Point|LineString|Polygon))"/.test(text);

/** Hexadecimal WKB as PostGIS prints it: byte order, then a type with its flags. */
const looksLikeHexWkb = (text: string): boolean =>
  /^\s*(01[0-9a-f]{2}0[0-9a-f]{5}|00[0-9a-f]{8})[0-9a-f]*\s*$/i.test(text) && text.trim().length >= 42;

/** Does a cell hold a shape: WKT, GeoJSON (Earth Engine's “.geo”) or hexadecimal WKB (PostGIS)? */
export const looksLikeShape = (text: string): boolean =>
  looksLikeWkt(text) || looksLikeGeoJson(text) || looksLikeHexWkb(text);

/** @throws GeometryProblem with what cannot be understood */
export function readShape(text: string): ShapeText {
  if (/^\s*\{/.test(text)) return { geometry: readGeoJsonShape(text), srid: undefined };
  if (!looksLikeHexWkb(text)) return readWkt(text);
  const bytes = Buffer.from(text.trim(), "hex");
  const little = bytes[0] === 1;
  const type = little ? bytes.readUInt32LE(1) : bytes.readUInt32BE(1);
  const withSrid = (type & 0x20000000) !== 0;
  if (withSrid && bytes.length < 9) throw new GeometryProblem("the geometry ends too early");
  return {
    geometry: readWkb(bytes),
    srid: withSrid ? (little ? bytes.readUInt32LE(5) : bytes.readUInt32BE(5)) : undefined,
  };
}
