import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JobSpec } from "../../src-shared/domain/job.ts";
import { countCells } from "../../src-shared/domain/patch-cells.ts";
import { bandNamesOf, hasQuality, pathsOf } from "../../src-shared/eo/index.ts";
import type { AppError } from "../../src-shared/errors/index.ts";
import type { TopicName } from "../../src-shared/ipc/contract.ts";
import type { Catalog } from "../catalog/index.ts";
import { contextOf } from "../jobs/context.ts";
import { patchGrid, projectArea } from "../jobs/imagery.ts";
import { LabelPatches } from "../jobs/label-patches.ts";
import { exampleModel } from "../learning/fixtures/example-model.ts";
import { writeModel } from "../learning/index.ts";
import type { JobRunner } from "./deps.ts";
import { countingJob } from "./fixtures/counting-job.ts";
import { projectFolders } from "./projects/projects.ts";
import { services } from "./services.ts";

const sample = join(import.meta.dirname, "../../resources/sample/flanders-crops-2019");
const room = mkdtempSync(join(tmpdir(), "omnisat-services-"));
const imagery = join(room, "imagery");
const base = join(room, "base");
const appVersion = "0.1.0";
const projects = projectFolders({ appVersion });

let count = 0;
/** A copy of the base project: imported, labelled and split. */
function copyOfBase(): string {
  const folder = join(room, `copy-${++count}`);
  cpSync(base, folder, { recursive: true });
  return folder;
}

/** The queue's jobs count; what they were asked for is in `specs`. */
function open(catalog: Catalog) {
  const specs: JobSpec[] = [];
  const told: { topic: TopicName; what: unknown }[] = [];
  const runJob: JobRunner = async (spec, on, signal) => {
    specs.push(spec);
    return (await countingJob(spec, contextOf(on, signal))) as never;
  };
  const all = services({ catalog, appVersion, runJob, announce: (topic, what) => told.push({ topic, what }) });
  return { all, specs, told };
}

const opened = (folder: string) => projects["project.open"]({ folder, purpose: "a test" });

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return (error as AppError | undefined)?.code ?? `no code: ${error}`;
}

beforeAll(async () => {
  mkdirSync(imagery);
  const dates = (folder: string) => readdirSync(join(sample, folder)).slice(40, 43);
  for (const folder of ["S2_L2A_10m", "S2_L2A_20m", "S2_SCL_20m", "S1_GRD_ASC_20m"]) {
    for (const name of dates(folder)) cpSync(join(sample, folder, name), join(imagery, name));
  }
  const like = join(imagery, readdirSync(imagery).find((name) => name.startsWith("S2_L2A_10m"))!);
  const catalog = await projects["project.create"]({ folder: base, name: "Flanders", area: { like } });
  const { all } = open(catalog);
  await all["rasters.import"]({ paths: [imagery] });
  await all["labels.import"]({
    path: join(sample, "parcels.gpkg"),
    field: "class_name",
    classes: { "winter wheat": "wheat", maize: "maize", "permanent grass": "grass" },
    unmapped: "ignore",
  });
  await all["labels.split"]({ method: "field" });
  catalog.close();
});
afterAll(() => rmSync(room, { recursive: true, force: true }));

test("a project takes the area of an image in whole patches, and its files become dated inputs of the network", async () => {
  const catalog = await opened(copyOfBase());
  const about = await open(catalog).all["project.describe"]({});
  expect(about.grid.geobox).toMatchObject({ crs: "EPSG:32631", width: 64, height: 64 });
  expect(about.modalities).toMatchObject([
    {
      name: "s2",
      kind: "series",
      dates: 3,
      bands: ["B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12"],
    },
    { name: "s1-asc", kind: "series", dates: 3, bands: ["VV", "VH"] },
  ]);
  expect(about.legends[0]!.classes.map(({ name, polygons }) => [name, polygons])).toEqual([
    ["wheat", 4],
    ["maize", 4],
    ["grass", 7],
  ]);
  expect(about.split).toMatchObject({ method: "field", optimistic: false });
  catalog.close();
});

