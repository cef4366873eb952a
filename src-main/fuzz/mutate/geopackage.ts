import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Random } from "../random.ts";
import { damageBytes } from "./bytes.ts";

/** Values that no writer puts into a GeoPackage's tables. */
const values: readonly (string | number | null | Uint8Array)[] = [null, 0, -1, 1e308, 99999, 2 ** 53, "", "x", "EPSG", "features", "fields", "geom", "a\0b", '"; DROP TABLE x', "[".repeat(3000), new Uint8Array(70)]; // biome-ignore format: one line

/** Statements on the schema: other tables, views, columns and types under the names that the standard gives. */
const statements = (table: string, random: Random): string[] => [
  `ALTER TABLE "${table}" RENAME TO moved`,
  `CREATE VIEW v AS SELECT * FROM "${table}"`,
  `UPDATE gpkg_contents SET table_name = '${random.pick(["v", "gpkg_contents", "sqlite_master", "moved", table.toUpperCase()])}'`,
  `UPDATE gpkg_geometry_columns SET column_name = '${random.pick(["fid", "none", "class_name", "GEOM"])}'`,
  `DROP TABLE ${random.pick(["gpkg_geometry_columns", "gpkg_spatial_ref_sys", "gpkg_contents"])}`,
  `DELETE FROM ${random.pick(["gpkg_geometry_columns", "gpkg_spatial_ref_sys", "gpkg_contents"])}`,
  `ALTER TABLE "${table}" ADD COLUMN extra ${random.pick(["BLOB", "DATE", "BOOLEAN", "INTEGER GENERATED ALWAYS AS (fid / 0)", "TEXT GENERATED ALWAYS AS (hex(zeroblob(100000000)))"])}`,
  `UPDATE gpkg_spatial_ref_sys SET definition = '${random.pick(["PROJCS[", "GEOGCS(((", "+proj=longlat", "+proj=tmerc +lat_0=x", "undefined"])}', organization = 'NONE'`,
  `INSERT INTO gpkg_contents (table_name, data_type) SELECT '${table}' || value, 'features' FROM json_each('[1,2,3]')`,
];

/** A database in which every check that SQLite can leave out is left out. */
export function unguarded(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  for (const setting of [
    "journal_mode = DELETE",
    "synchronous = OFF",
    "ignore_check_constraints = ON",
    "foreign_keys = OFF",
  ])
    database.exec(`PRAGMA ${setting}`);
  return database;
}

/**
 * Rows, shapes and schema of a GeoPackage replaced by invalid ones in an intact database: the damage is
 * not found by SQLite's own checks.
 */
export function damageGeoPackage(bytes: Uint8Array, random: Random): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "fuzz-gpkg-"));
  const path = join(folder, "layer.gpkg");
  try {
    writeFileSync(path, bytes);
    const database = unguarded(path);
    try {
      // Their functions are none of SQLite's own.
      const triggers = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all() as { name: string }[]; // biome-ignore format: one line
      for (const { name } of triggers) database.exec(`DROP TRIGGER "${name}"`);
      const layer = layerOf(database);
      if (!layer) return damageBytes(bytes, random);
      for (let i = 0; i < random.between(1, 4); i++) {
        try {
          if (random.chance(0.6)) damageShape(database, layer, random);
          else if (random.chance(0.5)) {
            const table = random.pick(["gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys", layer.name]);
            const columns = database.prepare(`PRAGMA table_info("${table}")`).all() as { name: string }[];
            database.prepare(`UPDATE "${table}" SET "${random.pick(columns).name}" = ?`).run(random.pick(values));
          } else database.exec(random.pick(statements(layer.name, random)));
        } catch {
          // A constraint refused the change, or the table does not exist.
        }
      }
    } finally {
      database.close();
    }
    return new Uint8Array(readFileSync(path));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function layerOf(database: DatabaseSync): { readonly name: string; readonly shape: string } | undefined {
  try {
    return database.prepare("SELECT table_name AS name, column_name AS shape FROM gpkg_geometry_columns").get() as { name: string; shape: string } | undefined; // biome-ignore format: one line
  } catch {
    // A file without shapes has no such table.
    return undefined;
  }
}

/** One shape's header, counts or numbers. */
function damageShape(database: DatabaseSync, { name, shape }: { name: string; shape: string }, random: Random): void {
  const rows = database.prepare(`SELECT rowid AS id, "${shape}" AS shape FROM "${name}" LIMIT 20`).all() as { id: number; shape: Uint8Array | null }[]; // biome-ignore format: one line
  const { id, shape: blob } = random.pick(rows);
  if (!blob) return;
  const bytes = new Uint8Array(blob);
  const view = new DataView(bytes.buffer);
  const at = random.below(Math.min(bytes.length - 4, 120));
  if (random.chance(0.4))
    view.setUint32(at, random.pick([0, 1, 7, 8, 16, 1003, 3007, 0x20000003, 0x7fffffff, 0xffffffff]), random.chance(0.8)); // biome-ignore format: one line
  else if (random.chance(0.5)) bytes[at] = random.below(256);
  database.prepare(`UPDATE "${name}" SET "${shape}" = ? WHERE rowid = ?`).run(random.chance(0.3) ? damageBytes(bytes, random, 2) : bytes, id); // biome-ignore format: one line
}
