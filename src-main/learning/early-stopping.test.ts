import { expect, test } from "vitest";
import { afterValidation, type EarlyStoppingState, notStoppedYet } from "./early-stopping.ts";

function run(mode: "min" | "max", values: readonly number[], patience: number, minEpochs = 0) {
  let state: EarlyStoppingState = notStoppedYet;
  for (const [index, value] of values.entries()) {
    const verdict = afterValidation({ mode, patience, minEpochs }, state, index + 1, value);
    state = verdict.state;
    if (verdict.stop) return { stoppedAt: index + 1, state };
  }
  return { stoppedAt: undefined, state };
}

test("training stops after as many validations without a better value as its patience", () => {
  const { stoppedAt, state } = run("max", [0.1, 0.5, 0.4, 0.5, 0.3, 0.9], 3);
  expect(stoppedAt).toBe(5);
  expect(state).toEqual({ best: 0.5, bestEpoch: 2, waited: 3 });
});

test("training does not stop before its minimum of epochs", () => {
  expect(run("min", [1, 2, 2, 2, 2, 2], 2, 5).stoppedAt).toBe(5);
});

test("a loss that is not a number is never the best", () => {
  expect(run("min", [Number.NaN, 3, Number.NaN], 5).state).toMatchObject({ best: 3, bestEpoch: 2 });
});