test("bands of one date that come in two imports become one acquisition", async () => {
  const folder = join(room, "twice");
  const like = join(imagery, readdirSync(imagery).find((name) => name.startsWith("S2_L2A_10m"))!);
  const catalog = await projects["project.create"]({ folder, area: { like } });
  const { all } = open(catalog);
  const files = (start: string) =>
    readdirSync(imagery)
      .filter((name) => name.startsWith(start))
      .map((name) => join(imagery, name));
  await all["rasters.import"]({ paths: files("S2_L2A_10m") });
  const { modalities } = await all["rasters.import"]({ paths: [...files("S2_L2A_20m"), ...files("S2_SCL")] });
  expect(modalities).toHaveLength(1);
  expect(modalities[0]!.bands).toHaveLength(10);
  expect(catalog.acquisitions.list()).toHaveLength(3);
  expect(catalog.acquisitions.list().every((one) => hasQuality(one) && bandNamesOf(one).length === 10)).toBe(true);
  catalog.close();
});

test("a training gets everything by value, and its model and curve are registered when it ends", async () => {
  const catalog = await opened(copyOfBase());
  const { all, specs, told } = open(catalog);
  const { id } = await all["runs.pretrain"]({ name: "encoder", size: "tiny", seed: 3, recipe: { steps: 6 } });
  const { job } = await all["jobs.wait"]({ id });
  expect(job).toMatchObject({ state: "finished", fraction: 1, phase: "Counting" });
  const spec = specs[0]!;
  expect(spec).toMatchObject({
    kind: "pretrain",
    seed: 3,
    resume: false,
    folder: join(catalog.folder, "runs", "1-pretrain"),
  });
  expect(spec.kind === "pretrain" && spec.recipe).toMatchObject({ steps: 6, maskRatio: 0.75 });
  expect(spec.kind === "pretrain" && spec.imagery.acquisitions).toHaveLength(6);

  const [model] = await all["models.list"]({});
  expect(model).toMatchObject({ name: "encoder", kind: "pretrained", state: "present", modalities: ["s2", "s1-asc"] });
  expect(model!.folder).toBe(join(catalog.folder, "models", "encoder"));
  const [run] = await all["runs.list"]({});
  expect(run).toMatchObject({ jobId: id, modelId: model!.id });
  const curve = await all["runs.metrics"]({ id: run!.id });
  expect(curve).toEqual([1, 2, 3, 4, 5, 6].map((step) => ({ step, values: { loss: 1 / step } })));
  expect(told).toContainEqual({ topic: "catalog.changed", what: { table: "models" } });
  expect(await codeOf(all["runs.pretrain"]({ name: "encoder" }))).toBe("model-exists");
  catalog.close();
});

