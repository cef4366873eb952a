import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { northUp } from "../../../src-shared/geo/affine.ts";
import { type Catalog, createCatalog, openCatalog } from "../../catalog/index.ts";
import type { FuzzKind } from "../kind.ts";
import { damageBytes } from "../mutate/bytes.ts";
import { damageText } from "../mutate/text.ts";
import type { Random } from "../random.ts";

const file = "project.omniproj";
const options = { purpose: "fuzz", appVersion: "0" };
const lock = JSON.stringify({ pid: 4_000_000, host: "elsewhere", started: null, purpose: "a test", since: "2199-01-01T00:00:00Z" }); // biome-ignore format: one line

/** Everything that a window asks of a project when it opens. */
function readAll(catalog: Catalog): void {
  catalog.project.get();
  for (const table of [catalog.rasters, catalog.acquisitions, catalog.modalities, catalog.legends, catalog.labels, catalog.splits, catalog.jobs, catalog.models, catalog.runs, catalog.maps, catalog.comparisons, catalog.layers, catalog.vectors, catalog.bookmarks, catalog.edits]) JSON.stringify(table.list()); // biome-ignore format: one line
}

/** What a person with a database tool and bad intent does to the rows and to the schema. */
function damageRows(bytes: Uint8Array, random: Random): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "fuzz-project-"));
  const path = join(folder, file);
  try {
    writeFileSync(path, bytes);
    const database = new DatabaseSync(path);
    try {
      for (const setting of [
        "journal_mode = DELETE",
        "ignore_check_constraints = ON",
        "foreign_keys = OFF",
        "writable_schema = ON",
      ])
        database.exec(`PRAGMA ${setting}`);
      const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all() as { name: string }[]; // biome-ignore format: one line
      for (let i = 0; i < random.between(1, 4); i++) {
        const { name } = random.pick(tables);
        const columns = database.prepare(`PRAGMA table_info("${name}")`).all() as { name: string }[];
        const column = random.pick(columns).name;
        const values = ["'{}'", "'[]'", "'null'", "'5'", "'\"x\"'", "'{\"a\":{\"b\":[]}}'", "'[null]'", "'['", "NULL", "1e308", "-1", "0", "9223372036854775807", "zeroblob(100)", "'../../etc/passwd'", `'${"[".repeat(random.pick([10, 3000]))}'`]; // biome-ignore format: one line
        const statements = [
          `UPDATE "${name}" SET "${column}" = ${random.pick(values)}`,
          `UPDATE project SET ${random.pick(["name", "geobox", "patch_meters", "tile_patches", "created_at"])} = ${random.pick(values)}`,
          `DELETE FROM "${name}"`,
          `DROP TABLE "${name}"`,
          `ALTER TABLE "${name}" ADD COLUMN extra TEXT`,
          `CREATE TRIGGER evil AFTER INSERT ON "${name}" BEGIN DELETE FROM project; END`,
          `CREATE VIEW v${i} AS SELECT * FROM "${name}"`,
          `PRAGMA user_version = ${random.pick([-1, 0, 1, 3, 99, 2147483647])}`,
          `PRAGMA application_id = ${random.below(1000)}`,
          `UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = '${name}'`,
        ];
        try {
          database.exec(random.pick(statements));
        } catch {
          // A constraint held.
        }
      }
    } finally {
      database.close();
    }
    return new Uint8Array(readFileSync(path));
  } catch {
    return bytes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Projects from others: the database's pages, rows and schema, its log, and the lock beside it. */
export const project: FuzzKind = {
  name: "project",
  async seeds(scratch) {
    const folder = join(scratch, "own");
    const geobox = { crs: "EPSG:32631", affine: northUp(574680, 5622440, 10, 10), width: 64, height: 64 };
    const catalog = createCatalog(folder, { name: "own", grid: { geobox, patchMeters: 10, tilePatches: 8 } }, options);
    catalog.legends.put("crops", [{ code: 1, name: "wheat", color: "#aabbcc" }]);
    catalog.bookmarks.list();
    catalog.close();
    return [{ name: "own", files: { [file]: new Uint8Array(readFileSync(join(folder, file))) } }];
  },
  mutate(seed, random) {
    const bytes = seed.files[file]!;
    const files: Record<string, Uint8Array> = {
      [file]: random.chance(0.6) ? damageRows(bytes, random) : damageBytes(bytes, random, 6),
    };
    if (random.chance(0.2)) files["project.lock"] = damageText(lock, random);
    if (random.chance(0.1)) files["project.omniproj-wal"] = damageBytes(bytes.slice(0, 4096), random);
    return files;
  },
  async read(folder) {
    for (const readOnly of [true, false]) {
      const catalog = openCatalog(folder, { ...options, readOnly });
      try {
        readAll(catalog);
      } finally {
        catalog.close();
      }
    }
  },
};
