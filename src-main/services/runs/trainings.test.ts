import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JobSpec, SubsetScore } from "../../../src-shared/domain/job.ts";
import { subsetsToMeasure } from "../../../src-shared/domain/training.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Catalog } from "../../catalog/index.ts";
import { contextOf } from "../../jobs/context.ts";
import { makeSample } from "../app/sample.ts";
import type { JobRunner } from "../deps.ts";
import { countingJob } from "../fixtures/counting-job.ts";
import { JobLog, readJobLog } from "../jobs/log.ts";
import { projectFolders } from "../projects/projects.ts";
import { services } from "../services.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-trainings-"));
const project = join(room, "project");
const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const projects = projectFolders({ appVersion: "0.1.0" });
let catalog: Catalog;
beforeAll(async () => {
  await makeSample(sample, project, "0.1.0");
  catalog = await projects["project.open"]({ folder: project, purpose: "a test" });
});
afterAll(() => {
  catalog.close();
  rmSync(room, { recursive: true, force: true });
});

const counting: JobRunner = async (spec, on, signal) => (await countingJob(spec, contextOf(on, signal))) as never;
const open = (runJob: JobRunner = counting) => services({ catalog, appVersion: "0.1.0", runJob, announce: () => {} });
const settled = (work: Promise<unknown>) => work.catch((error: unknown) => error);

test("a run keeps its settings, its curve and its name, and goes with its job when it is deleted", async () => {
  const all = open();
  const { id } = await all["runs.pretrain"]({ name: "one", size: "tiny", seed: 4, recipe: { steps: 3 } });
  await all["jobs.wait"]({ id });
  const [run] = await all["runs.summaries"]({});
  expect(run).toMatchObject({
    name: "one",
    state: "finished",
    settings: { modalities: ["s2", "s1-asc"], size: "tiny", seed: 4, from: null, recipe: { steps: 3 } },
    steps: 3,
    sparkline: [1, 1 / 2, 1 / 3],
    model: { name: "one" },
    optimistic: false,
  });
  await all["runs.rename"]({ id: run!.id, name: "the first" });
  expect((await all["runs.summaries"]({}))[0]!.name).toBe("the first");
  const { folder } = catalog.jobs.get(id)!;
  const { text } = await all["jobs.log"]({ id });
  expect(text).toMatch(/^\S+Z {2}Started\.\n\S+Z {2}Counting\n\S+Z {2}Finished\.\n$/);
  await all["runs.delete"]({ id: run!.id });
  expect(await all["runs.summaries"]({})).toEqual([]);
  expect([existsSync(folder), catalog.models.find("one")?.state]).toEqual([false, "present"]);
});

test("what was on its way when the program was killed comes into the curve from the job's journal", async () => {
  const stop = new AbortController();
  const stopping: JobRunner = async (spec, on, signal) => {
    setTimeout(() => stop.abort(), 60);
    return counting(spec, on, signal);
  };
  const first = services({ catalog, appVersion: "0.1.0", runJob: stopping, announce: () => {}, signal: stop.signal });
  const { id, folder } = await first["runs.pretrain"]({ name: "two", recipe: { steps: 100 } });
  await settled(first["jobs.wait"]({ id }));
  expect(catalog.jobs.get(id)).toMatchObject({ state: "resumable", cause: { kind: "closed" }, title: "two" });
  const run = catalog.runs.ofJob(id)!;
  const last = catalog.runs.metrics(run.id).at(-1)!.step;
  const score = { modalities: ["s2"], classes: [], macroF1: 0.5 } as Partial<SubsetScore> as SubsetScore;
  const entries = [
    { type: "metric", step: last + 1, values: { loss: 0.5 } },
    { type: "review", step: last + 1, review: { part: "validation", score, preview: null } },
  ];
  for (const entry of entries) appendFileSync(join(folder, "journal.jsonl"), `${JSON.stringify(entry)}\n`);
  appendFileSync(join(folder, "journal.jsonl"), '{"type":"metric","st');
  // Opening the project is enough.
  const again = open();
  expect(catalog.runs.metrics(run.id).at(-1)).toEqual({ step: last + 1, values: { loss: 0.5 } });
  expect(await again["runs.reviews"]({ id: run.id })).toMatchObject([{ step: last + 1, score, hasPreview: false }]);
  await again["jobs.discard"]({ id });
  expect(catalog.runs.get(run.id)).toBeUndefined();
});