test("fine-tuning gets the polygons with their parts, a map needs classes, and its files move to the maps", async () => {
  const catalog = await opened(copyOfBase());
  const { all, specs, told } = open(catalog);
  const recipe = { steps: 2 };
  await all["jobs.wait"]({ id: (await all["runs.pretrain"]({ name: "encoder", recipe })).id });
  await all["jobs.wait"]({ id: (await all["runs.finetune"]({ name: "crops", from: "encoder", recipe })).id });
  const spec = specs[1]!;
  if (spec.kind !== "finetune") throw new Error(spec.kind);
  expect(spec.modelFolder).toBe(join(catalog.folder, "models", "encoder"));
  const parts = Map.groupBy(spec.labels.polygons, ({ part }) => part);
  expect([parts.get("train")!.length, parts.get("test")!.length]).toEqual([7, 6]);
  expect(spec.labels.legend.map(({ name }) => name)).toEqual(["wheat", "maize", "grass"]);

  expect(await codeOf(all["maps.draw"]({ model: "encoder" }))).toBe("model-has-no-head");
  expect(await codeOf(all["maps.draw"]({ model: "corps" }))).toBe("model-not-found");
  expect(await codeOf(all["maps.draw"]({ model: "crops", modalities: ["aerial"] }))).toBe("model-lacks-modality");
  const far = { minX: 0, minY: 0, maxX: 10, maxY: 10 };
  expect(await codeOf(all["maps.draw"]({ model: "crops", bounds: far }))).toBe("area-outside-project");

  const evaluated = await all["runs.evaluate"]({ model: "crops", classes: ["Maize", "wheat"], subsets: [["s2"]] });
  await all["jobs.wait"]({ id: evaluated.id });
  // What a measurement found is in the run: a window that shows figures asks again when it is there.
  const end = told.findLastIndex(({ topic }) => topic === "job.state");
  expect(told[end]).toMatchObject({ what: { id: evaluated.id, state: "finished" } });
  const start = told.findIndex(
    ({ topic, what }) => topic === "job.state" && (what as { id: number }).id === evaluated.id,
  );
  for (const table of ["runs", "jobs"])
    expect(told.slice(start, end)).toContainEqual({ topic: "catalog.changed", what: { table } });
  expect(specs[2]).toMatchObject({ kind: "evaluate", part: "test", subsets: [["s2"]], classSets: [[2, 1]] });
  expect(await codeOf(all["runs.evaluate"]({ model: "crops", classes: ["rye"] }))).toBe("class-not-found");

  const bounds = { minX: 574_705, minY: 5_622_000, maxX: 574_800, maxY: 5_622_101 };
  const { id } = await all["maps.draw"]({ model: "crops", modalities: ["s2"], bounds, name: "part" });
  await all["jobs.wait"]({ id });
  const drawn = specs[3]!;
  if (drawn.kind !== "map") throw new Error(drawn.kind);
  expect(drawn.area).toMatchObject({ affine: { a: 574_700, d: 5_622_110 }, width: 10, height: 11 });
  expect(drawn.imagery.modalities.map(({ name }) => name)).toEqual(["s2"]);
  const [map] = await all["maps.list"]({});
  expect(map!.files.classPath).toBe(join(catalog.folder, "maps", "part", "part-classes.tif"));
  expect(existsSync(map!.files.sldPath)).toBe(true);

  catalog.modalities.remove("s2");
  const lacking = await all["maps.draw"]({ model: "crops" }).catch((error: AppError) => error);
  expect(lacking).toMatchObject({
    code: "model-modalities-missing",
    details: { missing: ["s2"], available: ["s1-asc"] },
  });
  catalog.close();
});

test("a model of an input that the project lacks reads another sensor's that shows the same light, and is used as it was asked", async () => {
  const catalog = await opened(copyOfBase());
  const { all, specs } = open(catalog);
  const folder = join(catalog.folder, "models", "of-aerial-images");
  const [aerial] = exampleModel.modalities;
  const training = { ...exampleModel.training, dates: [] };
  await writeModel(folder, { ...exampleModel, modalities: [aerial!], training }, {});
  const use = { normalization: "place", season: 2021, shiftDays: -10 } as const;
  await all["jobs.wait"]({ id: (await all["maps.draw"]({ model: folder, ...use })).id });
  const spec = specs[0]!;
  if (spec.kind !== "map") throw new Error(spec.kind);
  expect(spec).toMatchObject({ modalities: ["aerial"], use });
  const [s2] = catalog.modalities.list();
  expect(spec.imagery.modalities).toEqual([{ ...s2, name: "aerial" }]);
  expect(spec.imagery.acquisitions.map(({ id }) => id).toSorted()).toEqual([...s2!.acquisitions].toSorted());
  expect((await all["maps.estimate"]({ model: folder })).tiles).toBeGreaterThan(0);
  expect(await all["models.inputs"]({ name: folder })).toEqual([{ name: "aerial", from: "s2" }]);
  // Radar shows no light.
  catalog.modalities.remove("s2");
  expect(await all["models.inputs"]({ name: folder })).toEqual([{ name: "aerial", from: null }]);
  const lacking = { code: "model-modalities-missing", details: { missing: ["aerial"], available: ["s1-asc"] } };
  await expect(all["maps.draw"]({ model: folder })).rejects.toMatchObject(lacking);
  catalog.close();
});

