import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { NumberMapResult, NumbersResult } from "../../../src-shared/domain/numbers.ts";
import type { RequestOf } from "../../../src-shared/ipc/contract.ts";
import type { Catalog } from "../../catalog/index.ts";
import { contextOf } from "../../jobs/context.ts";
import { runJob } from "../../jobs/run-job.ts";
import type { JobRunner } from "../deps.ts";
import { projectFolders } from "../projects/projects.ts";
import { type Services, services } from "../services.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-numbers-"));
const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const running: JobRunner = (spec, on, signal) => runJob(spec, contextOf(on, signal));
let catalog: Catalog;
let all: Services;

const images = (folder: string, wanted: RegExp) =>
  readdirSync(join(sample, folder))
    .filter((name) => wanted.test(name))
    .map((name) => join(sample, folder, name));

beforeAll(async () => {
  catalog = await projectFolders({ appVersion: "test" })["project.create"]({
    folder: join(room, "project"),
    name: "numbers",
    area: { like: join(sample, "S2_L2A_10m", "S2_L2A_10m_20190610T105703.tif") },
    patchMeters: 10,
    tilePatches: 4,
  });
  all = services({ catalog, appVersion: "test", runJob: running, announce: () => {} });
  const dates = /_(20180918|20181013|20190630|20190725|20190918|20191013)T/;
  await all["rasters.import"]({ paths: [...images("S2_L2A_10m", dates), ...images("S2_SCL_20m", dates)] });
}, 60_000);
afterAll(() => {
  catalog.close();
  rmSync(room, { recursive: true, force: true });
});

const at = (col: number, row: number) => [574_680 + 10 * col + 5, 5_622_440 - 10 * row - 5] as const;
/** A number that the image of one date shows: near infrared, in per cent; read by GDAL. */
function plots(name: string, values: (index: number, value: number) => unknown, count = 60): string {
  const image = join(sample, "S2_L2A_10m", "S2_L2A_10m_20190630T105704.tif");
  const places = Array.from({ length: count }, (_, i) => at((i * 37) % 64, (i * 23) % 64));
  const told = execFileSync("gdallocationinfo", ["-valonly", "-geoloc", "-b", "4", image], {
    input: places.map((place) => place.join(" ")).join("\n"),
    encoding: "utf8",
  });
  const lines = told.trim().split("\n").map((value, i) => [...places[i]!, values(i, Number(value) / 100)].join(",")); // biome-ignore format: one chain
  const path = join(room, name);
  writeFileSync(path, ["x,y,height,epsg", ...lines.map((line) => `${line},32631`)].join("\n"));
  return path;
}
const code = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "none",
    (error: { code: string }) => error.code,
  );
const importing = (request: RequestOf<"numbers.import">) => all["numbers.import"](request);
async function done<Result>(started: Promise<{ readonly id: number }>): Promise<Result> {
  const { result } = await all["jobs.wait"]({ id: (await started).id });
  return result as Result;
}

test("a field of numbers becomes a target, which can be undone; what is no number is one sentence", async () => {
  const path = plots("plots.csv", (_, value) => value);
  const { report } = await importing({ path, field: "height", name: "Height", unit: "m", minimum: 0 });
  expect(report).toMatchObject({ total: 60, used: 60, points: 60, dropped: [] });
  const [target] = await all["numbers.targets"]({});
  expect(target).toMatchObject({ name: "Height", unit: "m", minimum: 0, maximum: null });
  await all["edits.undo"]({});
  expect(await all["numbers.targets"]({})).toEqual([]);
  await all["edits.redo"]({});
  expect((await all["numbers.targets"]({}))[0]!.report.used).toBe(60);
  expect(await code(importing({ path, field: "height", name: "Height" }))).toBe("number-target-exists");
  expect(await code(importing({ path, name: "again" }))).toBe("numbers-field-needed");
  expect(await code(importing({ path, field: "height", name: "x", minimum: 3, maximum: 3 }))).toBe("numbers-range");
  const hostile = (name: string, values: (index: number) => unknown) =>
    code(importing({ path: plots(name, values, 12), field: "height", name }));
  expect(await hostile("texts.csv", () => "oak")).toBe("numbers-not-numeric");
  expect(await hostile("nan.csv", (i) => (i % 2 ? "NaN" : "inf"))).toMatch(/^numbers-(none-usable|not-numeric)$/);
  expect(await hostile("absurd.csv", () => "1e30")).toBe("numbers-none-usable");
  expect(await hostile("one.csv", () => 7)).toBe("numbers-one-value");
  await expect(importing({ path: join(room, "one.csv"), field: "height", name: "one" })).rejects.toMatchObject({ details: { places: 12, value: 7 } }); // biome-ignore format: one line
  expect(await all["numbers.targets"]({})).toHaveLength(1);
});

