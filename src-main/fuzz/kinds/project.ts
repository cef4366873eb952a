import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { AppError } from "../../../src-shared/errors/index.ts";
import { type Catalog, openCatalog } from "../../catalog/index.ts";
import { projectFolders } from "../../services/projects/projects.ts";
import { services } from "../../services/services.ts";
import type { FuzzKind } from "../kind.ts";
import { damageBytes } from "../mutate/bytes.ts";
import { unguarded } from "../mutate/geopackage.ts";
import { oddValues } from "../mutate/json.ts";
import { damageText } from "../mutate/text.ts";
import type { Random } from "../random.ts";

const file = "project.omniproj";
const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const options = { purpose: "fuzz", appVersion: "0" };
const lock = JSON.stringify({ pid: 4_000_000, host: "elsewhere", started: null, purpose: "a test", since: "2199-01-01T00:00:00Z" }); // biome-ignore format: one line

/** Commands that only look, asked without an argument and with the number of a row. */
const looking = [
  "project.describe", "project.places", "project.withheld", "project.imagery", "rasters.list", "acquisitions.list",
  "modalities.facts", "layers.list", "layers.display", "vectors.list", "labels.list", "labels.parts", "labels.summary", "labels.problems",
  "labels.input", "labels.splitState", "tiles.summary", "tiles.list", "tiles.maps", "legends.list", "models.list", "runs.list", "runs.summaries",
  "maps.list", "maps.comparisons", "jobs.list", "timeline.list", "edits.list", "bookmarks.list",
] as const; // biome-ignore format: a list
const lookingAtOne = ["runs.metrics", "runs.reviews", "maps.describe", "jobs.log"] as const;

type Command = ((request: object) => Promise<unknown>) & {
  readonly schema: { safeParse(value: unknown): { success: boolean } };
};

