import { beforeEach, expect, test, vi } from "vitest";
import type { JobEvent } from "../../src-shared/domain/job.ts";
import type { RunReview, RunSummary } from "../../src-shared/domain/training.ts";
import { type FakeProgram, mounted, settle } from "../client/fake-program.fixture.ts";
import { Jobs } from "./jobs.svelte.ts";
import type { Notifier } from "./notify.ts";
import { RunCurve } from "./run-curve.svelte.ts";
import { Runs } from "./runs.svelte.ts";
import { job, newProgram, some } from "./state.fixture.ts";

type TrainingReview = Extract<JobEvent, { type: "review" }>["review"];

const run = (id: number, jobId = id * 10): RunSummary => some<RunSummary>({ id, jobId, name: `run ${id}` });
const review = (step: number): RunReview => ({ step, part: "validation", score: null, hasPreview: true });
const reviewEvent = (step: number): JobEvent => {
  const review = { part: "validation", score: null, preview: some<TrainingReview["preview"] & object>({}) } as const;
  return { type: "review", step, review: some<TrainingReview>(review) };
};

let program: FakeProgram;
let runs: Runs;
let jobs: Jobs;
beforeEach(() => {
  program = newProgram()
    .on("jobs.list", [])
    .on("runs.summaries", [run(1), run(2)])
    .on("runs.metrics", [])
    .on("runs.reviews", []);
  jobs = new Jobs({ client: program.client, notifier: some<Notifier>({ notify: () => undefined }) });
  runs = new Runs({ client: program.client, jobs });
});

test("the training under way is the run of a running job", async () => {
  program.on("jobs.list", [job(20, { kind: "finetune" }), job(10, { kind: "finetune", state: "queued" })]);
  const stops = [await mounted(() => jobs.follow()), await mounted(() => runs.follow())];
  expect(runs.current?.id).toBe(2);
  for (const stop of stops) stop();
  expect([runs.current, runs.list, runs.loaded]).toEqual([null, [], false]);
});

test("a run that was deleted is neither chosen nor shown nor followed any longer", async () => {
  const stop = await mounted(() => runs.follow());
  runs.select([1, 2]);
  runs.shown = { runId: 2, step: null };
  runs.watch(run(2));
  runs.watch(run(2));
  expect(program.listenersOf("job.event")).toBe(1);
  program.on("runs.summaries", [run(1)]);
  await program.changed("runs");
  expect(runs.chosen.map(({ id }) => id)).toEqual([1]);
  expect([runs.shown, runs.curves.size, program.listenersOf("job.event")]).toEqual([null, 0, 0]);
  stop();
});

test("runs of a project that was left do not come back, and an older list does not replace a newer one", async () => {
  const late = program.late("runs.summaries");
  const stop = await mounted(() => runs.follow());
  await program.changed("runs");
  await vi.advanceTimersByTimeAsync(100);
  await late.answer([run(1), run(2), run(3)], 1);
  await late.answer([run(1)]);
  expect(runs.list).toHaveLength(3);
  await program.changed("runs");
  await vi.advanceTimersByTimeAsync(100);
  stop();
  await late.answer([run(1)]);
  expect([runs.list, runs.loaded]).toEqual([[], false]);
});

test("a run that was just started is in the list before it is shown", async () => {
  const stop = await mounted(() => runs.follow());
  program.on("runs.summaries", [run(1), run(2), run(3)]);
  await runs.appeared(30);
  expect(runs.list.map(({ jobId }) => jobId)).toContain(30);
  const asked = program.requests("runs.summaries").length;
  await runs.appeared(30);
  expect(program.requests("runs.summaries")).toHaveLength(asked);
  stop();
});

test("a list that cannot be read is said beside the last one", async () => {
  const stop = await mounted(() => runs.follow());
  program.refuse("runs.summaries", new Error("locked"));
  await program.changed("runs");
  await vi.advanceTimersByTimeAsync(100);
  expect([runs.error, runs.list.length]).toEqual([new Error("locked"), 2]);
  stop();
});

const metric = (id: number, step: number, values: Record<string, number>) =>
  program.announce("job.event", { id, event: { type: "metric", step, values } });

test("a curve is what is stored and what comes while the run goes on; what is no number is left out", async () => {
  program.on("runs.metrics", [
    { step: 1, values: { loss: 3 } },
    { step: 2, values: { loss: 2 } },
  ] as never);
  const curve = new RunCurve(program.client, 1, 10);
  const stop = await mounted(() => curve.follow());
  metric(10, 3, { loss: 1, "validation/macroF1": Number.NaN });
  metric(99, 4, { loss: 100 });
  expect(curve.line("loss")).toEqual({ x: [1, 2, 3], y: [3, 2, 1] });
  expect(curve.names).toEqual(["loss"]);
  const { version } = curve;
  await vi.advanceTimersByTimeAsync(200);
  expect(curve.version).toBe(version + 1);
  stop();
});

test("after a resume from an earlier checkpoint the repeated steps replace those of before", async () => {
  const curve = new RunCurve(program.client, 1, 10);
  const stop = await mounted(() => curve.follow());
  for (const step of [2, 4, 6]) metric(10, step, { loss: step });
  metric(10, 3, { loss: 30 });
  metric(10, 4, { loss: 40 });
  expect(curve.line("loss")).toEqual({ x: [2, 3, 4, 6], y: [2, 30, 40, 6] });
  stop();
});

test("a review that comes while the stored ones are read is not lost", async () => {
  const late = program.late("runs.reviews");
  const curve = new RunCurve(program.client, 1, 10);
  const stop = await mounted(() => curve.follow());
  program.announce("job.event", { id: 10, event: reviewEvent(20) });
  await late.answer([review(10)]);
  expect(curve.reviews.map(({ step }) => step)).toEqual([10, 20]);
  program.announce("job.state", { id: 10, state: "running", reason: null });
  program.announce("job.event", { id: 10, event: reviewEvent(20) });
  await settle();
  await late.answer([review(10), review(20)]);
  expect(curve.reviews.map(({ step }) => step)).toEqual([10, 20]);
  stop();
});

test("only the newest reading of the stored steps counts, and a failed one is said until the next succeeds", async () => {
  const late = program.late("runs.reviews");
  const curve = new RunCurve(program.client, 1, 10);
  const stop = await mounted(() => curve.follow());
  program.announce("job.state", { id: 10, state: "resumable", reason: null });
  await settle();
  await late.fail(new Error("locked"), 1);
  await late.answer([review(1)]);
  expect([curve.error, curve.reviews, curve.loaded]).toEqual([new Error("locked"), [], false]);
  program.on("runs.reviews", [review(2)]);
  program.announce("job.state", { id: 10, state: "running", reason: null });
  await settle();
  expect([curve.error, curve.reviews.length, curve.loaded]).toEqual([undefined, 1, true]);
  stop();
});
