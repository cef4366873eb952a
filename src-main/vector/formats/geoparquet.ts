import { basename, extname } from "node:path";
import type { KnownVectorFormat } from "../../../src-shared/domain/known-format.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { reason } from "../../../src-shared/errors/reasons/index.ts";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import { hasDefinition } from "../../raster/crs.ts";
import { type Geometry, isEmpty } from "../geometry/geometry.ts";
import type { Feature, FeatureLayer, Field, FieldType, ReadOptions } from "./feature.ts";
import { record } from "./fields.ts";
import { openParquet, type ParquetColumn, type ParquetFile, parquetRows } from "./parquet-file.ts";
import { GeometryProblem, readWkb } from "./wkb.ts";

/** What is read of it. */
export const geoParquetFormat: KnownVectorFormat = {
  kind: "labels",
  name: "GeoParquet",
  endings: ["parquet", "geoparquet"],
  read: "1.0 and 1.1, Parquet’s own type for shapes; WKB; Snappy, GZIP, Brotli, ZSTD",
  notRead: "other encodings of shapes, lists and structures, LZ4, encryption, tables without shapes",
  crsFrom: "its “geo” metadata, without one longitude and latitude",
};

/** How a file describes its shapes. */
interface Shapes {
  readonly column: string;
  readonly geometryType: string;
  readonly crs: Crs | undefined;
  /** columns of shapes that are not the primary one */
  readonly others: readonly string[];
}

type JsonObject = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * A GeoParquet file (1.0 and 1.1, shapes as WKB), or a Parquet file with the format's own type for shapes: one layer, row group by row
 * group. Lists and structures, the boxes of shapes among them, are left out.
 * @throws AppError "vector-damaged", "vector-not-read", "vector-layer-missing"
 * @see https://geoparquet.org/releases/v1.1.0/
 */
export function readGeoParquet(path: string, options: ReadOptions = {}): FeatureLayer {
  const layer = basename(path, extname(path));
  if (options.layer !== undefined && options.layer !== layer)
    throw new AppError("vector-layer-missing", { path, layer: options.layer, layers: [layer] });
  const file = openParquet(path);
  const shapes = described(file) ?? typed(file);
  if (!shapes) throw new AppError("vector-not-read", { path, kind: "parquetTable" });
  const { column, geometryType, crs, others } = shapes;
  const fields = file.columns
    .filter(({ name }) => name !== column && !others.includes(name))
    .map((one): Field => ({ name: one.name, type: fieldType(one) }));
  return {
    path,
    layer,
    layers: [{ name: layer, geometryType, crs }],
    crs: options.crs ?? crs,
    fields,
    features: { [Symbol.iterator]: () => features(file, column, fields) },
  };
}

/** The “geo” member of the file's own words. */
function described({ path, metadata, columns }: ParquetFile): Shapes | undefined {
  const text = metadata.key_value_metadata?.find(({ key }) => key === "geo")?.value;
  if (text === undefined) return undefined;
  const geo = json(text);
  const column = isObject(geo) ? geo.primary_column : undefined;
  const all = isObject(geo) && isObject(geo.columns) ? geo.columns : {};
  const own = typeof column === "string" && Object.hasOwn(all, column) ? all[column] : undefined;
  if (typeof column !== "string" || !isObject(own))
    throw new AppError("vector-damaged", { path, problem: reason("geo-makes-no-sense") });
  if (own.encoding !== "WKB" || !columns.some(({ name }) => name === column))
    throw new AppError("vector-not-read", { path, kind: "parquetShapes" });
  const types = Array.isArray(own.geometry_types) ? own.geometry_types : [];
  return {
    column,
    geometryType: types.length === 1 ? String(types[0]).replace(/ .*/, "").toUpperCase() : "GEOMETRY",
    // Left out, it is longitude and latitude; `null` says that it is not known.
    crs: own.crs === undefined ? "EPSG:4326" : crsOf(own.crs),
    others: Object.keys(all).filter((name) => name !== column),
  };
}

