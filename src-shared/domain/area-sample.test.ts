import { expect, test } from "vitest";
import { mayBeWrong, placesFor } from "./area-sample.ts";

test("what places without an error leave open is the exact bound near the rule of three", () => {
  // Clopper and Pearson 1934: one-sided upper limits of 0 in 10, 30 and 100.
  expect([10, 30, 100].map((places) => Number(mayBeWrong(places).toFixed(4)))).toEqual([0.2589, 0.095, 0.0295]);
  expect(mayBeWrong(1000) * 1000).toBeCloseTo(3, 1);
  expect(placesFor(0.05)).toBe(59);
  expect(mayBeWrong(placesFor(0.05))).toBeLessThanOrEqual(0.05);
  expect(mayBeWrong(placesFor(0.05) - 1)).toBeGreaterThan(0.05);
});