test("a job that waits is paused at once, goes on later, and is cancelled with all it made", async () => {
  const all = open();
  const running = await all["runs.pretrain"]({ name: "three", recipe: { steps: 300 } });
  const waiting = await all["runs.pretrain"]({ name: "four", recipe: { steps: 2 } });
  await all["jobs.stop"]({ id: waiting.id });
  expect(catalog.jobs.get(waiting.id)).toMatchObject({ state: "resumable", cause: { kind: "paused" } });
  await all["jobs.resume"]({ id: waiting.id });
  expect(catalog.jobs.get(waiting.id)).toMatchObject({ state: "queued", cause: null });
  await all["jobs.cancel"]({ id: running.id });
  expect(catalog.jobs.get(running.id)).toMatchObject({ state: "cancelled" });
  expect(existsSync(running.folder)).toBe(false);
  await all["jobs.wait"]({ id: waiting.id });
  expect(catalog.models.find("four")).toMatchObject({ state: "present" });
});

test("failed work keeps its reason as data, and starts again as it was", async () => {
  let times = 0;
  const all = open(async (spec: JobSpec, on, signal) => {
    if (++times === 1) throw new AppError("training-diverged", { step: 3 });
    return counting(spec, on, signal) as never;
  });
  const { id } = await all["runs.pretrain"]({ name: "five", recipe: { steps: 2 } });
  await settled(all["jobs.wait"]({ id }));
  const cause = { kind: "error", code: "training-diverged", details: { step: 3 } };
  expect(catalog.jobs.get(id)).toMatchObject({ state: "failed", cause });
  const again = await all["jobs.retry"]({ id });
  await all["jobs.wait"]({ id: again.id });
  expect(catalog.jobs.get(id)).toMatchObject({ state: "cancelled" });
  expect(catalog.models.find("five")).toBeDefined();
  expect(await settled(all["jobs.retry"]({ id: again.id }))).toMatchObject({ code: "job-not-retryable" });
});

test("stack traces stay in the log's file: neither the log's window nor the reason of a job has them", async () => {
  const mistake = new RangeError("Invalid array length\n    at other (file:///pool/worker.ts:3:7)");
  const all = open(() => Promise.reject(mistake));
  const { id } = await all["runs.pretrain"]({ name: "mistaken", recipe: { steps: 2 } });
  await settled(all["jobs.wait"]({ id }));
  const { path, text } = await all["jobs.log"]({ id });
  expect(text).toContain("Invalid array length");
  expect(text).not.toMatch(/\.ts:\d+:\d+/);
  expect(readFileSync(path, "utf8")).toMatch(/trainings\.test\.ts:\d+:\d+/);
  expect(catalog.jobs.get(id)).toMatchObject({ state: "failed", reason: "Invalid array length" });
});

test("a log is bounded, and one that cannot be written stops no job", () => {
  const folder = join(room, "log");
  mkdirSync(folder);
  const log = new JobLog(folder);
  for (let i = 0; i < 3000; i++) log.line(`line ${i} ${"x".repeat(100)}`);
  const { text } = readJobLog(folder);
  expect(text.length).toBeLessThan(300 * 1024);
  expect(text).toContain("line 2999 ");
  expect(text).toMatch(/^\d{4}-/);
  writeFileSync(join(room, "file"), "");
  expect(() => new JobLog(join(room, "file")).line("lost")).not.toThrow();
});

test("subsets worth measuring: every one of three, and of more all, each left out, each alone", () => {
  expect(subsetsToMeasure(["a", "b"])).toEqual([["a", "b"], ["a"], ["b"]]);
  expect(subsetsToMeasure(["a", "b", "c"])).toHaveLength(7);
  expect(subsetsToMeasure(["a", "b", "c", "d"])).toHaveLength(9);
  expect(subsetsToMeasure(["a", "b", "c", "d"])[1]).toEqual(["b", "c", "d"]);
});
