import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import {
  adamW,
  buildStep,
  dropout,
  initialState,
  linear,
  mse,
  type Tensors,
  tensor,
  withAverage,
} from "../engine/index.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { type Review, type TrainingPlan, train } from "./train.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-train-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

/** A small regression with dropout, so that random draws matter too. */
const step = buildStep({
  name: "line",
  define: (scope) => {
    const x = scope.graph.input("x", [4, 3]);
    const y = scope.graph.input("y", [4, 1]);
    return { loss: mse(scope.graph, linear(scope.child("line"), dropout(scope, "drop", x, 0.3), 1), y) };
  },
  optimizer: withAverage(adamW({ weightDecay: 0.01 }), 0.9),
});

async function* batches(first: number): AsyncGenerator<Tensors, void> {
  for (let at = first; ; at++) {
    const x = Array.from({ length: 12 }, (_, i) => Math.sin(1 + at * 12 + i));
    const y = [0, 1, 2, 3].map((row) => 2 * x[row * 3]! - x[row * 3 + 1]! + 0.5);
    yield { x: tensor(x, [4, 3]), y: tensor(y, [4, 1]) };
  }
}

let next = 0;
function run(more: Partial<TrainingPlan> = {}) {
  const curve: Record<number, Record<string, number>> = {};
  const plan: TrainingPlan = {
    steps: 20,
    learningRate: (at) => 0.05 * (1 - at / 20),
    batches,
    checkpointPath: join(room, `checkpoint-${next++}.safetensors`),
    checkpointEverySteps: 4,
    fingerprint: "line",
    averaged: false,
    ...more,
    onStep: (at, values) => {
      curve[at] = { ...curve[at], ...values };
      more.onStep?.(at, values);
    },
  };
  const go = (resume = false, signal = new AbortController().signal) =>
    train(step, plan, { provider: "cpu", seed: 7, initial: initialState(step, 7), resume, signal });
  return { plan, curve, go };
}

/** Reviews whose values are given in advance, by step; keeps the weights that were reviewed. */
function looks(values: Readonly<Record<number, number>>, patience: number) {
  const seen = new Map<number, Tensors>();
  let at = 0;
  const review: Review = {
    everySteps: 2,
    rule: { mode: "max", patience, minEpochs: 0 },
    look: async (weights) => {
      at += 2;
      seen.set(at, weights);
      return { value: values[at] ?? 0, metrics: { look: values[at] ?? 0 } };
    },
  };
  return { review, seen };
}

test("the same plan gives the same curve and the same weights, bit for bit", async () => {
  const [one, two] = [run(), run()];
  const results = [await one.go(), await two.go()];
  expect(one.curve).toEqual(two.curve);
  expect(results[0]).toEqual(results[1]);
  expect(Object.keys(one.curve)).toHaveLength(20);
  expect(one.curve[20]!.loss).toBeLessThan(one.curve[1]!.loss!);
});

test("cancelling is noticed within one step, what was reached is kept, and the run goes on as if it had not stopped", async () => {
  const whole = run();
  const expected = await whole.go();
  for (const at of [1, 7, 8, 19]) {
    const stop = new AbortController();
    const cut = run({ onStep: (done) => void (done === at && stop.abort()) });
    await expect(cut.go(false, stop.signal)).rejects.toMatchObject({ name: "AbortError" });
    expect(Object.keys(cut.curve)).toHaveLength(at);
    const { progress } = (await readCheckpoint<{ step: number }>(cut.plan.checkpointPath))!;
    expect(progress.step).toBe(at);
    expect(await cut.go(true)).toEqual(expected);
    expect(cut.curve).toEqual(whole.curve);
  }
});

test("a run that was aborted before its first step leaves no checkpoint", async () => {
  const none = run();
  await expect(none.go(false, AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
  expect(await readCheckpoint(none.plan.checkpointPath)).toBeUndefined();
});

test("training stops when the validation does not get better, and keeps the best weights, also in the checkpoint", async () => {
  const { review, seen } = looks({ 2: 0.3, 4: 0.6, 6: 0.5, 8: 0.4, 10: 0.9 }, 2);
  const stopped = run({ review });
  const result = await stopped.go();
  expect(result).toMatchObject({ steps: 8, best: 0.6 });
  expect(result.weights).toEqual(seen.get(4));
  expect(result.weights).not.toEqual(seen.get(8));
  expect(stopped.curve[4]).toMatchObject({ loss: expect.any(Number), look: 0.6 });
  const { state } = (await readCheckpoint(stopped.plan.checkpointPath))!;
  for (const [name, value] of Object.entries(seen.get(4)!)) expect(state[`best/${name}`]).toEqual(value);
  // Resumed after its end it only hands out what it has.
  seen.clear();
  expect(await stopped.go(true)).toEqual(result);
  expect(seen.size).toBe(0);
});

test("a run that was stopped during a review repeats it, so that it stops early at the same step", async () => {
  const values = { 2: 0.3, 4: 0.6, 6: 0.5, 8: 0.4 };
  const expected = await run({ review: looks(values, 2).review }).go();
  const { review } = looks(values, 2);
  const stop = new AbortController();
  let interrupted = false;
  const once: Review["look"] = async (weights, at) => {
    const answer = await review.look(weights, at);
    if (interrupted || answer.value !== 0.5) return answer;
    interrupted = true;
    stop.abort();
    throw stop.signal.reason;
  };
  const cut = run({ review: { ...review, look: once } });
  await expect(cut.go(false, stop.signal)).rejects.toMatchObject({ name: "AbortError" });
  const again = looks(values, 2).review;
  // The second run begins with the review that was interrupted.
  await again.look({}, 2);
  await again.look({}, 4);
  const resumed = await train(
    step,
    { ...cut.plan, review: again },
    { provider: "cpu", seed: 7, initial: initialState(step, 7), resume: true, signal: new AbortController().signal },
  );
  expect(resumed).toEqual(expected);
});

test("without a patience all steps run, and the last step is looked at", async () => {
  const { review, seen } = looks({ 2: 0.9 }, Number.POSITIVE_INFINITY);
  const result = await run({ review, steps: 5 }).go();
  expect([...seen.keys()]).toEqual([2, 4, 6]);
  expect(result).toMatchObject({ steps: 5, best: 0.9 });
  expect(result.weights).toEqual(seen.get(2));
});

test("the running mean of the weights is kept when it was asked for", async () => {
  const [last, mean] = [await run().go(), await run({ averaged: true }).go()];
  expect(Object.keys(mean.weights)).toEqual(Object.keys(last.weights));
  expect(mean.weights).not.toEqual(last.weights);
});

test("a finished run that is resumed computes nothing and gives the same result", async () => {
  const done = run();
  const result = await done.go();
  const steps: number[] = [];
  const again = { ...done.plan, onStep: (at: number) => void steps.push(at) };
  const options = { provider: "cpu", seed: 7, initial: initialState(step, 7), resume: true } as const;
  expect(await train(step, again, { ...options, signal: new AbortController().signal })).toEqual(result);
  expect(steps).toEqual([]);
});

test("a checkpoint of other work is refused, and a loss that is no number ends the run in words", async () => {
  const done = run({ steps: 4 });
  await done.go();
  const other = run({ checkpointPath: done.plan.checkpointPath, fingerprint: "other" });
  await expect(other.go(true)).rejects.toMatchObject({ code: "checkpoint-of-another-run" });
  const wild = run({ learningRate: () => Number.POSITIVE_INFINITY });
  await expect(wild.go()).rejects.toMatchObject({ code: "training-diverged" });
});
