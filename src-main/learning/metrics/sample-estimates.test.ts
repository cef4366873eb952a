import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { estimateAreas } from "./estimated-areas.ts";
import { estimateSample, type SampledStratum, type SampleEstimates } from "./sample-estimates.ts";
import { allocate, planSample, predictedError } from "./sample-plan.ts";

// Stehman 2014, table 2: 40 units in 4 strata that are not the classes of the map. The units are as the R package mapaccuracy's help lists
// them, with the pages of the paper that each figure is printed on.
const letters = "ABCD";
const table = {
  stratum: "A".repeat(10) + "B".repeat(10) + "C".repeat(10) + "D".repeat(10),
  map: `${"A".repeat(7)}BBBA${"B".repeat(11)}CCCCCCBB${"D".repeat(10)}`,
  reference: "AAAAACBABCABBBBBAABBCCCCCDDBBADDDDDDDCCB",
};
const sizes = { A: 40_000, B: 30_000, C: 20_000, D: 10_000 };

function stehman(): SampledStratum[] {
  return [...letters].map((own) => {
    const counts = [...letters].map(() => [0, 0, 0, 0]);
    for (let i = 0; i < 40; i++)
      if (table.stratum[i] === own) counts[letters.indexOf(table.map[i]!)]![letters.indexOf(table.reference[i]!)]! += 1;
    return { size: sizes[own as keyof typeof sizes], counts };
  });
}

const witness = `
import json, sys
import numpy as np
strata, K = json.load(sys.stdin)
S, M, R, N = [], [], [], {}
for h, one in enumerate(strata):
    N[h] = one["size"]
    for i, row in enumerate(one["counts"]):
        for j, n in enumerate(row):
            S += [h] * n; M += [i] * n; R += [j] * n
S, M, R = map(np.array, (S, M, R))
N = {h: n for h, n in N.items() if n > 0}
def ratio(y, x):
    y, x = (y & x).astype(float), x.astype(float)
    X = sum(N[h] * x[S == h].mean() for h in N)
    if X == 0: return None
    q = sum(N[h] * y[S == h].mean() for h in N) / X
    v = 0
    for h in N:
        own = S == h; n = own.sum()
        if n == N[h]: continue
        c = np.cov(y[own], x[own])
        v += N[h] ** 2 * (1 - n / N[h]) * (c[0, 0] + q * q * c[1, 1] - 2 * q * c[0, 1]) / n
    return [q, 1.96 * max(0, v) ** 0.5 / X]
every = np.ones(len(S), bool)
cols = len(strata[0]["counts"][0])
json.dump({"oa": ratio((M == R) & (M < K), M <= K), "share": [ratio(R == k, every) for k in range(cols)],
  "ua": [ratio(R == k, M == k) if k < K else None for k in range(cols)],
  "pa": [ratio((M == k) & (k < K), (R == k) & (M <= K)) for k in range(cols)]}, sys.stdout)`;
const numpy = (strata: readonly SampledStratum[], classes: number) =>
  JSON.parse(
    execFileSync("/usr/bin/python3", ["-c", witness], { input: JSON.stringify([strata, classes]), encoding: "utf8" }),
  ) as { oa: number[]; share: number[][]; ua: (number[] | null)[]; pa: (number[] | null)[] };

test("the worked example of Stehman 2014 gives the printed estimates and standard errors", () => {
  const { overallAccuracy, classes, matrix } = estimateSample(stehman(), 4) as SampleEstimates;
  const standardError = (own: { readonly error: number } | null) => Number((own!.error / 1.96).toFixed(3));
  expect(classes[0]!.share.value).toBeCloseTo(0.35, 10);
  expect(standardError(classes[0]!.share)).toBe(0.082);
  expect(classes[2]!.share.value).toBeCloseTo(0.2, 10);
  expect(standardError(classes[2]!.share)).toBe(0.064);
  expect(overallAccuracy!.value).toBeCloseTo(0.63, 10);
  expect(standardError(overallAccuracy)).toBe(0.085);
  expect(classes[1]!.usersAccuracy!.value).toBeCloseTo(0.574, 3);
  expect(standardError(classes[1]!.usersAccuracy)).toBe(0.125);
  expect(classes[1]!.producersAccuracy!.value).toBeCloseTo(0.794, 3);
  expect(standardError(classes[1]!.producersAccuracy)).toBe(0.117);
  expect(matrix[1]![2]).toBeCloseTo(0.08, 10);
});