/** Everything that a window asks of a project when it opens and shows its panels. Refusals are answers. */
async function readAll(catalog: Catalog): Promise<void> {
  catalog.project.get();
  for (const table of [catalog.rasters, catalog.acquisitions, catalog.modalities, catalog.legends, catalog.labels, catalog.splits, catalog.jobs, catalog.models, catalog.runs, catalog.maps, catalog.comparisons, catalog.layers, catalog.vectors, catalog.bookmarks, catalog.edits, catalog.tileMaps]) JSON.stringify(table.list()); // biome-ignore format: one line
  const runJob = () => Promise.reject(new Error("Nobody asks"));
  const all = services({ catalog, appVersion: "0", runJob, announce: () => {} }) as unknown as Record<string, Command>;
  const ask = async (name: string, request: object) => {
    try {
      JSON.stringify(await all[name]!(request));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  };
  for (const name of looking) await ask(name, {});
  for (const name of lookingAtOne) await ask(name, { id: 1 });
  await ask("models.details", { name: "crops" });
}

/** What an attacker with a database tool does to the rows and to the schema. */
function damageRows(bytes: Uint8Array, random: Random): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "fuzz-project-"));
  const path = join(folder, file);
  try {
    writeFileSync(path, bytes);
    const database = unguarded(path);
    const closed = () => {
      database.close();
      return new Uint8Array(readFileSync(path));
    };
    try {
      database.exec("PRAGMA writable_schema = ON");
      if (random.chance(0.6)) {
        damageJson(database, random);
        if (random.chance(0.7)) return closed();
      }
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
          // A constraint refused the change.
        }
      }
      return closed();
    } finally {
      if (database.isOpen) database.close();
    }
  } catch {
    return bytes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Values of a JSON column replaced, wherever they are in it: valid JSON of another shape. */
function damageJson(database: DatabaseSync, random: Random): void {
  const columns = (database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all() as { name: string }[]).flatMap(
    ({ name: table }) => {
      const names = database.prepare(`PRAGMA table_info("${table}")`).all() as { name: string; type: string }[];
      return names.filter(({ type }) => type === "TEXT").map(({ name }) => ({ table, name }));
    },
  ); // biome-ignore format: one expression
  for (let tries = 0, done = 0; tries < 60 && done < 3; tries++) {
    const { table, name } = random.pick(columns);
    const rows = database.prepare(`SELECT rowid AS id, "${name}" AS value FROM "${table}" WHERE "${name}" LIKE '{%' OR "${name}" LIKE '[%' LIMIT 5`).all() as { id: number; value: string }[]; // biome-ignore format: one line
    if (rows.length === 0) continue;
    const { id, value } = random.pick(rows);
    database.prepare(`UPDATE "${table}" SET "${name}" = ? WHERE rowid = ?`).run(oddValues(value, random), id);
    done++;
  }
}

/** Projects from others: the database's pages, rows and schema, its log, and the lock beside it. */
export const project: FuzzKind = {
  name: "project",
  async seeds(scratch) {
    const folder = join(scratch, "own");
    const image = join(sample, "S2_L2A_10m", readdirSync(join(sample, "S2_L2A_10m")).find((name) => name.endsWith(".tif"))!); // biome-ignore format: one line
    const catalog = await projectFolders({ appVersion: "0" })["project.create"]({ folder, area: { like: image }, patchMeters: 10, tilePatches: 8 }); // biome-ignore format: one line
    mkdirSync(join(folder, "imagery"));
    for (const kind of ["S2_L2A_10m", "S2_SCL_20m"])
      for (const name of readdirSync(join(sample, kind)).filter((each) => each.endsWith(".tif")).slice(0, 2))
        cpSync(join(sample, kind, name), join(folder, "imagery", name)); // biome-ignore format: one loop
    const runJob = () => Promise.reject(new Error("Nobody asks"));
    const all = services({ catalog, appVersion: "0", runJob, announce: () => {} });
    await all["rasters.import"]({ paths: [join(folder, "imagery")] });
    await all["labels.import"]({ path: join(sample, "parcels.gpkg"), field: "class_code", nameField: "class_name" });
    await all["labels.split"]({ method: "blocks" });
    await all["labels.remove"]({ ids: catalog.labels.list().slice(12).map(({ id }) => id) }); // biome-ignore format: one line
    const { geobox } = catalog.project.get().grid;
    const legend = [{ code: 1, name: "wheat", color: "#aabbcc" }];
    const at = (name: string) => join(folder, "maps", name);
    const files = { classPath: at("class.tif"), confidencePath: at("confidence.tif"), probabilitiesPath: null, qmlPath: at("class.qml"), sldPath: at("class.sld"), sidecarPaths: [at("class.tif.aux.xml")], tiles: 1, seconds: 1, pixels: { 1: 10 } }; // biome-ignore format: one line
    const { id: modelId } = { id: catalog.models.add({ name: "crops", kind: "finetuned", folder: join(folder, "models/crops"), parentId: null, jobId: null, modalities: ["s2"], summary: { architecture: "tiny", steps: 1, seconds: 1, provider: "cpu", metrics: { loss: 1 }, classes: ["wheat"], findings: [] } }) }; // biome-ignore format: one line
    const first = catalog.maps.add({ name: "one", modelId, jobId: null, modalities: ["s2"], area: geobox, files });
    catalog.comparisons.add({ name: "c", fromMap: first, toMap: first, jobId: null, result: { path: at("change.tif"), qmlPath: at("change.qml"), sldPath: at("change.sld"), sidecarPaths: [], area: geobox, from: legend, to: legend, counts: [[1]], squareMetersPerPixel: 100, onlyFrom: 0, onlyTo: 0, classes: [{ ...legend[0]!, from: 1, to: 1, pixels: 1 }] } }); // biome-ignore format: one line
    catalog.tileMaps.add({ name: "t", modelId, jobId: null, modalities: ["s2"], files: { gpkgPath: at("t.gpkg"), csvPath: at("t.csv"), cogPath: null, cogReason: null, sidecarPaths: [], legend, thresholds: [0.5], sideMeters: 80, area: geobox, tiles: 1, unseen: 0, present: { 1: 1 }, seconds: 1 } }); // biome-ignore format: one line
    for (const kind of ["finetune", "evaluate"] as const) {
      const job = catalog.jobs.add(kind, "crops");
      const settings = {
        modalities: ["s2"],
        size: "tiny",
        from: null,
        seed: 1,
        provider: "cpu",
        recipe: null,
      } as const;
      const run = catalog.runs.add({ jobId: job.id, kind, modelId, splitId: catalog.splits.list()[0]!.id, settings });
      const score = { modalities: ["s2"], legend, classes: [{ name: "wheat", code: 1, precision: 1, recall: 1, f1: 1, samples: 3 }], confusion: [[3]], overallAccuracy: 1, macroF1: 1, samples: 3 }; // biome-ignore format: one line
      const result = kind === "evaluate" ? { part: "test", subsets: [score] } : { modelFolder: join(folder, "models/crops"), steps: 2, seconds: 1, provider: "cpu", metrics: { loss: 1 } }; // biome-ignore format: one line
      catalog.runs.addMetrics(run, [{ step: 1, values: { loss: 1 } }]);
      catalog.runs.addReview(run, 1, { part: "validation", score: score as never, preview: { side: 2, patchMeters: 10, corners: [[0, 0]], classes: "AAAA", confidence: "AAAA" } }); // biome-ignore format: one line
      catalog.runs.finish(run, result, modelId);
      catalog.jobs.fail(job.id, "It stopped.", { kind: "error", code: "training-diverged", details: { step: 3 } });
    }
    catalog.bookmarks.add("here", { minX: 0, minY: 0, maxX: 1, maxY: 1 });
    catalog.layers.put({ id: "grid", position: 1, visible: true, opacity: 1, style: { color: "#ff0000" } });
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
        await readAll(catalog);
      } finally {
        catalog.close();
      }
    }
  },
};
