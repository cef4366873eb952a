import { closeSync, copyFileSync, existsSync, mkdtempSync, openSync, readSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import Database from "better-sqlite3";
import type { KnownVectorFormat } from "../../../src-shared/domain/known-format.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { reason } from "../../../src-shared/errors/reasons/index.ts";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import { removeSync } from "../../files/index.ts";
import { crsFromWkt } from "../../raster/crs-from-wkt.ts";
import { type Geometry, isEmpty } from "../geometry/geometry.ts";
import type { Feature, FeatureLayer, Field, FieldType, LayerInfo, PropertyValue, ReadOptions } from "./feature.ts";
import { record } from "./fields.ts";
import { GeometryProblem, readWkb } from "./wkb.ts";

/** What is read of it. */
export const geoPackageFormat: KnownVectorFormat = {
  kind: "labels",
  name: "GeoPackage",
  endings: ["gpkg"],
  read: "layers, views and tables; points, lines, polygons and collections",
  notRead: "curves, rasters, views that compute",
  crsFrom: "the layer’s entry in gpkg_spatial_ref_sys",
};

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

interface Layer extends LayerInfo {
  readonly geometryColumn: string | undefined;
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly pk: number;
}

/**
 * Runs `work` on a database that is opened without leaving a trace. A file in WAL mode would get side files beside it
 * even from a reader, so such a file is copied (with its log, if it has one) and the copy is read.
 */
function withDatabase<T>(path: string, work: (database: Database.Database) => T): T {
  const { database, close } = openUntouched(path);
  try {
    return work(database);
  } catch (error) {
    throw translated(error, path);
  } finally {
    close();
  }
}

function openUntouched(path: string): { readonly database: Database.Database; readonly close: () => void } {
  const header = Buffer.alloc(20);
  const file = openSync(path, "r");
  try {
    readSync(file, header, 0, 20, 0);
  } finally {
    closeSync(file);
  }
  const walMode = header[18] === 2;
  let folder: string | undefined;
  let source = path;
  if (walMode) {
    folder = mkdtempSync(join(tmpdir(), "omnisat-gpkg-"));
    source = join(folder, basename(path));
    copyFileSync(path, source);
    if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${source}-wal`);
  }
  try {
    const database = new Database(source, { readonly: true, fileMustExist: true });
    // The schema of an untrusted file (views, generated columns, indexes) may call only functions that SQLite marks as innocuous.
    database.pragma("trusted_schema = OFF");
    database.pragma("cell_size_check = ON");
    database.pragma("query_only = ON");
    return {
      database,
      close: () => {
        database.close();
        if (folder) removeSync(folder);
      },
    };
  } catch (error) {
    if (folder) removeSync(folder);
    throw translated(error, path);
  }
}

function translated(error: unknown, path: string): unknown {
  if (error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_")) {
    return new AppError("vector-damaged", { path, problem: reason("database-says", { message: error.message.slice(0, 160) }) }, { cause: error }); // biome-ignore format: one line
  }
  return error;
}

interface Relation {
  readonly kind: "table" | "view";
  readonly sql: string;
}

const relation = (database: Database.Database, name: string): Relation | undefined =>
  database
    .prepare(
      "SELECT type AS kind, coalesce(sql, '') AS sql FROM sqlite_master WHERE lower(name) = lower(?) AND type IN ('table', 'view')",
    )
    .get(name) as Relation | undefined;

const hasTable = (database: Database.Database, name: string): boolean => relation(database, name) !== undefined;

/** Constructs that no layer needs and that let a view run for ever or fill the memory. */
const endless = /\b(recursive|generate_series|zeroblob|randomblob|printf|format|replace|group_concat|string_agg|hex|quote|json\w*|load_extension|fts\w*)\b/i; // biome-ignore format: one line

/** A view may show any table and other views; all views are looked at, whichever it names. */
function viewsAreHarmless(database: Database.Database): boolean {
  const views = database.prepare("SELECT coalesce(sql, '') AS sql FROM sqlite_master WHERE type = 'view'").all() as { sql: unknown }[]; // biome-ignore format: one line
  return views.length <= 1000 && views.every(({ sql }) => typeof sql === "string" && sql.length < 65_536 && !endless.test(sql)); // biome-ignore format: one line
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** Layers with shapes first, then plain tables, each in the file's order. GDAL's placeholder table is no layer. */
function layersOf(database: Database.Database): Layer[] {
  if (!hasTable(database, "gpkg_contents")) return [];
  const contents = database
    .prepare("SELECT table_name AS name FROM gpkg_contents WHERE data_type IN ('features', 'attributes') LIMIT 10000")
    .all() as { name: unknown }[];
  const geometries = hasTable(database, "gpkg_geometry_columns")
    ? (database
        .prepare(
          "SELECT table_name AS name, column_name AS column, geometry_type_name AS type, srs_id AS srs FROM gpkg_geometry_columns LIMIT 10000",
        )
        .all() as { name: unknown; column: unknown; type: unknown; srs: unknown }[])
    : [];
  const byTable = new Map(geometries.map((row) => [text(row.name)?.toLowerCase(), row]));
  const seen = new Set<string>();
  const layers = contents.flatMap(({ name: raw }): Layer[] => {
    const name = text(raw);
    if (name === undefined || name === "ogr_empty_table" || seen.has(name) || !hasTable(database, name)) return [];
    seen.add(name);
    const geometry = byTable.get(name.toLowerCase());
    const column = text(geometry?.column);
    return [
      {
        name,
        geometryType: column === undefined ? undefined : (text(geometry?.type) ?? "GEOMETRY"),
        geometryColumn: column,
        crs: column === undefined ? undefined : crsOf(database, Number(geometry?.srs)),
      },
    ];
  });
  return [...layers.filter((layer) => layer.geometryColumn), ...layers.filter((layer) => !layer.geometryColumn)];
}

/** 0 and -1 mean “undefined” in the GeoPackage standard. */
function crsOf(database: Database.Database, srsId: number): Crs | undefined {
  if (!Number.isSafeInteger(srsId) || srsId === 0 || srsId === -1) return undefined;
  // Some writers leave the table of systems out, or this one's row: the number alone is not enough.
  if (!hasTable(database, "gpkg_spatial_ref_sys")) return undefined;
  const row = database
    .prepare(
      "SELECT organization, organization_coordsys_id AS code, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?",
    )
    .get(srsId) as { organization: unknown; code: unknown; definition: unknown } | undefined;
  if (!row) return undefined;
  const code = Number(row.code);
  if (text(row.organization)?.toUpperCase() === "EPSG" && Number.isSafeInteger(code) && code > 0) return `EPSG:${code}`;
  const definition = text(row.definition);
  return definition !== undefined && /^\s*(\+|[A-Za-z_]+\s*[[(])/.test(definition) ? crsFromWkt(definition) : undefined;
}

function fieldType(declared: string): FieldType {
  const type = declared.toUpperCase();
  if (/BOOL/.test(type)) return "boolean";
  if (/INT/.test(type)) return "integer";
  if (/REAL|DOUBLE|FLOAT|NUMERIC|DECIMAL/.test(type)) return "number";
  if (/DATE/.test(type)) return "date";
  if (/BLOB/.test(type)) return "binary";
  return "text";
}

export function readGeoPackage(path: string, options: ReadOptions = {}): FeatureLayer {
  return withDatabase(path, (database) => {
    const layers = layersOf(database);
    const wanted = options.layer;
    const layer = wanted === undefined ? layers[0] : layers.find(({ name }) => name === wanted);
    if (layers.length === 0) throw new AppError("vector-without-layers", { path });
    if (!layer) {
      throw new AppError("vector-layer-missing", { path, layer: wanted ?? "", layers: layers.map(({ name }) => name) });
    }
    const isView = relation(database, layer.name)?.kind === "view";
    if (isView && !viewsAreHarmless(database)) {
      const problem = `its layer “${layer.name.slice(0, 60)}” is a view that computes more than a map needs, and is not run`;
      throw new AppError("vector-damaged", { path, problem });
    }
    const columns = database.prepare(`PRAGMA table_info(${quoted(layer.name)})`).all() as Column[];
    if (columns.length === 0 || columns.length > 2000)
      throw new AppError("vector-damaged", {
        path,
        problem: reason("layer-columns", { name: layer.name.slice(0, 60), length: columns.length }),
      });
    const key = columns.find(({ pk }) => pk === 1)?.name;
    const fields = columns
      .filter(({ name }) => name !== layer.geometryColumn && name !== key)
      .map(({ name, type }): Field => ({ name, type: fieldType(type) }));
    return {
      path,
      layer: layer.name,
      layers: layers.map(({ name, geometryType, crs }) => ({ name, geometryType, crs })),
      crs: options.crs ?? layer.crs,
      fields,
      features: { [Symbol.iterator]: () => rows(path, layer, key, fields) },
    };
  });
}

function* rows(path: string, layer: Layer, key: string | undefined, fields: readonly Field[]): Generator<Feature> {
  const { database, close } = openUntouched(path);
  try {
    const order = key === undefined ? "" : ` ORDER BY ${quoted(key)}`;
    let position = 0;
    // Named one by one: generated columns stay where they are.
    const wanted = [...(key === undefined ? [] : [key]), ...(layer.geometryColumn === undefined ? [] : [layer.geometryColumn]), ...fields.map(({ name }) => name)]; // biome-ignore format: one line
    const columns = wanted.map(quoted).join(", ");
    for (const row of database.prepare(`SELECT ${columns} FROM ${quoted(layer.name)}${order}`).iterate()) {
      const values = row as Record<string, unknown>;
      const id = key === undefined ? position : (values[key] as number);
      position++;
      const properties = record(fields.map(({ name, type }) => [name, propertyOf(values[name], type)] as const));
      const blob = layer.geometryColumn === undefined ? null : values[layer.geometryColumn];
      yield { id, properties, ...geometryOf(blob) };
    }
  } catch (error) {
    throw translated(error, path);
  } finally {
    close();
  }
}

function propertyOf(value: unknown, type: FieldType): PropertyValue {
  if (value === null || value === undefined || value instanceof Uint8Array) return null;
  if (type === "boolean") return value === 1 || value === 1n;
  return typeof value === "bigint" ? Number(value) : (value as string | number);
}

function geometryOf(blob: unknown): { geometry: Geometry | null; problem?: string } {
  if (!(blob instanceof Uint8Array)) return { geometry: null };
  try {
    return { geometry: readGeoPackageGeometry(blob) };
  } catch (error) {
    if (error instanceof GeometryProblem) return { geometry: null, problem: error.message };
    throw error;
  }
}

/** Bytes of the envelope for each value of the envelope indicator. */
const envelopeBytes = [0, 32, 48, 48, 64] as const;

/** The GeoPackage binary header (“GP”, version, flags, SRS, envelope) and the WKB behind it; `null` for an empty one. */
function readGeoPackageGeometry(bytes: Uint8Array): Geometry | null {
  if (bytes.length < 8 || bytes[0] !== 0x47 || bytes[1] !== 0x50)
    throw new GeometryProblem("the geometry has no GeoPackage header");
  const flags = bytes[3]!;
  const envelope = envelopeBytes[(flags >> 1) & 0b111];
  if (envelope === undefined) throw new GeometryProblem("the geometry's envelope is of an unknown kind");
  if (flags & 0b100000) throw new GeometryProblem("the geometry is of an extended kind");
  const geometry = readWkb(bytes.subarray(8 + envelope));
  return isEmpty(geometry) ? null : geometry;
}
