import { beforeEach, expect, test, vi } from "vitest";
import type { FakeProgram } from "../../client/fake-program.fixture.ts";
import { newProgram } from "../../state/state.fixture.ts";
import { Estimate } from "./estimate.svelte.ts";

let program: FakeProgram;
let estimate: Estimate;
beforeEach(() => {
  program = newProgram().on("runs.estimate", ({ name }) => ({ parameters: 7, name }) as never);
  estimate = new Estimate(program.client);
});
const key = (steps: number) => JSON.stringify({ name: "estimate", steps });
const asked = () => program.requests("runs.estimate");

test("an estimate is asked for once the form has rested", async () => {
  const giveUp = estimate.want(key(1));
  await vi.advanceTimersByTimeAsync(800);
  giveUp?.();
  estimate.want(key(2));
  await vi.advanceTimersByTimeAsync(800);
  expect([asked(), estimate.busy, estimate.value]).toEqual([[], true, null]);
  await vi.advanceTimersByTimeAsync(200);
  expect(asked()).toEqual([{ name: "estimate", steps: 2 }]);
  expect([estimate.busy, estimate.value]).toMatchObject([false, { parameters: 7 }]);
  // The same again is known.
  expect(estimate.want(key(2))).toBeUndefined();
  await vi.advanceTimersByTimeAsync(2000);
  expect([asked().length, estimate.busy]).toEqual([1, false]);
});

test("an answer about a form that was changed meanwhile is ignored, and the last one stays", async () => {
  estimate.want(key(1));
  await vi.advanceTimersByTimeAsync(1000);
  const known = estimate.value;
  const late = program.late("runs.estimate");
  estimate.want(key(2));
  await vi.advanceTimersByTimeAsync(1000);
  estimate.want(key(3));
  await late.answer({ parameters: 8 } as never);
  expect([estimate.value, estimate.busy]).toEqual([known, true]);
  await vi.advanceTimersByTimeAsync(1000);
  await late.answer({ parameters: 9 } as never);
  expect([estimate.value?.parameters, estimate.busy]).toEqual([9, false]);
  // A form that lacks something has none on its way; a failure about it is ignored too.
  estimate.want(key(4));
  await vi.advanceTimersByTimeAsync(1000);
  estimate.want(null);
  expect(estimate.busy).toBe(false);
  await late.fail(new Error("stopped"));
  expect([estimate.error, estimate.value?.parameters]).toEqual([undefined, 9]);
});

test("why there is no estimate is said until another is asked for, and the same is asked for again", async () => {
  const refusal = new Error("too large");
  program.refuse("runs.estimate", refusal);
  estimate.want(key(1));
  await vi.advanceTimersByTimeAsync(1000);
  expect([estimate.error, estimate.value, estimate.busy]).toEqual([refusal, null, false]);
  estimate.want(key(1));
  expect([estimate.error, estimate.busy]).toEqual([undefined, true]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked()).toHaveLength(2);
});
