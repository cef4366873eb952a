import { existsSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { AppError } from "../../../src-shared/errors/index.ts";
import { type Bounds, union } from "../../../src-shared/geo/bounds.ts";
import { type Crs, epsgCode } from "../../../src-shared/geo/crs.ts";
import { replaceWholeSync } from "../../files/index.ts";
import { crsName } from "../../raster/crs.ts";
import { listRow } from "../../raster/epsg-list.ts";
import { wktOf } from "../../raster/wkt-write.ts";
import { boundsOfGeometry, type Geometry } from "../geometry/geometry.ts";
import type { Field, FieldType, PropertyValue } from "./feature.ts";
import { writeWkb } from "./wkb.ts";

export interface NewFeature {
  readonly properties: Readonly<Record<string, PropertyValue>>;
  readonly geometry: Geometry | null;
}

export interface NewLayer {
  readonly name: string;
  readonly crs: Crs;
  /** what the layer promises; single polygons of a MULTIPOLYGON layer are written as such */
  readonly geometryType: "POINT" | "LINESTRING" | "POLYGON" | "MULTIPOLYGON" | "GEOMETRY";
  readonly fields: readonly Field[];
  readonly features: Iterable<NewFeature>;
  readonly description?: string;
  /** the change time in the file's table of contents; now when left out */
  readonly changed?: Date;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const columnTypes: Readonly<Record<FieldType, string>> = {
  text: "TEXT",
  number: "REAL",
  integer: "INTEGER",
  boolean: "BOOLEAN",
  date: "DATE",
  binary: "BLOB",
};

/** How QGIS (and a GeoServer) draws a layer; kept in the file's own table of styles. */
export interface LayerStyle {
  readonly name: string;
  readonly qml: string;
  readonly sld: string;
}

/** Writes a GeoPackage 1.2 with one layer and its spatial index. An older file of that name is replaced as a whole. */
export function writeGeoPackage(path: string, layer: NewLayer): void {
  replaceWholeSync(
    path,
    (temporary) => {
      const database = openGeoPackage(temporary);
      try {
        database.transaction(() => fill(database, layer))();
      } finally {
        database.close();
      }
    },
    { unwritable: "vector-unwritable" },
  );
}

/** A new file with the marks of a GeoPackage: "GPKG" and version 1.2, which every reader in use understands. */
export function openGeoPackage(path: string): Database.Database {
  // SQLite's own error for it has no code.
  if (!existsSync(dirname(path))) throw Object.assign(new Error(`no folder for ${path}`), { code: "ENOENT" });
  const database = new Database(path);
  database.pragma("application_id = 0x47504B47");
  database.pragma("user_version = 10200");
  database.pragma("journal_mode = DELETE");
  return database;
}

function fill(database: Database.Database, layer: NewLayer): void {
  const table = new FeatureTable(database, layer);
  for (const feature of layer.features) table.add(feature);
  table.finish();
}

/** One layer of a GeoPackage, filled feature by feature inside the caller's transaction. */
export class FeatureTable {
  readonly #database: Database.Database;
  readonly #layer: Omit<NewLayer, "features">;
  readonly #key: string;
  readonly #column: string;
  readonly #srs: SpatialReference;
  readonly #insert: Database.Statement;
  readonly #insertBox: Database.Statement;
  #extent: Bounds | undefined;
  #count = 0;

  constructor(database: Database.Database, layer: Omit<NewLayer, "features">) {
    this.#database = database;
    this.#layer = layer;
    const { key, column } = nameColumns(layer);
    this.#key = key;
    this.#column = column;
    this.#srs = spatialReference(layer.crs);
    database.exec(tables);
    const addSrs = database.prepare(
      "INSERT INTO gpkg_spatial_ref_sys VALUES (@name, @id, @organization, @code, @definition, NULL)",
    );
    const systems = this.#srs.id === wgs84().id ? [this.#srs] : [wgs84(), this.#srs];
    for (const row of [...undefinedSystems, ...systems]) addSrs.run(row);
    const columns = layer.fields.map(({ name, type }) => `, ${quoted(name)} ${columnTypes[type]}`).join("");
    database.exec(
      `CREATE TABLE ${quoted(layer.name)} (${quoted(key)} INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, ${quoted(column)} ${layer.geometryType}${columns})`,
    );
    const index = quoted(`rtree_${layer.name}_${column}`);
    database.exec(`CREATE VIRTUAL TABLE ${index} USING rtree(id, minx, maxx, miny, maxy)`);
    this.#insert = database.prepare(
      `INSERT INTO ${quoted(layer.name)} VALUES (?, ?${", ?".repeat(layer.fields.length)})`,
    );
    this.#insertBox = database.prepare(`INSERT INTO ${index} VALUES (?, ?, ?, ?, ?)`);
  }

  add({ properties, geometry }: NewFeature): void {
    const id = ++this.#count;
    const shape = geometry && promoted(geometry, this.#layer);
    const bounds = shape ? boundsOfGeometry(shape) : undefined;
    const values = this.#layer.fields.map(({ name, type }) => sqlValue(properties[name] ?? null, type));
    this.#insert.run(id, shape ? geoPackageGeometry(shape, this.#srs.id, bounds) : null, ...values);
    if (!bounds) return;
    this.#insertBox.run(id, bounds.minX, bounds.maxX, bounds.minY, bounds.maxY);
    this.#extent = this.#extent ? union(this.#extent, bounds) : bounds;
  }

  /** Writes the tables of contents, the triggers of the index and, when there is one, the style. */
  finish(style?: LayerStyle): void {
    const [database, layer, extent] = [this.#database, this.#layer, this.#extent];
    database
      .prepare("INSERT INTO gpkg_contents VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(
        layer.name,
        layer.name,
        layer.description ?? "",
        (layer.changed ?? new Date()).toISOString(),
        extent?.minX ?? null,
        extent?.minY ?? null,
        extent?.maxX ?? null,
        extent?.maxY ?? null,
        this.#srs.id,
      );
    database
      .prepare("INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, 0, 0)")
      .run(layer.name, this.#column, layer.geometryType, this.#srs.id);
    database
      .prepare(
        "INSERT INTO gpkg_extensions VALUES (?, ?, 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
      )
      .run(layer.name, this.#column);
    for (const trigger of indexTriggers(layer.name, this.#column, this.#key)) database.exec(trigger);
    if (style) this.#addStyle(style);
  }

  /** The table that QGIS looks for; a GeoPackage lists it among its contents as attributes. */
  #addStyle({ name, qml, sld }: LayerStyle): void {
    const database = this.#database;
    database.exec(styleTable);
    database
      .prepare(
        `INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML,
           styleSLD, useAsDefault, description, owner) VALUES ('', '', ?, ?, ?, ?, ?, 1, '', '')`,
      )
      .run(this.#layer.name, this.#column, name, qml, sld);
    database
      .prepare(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)",
      )
      .run((this.#layer.changed ?? new Date()).toISOString());
  }
}

const styleTable = `
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')));
`;

function nameColumns({ fields }: Pick<NewLayer, "fields">): { readonly key: string; readonly column: string } {
  const taken = new Set(fields.map(({ name }) => name.toLowerCase()));
  if (taken.size !== fields.length) throw new Error(`GeoPackage: repeated field in ${[...taken].join(", ")}`);
  return {
    key: ["fid", "ogc_fid", "_fid"].find((name) => !taken.has(name))!,
    column: ["geom", "geometry", "_geom"].find((name) => !taken.has(name))!,
  };
}

function promoted(geometry: Geometry, layer: Pick<NewLayer, "geometryType">): Geometry {
  if (layer.geometryType === "MULTIPOLYGON" && geometry.type === "Polygon") {
    return { type: "MultiPolygon", coordinates: [geometry.coordinates] };
  }
  if (layer.geometryType !== "GEOMETRY" && geometry.type.toUpperCase() !== layer.geometryType) {
    throw new Error(`GeoPackage: a ${geometry.type} in a layer of ${layer.geometryType}`);
  }
  return geometry;
}

function sqlValue(value: PropertyValue, type: FieldType): string | number | null {
  if (value === null) return null;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number" && !Number.isFinite(value)) return null;
  return type === "text" || type === "date" ? String(value) : value;
}

/** The GeoPackage binary: header with the rectangle, then WKB. */
function geoPackageGeometry(geometry: Geometry, srsId: number, bounds: Bounds | undefined): Uint8Array {
  const header = Buffer.alloc(bounds ? 40 : 8);
  header.write("GP", "latin1");
  // Version 0; little-endian; with a rectangle of x and y, or marked as empty.
  header[3] = bounds ? 0b00000011 : 0b00010001;
  header.writeInt32LE(srsId, 4);
  if (bounds) {
    [bounds.minX, bounds.maxX, bounds.minY, bounds.maxY].forEach((value, i) => {
      header.writeDoubleLE(value, 8 + 8 * i);
    });
  }
  return Buffer.concat([header, writeWkb(geometry)]);
}

interface SpatialReference {
  readonly name: string;
  readonly id: number;
  readonly organization: string;
  readonly code: number;
  readonly definition: string;
}

/** Rows that the standard asks every file to have. */
const undefinedSystems: readonly SpatialReference[] = [
  { name: "Undefined cartesian SRS", id: -1, organization: "NONE", code: -1, definition: "undefined" },
  { name: "Undefined geographic SRS", id: 0, organization: "NONE", code: 0, definition: "undefined" },
];
const wgs84 = (): SpatialReference => spatialReference("EPSG:4326");

function spatialReference(crs: Crs): SpatialReference {
  const code = epsgCode(crs);
  if (code === undefined) {
    return { name: crsName(crs), id: 100_000, organization: "NONE", code: 100_000, definition: wktOf(crs) };
  }
  const row = listRow(code);
  if (!row) throw new AppError("crs-unknown", { crs });
  return { name: row.name, id: code, organization: "EPSG", code, definition: wktOf(crs) };
}

const tables = `
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
`;

/** The triggers of the spatial index extension: programs that edit the layer keep the index right. */
function indexTriggers(table: string, column: string, key: string): string[] {
  const prefix = `rtree_${table}_${column}`;
  const on = quoted(table);
  const c = quoted(column);
  const i = quoted(key);
  const filled = `NEW.${c} NOTNULL AND NOT ST_IsEmpty(NEW.${c})`;
  const emptied = `NEW.${c} ISNULL OR ST_IsEmpty(NEW.${c})`;
  const put = `INSERT OR REPLACE INTO ${quoted(prefix)} VALUES (NEW.${i}, ST_MinX(NEW.${c}), ST_MaxX(NEW.${c}), ST_MinY(NEW.${c}), ST_MaxY(NEW.${c}));`;
  const drop = (ids: string): string => `DELETE FROM ${quoted(prefix)} WHERE id ${ids};`;
  const trigger = (name: string, event: string, when: string, body: string): string =>
    `CREATE TRIGGER ${quoted(`${prefix}_${name}`)} AFTER ${event} ON ${on} WHEN ${when} BEGIN ${body} END`;
  return [
    trigger("insert", "INSERT", `(${filled})`, put),
    trigger("update1", `UPDATE OF ${c}`, `OLD.${i} = NEW.${i} AND (${filled})`, put),
    trigger("update2", `UPDATE OF ${c}`, `OLD.${i} = NEW.${i} AND (${emptied})`, drop(`= OLD.${i}`)),
    trigger("update3", "UPDATE", `OLD.${i} != NEW.${i} AND (${filled})`, `${drop(`= OLD.${i}`)} ${put}`),
    trigger("update4", "UPDATE", `OLD.${i} != NEW.${i} AND (${emptied})`, drop(`IN (OLD.${i}, NEW.${i})`)),
    trigger("delete", "DELETE", `OLD.${c} NOT NULL`, drop(`= OLD.${i}`)),
  ];
}
