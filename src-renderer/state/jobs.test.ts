import { beforeEach, expect, test, vi } from "vitest";
import type { Finding } from "../../src-shared/domain/finding.ts";
import type { Job } from "../../src-shared/domain/job-row.ts";
import type { MapProduct } from "../../src-shared/domain/map-product.ts";
import { type FakeProgram, mounted, settle } from "../client/fake-program.fixture.ts";
import { notices } from "../ui/notices.svelte.ts";
import { Jobs } from "./jobs.svelte.ts";
import type { Notifier } from "./notify.ts";
import { job, newProgram, some } from "./state.fixture.ts";

let program: FakeProgram;
let jobs: Jobs;
let told: string[];
beforeEach(() => {
  program = newProgram().on("jobs.list", []).on("maps.list", []).on("runs.list", []);
  told = [];
  const notifier = {
    notify: (text: string) => void told.push(text),
    ask: async () => undefined,
  } as unknown as Notifier;
  jobs = new Jobs({ client: program.client, notifier });
});
const ended = async (id: number, state: Job["state"]) => {
  program.announce("job.state", { id, state, reason: null });
  await vi.advanceTimersByTimeAsync(100);
  await settle();
};

test("jobs under way stand apart from those that are over, and follow what the program says", async () => {
  program.on("jobs.list", [job(1, { state: "finished" }), job(2), job(3, { state: "queued" })]);
  const stop = await mounted(() => jobs.follow());
  expect(jobs.active.map(({ id }) => id)).toEqual([2, 3]);
  expect(jobs.running.map(({ id }) => id)).toEqual([2]);
  program.on("jobs.list", [job(3)]);
  await program.changed("jobs");
  expect(jobs.running.map(({ id }) => id)).toEqual([3]);
  stop();
  expect(jobs.list).toEqual([]);
});

test("an older list that comes late does not bring back a job that is over", async () => {
  const late = program.late("jobs.list");
  const stop = await mounted(() => jobs.follow());
  await program.changed("jobs");
  await late.answer([job(1, { state: "finished" })], 1);
  await late.answer([job(1)]);
  expect(jobs.running).toEqual([]);
  stop();
});

test("jobs of a project that was left do not come back with a late answer", async () => {
  const late = program.late("jobs.list");
  const stop = await mounted(() => jobs.follow());
  stop();
  await late.answer([job(1)]);
  expect(jobs.list).toEqual([]);
  expect(program.listenersOf("job.event") + program.listenersOf("job.state")).toBe(0);
});

test("progress is shown four times a second, and goes with the job", async () => {
  program.on("jobs.list", [job(1, { phase: "Fine-tuning", fraction: 0.2 })]);
  const stop = await mounted(() => jobs.follow());
  program.announce("job.event", { id: 1, event: { type: "phase", name: "Fine-tuning", fraction: 0.25 } });
  program.announce("job.event", { id: 1, event: { type: "metric", step: 4, values: { loss: 2 } } });
  expect(jobs.progress.get(1)).toBeUndefined();
  await vi.advanceTimersByTimeAsync(250);
  expect(jobs.progress.get(1)).toMatchObject({ phase: "Fine-tuning", fraction: 0.25, step: 4, values: { loss: 2 } });
  program.on("jobs.list", [job(1, { state: "finished" })]);
  await ended(1, "finished");
  expect(jobs.progress.has(1)).toBe(false);
  stop();
});

test("a job that ends is said in the window and through the system; one that a panel shows is not", async () => {
  program.on("jobs.list", [job(1, { state: "finished", title: "Crops" }), job(2, { state: "failed", title: "Trees" })]);
  const stop = await mounted(() => jobs.follow());
  await ended(1, "finished");
  await ended(2, "failed");
  expect(notices.list.map(({ tone, text }) => [tone, /Crops|Trees/.exec(text)?.[0]])).toEqual([
    ["success", "Crops"],
    ["danger", "Trees"],
  ]);
  expect(told).toEqual(notices.list.map(({ text }) => text));
  jobs.hush(1);
  await ended(1, "finished");
  await ended(1, "cancelled");
  expect(told).toHaveLength(2);
  stop();
});

test("that a job failed is said until it goes on, a later one of its kind succeeds, or the project is left", async () => {
  const failed = (id: number, kind: "finetune" | "map") => job(id, { kind, state: "failed", title: `${kind} ${id}` });
  const said = () => notices.list.map(({ text }) => /(?:finetune|map) \d/.exec(text)?.[0]);
  program.on("jobs.list", [failed(1, "finetune"), failed(2, "finetune"), failed(3, "map")]);
  const stop = await mounted(() => jobs.follow());
  for (const id of [1, 2, 3]) await ended(id, "failed");
  expect(said()).toEqual(["finetune 1", "finetune 2", "map 3"]);
  await ended(1, "running");
  expect(said()).toEqual(["finetune 2", "map 3"]);
  const later = job(4, { kind: "finetune", state: "finished", title: "finetune 4" });
  program.on("jobs.list", [failed(1, "finetune"), failed(2, "finetune"), failed(3, "map"), later]);
  await ended(4, "finished");
  expect(said()).toEqual(["map 3", "finetune 4"]);
  stop();
  expect(said()).toEqual(["finetune 4"]);
});

test("a map whose findings forbid its use is announced as a danger, with the reason", async () => {
  const finding: Finding = { code: "map-empty", details: { modalities: ["s2"] } };
  program.on("jobs.list", [job(1, { state: "finished" })]);
  program.on("maps.list", [some<MapProduct>({ id: 5, jobId: 1, findings: [finding] })]);
  const stop = await mounted(() => jobs.follow());
  await ended(1, "finished");
  expect(notices.list.map(({ tone }) => tone)).toEqual(["danger"]);
  expect(told).toHaveLength(1);
  stop();
});

test("a message dismissed in one project is shown in the next", async () => {
  const stop = await mounted(() => jobs.follow());
  jobs.hush(1);
  stop();
  program.on("jobs.list", [job(1, { state: "finished" })]);
  const leave = await mounted(() => jobs.follow());
  await ended(1, "finished");
  expect(told).toHaveLength(1);
  leave();
});

test("jobs that nobody decided to stop are offered once; what is resumed or put off is offered no longer", async () => {
  const crashed = (id: number) => job(id, { state: "resumable", cause: { kind: "crashed" } });
  const paused = job(3, { state: "resumable", cause: { kind: "paused" } });
  program.on("jobs.list", [crashed(1), crashed(2), paused]);
  const stop = await mounted(() => jobs.follow());
  expect(jobs.toResume.map(({ id }) => id)).toEqual([1, 2]);
  program.refuse("jobs.resume", new Error("no checkpoint"));
  expect(await jobs.resume(1)).toBe(false);
  expect([jobs.toResume.length, notices.list[0]?.error]).toEqual([2, new Error("no checkpoint")]);
  program.on("jobs.resume", undefined as never);
  expect(await jobs.resume(1)).toBe(true);
  expect(jobs.toResume.map(({ id }) => id)).toEqual([2]);
  jobs.later();
  await program.changed("jobs");
  expect(jobs.toResume).toEqual([]);
  stop();
});