test("a random split goes patch by patch and is called optimistic", async () => {
  const catalog = await opened(copyOfBase());
  const { all, specs } = open(catalog);
  const split = await all["labels.split"]({ method: "random", seed: 1 });
  expect(split).toMatchObject({ optimistic: true });
  await all["jobs.wait"]({ id: (await all["runs.finetune"]({ name: "flattered", recipe: { steps: 1 } })).id });
  const spec = specs[0]!;
  if (spec.kind !== "finetune") throw new Error(spec.kind);
  // 1,378 patches of wheat, 413 of maize and 1,387 of grass: the counts of the polygon file's own “pixels” field.
  const count = (part?: string) =>
    spec.labels.polygons
      .filter((polygon) => part === undefined || polygon.part === part)
      .reduce((sum, { cells }) => sum + countCells(cells!), 0);
  expect(count()).toBe(1378 + 413 + 1387);
  expect(count("test") / count()).toBeCloseTo(0.3, 2);
  // The patches lie where the job looks for them: all of them have a label there.
  const codes = spec.labels.legend.map(({ code }) => code);
  for (const part of ["train", "test"] as const) {
    const placed = new LabelPatches(spec.labels, part, codes, patchGrid(spec.grid), projectArea(spec.grid));
    expect(placed.usable().reduce((sum, { patches }) => sum + patches, 0)).toBe(count(part));
  }
  catalog.close();
});

test("the same label file again takes the place of its first reading, and then a new split is asked for", async () => {
  const catalog = await opened(copyOfBase());
  const { all } = open(catalog);
  const again = { path: join(sample, "parcels.gpkg"), field: "class_name" };
  const { report } = await all["labels.import"](again);
  expect(report.used).toBe(48);
  expect(catalog.labels.count()).toBe(48);
  // The three classes keep their codes; the five new ones follow.
  const [legend] = catalog.legends.list();
  expect(legend!.classes.slice(0, 2).map(({ code, name }) => [code, name])).toEqual([
    [1, "wheat"],
    [2, "maize"],
  ]);
  expect(legend!.classes.find(({ name }) => name === "potatoes")!.code).toBeGreaterThan(3);
  expect(await codeOf(all["runs.finetune"]({ name: "crops" }))).toBe("no-split");
  catalog.close();
});

