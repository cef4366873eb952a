import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { type EstimatedAreas, estimateAreas } from "./estimated-areas.ts";

// The worked example of Olofsson et al. 2014, section 5: deforestation, forest gain, stable forest, stable non-forest.
const counts = [
  [66, 0, 5, 4],
  [0, 55, 8, 12],
  [1, 0, 153, 11],
  [2, 1, 9, 313],
];
const pixels = [200_000, 150_000, 3_200_000, 6_450_000];
const hectares = (10_000_000 * 30 * 30) / 10_000;
const estimated = estimateAreas(counts, pixels, hectares) as EstimatedAreas;

test("areas and intervals are those that the paper prints", () => {
  const printed = [
    [21_158, 6_158],
    [11_686, 3_756],
    [285_770, 15_510],
    [581_386, 16_282],
  ];
  estimated.classes.forEach(({ area, error }, i) => {
    expect(Math.abs(area - printed[i]![0]!)).toBeLessThan(1);
    expect(Math.abs(error - printed[i]![1]!)).toBeLessThan(1);
  });
  expect(estimated.overallAccuracy).toBeCloseTo(0.95, 2);
  expect(estimated.overallAccuracyError).toBeCloseTo(0.02, 2);
  expect(estimated.classes.map(({ usersAccuracy }) => Number(usersAccuracy!.toFixed(2)))).toEqual([
    0.88, 0.73, 0.93, 0.96,
  ]);
});

test("numpy gives the same figures from the published equations, also with classes that are not mapped", {
  tags: ["gdal"],
}, () => {
  const script = `
import json, sys
import numpy as np
n, pixels, total = json.load(sys.stdin)
n, pixels = np.array(n, float), np.array(pixels, float)
ok = pixels > 0
W = pixels / pixels.sum()
ni = n.sum(axis=1)
p = np.zeros_like(n); p[ok] = W[ok, None] * n[ok] / ni[ok, None]
col = p.sum(axis=0)
S = np.sqrt(((W[ok, None] ** 2) * (n[ok] / ni[ok, None]) * (1 - n[ok] / ni[ok, None]) / (ni[ok, None] - 1)).sum(axis=0))
U = np.diag(n)[ok] / ni[ok]
json.dump({"area": list(col * total), "error": list(1.96 * S * total), "pa": list(np.divide(np.diag(p), col)), "oa": float(np.trace(p)),
  "oae": float(1.96 * np.sqrt((W[ok] ** 2 * U * (1 - U) / (ni[ok] - 1)).sum()))}, sys.stdout)`;
  for (const [matrix, mapped] of [
    [counts, pixels],
    [
      [
        [9, 1, 0],
        [2, 0, 1],
        [1, 3, 8],
      ],
      [70, 0, 30],
    ],
  ] as const) {
    // biome-ignore format: two cases
    const input = JSON.stringify([matrix, mapped, 1234]);
    const witness = JSON.parse(execFileSync("/usr/bin/python3", ["-c", script], { input, encoding: "utf8" }));
    const own = estimateAreas(matrix, mapped, 1234) as EstimatedAreas;
    own.classes.forEach(({ area, error, producersAccuracy }, i) => {
      expect(area).toBeCloseTo(witness.area[i], 9);
      expect(error).toBeCloseTo(witness.error[i], 9);
      expect(producersAccuracy).toBeCloseTo(witness.pa[i], 12);
    });
    expect(own.overallAccuracy).toBeCloseTo(witness.oa, 12);
    expect(own.overallAccuracyError).toBeCloseTo(witness.oae, 12);
  }
});

test("a mapped class with fewer than two samples says nothing, and is named", () => {
  expect(estimateAreas([[5, 0], [0, 1]], [10, 10], 1)).toEqual({ missing: [1] }); // biome-ignore format: a matrix
});
