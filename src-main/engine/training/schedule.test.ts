import { expect, test } from "vitest";
import { cosine, plateau } from "./schedule.ts";

test("the cosine schedule warms up in equal parts and ends at its floor", () => {
  const schedule = cosine({ totalSteps: 12, warmupSteps: 4, floor: 0.1 });
  const scales: number[] = [];
  let state = schedule.start;
  for (let i = 0; i < 14; i++) {
    scales.push(schedule.scale(state));
    state = schedule.advance(state, 0);
  }
  expect(scales.slice(0, 5)).toEqual([0.25, 0.5, 0.75, 1, 1]);
  expect(scales[8]).toBeCloseTo(0.55, 10);
  expect(scales[12]).toBeCloseTo(0.1, 10);
  expect(scales[13]).toBeCloseTo(0.1, 10);
});

test("advancing a schedule leaves the state before it as it was", () => {
  const schedule = plateau({ patience: 0, factor: 0.5 });
  const first = schedule.advance(schedule.start, 1);
  const second = schedule.advance(first, 2);
  expect(schedule.scale(first)).toBe(1);
  expect(schedule.scale(second)).toBe(0.5);
  expect(schedule.start).toEqual({ best: null, waited: 0, cooling: 0, scale: 1 });
});