test("a method learns it better than the mean, and its map holds numbers with their interval as GDAL reads them", async () => {
  const trained = await done<NumbersResult>(all["numbers.train"]({ numbers: "Height", name: "heights", level: 0.8 }));
  expect(trained.score).toMatchObject({ places: 60, groups: "blocks" });
  expect(trained.score.rmse).toBeLessThan(0.6 * trained.score.baseline.rmse);
  expect(trained.score.interval!.covered!).toBeGreaterThan(0.6);
  const mapped = await done<NumberMapResult>(all["numbers.map"]({ model: "heights" }));
  expect(mapped).toMatchObject({ kind: "number", pixels: 64 * 64, meaning: { name: "Height", unit: "m" } });
  const [surface] = await all["surfaces.list"]({});
  const { path } = surface!.result;
  const info = JSON.parse(execFileSync("gdalinfo", ["-json", "-stats", path], { encoding: "utf8" }));
  expect(info.bands.map(({ type }: { type: string }) => type)).toEqual(["Float32", "Float32", "Float32"]);
  expect(info.metadata[""]).toMatchObject({ TARGET: "Height", UNIT: "m" });
  // Held to what was taught.
  expect(info.bands[0].minimum).toBeGreaterThanOrEqual(trained.low - 1e-4);
  expect(info.bands[0].maximum).toBeLessThanOrEqual(trained.high + 1e-4);
  expect(info.bands[1].minimum).toBeGreaterThanOrEqual(0);
  const [x, y] = at(20, 30);
  const value = (await all["surfaces.at"]({ id: surface!.id, x, y }))!;
  const read = execFileSync("gdallocationinfo", ["-valonly", "-geoloc", path, String(x), String(y)], {
    encoding: "utf8",
  });
  const [told, lower, upper] = read.trim().split("\n").map(Number);
  expect(value.value).toBeCloseTo(told!, 3);
  expect([value.lower!, value.upper!]).toEqual([expect.closeTo(lower!, 3), expect.closeTo(upper!, 3)]);
  expect(value.lower!).toBeLessThanOrEqual(value.value);
  expect(await all["surfaces.at"]({ id: surface!.id, x: 0, y: 0 })).toBeNull();
  expect((await all["layers.list"]({})).find(({ kind }) => kind === "surface")).toMatchObject({ name: "heights" });
  expect((await all["layers.sources"]({ ids: [`surface:${surface!.id}`] }))[0]).toMatchObject({
    problem: null,
    range: mapped.stretch,
  });
  const to = join(room, "out", "heights.tif");
  expect((await all["surfaces.export"]({ id: surface!.id, to })).paths).toHaveLength(3);
  expect(await code(all["surfaces.export"]({ id: surface!.id, to }))).toBe("file-exists");
  // Never half a map, and no file that the project reads.
  expect((await all["surfaces.export"]({ id: surface!.id, to: join(room, "out", "plain") })).paths[0]).toBe(join(room, "out", "plain.tif")); // biome-ignore format: one line
  expect(await code(all["surfaces.export"]({ id: surface!.id, to: join(room, "out", "plain"), overwrite: true }))).toBe("file-exists"); // biome-ignore format: one line
  expect(await code(all["surfaces.export"]({ id: surface!.id, to: path, overwrite: true }))).toBe("export-over-input");
  const parcels = join(room, "parcels.csv");
  writeFileSync(parcels, "WKT,name\n");
  const fields = { map: 1, path: parcels, to: join(room, "parcels.gpkg") };
  expect(await code(all["exports.fields"](fields))).toBe("file-exists");
  expect(await code(all["exports.fields"]({ ...fields, overwrite: true }))).toBe("export-over-input");
  const plotted = { ...fields, path: join(room, "other.gpkg"), to: join(room, "plots.gpkg"), overwrite: true };
  expect(await code(all["exports.fields"](plotted))).toBe("export-over-input");
  const { deleted } = await all["surfaces.remove"]({ id: surface!.id });
  expect(deleted).toContain(path);
  expect(existsSync(path)).toBe(false);
}, 120_000);

