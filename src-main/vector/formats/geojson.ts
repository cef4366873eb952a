import { readFileSync, statSync } from "node:fs";
import { basename, extname } from "node:path";
import type { KnownVectorFormat } from "../../../src-shared/domain/known-format.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { reason } from "../../../src-shared/errors/reasons/index.ts";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import { type Geometry, isEmpty, type Position, positionsOf } from "../geometry/geometry.ts";
import type { Feature, FeatureLayer, PropertyValue, ReadOptions } from "./feature.ts";
import { fieldsOf, record } from "./fields.ts";
import { GeometryProblem } from "./wkb.ts";

/** What is read of it. */
export const geoJsonFormat: KnownVectorFormat = {
  kind: "labels",
  name: "GeoJSON",
  endings: ["geojson", "json"],
  read: "features, collections and bare shapes, up to 384 MiB",
  notRead: "newline-delimited GeoJSON, TopoJSON",
  crsFrom: "its “crs” member, without one longitude and latitude (RFC 7946)",
};

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const geometryTypes = new Set([
  "Point",
  "MultiPoint",
  "LineString",
  "MultiLineString",
  "Polygon",
  "MultiPolygon",
  "GeometryCollection",
]);

/** GeoJSON: a FeatureCollection, one Feature or a bare geometry. JSON has no index, so the file is parsed whole. */
export function readGeoJson(path: string, options: ReadOptions = {}): FeatureLayer {
  const root = parse(path);
  const layer = basename(path, extname(path));
  if (options.layer !== undefined && options.layer !== layer) {
    throw new AppError("vector-layer-missing", { path, layer: options.layer, layers: [layer] });
  }
  const features = membersOf(root, path).map(featureOf);
  const named = isObject(root.crs) ? crsMember(root.crs, path, options.crs) : undefined;
  if (options.crs === undefined && named === undefined) expectLonLat(features, path);
  const crs = options.crs ?? named ?? "EPSG:4326";
  const types = new Set(features.flatMap(({ geometry }) => (geometry ? [geometry.type] : [])));
  return {
    path,
    layer,
    layers: [{ name: layer, geometryType: types.size === 1 ? [...types][0]!.toUpperCase() : "GEOMETRY", crs }],
    crs,
    fields: fieldsOf(features),
    features,
  };
}

/** JSON has no index: the file is held whole, as text and as values. */
const largest = 384 * 2 ** 20;
const deepest = 256;

function parse(path: string): JsonObject {
  const { size } = statSync(path);
  if (size > largest)
    throw new AppError("vector-damaged", {
      path,
      problem: reason("mib-geojson-read-up-convert", { size: Math.round(size / 2 ** 20), largest: largest / 2 ** 20 }),
    });
  const bytes = readFileSync(path);
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8"; // biome-ignore format: one line
  const text = new TextDecoder(utf16).decode(bytes);
  if (nesting(text) > deepest)
    throw new AppError("vector-damaged", {
      path,
      problem: reason("lists-objects-nested-more-deep", { deepest }),
    });
  let root: Json;
  try {
    root = JSON.parse(text) as Json;
  } catch (error) {
    const place = /line \d+ column \d+/.exec(String(error))?.[0];
    throw new AppError(
      "vector-damaged",
      { path, problem: reason("not-valid-json", { value: place ? ` (${place})` : "" }) },
      { cause: error },
    );
  }
  if (!isObject(root)) throw new AppError("vector-unknown-format", { path });
  return root;
}

/** How deep brackets go, outside of texts. */
function nesting(text: string): number {
  let depth = 0;
  let most = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const sign = text.charCodeAt(i);
    if (quoted) {
      if (sign === 92) i++;
      else if (sign === 34) quoted = false;
    } else if (sign === 34) quoted = true;
    else if (sign === 91 || sign === 123) most = Math.max(most, ++depth);
    else if (sign === 93 || sign === 125) depth--;
  }
  return most;
}

function membersOf(root: JsonObject, path: string): readonly Json[] {
  if (root.type === "FeatureCollection") {
    if (!Array.isArray(root.features)) {
      throw new AppError("vector-damaged", { path, problem: reason("features-no-list") });
    }
    return root.features as readonly Json[];
  }
  if (root.type === "Feature") return [root];
  if (typeof root.type === "string" && geometryTypes.has(root.type)) {
    return [{ type: "Feature", properties: null, geometry: root }];
  }
  throw new AppError("vector-unknown-format", { path });
}

