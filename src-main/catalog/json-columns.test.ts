import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JobCause } from "../../src-shared/domain/job-row.ts";
import type { AppError } from "../../src-shared/errors/index.ts";
import { reason } from "../../src-shared/errors/reasons/index.ts";
import { project } from "../fuzz/kinds/project.ts";
import { services } from "../services/services.ts";
import { openCatalog } from "./index.ts";
import { fromJson, jsonColumns } from "./json-columns.ts";

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