test("numpy gives the same, also with classes that one side does not know and units without a map", {
  tags: ["gdal"],
}, () => {
  const wild: SampledStratum[] = [
    { size: 900, counts: [[12, 1, 2], [3, 4, 0], [0, 2, 0], [1, 0, 1]] }, // biome-ignore format: a matrix
    { size: 4000, counts: [[0, 1, 0], [2, 31, 1], [0, 0, 3], [0, 4, 0]] }, // biome-ignore format: a matrix
    { size: 0, counts: [[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]] }, // biome-ignore format: a matrix
  ];
  for (const [strata, classes] of [
    [stehman(), 4],
    [wild, 2],
  ] as const) {
    const own = estimateSample(strata, classes) as SampleEstimates;
    const other = numpy(strata, classes);
    const same = (p: { value: number; error: number } | null, q: number[] | null) => {
      if (q === null) return expect(p).toBeNull();
      expect(p!.value).toBeCloseTo(q[0]!, 12);
      expect(p!.error).toBeCloseTo(q[1]!, 12);
    };
    same(own.overallAccuracy, other.oa);
    own.classes.forEach(({ share, usersAccuracy, producersAccuracy }, k) => {
      same(share, other.share[k]!);
      same(usersAccuracy, other.ua[k]!);
      same(producersAccuracy, other.pa[k]!);
    });
  }
});

// Olofsson et al. 2014, section 5 (table 8): deforestation, forest gain, stable forest, stable non-forest.
const olofsson = {
  counts: [[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]], // biome-ignore format: a matrix
  pixels: [200_000, 150_000, 3_200_000, 6_450_000],
};

test("where strata are the classes of the map, accuracies and intervals are those of Olofsson et al. 2014", {
  tags: ["gdal"],
}, () => {
  const strata = olofsson.counts.map((row, i) => ({
    size: olofsson.pixels[i]!,
    counts: olofsson.counts.map((_, own) => (own === i ? row : [0, 0, 0, 0])),
  }));
  const { classes, overallAccuracy } = estimateSample(strata, 4, false) as SampleEstimates;
  const text = (own: { value: number; error: number } | null) => `${own!.value.toFixed(2)} ± ${own!.error.toFixed(2)}`;
  expect(classes.map(({ usersAccuracy }) => text(usersAccuracy))).toEqual([
    "0.88 ± 0.07",
    "0.73 ± 0.10",
    "0.93 ± 0.04",
    "0.96 ± 0.02",
  ]);
  // Equation 7 is taken at its word, below by numpy. As the paper is quoted, two of these intervals are 0.23 and 0.01, which do not follow from it.
  const equation7 = `
import json, sys
import numpy as np
n, N = map(np.array, json.load(sys.stdin)); n = n.astype(float); ni = n.sum(1)
Nj = (N[:, None] * n / ni[:, None]).sum(0); out = []
for j in range(4):
    P = N[j] * n[j, j] / ni[j] / Nj[j]; U = n[j, j] / ni[j]; i = np.arange(4) != j; q = n[i, j] / ni[i]
    V = (N[j] ** 2 * (1 - P) ** 2 * U * (1 - U) / (ni[j] - 1) + P ** 2 * (N[i] ** 2.0 * q * (1 - q) / (ni[i] - 1)).sum()) / Nj[j] ** 2
    out.append([P, 1.96 * V ** 0.5])
json.dump(out, sys.stdout)`;
  const input = JSON.stringify([olofsson.counts, olofsson.pixels]);
  const producers = JSON.parse(execFileSync("/usr/bin/python3", ["-c", equation7], { input, encoding: "utf8" }));
  for (const [j, [value, error]] of (producers as [number, number][]).entries()) {
    expect(classes[j]!.producersAccuracy!.value).toBeCloseTo(value, 12);
    expect(classes[j]!.producersAccuracy!.error).toBeCloseTo(error, 12);
  }
  expect(classes.map(({ producersAccuracy }) => producersAccuracy!.value.toFixed(2))).toEqual([
    "0.75",
    "0.85",
    "0.93",
    "0.96",
  ]);
  expect(text(overallAccuracy)).toBe("0.95 ± 0.02");
  const areas = estimateAreas(olofsson.counts, olofsson.pixels, 10_000_000);
  expect("classes" in areas && Math.round(areas.classes[0]!.area)).toBe(235_086);
});