/** A column of Parquet's own type for shapes, as files have it that say nothing else of them. */
function typed({ metadata, columns }: ParquetFile): Shapes | undefined {
  const found = columns.flatMap(({ name, element: { logical_type: own } }) =>
    own?.type === "GEOMETRY" || own?.type === "GEOGRAPHY" ? [{ name, crs: own.crs }] : [],
  );
  const [first, ...others] = found;
  if (!first) return undefined;
  const named = first.crs?.replace(/^projjson:/, "");
  const text = metadata.key_value_metadata?.find(({ key }) => key === named)?.value;
  return {
    column: first.name,
    geometryType: "GEOMETRY",
    crs: first.crs === undefined ? "EPSG:4326" : crsOf(json(text ?? first.crs) ?? first.crs),
    others: others.map(({ name }) => name),
  };
}

/** `undefined`: it is none. */
function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * The system of a PROJJSON object, or of a name such as “EPSG:3035” or “srid:3035”. Of a compound one the horizontal part. Without a code
 * it is not known: a person has to choose.
 * @see https://proj.org/en/stable/specifications/projjson.html
 */
function crsOf(value: unknown): Crs | undefined {
  if (typeof value === "string" || typeof value === "number") {
    const [, authority, code] = /^(?:(\w+):)?(\w+)$/.exec(String(value)) ?? [];
    return known(authority === undefined || /^srid$/i.test(authority) ? "EPSG" : authority, code);
  }
  if (!isObject(value)) return undefined;
  const id = isObject(value.id) ? value.id : undefined;
  if (id) return known(String(id.authority), String(id.code));
  const [horizontal] = Array.isArray(value.components) ? value.components : [];
  return crsOf(horizontal ?? value.source_crs);
}

/** Longitude comes first in GeoParquet, also of systems whose axes are the other way round. */
function known(authority: string, code: string | undefined): Crs | undefined {
  if (/^OGC$/i.test(authority) && /^CRS(84|83|27)h?$/i.test(code ?? ""))
    return { "84": "EPSG:4326", "83": "EPSG:4269", "27": "EPSG:4267" }[/\d+/.exec(code!)![0]];
  const crs = `${authority.toUpperCase()}:${code}`;
  return code !== undefined && hasDefinition(crs) ? crs : undefined;
}

function fieldType({ element: { type, converted_type: converted, logical_type: logical } }: ParquetColumn): FieldType {
  if (type === "BOOLEAN") return "boolean";
  if (converted === "DECIMAL" || type === "FLOAT" || type === "DOUBLE" || logical?.type === "FLOAT16") return "number";
  if (type === "INT96" || converted === "DATE" || /^TIMESTAMP/.test(converted ?? logical?.type ?? "")) return "date";
  if (type === "INT32" || type === "INT64") return "integer";
  return type === "FIXED_LEN_BYTE_ARRAY" && logical?.type !== "UUID" ? "binary" : "text";
}

function* features(file: ParquetFile, column: string, fields: readonly Field[]): Generator<Feature> {
  const at = (name: string) => file.columns.findIndex((one) => one.name === name);
  const shape = at(column);
  const places = fields.map(({ name }) => [name, at(name)] as const);
  let id = 0;
  for (const value of parquetRows(file, column)) {
    const own = (place: number) => {
      const found = value(place);
      return found instanceof Uint8Array ? null : found;
    };
    const properties = record(places.map(([name, place]) => [name, own(place)] as const));
    yield { id: id++, properties, ...geometryOf(value(shape)) };
  }
}

function geometryOf(bytes: unknown): { geometry: Geometry | null; problem?: string } {
  if (!(bytes instanceof Uint8Array)) return { geometry: null };
  try {
    const geometry = readWkb(bytes);
    return { geometry: isEmpty(geometry) ? null : geometry };
  } catch (error) {
    if (error instanceof GeometryProblem) return { geometry: null, problem: error.message };
    throw error;
  }
}
