import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { numberErrors, numberInterval } from "./number-scores.ts";

test("RMSE, MAE, bias and R² are scikit-learn's", () => {
  const path = join(import.meta.dirname, "../../classifiers/fixtures/expected-numbers.json");
  const { targets, predictions, rmse, mae, bias, r2 } = JSON.parse(readFileSync(path, "utf8")).scores;
  const found = numberErrors(targets, predictions);
  for (const [name, wanted] of Object.entries({ rmse, mae, bias, r2 }))
    expect(found[name as "rmse"], name).toBeCloseTo(wanted as number, 9);
  expect(numberErrors([4, 4, 4], [4, 5, 3]).r2).toBeNull();
  // Their mean is rounded to 0.10000000000000002.
  expect(numberErrors([0.1, 0.1, 0.1], [0.1, 0.2, 0.1]).r2).toBeNull();
});

test("the interval is the conformal quantile, and too few places have none", () => {
  const misses = Array.from({ length: 19 }, (_, i) => i + 1);
  const folds = misses.map((_, i) => i % 5);
  // ⌈20 · 0.9⌉ = 18
  expect(numberInterval(misses, folds, 0.9)).toMatchObject({ level: 0.9, halfWidth: 18 });
  expect(numberInterval(misses.slice(0, 8), folds.slice(0, 8), 0.9)).toBeUndefined();
  expect(numberInterval(misses.slice(0, 9), folds.slice(0, 9).fill(0), 0.9)).toEqual({
    level: 0.9,
    halfWidth: 9,
    covered: null,
  });
});

test("intervals made without a fold hold as many of its places as promised", () => {
  // A small generator of its own: the same numbers everywhere.
  let state = 7;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const misses = Array.from({ length: 2000 }, () => -Math.log(random()));
  const { covered } = numberInterval(misses, misses.map((_, i) => i % 10), 0.8)!; // biome-ignore format: one call
  expect(Math.abs(covered! - 0.8)).toBeLessThan(0.03);
});