test("the paper's sample size comes out of the wanted interval: 641 units for ± 0.0196 of the overall accuracy", () => {
  const strata = [0.02, 0.015, 0.32, 0.645].map((weight, h) => ({
    size: weight * 10_000_000,
    expected: [0.7, 0.6, 0.9, 0.95][h]!,
  }));
  const plan = planSample(strata, {
    method: "stratified",
    allocation: "optimal",
    minimum: 0,
    wanted: { error: 1.96 * 0.01 },
  });
  expect(plan.total).toBe(641);
  expect(plan.error).toBeLessThanOrEqual(0.0196);
  const paper = allocate(strata, 641, "proportional", 75);
  expect(paper.reduce((sum, n) => sum + n, 0)).toBe(641);
  expect(paper.slice(0, 2)).toEqual([75, 75]);
});

test("a plan keeps its promises whatever the strata: minima, what there is, the wanted interval", () => {
  const stratum = fc.record({
    size: fc.integer({ min: 0, max: 5000 }),
    expected: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.array(stratum, { minLength: 1, maxLength: 8 }).filter((all) => all.some(({ size }) => size > 1)),
      fc.constantFrom("proportional" as const, "equal" as const, "optimal" as const),
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 1, max: 3000 }),
      fc.double({ min: 0.01, max: 0.3, noNaN: true }),
      (strata, allocation, minimum, units, error) => {
        const counts = allocate(strata, units, allocation, minimum);
        counts.forEach((n, h) => {
          expect(Number.isInteger(n)).toBe(true);
          expect(n).toBeGreaterThanOrEqual(Math.min(minimum, strata[h]!.size));
          expect(n).toBeLessThanOrEqual(strata[h]!.size);
        });
        const settings = { method: "stratified", allocation, minimum: 2 } as const;
        const plan = planSample(strata, { ...settings, wanted: { error } });
        expect(plan.error).toBeLessThanOrEqual(error);
        expect(predictedError(strata, plan.units)).toBe(plan.error);
      },
    ),
  );
});

test("a stratum that was sampled whole adds nothing to the intervals, also where it is one unit", {
  tags: ["gdal"],
}, () => {
  const common = { size: 4000, counts: [[30, 2], [1, 27]] }; // biome-ignore format: a matrix
  const single = { size: 1, counts: [[0, 0], [0, 1]] }; // biome-ignore format: a matrix
  const both = { size: 2, counts: [[1, 0], [1, 0]] }; // biome-ignore format: a matrix
  const found = estimateSample([common, single, both], 2) as SampleEstimates;
  const other = numpy([common, single, both], 2);
  expect(found.overallAccuracy!.value).toBeCloseTo(other.oa[0]!, 12);
  expect(found.overallAccuracy!.error).toBeCloseTo(other.oa[1]!, 12);
  // One of two is not all of it, and without the correction for finite strata one unit never is.
  expect(estimateSample([common, { ...both, counts: [[1, 0], [0, 0]] }], 2)).toEqual({ missing: [1] }); // biome-ignore format: one line
  expect(estimateSample([common, single], 2, false)).toEqual({ missing: [1] });
});

test("every class gets two places, however few are asked for: with fewer nothing could be estimated", () => {
  const strata = [9000, 900, 3, 1, 0].map((size) => ({ size, expected: 0.8 }));
  expect(allocate(strata, 20, "proportional", 0)).toEqual([15, 2, 2, 1, 0]);
  const plan = planSample(strata, { method: "stratified", allocation: "proportional", minimum: 0, wanted: { units: 20 } }); // biome-ignore format: one call
  expect(Number.isFinite(plan.error)).toBe(true);
});

test("a stratum with one sampled unit is named, and nothing is estimated", () => {
  expect(estimateSample([{ size: 5, counts: [[1]] }, { size: 5, counts: [[3]] }], 1)).toEqual({ missing: [0] }); // biome-ignore format: two strata
});
