import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EvaluateSpec, FinetuneSpec, JobSpec } from "../../../src-shared/domain/job.ts";
import { defaultColor } from "../../../src-shared/domain/legend.ts";
import type { Catalog } from "../../catalog/index.ts";
import { contextOf } from "../../jobs/context.ts";
import { referenceOf } from "../../jobs/label-reference.ts";
import { runJob } from "../../jobs/run-job.ts";
import type { JobRunner } from "../deps.ts";
import { closeInstant } from "../instant/instant-project.ts";
import { projectFolders } from "../projects/projects.ts";
import { type Services, services } from "../services.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-chains-"));
const project = join(room, "project");
const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const projects = projectFolders({ appVersion: "test" });
let catalog: Catalog;
let all: Services;
let specs: JobSpec[] = [];
/** What the next job of a kind does instead of its work. */
const instead: Partial<Record<JobSpec["kind"], (spec: JobSpec, signal: AbortSignal) => Promise<never>>> = {};

const untilStopped = (_: JobSpec, signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop);
  });

/** Values are computed; trainings, maps and scores are only noted, with files where a result names some. */
const running: JobRunner = (async (spec: JobSpec, on: never, signal: AbortSignal) => {
  const other = instead[spec.kind];
  delete instead[spec.kind];
  if (other) return other(spec, signal);
  specs.push(spec);
  const files = (names: readonly string[]) =>
    names.map((name) => {
      const path = join(spec.folder, name);
      writeFileSync(path, "{}");
      return path;
    });
  switch (spec.kind) {
    case "pretrain":
    case "finetune": {
      const modelFolder = join(spec.folder, "model");
      mkdirSync(modelFolder);
      writeFileSync(join(modelFolder, "model.json"), "{}");
      return { modelFolder, steps: 1, seconds: 1, provider: "cpu", metrics: {}, findings: [] };
    }
    case "map": {
      const [classPath, confidencePath, qmlPath, sldPath] = files(["a.tif", "b.tif", "c.qml", "d.sld"]);
      return { classPath, confidencePath, qmlPath, sldPath, probabilitiesPath: null, sidecarPaths: [], tiles: 1, seconds: 1, provider: "cpu", pixels: {} }; // biome-ignore format: one result
    }
    case "evaluate":
      return { part: spec.part, reference: referenceOf(spec.labels, spec.part), subsets: [] };
    default:
      return runJob(spec, contextOf(on, signal));
  }
}) as never;

const some = (folder: string) => readdirSync(join(sample, folder)).sort().filter((_, i) => i % 20 === 0).map((name) => join(sample, folder, name)); // biome-ignore format: one line
const at = (col: number, row: number): [number, number] => [574_680 + 10 * col + 5, 5_622_440 - 10 * row - 5];

beforeAll(async () => {
  catalog = await projects["project.create"]({
    folder: project,
    name: "chains",
    area: { like: join(sample, "S2_L2A_10m", "S2_L2A_10m_20190610T105703.tif") },
    patchMeters: 10,
    tilePatches: 6,
  });
  all = services({ catalog, appVersion: "test", runJob: running, announce: () => {} });
  await all["rasters.import"]({ paths: [...some("S2_L2A_10m"), ...some("S2_SCL_20m"), ...some("S1_GRD_ASC_20m")] });
  const started = await all["instant.prepare"]({});
  await all["jobs.wait"]({ id: started!.id });
  await all["legends.create"]({ name: "crops", classes: [{ code: 1, name: "wheat", color: defaultColor(0) }, { code: 2, name: "grass", color: defaultColor(1) }] }); // biome-ignore format: one call
  specs = [];
}, 120_000);
afterAll(() => {
  closeInstant(catalog);
  catalog.close();
  rmSync(room, { recursive: true, force: true });
});

const start = (n: number, more: object = {}) =>
  all["chains.start"]({ name: `map ${n}`, instant: `instant ${n}`, encoder: `encoder ${n}`, preset: "quick", ...more });
const evaluations = () => specs.filter((spec): spec is EvaluateSpec => spec.kind === "evaluate");
const trainings = () => specs.filter((spec): spec is FinetuneSpec => spec.kind === "finetune");
const partOf = (spec: FinetuneSpec | EvaluateSpec, part: string) =>
  spec.labels.polygons
    .filter((own) => own.part === part)
    .map(({ id }) => id)
    .sort();

test("labels of one class are refused before anything is divided", async () => {
  await all["labels.add"]({ labels: [{ classCode: 1, point: at(4, 4) }] });
  expect(await start(1).catch(({ code }) => code as string)).toBe("instant-needs-classes");
  expect(catalog.splits.list()).toEqual([]);
  expect(await all["chains.list"]({})).toEqual([]);
});

