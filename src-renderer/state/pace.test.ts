import { expect, test } from "vitest";
import { Pace } from "./pace.ts";

test("the remaining time follows the speed of the last half minute, not of the slow beginning", () => {
  const pace = new Pace();
  // A slow first tenth in a minute, then a hundredth every second.
  pace.phase("Fine-tuning", 0, 0);
  for (let step = 0; step <= 40; step++) {
    pace.metric(step, { loss: 1 });
    pace.phase("Fine-tuning", 0.1 + step / 100, 60_000 + step * 1000);
  }
  const { remainingSeconds, stepsPerSecond, fraction } = pace.state;
  expect(fraction).toBeCloseTo(0.5);
  expect(remainingSeconds).toBeCloseTo(50);
  expect(stepsPerSecond).toBeCloseTo(1);
});

test("no remaining time is shown before a rate is known, nor across phases", () => {
  const pace = new Pace();
  pace.phase("Statistics", 0.2, 0);
  expect(pace.state.remainingSeconds).toBeNull();
  pace.phase("Statistics", 1, 5000);
  pace.phase("Fine-tuning", 0.01, 6000);
  expect(pace.state.remainingSeconds).toBeNull();
});