test("known and predicted numbers and the scores are tables, from which the figures can be computed again; the report has them", async () => {
  const { id, result } = (await all["numbers.models"]({})).find(({ name }) => name === "heights")!;
  const read = async (table: "numbers" | "number-scores") => {
    const to = join(room, `${table}.csv`);
    await all["exports.table"]({ table, id, to });
    return readFileSync(to, "utf8").trim().split("\r\n").map((line) => line.split(",")); // biome-ignore format: one chain
  };
  const [head, ...places] = await read("numbers");
  expect(head).toEqual(["known", "predicted", "error"]);
  expect(places).toHaveLength(60);
  const squares = places.map(([known, told]) => (Number(told) - Number(known)) ** 2);
  const rmse = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / 60);
  const scores = await read("number-scores");
  expect(scores[0]).toEqual(["figure", "unit", "penalised linear regression", "always the mean"]);
  expect(scores[1]!.slice(0, 2)).toEqual(["rmse", "m"]);
  expect(Number(scores[1]![2])).toBeCloseTo(rmse, 9);
  expect(Number(scores[1]![3])).toBeCloseTo(result.score.baseline.rmse, 9);
  await expect(all["exports.table"]({ table: "numbers", id: 99, to: join(room, "no.csv") })).rejects.toMatchObject({
    code: "number-model-not-found",
  });

  const report = join(room, "numbers.html");
  await done(all["reports.write"]({ to: report }));
  const text = readFileSync(report, "utf8");
  expect(text).toContain("Models of “Height”, m");
  expect(text).toContain(result.score.rmse.toFixed(3));
});

test("a network is fine-tuned on the same target, drawn, and no model of classes", async () => {
  const trained = await done<NumbersResult>(all["numbers.train"]({ numbers: "Height", method: "network", steps: 4, name: "net" })); // biome-ignore format: one call
  expect(trained).toMatchObject({ method: "network", score: { folds: 1 } });
  const mapped = await done<NumberMapResult>(all["numbers.map"]({ model: "net", name: "net map" }));
  expect(mapped.pixels).toBe(64 * 64);
  const { modelFolder } = (await all["numbers.models"]({})).find(({ name }) => name === "net")!.result;
  const refused = all["models.import"]({ path: modelFolder }).catch((error: Error) => error.message);
  expect(await refused).toMatch(/numbers and no classes/);
}, 120_000);

test("too few places where there are images are one sentence, and places of one number say nothing", async () => {
  await importing({ path: plots("few.csv", (_, value) => value, 6), field: "height", name: "few" });
  const failed = done(all["numbers.train"]({ numbers: "few" })).catch((error: { code: string }) => error.code);
  expect(await failed).toBe("numbers-too-few");
  expect(await code(all["numbers.train"]({ numbers: "none" }))).toBe("number-target-not-found");
  expect(await code(all["numbers.map"]({ model: "none" }))).toBe("number-model-not-found");
});

test("numbers that the images say nothing of are told as no better than the mean", async () => {
  await importing({ path: plots("noise.csv", (i) => ((i * 7919) % 101) / 10), field: "height", name: "noise" });
  const { score, findings } = await done<NumbersResult>(all["numbers.train"]({ numbers: "noise", method: "regression-forest" })); // biome-ignore format: one call
  const worse = score.rmse >= score.baseline.rmse;
  expect(findings.some(({ code: own }) => own === "numbers-no-better")).toBe(worse);
  expect(score.rmse).toBeGreaterThan(0.85 * score.baseline.rmse);
}, 120_000);

test("two periods give a score on the map; periods without common months, without images or that overlap are one sentence", async () => {
  const autumn = { first: "2018-09-01", last: "2018-10-31" };
  const asked = (before: object, after: object) => code(all["numbers.change"]({ before, after }));
  expect(await asked(autumn, { first: "2019-06-01", last: "2019-07-31" })).toBe("change-without-months");
  expect(await asked(autumn, { first: "2019-10-31", last: "2019-09-01" })).toBe("change-period-reversed");
  expect(await asked(autumn, { first: "2021-06-01", last: "2021-07-31" })).toBe("change-period-empty");
  expect(await asked(autumn, { first: "2018-10-01", last: "2019-10-31" })).toBe("change-periods-overlap");
  // The same images as both sides, without dates: Septembers of two years would be mixed.
  const copy = join(room, "copy");
  cpSync(catalog.folder, copy, { recursive: true, filter: (path) => !path.endsWith(".lock") });
  const mixed = all["numbers.change"]({ before: {}, after: { project: copy } }).catch((error: Error) => error.message);
  expect(await mixed).toMatch(/images of 2018 and 2019, which would be mixed/);
  const result = await done(all["numbers.change"]({ before: autumn, after: { first: "2019-09-01", last: "2019-10-31" }, name: "autumns" })); // biome-ignore format: one call
  expect(result).toMatchObject({ kind: "change", inputs: [{ modality: "s2", months: [9, 10] }] });
  const surface = (await all["surfaces.list"]({})).find(({ name }) => name === "autumns")!;
  const info = JSON.parse(execFileSync("gdalinfo", ["-json", surface.result.path], { encoding: "utf8" }));
  expect(info.metadata[""].THRESHOLD).toMatch(/99 % of the unchanged places/);
  const [x, y] = at(12, 12);
  expect((await all["surfaces.at"]({ id: surface.id, x, y }))!.value).toBeGreaterThan(0);
}, 60_000);
