import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JobCause } from "../../src-shared/domain/job-row.ts";
import type { AppError } from "../../src-shared/errors/index.ts";
import { reason } from "../../src-shared/errors/reasons/index.ts";
import { project } from "../fuzz/kinds/project.ts";
import { services } from "../services/services.ts";
import { type Catalog, createCatalog, openCatalog } from "./index.ts";
import { fromJson, type JsonColumn, jsonColumns, toJson } from "./json-columns.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-json-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const file = "project.omniproj";
let seed: Uint8Array;
beforeAll(async () => {
  seed = (await project.seeds(room))[0]!.files[file]!;
}, 120_000);

/** Columns that the schema itself says are JSON. */
function columnsOfSchema(): { readonly table: string; readonly column: string }[] {
  const path = join(room, "schema.omniproj");
  writeFileSync(path, seed);
  const database = new DatabaseSync(path);
  const tables = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").all() as { name: string; sql: string }[]; // biome-ignore format: one line
  database.close();
  return tables.flatMap(({ name, sql }) =>
    [...sql.matchAll(/json_valid\("?(\w+)"?\)/g)].map(([, column = ""]) => ({ table: name, column })),
  );
}

test("every JSON column of the schema has a shape", () => {
  const found = columnsOfSchema();
  expect(found.length).toBeGreaterThan(20);
  const known = new Set<string>(jsonColumns);
  // Rows of the history are read as one shape, and counts that the program wrote itself are no input from outside.
  const missing = found
    .map(({ table, column }) => (table === "edit_changes" ? "edit_changes.row" : `${table}.${column}`))
    .filter((name) => !known.has(name));
  expect(missing).toEqual([]);
});

test("no JSON is refused like JSON of another shape, with the column's name", () => {
  const sql = { path: "/a/project.omniproj" };
  for (const stored of ["{", "", null, 5, new Uint8Array(3), "[1]", '{"minX":0}', '{"minX":0,"minY":0,"maxX":1,"maxY":"1"}', "null"])
    expect(() => fromJson(sql, "bookmarks.bounds", stored)).toThrow(/project database .*“bookmarks.bounds” of a row is/); // biome-ignore format: one line
  expect(fromJson(sql, "bookmarks.bounds", '{"minX":0,"minY":0,"maxX":1,"maxY":1,"later":[]}')).toMatchObject({
    maxX: 1,
  });
});