/** A member that is no proper feature is kept, without a shape, so that the report can count it. */
function featureOf(member: Json, index: number): Feature {
  if (!isObject(member) || member.type !== "Feature") {
    return { id: index, properties: {}, geometry: null, problem: "it is not a GeoJSON Feature" };
  }
  const id = typeof member.id === "string" || typeof member.id === "number" ? member.id : index;
  const properties = isObject(member.properties)
    ? record(Object.entries(member.properties).map(([name, value]) => [name, propertyOf(value)] as const))
    : {};
  try {
    return { id, properties, geometry: geometryOf(member.geometry ?? null) };
  } catch (error) {
    if (error instanceof GeometryProblem) return { id, properties, geometry: null, problem: error.message };
    throw error;
  }
}

/** Lists and objects become their JSON text, so that no value is lost. */
function propertyOf(value: Json): PropertyValue {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}

/** The deepest that brackets of one shape may stand in each other: a collection in a collection of multipolygons. */
const deepestShape = 16;

/**
 * One shape as GeoJSON text, as tables hold it in a cell (Earth Engine's “.geo”).
 * @throws GeometryProblem with what cannot be understood
 */
export function readGeoJsonShape(text: string): Geometry | null {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    if (depth > deepestShape) throw new GeometryProblem("its GeoJSON is nested too deeply");
  }
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new GeometryProblem("its GeoJSON is broken");
  }
  return geometryOf(isObject(value) && value.type === "Feature" ? (value.geometry ?? null) : value);
}

function geometryOf(value: Json): Geometry | null {
  if (value === null) return null;
  if (!isObject(value) || typeof value.type !== "string" || !geometryTypes.has(value.type)) {
    throw new GeometryProblem("its geometry is of no known type");
  }
  const geometry = shape(value, value.type as Geometry["type"]);
  return isEmpty(geometry) ? null : geometry;
}

function shape(value: JsonObject, type: Geometry["type"]): Geometry {
  const c = value.coordinates;
  switch (type) {
    case "Point":
      return Array.isArray(c) && c.length === 0
        ? { type: "MultiPoint", coordinates: [] }
        : { type, coordinates: position(c) };
    case "MultiPoint":
    case "LineString":
      return { type, coordinates: list(c, position) };
    case "MultiLineString":
    case "Polygon":
      return { type, coordinates: list(c, (line) => list(line, position)) };
    case "MultiPolygon":
      return { type, coordinates: list(c, (part) => list(part, (ring) => list(ring, position))) };
    case "GeometryCollection":
      return {
        type,
        geometries: list(value.geometries, (member) => geometryOf(member ?? null)).filter((member) => member !== null),
      };
  }
}

function list<T>(value: Json | undefined, read: (member: Json | undefined) => T): T[] {
  if (!Array.isArray(value)) throw new GeometryProblem("its coordinates are not nested as its type asks");
  return (value as readonly Json[]).map(read);
}

function position(value: Json | undefined): Position {
  if (!Array.isArray(value) || value.length < 2 || value.some((number) => !Number.isFinite(number))) {
    throw new GeometryProblem("its coordinates are not numbers");
  }
  return [value[0] as number, value[1] as number];
}

/**
 * The “crs” member of GeoJSON before RFC 7946, still written by GDAL and QGIS for projected data.
 * Also for a geographic EPSG code the order in the file is longitude, latitude.
 */
function crsMember(member: JsonObject, path: string, given: Crs | undefined): Crs | undefined {
  const properties = isObject(member.properties) ? member.properties : {};
  const name =
    typeof properties.name === "string"
      ? properties.name
      : member.type === "EPSG" && properties.code !== undefined
        ? `EPSG:${String(properties.code)}`
        : undefined;
  if (name === undefined) {
    if (given !== undefined) return undefined;
    throw new AppError("labels-unknown-crs", { path, crs: JSON.stringify(member).slice(0, 120) });
  }
  if (/\bCRS:?84\b/i.test(name)) return "EPSG:4326";
  const code = /EPSG[:/](?:[\w.]*[:/])?(\d+)$/i.exec(name.trim())?.[1];
  if (code) return `EPSG:${code}`;
  if (given !== undefined) return undefined;
  throw new AppError("labels-unknown-crs", { path, crs: name.slice(0, 120) });
}

/** RFC 7946 demands longitude and latitude; metres without a CRS would silently be placed off the map. */
function expectLonLat(features: readonly Feature[], path: string): void {
  for (const { geometry } of features) {
    if (!geometry) continue;
    for (const [x, y] of positionsOf(geometry)) {
      if (Math.abs(x) > 360 || Math.abs(y) > 90.000001) throw new AppError("labels-not-lon-lat", { path, x, y });
    }
  }
}
