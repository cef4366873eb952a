import { expect, test } from "vitest";
import { smoothed } from "./smooth.ts";

test("a running mean of a constant is that constant from the first value on", () => {
  expect(smoothed([2, 2, 2], 0.9).map((value) => Number(value.toFixed(12)))).toEqual([2, 2, 2]);
  expect(smoothed([1, 5], 0)).toEqual([1, 5]);
});

test("a running mean is that of pandas.Series.ewm(alpha=0.1, adjust=True)", () => {
  // pandas.Series([1, 2, 3, 4]).ewm(alpha=0.1, adjust=True).mean(), which is Σ 0.9^(t−i) xᵢ / Σ 0.9^(t−i)
  const expected = [1, 1.526315789, 2.0701107011, 2.6312881652];
  for (const [i, value] of smoothed([1, 2, 3, 4], 0.9).entries()) expect(value).toBeCloseTo(expected[i]!, 8);
});