test("a stopped job is resumable, and its curve is whole after it was resumed, also in a project that has moved", async () => {
  const folder = copyOfBase();
  const first = await opened(folder);
  const before = open(first);
  const { id } = await before.all["runs.pretrain"]({ name: "encoder", recipe: { steps: 100 } });
  while (first.runs.metrics(1).length < 8) await new Promise((resolve) => setTimeout(resolve, 5));
  await before.all["jobs.stop"]({ id });
  await expect(before.all["jobs.wait"]({ id })).rejects.toMatchObject({ name: "AbortError" });
  expect(first.jobs.get(id)).toMatchObject({ state: "resumable", reason: "Stopped on request." });
  first.close();

  const moved = join(room, "moved");
  renameSync(folder, moved);
  const second = await opened(moved);
  const after = open(second);
  await after.all["jobs.resume"]({ id });
  await after.all["jobs.wait"]({ id });
  expect(after.specs[0]).toMatchObject({ resume: true, folder: join(second.folder, "runs", "1-pretrain") });
  expect(after.told.some(({ topic }) => topic === "job.event")).toBe(true);
  expect(second.runs.metrics(1).map(({ step }) => step)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  expect(second.models.find("encoder")).toMatchObject({ state: "present" });
  expect(await codeOf(after.all["jobs.resume"]({ id }))).toBe("job-not-resumable");
  second.close();
});

test("kill -9 in the middle of a job leaves it resumable, and resumed it ends with the whole curve", async () => {
  const folder = copyOfBase();
  const from = (file: string) => JSON.stringify(join(import.meta.dirname, file));
  const source = `
    import { projectFolders } from ${from("projects/projects.ts")};
    import { services } from ${from("services.ts")};
    import { countingJob } from ${from("fixtures/counting-job.ts")};
    const catalog = await projectFolders({ appVersion: "0.1.0" })["project.open"]({ folder: process.argv[1], purpose: "victim" });
    const runJob = (spec, on, signal) => countingJob(spec, { signal,
      phase: (name, fraction) => on({ type: "phase", name, fraction }),
      metric: (step, values) => { on({ type: "metric", step, values }); if (step === 30) console.log("thirty"); } });
    catalog.allowOutside(process.argv[2]);
    const all = services({ catalog, appVersion: "0.1.0", runJob, announce: () => {} });
    await all["runs.pretrain"]({ name: "encoder", recipe: { steps: 60 } });`;
  const victim = spawn(process.execPath, ["--input-type=module", "--eval", source, folder, imagery], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(victim.stdout!, "data");
  victim.kill("SIGKILL");
  await once(victim, "exit");

  const catalog = await opened(folder);
  expect(catalog.jobs.get(1)).toMatchObject({ state: "resumable", owner: null });
  const kept = Number(readFileSync(join(catalog.folder, "runs/1-pretrain/checkpoint.json"), "utf8"));
  expect(kept).toBeGreaterThanOrEqual(29);
  const { all } = open(catalog);
  await all["jobs.resume"]({ id: 1 });
  await all["jobs.wait"]({ id: 1 });
  expect(catalog.runs.metrics(1)).toEqual(
    Array.from({ length: 60 }, (_, i) => ({ step: i + 1, values: { loss: 1 / (i + 1) } })),
  );
  catalog.close();
});

test("a job that fails says why, and what it would have made is not there", async () => {
  const catalog = await opened(copyOfBase());
  const runJob: JobRunner = async () => {
    throw new Error("the loss exploded");
  };
  const all = services({ catalog, appVersion, runJob, announce: () => {} });
  const { id } = await all["runs.pretrain"]({ name: "encoder" });
  await expect(all["jobs.wait"]({ id })).rejects.toThrow("the loss exploded");
  expect(catalog.jobs.get(id)).toMatchObject({ state: "failed", reason: "the loss exploded" });
  expect(catalog.models.list()).toEqual([]);
  catalog.close();
});

test("missing images are named before a job starts, and found again below a folder", async () => {
  const folder = copyOfBase();
  const catalog = await opened(folder);
  const { all } = open(catalog);
  const away = join(room, "away");
  renameSync(imagery, away);
  try {
    expect(await codeOf(all["runs.pretrain"]({ name: "encoder" }))).toBe("project-rasters-missing");
    expect(catalog.jobs.list()).toEqual([]);
    const { relinked, missing, problems } = await all["rasters.relinkAll"]({ folder: away });
    expect([relinked.length, missing.length, problems]).toEqual([12, 0, []]);
    expect(pathsOf(catalog.acquisitions.list()[0]!)[0]!.startsWith(away)).toBe(true);
  } finally {
    renameSync(away, imagery);
    catalog.close();
  }
});

test("a request that is no request is refused, and says what is wrong", async () => {
  const catalog = await opened(copyOfBase());
  const { all } = open(catalog);
  const wrong = { name: "x", recipe: { steps: 0.5 }, colour: "red" } as never;
  await expect(all["runs.pretrain"](wrong)).rejects.toThrow(/recipe\.steps.*colour/s);
  expect(await codeOf(all["runs.pretrain"]({ name: "x", modalities: ["s3"] }))).toBe("modality-not-found");
  catalog.close();
});

test("places that cannot be a project are refused with a sentence", async () => {
  const bounds = { minX: 4, minY: 50, maxX: 5, maxY: 51 };
  const create = (area: Parameters<(typeof projects)["project.create"]>[0]["area"]) =>
    codeOf(projects["project.create"]({ folder: join(room, "never"), area }));
  expect(await create({ crs: "EPSG:4326", bounds })).toBe("project-crs-geographic");
  expect(await create({ crs: "EPSG:999999", bounds })).toBe("crs-unknown");
  expect(await create({ crs: "EPSG:32631", bounds: { ...bounds, maxX: 4 } })).toBe("request-invalid");
  expect(await create({ like: join(sample, "README.md") })).toBe("raster-unknown-format");
  expect(existsSync(join(room, "never"))).toBe(false);
});

test("an image that is not of the project's place is refused, and nothing of its import is kept", async () => {
  const folder = join(room, "elsewhere");
  const area = { crs: "EPSG:32631", bounds: { minX: 600_000, minY: 5_700_000, maxX: 601_000, maxY: 5_701_000 } };
  const catalog = await projects["project.create"]({ folder, area });
  const { all } = open(catalog);
  expect(await codeOf(all["rasters.import"]({ paths: [imagery] }))).toBe("raster-outside-project");
  expect(await codeOf(all["rasters.import"]({ paths: [join(room, "nowhere")] }))).toBe("file-missing");
  expect(await codeOf(all["rasters.import"]({ paths: [folder] }))).toBe("no-images-found");
  expect(await codeOf(all["runs.pretrain"]({ name: "encoder" }))).toBe("no-imagery");
  expect(catalog.rasters.list()).toEqual([]);
  catalog.close();
});