test("a history that names a table without one, and a header of a format that SQLite does not know, are sentences", async () => {
  const folder = join(room, "history");
  mkdirSync(folder);
  const path = join(folder, file);
  writeFileSync(path, seed);
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = DELETE; UPDATE edit_changes SET "table" = 'sqlite_schema'`);
  database.close();
  const catalog = openCatalog(folder, { purpose: "a test", appVersion: "0" });
  const all = services({ catalog, appVersion: "0", runJob: () => Promise.reject(new Error("no")), announce: () => {} });
  for (const command of ["edits.list", "edits.undo"] as const)
    await expect(all[command]({})).rejects.toMatchObject({ code: "project-damaged" });
  catalog.close();
  // Bytes 44 to 47: the format of the schema, of which there are four.
  const bytes = Buffer.from(seed);
  bytes.writeUInt32BE(77, 44);
  writeFileSync(path, bytes);
  await expect(project.read(folder, [file])).rejects.toMatchObject({ code: "project-damaged" });
});

test("rows that are JSON of another shape are a sentence with a code, wherever a window asks for them", async () => {
  const named = new Set<string>();
  for (const { table, column } of columnsOfSchema()) {
    for (const value of ["5", "[null]", '{"a":{"b":[]}}', '[{"name":5}]']) {
      const folder = join(room, "case");
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      const path = join(folder, file);
      writeFileSync(path, seed);
      const database = new DatabaseSync(path);
      for (const setting of ["journal_mode = DELETE", "ignore_check_constraints = ON", "foreign_keys = OFF"])
        database.exec(`PRAGMA ${setting}`);
      const { changes } = database.prepare(`UPDATE "${table}" SET "${column}" = ?`).run(value);
      database.close();
      if (changes === 0) continue;
      const error = await project.read(folder, [file]).then(
        () => undefined,
        (thrown: AppError) => thrown,
      );
      if (error === undefined) continue;
      expect([table, column, value, error.name, error.code], error.stack).toEqual([table, column, value, "AppError", "project-damaged"]); // biome-ignore format: one line
      if (error.message.includes(`“${table}.${column}”`)) named.add(`${table}.${column}`);
    }
  }
  expect(named.size).toBeGreaterThan(15);
}, 300_000);

/** Every cause that a job can end with; a new kind does not compile without an example. */
const causes: { readonly [K in JobCause["kind"]]: readonly Extract<JobCause, { kind: K }>[] } = {
  paused: [{ kind: "paused" }],
  closed: [{ kind: "closed" }],
  crashed: [{ kind: "crashed" }],
  discarded: [{ kind: "discarded" }],
  engine: [
    { kind: "engine", detail: reason("process-signal", { signal: "SIGKILL" }) },
    { kind: "engine", detail: reason("process-exit-code", { code: 3 }) },
    // an earlier release
    { kind: "engine", detail: "signal SIGKILL" },
  ],
  error: [
    { kind: "error", code: null, details: {} },
    {
      kind: "error",
      code: "job-process-ended",
      details: { kind: "map", detail: reason("process-says", { message: "x" }) },
    },
  ],
};

test("whatever a job ended with is read back, so that a job that crashed leaves the project as readable as before", () => {
  const folder = mkdtempSync(join(room, "causes-"));
  writeFileSync(join(folder, file), seed);
  const catalog = openCatalog(folder, { purpose: "a test", appVersion: "1.0.0" });
  try {
    for (const cause of Object.values(causes).flat()) {
      const { id } = catalog.jobs.add("map");
      catalog.jobs.start(id);
      catalog.jobs.interrupt(id, "It ended.", cause);
      expect(catalog.jobs.get(id)?.cause).toEqual(cause);
    }
    expect(catalog.jobs.list().length).toBeGreaterThanOrEqual(9);
  } finally {
    catalog.close();
  }
});

test("a stored remark needs the values of its sentence; sentences of older releases are read", () => {
  const read = (decidedBy: unknown) =>
    fromJson({ path: "/p" }, "piece_files.radiometry", JSON.stringify({ quantity: "reflectance", scale: 1, offset: 0, decidedBy, warnings: [decidedBy] })); // biome-ignore format: one call
  for (const good of ["Any words.", { code: "as-stored" }, { code: "scale-tags", scale: 1e-4, offset: 0 }])
    expect(read(good)).toMatchObject({ decidedBy: good });
  for (const bad of [5, { code: "scale-tags", scale: 1 }, { code: "toString" }, { code: "repair" }, { code: "dark-pixels", darkest: "1" }]) // biome-ignore format: one list
    expect(() => read(bad)).toThrow(expect.objectContaining({ code: "project-damaged" }));
});

const area = { crs: "EPSG:32631", affine: { a: 0, b: 10, c: 0, d: 0, e: 0, f: -10 }, width: 8, height: 8 };
const square = [[[[0, 0], [10, 0], [10, 10], [0, 0]]]]; // biome-ignore format: one polygon
const legend = [{ code: 1, name: "Maize", color: "#aa0000", parent: "Cereals", source: "1110" }];
const findings = [{ code: "no-validation", details: {} }];
const meaning = { name: "height", unit: "m", minimum: 0, maximum: null };
const mapFiles = { classPath: "maps/a.tif", confidencePath: "maps/b.tif", probabilitiesPath: null, qmlPath: "a.qml", sldPath: "a.sld", sidecarPaths: [] }; // biome-ignore format: one line
const split = { seed: 1, shares: { train: 0.5, validation: 0.2, test: 0.3 }, blockMeters: 200, field: "set", parts: { a: "train" } }; // biome-ignore format: one line

/** A value as the program writes it, of every column; a new column does not compile without one. */
const written: Readonly<Record<JsonColumn, unknown>> = {
  "project.geobox": area,
  "project.area_limit": [{ col: 0, row: -3, width: 2, height: 1 }],
  "rasters.header": { width: 8, height: 8, bands: 2, dataType: "uint16", crs: null, affine: null },
  "acquisitions.origin": { platform: "S2A", relativeOrbit: 51, copy: 2 },
  "acquisitions.shift": { dx: 1.5, dy: -2 },
  "piece_files.bands": [{ name: "B02", bandIndex: 1, scale: 1e-4, offset: 0, nodata: 0, spare: true }],
  "piece_files.quality": { kind: "scl", bandIndex: 1, clear: [4, 5], chosen: 1 },
  "piece_files.radiometry": {
    quantity: "reflectance",
    scale: 1,
    offset: 0,
    decidedBy: { code: "as-stored" },
    warnings: [],
  },
  "piece_files.facts": { platform: "S2A", tile: "31UES" },
  "piece_files.evidence": [{ field: "date", source: { code: "file-name" } }],
  "chains.plan": { instant: "Instant map", trained: "crops", start: { kind: "model", name: "encoder" }, encoder: null, preset: "quick", steps: 5, seed: 0, provider: "auto", splitMade: false }, // biome-ignore format: one line
  "chains.jobs": { instant: 1, "instant-map": 2 },
  "chains.problem": { name: "AppError", message: "No.", code: "model-exists", details: { name: "crops" } },
  "area_samples.design": {
    method: "stratified",
    seed: 1,
    allocation: "proportional",
    minimum: 30,
    spacing: null,
    grid: area,
    squareMetersPerPixel: 100,
    mapName: "a map",
    strata: [{ code: 1, name: "Maize", color: "#aa0000", pixels: 40, expected: 0.75 }],
  },
  "modalities.bands": ["B02"],
  "modalities.clear_classes": [4, 5],
  "layers.style": { stretch: "usual" },
  "bookmarks.bounds": { minX: 0, minY: 0, maxX: 1, maxY: 1 },
  "view_state.value": { panels: ["layers"] },
  "edits.name": { key: "labels.add", params: { count: 2, name: "a" } },
  "edit_changes.row": { id: 1, name: "a", gone: null },
  "jobs.owner": { pid: 7, host: "a", started: null },
  "jobs.cause": { kind: "paused" },
  "label_imports.report": { used: 3 },
  "labels.geometry": square,
  "labels.properties": { crop: "Maize" },
  "labels.cells": { col: 0, row: 0, width: 8, height: 1, bits: "/w==" },
  "splits.blocks": { "0,0": "train" },
  "splits.parameters": { ...split, tooFew: "train", bufferMeters: 20, chosen: true },
  "splits.report": { counts: [{ classCode: 1, part: "train", items: 1, weight: 2 }], missing: [{ classCode: 1, part: "test" }], notes: [{ kind: "one-block", classCodes: [1] }], reason: null }, // biome-ignore format: one line
  "models.modalities": ["s2"],
  "models.summary": { architecture: "tiny", steps: 3, seconds: 1.5, provider: "cpu", metrics: { loss: 1 }, classes: ["Maize"], findings }, // biome-ignore format: one line
  "maps.modalities": ["s2"],
  "maps.area": area,
  "maps.files": { ...mapFiles, tiles: 1, seconds: 2, pixels: { 1: 64 }, findings, places: [{ number: 1, area, patches: 64, pixels: { 1: 64 }, files: mapFiles }] }, // biome-ignore format: one line
  "comparisons.result": { path: "a.tif", qmlPath: "a.qml", sldPath: "a.sld", sidecarPaths: [], area, from: legend, to: legend, counts: [[64]], classes: legend }, // biome-ignore format: one line
  "runs.result": { subsets: [{ modalities: ["s2"] }], metrics: { loss: 1 }, findings, untaught: [] },
  "runs.settings": { modalities: ["s2"], recipe: { steps: 3 }, from: null },
  "run_reviews.review": { part: "validation", score: { modalities: ["s2"], classes: [{ name: "Maize" }] } },
  "run_reviews.preview": { side: 8, patchMeters: 10, corners: [[0, 80]], classes: "AQ==", confidence: "ZA==" },
  "tile_labels.geometry": square,
  "tile_labels.properties": { image: "a.tif" },
  tile_shares: { 1: 0.7 },
  "tile_imports.report": { tiles: 3 },
  "tile_splits.parameters": { ...split, shareThreshold: 0.07, folds: 5, fold: 1, validationShare: 0.2, lists: [{ part: "test", path: "test.txt" }] }, // biome-ignore format: one line
  "tile_splits.report": { unknown: { count: 1, examples: ["a"] } },
  "tile_maps.modalities": ["s2"],
  "number_targets.report": { total: 3, used: 2, points: 2, merged: 0, dropped: [{ reason: "text", count: 1 }], low: 1, high: 2, mean: 1.5, farOff: [] }, // biome-ignore format: one line
  "number_places.geometry": square,
  "number_places.cells": { col: 1, row: 2, width: 1, height: 1, bits: "gA==" },
  "number_models.facts": { meaning, features: "monthly", modalities: ["s2"] },
  "number_models.result": { modelFolder: "models/a", seconds: 1, method: "ridge", rows: 9, columns: 4, low: 1, high: 2, mean: 1.5, settings: { alpha: 1 }, score: { places: 9, groups: "places", groupCount: 9, blockMeters: null, folds: 9, rmse: 1, mae: 1, bias: 0, r2: null, baseline: { rmse: 2, mae: 2 }, interval: { level: 0.9, halfWidth: 2, covered: null }, pairs: [[1, 2]] }, findings }, // biome-ignore format: one line
  "surfaces.result": { kind: "number", path: "maps/a.tif", qmlPath: "a.qml", sldPath: "a.sld", sidecarPaths: [], bands: ["a"], meaning, area, pixels: 4, stretch: [0, 1], low: 0, high: 1, mean: 0.5, findings, seconds: 1, taught: [0, 1], belowTaught: 0, aboveTaught: 0, interval: null }, // biome-ignore format: one line
  "tile_maps.files": { gpkgPath: "a.gpkg", csvPath: "a.csv", cogPath: null, sidecarPaths: [], legend, thresholds: [0.5], sideMeters: 60, area, present: { 1: 3 } }, // biome-ignore format: one line
};

const sql = { path: "/a/project.omniproj" };
/** The value as JSON has it: without what is undefined, NaN as null. */
const plainly = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The same value with one part, anywhere in it, replaced or left out. */
function damaged(value: unknown, where: number, by: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return by;
  const keys = Object.keys(value);
  const key = keys[where % keys.length]!;
  const next = Math.floor(where / keys.length);
  if (next % 3 === 0 && !Array.isArray(value)) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)); // biome-ignore format: one line
  const inner = next % 3 === 1 ? by : damaged((value as never)[key], next, by);
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...value, [key]: inner };
}

test("what every column is given to hold comes back as it was written", () => {
  for (const column of jsonColumns)
    expect(fromJson(sql, column, toJson(column, written[column])), column).toEqual(plainly(written[column]));
});

test("whatever is to be written: it is refused with the column's name, or can be read back", () => {
  const odd = fc.oneof(
    fc.constantFrom(
      undefined,
      null,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      new Date(0),
      new Map(),
      [],
      {},
      "5",
      5,
      true,
    ),
    fc.anything({ withDate: true, withMap: true, withSparseArray: true, withNullPrototype: true }),
  );
  let refused = 0;
  fc.assert(
    fc.property(fc.constantFrom(...jsonColumns), fc.nat(10_000), odd, fc.boolean(), (column, where, by, whole) => {
      const value = whole ? by : damaged(written[column], where, by);
      let text: string;
      try {
        text = toJson(column, value);
      } catch (error) {
        refused++;
        expect((error as Error).message).toContain(`column ${column}`);
        expect(error).toBeInstanceOf(TypeError);
        return;
      }
      expect(fromJson(sql, column, text)).toEqual(plainly(value));
    }),
    { numRuns: 3000 },
  );
  expect(refused).toBeGreaterThan(300);
});

test("every JSON column is written through its shape", () => {
  const sources = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const named = sources.flatMap((name) =>
    [...readFileSync(join(import.meta.dirname, name), "utf8").matchAll(/\btoJson\(\s*"([^"]+)"/g)].map(
      ([, column]) => column!,
    ),
  );
  // SQL itself writes the rows of the history, and puts shares together from rows of numbers.
  const bySql = ["edit_changes.row", "tile_shares"];
  expect([...new Set(named), ...bySql].toSorted()).toEqual(jsonColumns.toSorted());
});

test("a wrong value fails where it is written, and the project is as readable as before", () => {
  const settings = { name: "A", grid: { geobox: area, patchMeters: 10, tilePatches: 8 } };
  const options = { purpose: "a test", appVersion: "1.0.0" };
  const folder = mkdtempSync(join(room, "writing-"));
  const broken = { ...area, affine: { ...area.affine, a: Number.NaN } };
  const elsewhere = join(folder, "never");
  expect(() => createCatalog(elsewhere, { ...settings, grid: { ...settings.grid, geobox: broken } }, options)).toThrow(TypeError); // biome-ignore format: one line
  expect(() => openCatalog(elsewhere, options)).toThrow(expect.objectContaining({ code: "project-not-found" }));
  const catalog = createCatalog(folder, settings, options);
  const classes = [{ code: 1, name: "Maize", color: "#aa0000" }];
  const legendId = catalog.legends.put("Crops", classes);
  const { id: job } = catalog.jobs.add("map");
  const model = { name: "m", kind: "finetuned", folder: join(folder, "models/m"), parentId: null, jobId: null, modalities: ["s2"], summary: written["models.summary"] } as never; // biome-ignore format: one line
  const label = { legendId, classCode: 1, coordinates: square, x: 0, y: 0, patches: 1, importId: null, feature: null, properties: {} } as never; // biome-ignore format: one line
  const change = (value: object, by: object): never => ({ ...value, ...by }) as never;
  const wrong: readonly ((catalog: Catalog) => unknown)[] = [
    ({ bookmarks }) => bookmarks.add("here", { minX: 0, minY: 0, maxX: Number.NaN, maxY: 1 }),
    ({ labels }) => labels.add([change(label, { coordinates: [[[[0, Number.POSITIVE_INFINITY]]]] })]),
    ({ labels }) => labels.add([change(label, { x: Number.POSITIVE_INFINITY })]),
    ({ labels }) => labels.add([label, change(label, { properties: ["a"] })]),
    ({ models }) => models.add(change(model, { summary: { architecture: "tiny", classes: [5] } })),
    ({ models }) => models.add(change(model, { modalities: "s2" })),
    ({ jobs }) => jobs.fail(job, "It ended.", { kind: "other" } as never),
    ({ view }) => view.put("key", undefined),
    ({ project }) => project.setLimit([]),
    ({ project }) => project.setLimit([{ col: 0.5, row: 0, width: 1, height: 1 }]),
    ({ layers }) => layers.put({ id: "a", position: 0, visible: true, opacity: 1, style: [] as never }),
  ];
  const everything = () => [
    catalog.project.get(),
    catalog.bookmarks.list(),
    catalog.labels.list(),
    catalog.models.list(),
    catalog.jobs.list(),
    catalog.layers.list(),
    catalog.edits.list(),
    catalog.view.get("key"),
  ];
  const before = everything();
  for (const [number, write] of wrong.entries()) {
    expect(() => catalog.edit({ key: "test" }, () => write(catalog)), `write ${number}`).toThrow(TypeError);
    expect(everything(), `write ${number}`).toEqual(before);
  }
  expect(() => catalog.edit({ key: 5 } as never, () => catalog.labels.add([label]))).toThrow(TypeError);
  expect(everything()).toEqual(before);
  catalog.close();
});