test("one request keeps the instant map, teaches an encoder and a network on the same labels, maps both and measures both on what neither learned", async () => {
  const clicks = [10, 30, 50].flatMap((col) => [8, 20, 32, 44, 56].map((row, i) => ({ classCode: 1 + (i % 2), point: at(col, row) }))); // biome-ignore format: one line
  await all["labels.add"]({ labels: clicks });
  expect(await all["chains.offer"]({})).toEqual({
    tested: 0,
    starts: [{ kind: "pretrain" }, { kind: "scratch" }],
    inputs: ["s2", "s1-asc"],
  });
  const { id } = await start(1, { steps: 5 });
  // A label that comes while it works changes nothing of it.
  await all["labels.add"]({ labels: [{ classCode: 2, point: at(20, 20) }] });
  const chain = await all["chains.wait"]({ id });
  expect(chain).toMatchObject({ state: "done", ended: "done", plan: { splitMade: true, encoder: "encoder 1" } });
  expect(chain.steps.map(({ step, state }) => [step, state])).toEqual(
    ["instant", "instant-map", "encoder", "training", "map", "score-instant", "score"].map((step) => [
      step,
      "finished",
    ]),
  );
  expect(specs.map(({ kind }) => kind)).toEqual(["finetune", "map", "pretrain", "finetune", "map", "evaluate", "evaluate"]); // biome-ignore format: one line
  const [instant, network] = trainings();
  expect(instant!.instant).toBeDefined();
  expect(network).toMatchObject({ modelName: "map 1", recipe: { steps: 5 }, architecture: { name: "tiny" } });
  expect(network!.modelFolder).toContain("encoder-1");
  expect(network!.labels).toEqual(instant!.labels);
  const [ofInstant, ofNetwork] = evaluations();
  expect(ofInstant!.labels).toEqual(instant!.labels);
  expect(ofNetwork!.labels).toEqual(instant!.labels);
  // What is scored never teaches.
  const taught = new Set(partOf(network!, "train"));
  expect(partOf(ofNetwork!, "test").length).toBeGreaterThan(0);
  expect(partOf(ofNetwork!, "test").some((label) => taught.has(label))).toBe(false);
  expect([ofInstant!.subsets, ofNetwork!.subsets]).toEqual([[["s2", "s1-asc"]], [["s2", "s1-asc"], ["s2"], ["s1-asc"]]]); // biome-ignore format: one line
  expect([ofInstant!.smallMaps, ofNetwork!.smallMaps]).toEqual([undefined, true]);
  expect(chain.maps.instant).not.toBeNull();
  expect(catalog.maps.get(chain.maps.trained!).name).toBe("map 1");
}, 60_000);

test("with an encoder of the project and labels that test neither is made again, and names that are taken are refused", async () => {
  expect(await start(1).catch(({ code }) => code as string)).toBe("model-exists");
  expect((await all["chains.offer"]({})).starts[0]).toEqual({ kind: "model", name: "encoder 1" });
  specs = [];
  const splits = catalog.splits.list().length;
  const { id } = await start(2);
  const chain = await all["chains.wait"]({ id });
  expect(chain.plan).toMatchObject({ splitMade: false, encoder: null });
  expect(chain.steps.map(({ step }) => step)).not.toContain("encoder");
  expect(catalog.splits.list()).toHaveLength(splits);
  expect(trainings()[1]!.modelFolder).toContain("encoder-1");
}, 60_000);

test("a chain stops where a job is stopped or fails, goes on from there also after the program was started again, and can be cancelled", async () => {
  specs = [];
  instead.map = async () => {
    throw new Error("no map today");
  };
  const { id } = await start(3);
  await all["chains.wait"]({ id }).catch(() => undefined);
  const failed = (await all["chains.list"]({})).at(-1)!;
  expect([failed.state, failed.steps[1]]).toEqual(["failed", expect.objectContaining({ step: "instant-map", state: "failed" })]); // biome-ignore format: one line
  expect(await start(4).catch(({ code }) => code as string)).toBe("chain-under-way");

  // The next program; the training is stopped at once.
  all = services({ catalog, appVersion: "test", runJob: running, announce: () => {} });
  instead.finetune = untilStopped;
  await all["chains.resume"]({ id });
  await expect.poll(async () => (await all["chains.list"]({})).at(-1)!.steps[2]!.state).toBe("running");
  await all["chains.stop"]({ id });
  await expect.poll(async () => (await all["chains.list"]({})).at(-1)!.state).toBe("stopped");
  expect(specs.map(({ kind }) => kind)).toEqual(["finetune", "map"]);

  // Resuming the job itself, as the list of jobs does, leads on as well.
  const job = (await all["chains.list"]({})).at(-1)!.steps[2]!.job!;
  await all["jobs.resume"]({ id: job });
  expect((await all["chains.wait"]({ id })).state).toBe("done");

  instead.evaluate = untilStopped;
  const last = await start(5);
  await expect
    .poll(async () => (await all["chains.list"]({})).at(-1)!.steps.find(({ step }) => step === "score-instant")!.state)
    .toBe("running");
  await all["chains.cancel"](last);
  const cancelled = (await all["chains.list"]({})).at(-1)!;
  expect([cancelled.state, cancelled.steps.at(-1)!.state]).toEqual(["cancelled", "open"]);
  expect(catalog.models.find("map 5")).toBeDefined();
  expect((await start(6)).id).toBeGreaterThan(last.id);
  await all["chains.cancel"]({ id: last.id + 1 });
}, 60_000);

test("whoever hears that a step has ended finds the next one queued, so that a project without a window stays open", async () => {
  const unfinished: number[] = [];
  let held: Promise<unknown> | undefined;
  const own = services({
    catalog,
    appVersion: "test",
    runJob: running,
    announce: (topic) => {
      if (topic !== "job.state" || catalog.chains.list().at(-1)!.ended) return;
      unfinished.push(catalog.jobs.list().filter(({ state }) => state === "queued" || state === "running").length);
    },
    keepOpen: (work) => {
      held = work;
    },
  });
  const { id } = await own["chains.start"]({ name: "map 7", instant: "instant 7", encoder: "encoder 7", preset: "quick", start: { kind: "scratch" } }); // biome-ignore format: one call
  expect((await own["chains.wait"]({ id })).state).toBe("done");
  await held;
  expect(unfinished.length).toBeGreaterThan(6);
  expect(Math.min(...unfinished)).toBe(1);
}, 60_000);
