import { beforeEach, expect, test, vi } from "vitest";
import { type FakeProgram, mounted, settle } from "../client/fake-program.fixture.ts";
import { Device } from "./device.svelte.ts";
import { FollowedJob } from "./followed-job.svelte.ts";
import { FollowedTopic } from "./followed-topic.ts";
import type { Jobs } from "./jobs.svelte.ts";
import { job, newProgram } from "./state.fixture.ts";
import { WorkProgress } from "./work-progress.svelte.ts";

let program: FakeProgram;
beforeEach(() => {
  program = newProgram();
});

test("a job that a panel began is under way while the program says so, and every state of it is followed", async () => {
  const jobs = { active: [job(6), job(7)] } as unknown as Jobs;
  const followed = new FollowedJob({ client: program.client, jobs });
  const changed = vi.fn();
  const stop = await mounted(() => followed.follow(changed));
  program.announce("job.state", job(7));
  expect([followed.busy, changed.mock.calls.length]).toEqual([false, 0]);
  await followed.begin(async () => ({ id: 7 }));
  program.announce("job.state", job(6));
  expect([followed.busy, changed.mock.calls.length]).toEqual([true, 0]);
  program.announce("job.state", job(7, { state: "finished" }));
  expect(changed).toHaveBeenCalledOnce();
  stop();
  program.announce("job.state", job(7));
  expect(changed).toHaveBeenCalledOnce();
  expect(program.listenersOf("job.state")).toBe(0);
});

test("a job that has ended, or was never begun, is not under way", async () => {
  const followed = new FollowedJob({ client: program.client, jobs: { active: [job(6)] } as unknown as Jobs });
  expect(followed.busy).toBe(false);
  await followed.begin(async () => ({ id: 7 }));
  expect(followed.busy).toBe(false);
});

test("why a job could not begin is kept until the next begins", async () => {
  const followed = new FollowedJob({ client: program.client, jobs: { active: [] } as unknown as Jobs });
  const refusal = new Error("there is no model");
  await followed.begin(async () => {
    throw refusal;
  });
  expect(followed.error).toBe(refusal);
  await followed.begin(async () => ({ id: 1 }));
  expect(followed.error).toBeUndefined();
});

test("progress is that of its own work, and ends with who follows it", async () => {
  const progress = new WorkProgress(program.client, "sample");
  const stop = await mounted(() => progress.follow());
  program.announce("work", { name: "labels.import", fraction: 0.9 });
  expect(progress.fraction).toBeNull();
  program.announce("work", { name: "sample", fraction: 0.5 });
  expect(progress.fraction).toBe(0.5);
  stop();
  program.announce("work", { name: "sample", fraction: 1 });
  expect(progress.fraction).toBe(0.5);
});

test("a topic is heard while it is followed, and no other with it", async () => {
  const heard: string[] = [];
  const topic = new FollowedTopic(program.client, "job.state", ({ id, state }) => void heard.push(`${id} ${state}`));
  program.announce("job.state", { id: 1, state: "running", reason: null });
  const stop = await mounted(() => topic.follow());
  program.announce("recent.changed", {});
  program.announce("job.state", { id: 2, state: "finished", reason: null });
  stop();
  program.announce("job.state", { id: 3, state: "finished", reason: null });
  expect(heard).toEqual(["2 finished"]);
});

test("memory of the device is asked for every two seconds while it is watched", async () => {
  const [first, second] = [
    { usedBytes: 1, totalBytes: 9 },
    { usedBytes: 2, totalBytes: 9 },
  ];
  program.on("device.usage", first);
  const device = new Device(program.client);
  expect(device.usage).toBeNull();
  const stop = device.watch();
  await settle();
  expect(device.usage).toEqual(first);
  program.on("device.usage", second);
  await vi.advanceTimersByTimeAsync(1900);
  expect(device.usage).toEqual(first);
  await vi.advanceTimersByTimeAsync(200);
  expect(device.usage).toEqual(second);
  program.refuse("device.usage", new Error("not here"));
  await vi.advanceTimersByTimeAsync(2000);
  expect(device.usage).toBeNull();
  const late = program.late("device.usage");
  await vi.advanceTimersByTimeAsync(2000);
  stop();
  await late.answer(first);
  expect(device.usage).toBeNull();
  const before = program.requests("device.usage").length;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(program.requests("device.usage")).toHaveLength(before);
});
