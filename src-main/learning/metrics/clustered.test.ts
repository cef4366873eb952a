import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { seededRandom } from "../../files/index.ts";
import { studentT975 } from "./cluster-interval.ts";
import { clusteredErrors, macroF1Interval } from "./clustered.ts";
import { type EstimatedAreas, estimateAreas } from "./estimated-areas.ts";

/** Fields of three classes whose patches are wrong together: each field has its own share of errors. */
function fields(count: number, patches: number): number[][] {
  const random = seededRandom("fields", count);
  return Array.from({ length: count }, (_, n) => {
    const reference = n % 3;
    const wrong = random() < 0.3 ? 0.8 : 0.1;
    const mapped = [0, 0, 0];
    const size = 1 + Math.floor(random() * 2 * patches);
    for (let k = 0; k < size; k++)
      mapped[random() < wrong ? (reference + 1 + Math.floor(random() * 2)) % 3 : reference]! += 1;
    return [reference, ...mapped.flatMap((own, row) => (own > 0 ? [row, own] : []))];
  });
}

function matrixOf(labels: readonly (readonly number[])[]): number[][] {
  const counts = [[0, 0, 0], [0, 0, 0], [0, 0, 0]]; // biome-ignore format: a matrix
  for (const [reference, ...rest] of labels)
    for (let k = 0; k < rest.length; k += 2) counts[rest[k]!]![reference!]! += rest[k + 1]!;
  return counts;
}

const pixels = [5000, 3000, 2000];
function errorsOf(labels: readonly (readonly number[])[]) {
  const found = clusteredErrors(labels, pixels);
  if ("missing" in found) throw new Error("labels of too few classes");
  return found;
}
const half = ([low, high]: readonly [number, number]) => (high - low) / 2;

test("drawing whole fields again by numpy gives intervals of the same width, and those of single patches are far too narrow", {
  tags: ["gdal"],
}, () => {
  const labels = fields(60, 40);
  const script = `
import json, sys
import numpy as np
labels, pixels = json.load(sys.stdin)
W = np.array(pixels) / sum(pixels)
M = np.zeros((len(labels), 3, 3))
for c, l in enumerate(labels):
    for k in range(1, len(l), 2): M[c, l[k], l[0]] += l[k + 1]
rng = np.random.default_rng(3)
areas, oa, f1 = [], [], []
for _ in range(4000):
    m = M[rng.integers(0, len(M), len(M))].sum(0)
    p = m / m.sum(1, keepdims=True) * W[:, None]
    areas.append(p.sum(0)); oa.append(np.trace(p)); f1.append((2 * np.diag(m) / (m.sum(0) + m.sum(1))).mean())
json.dump({"areas": list(np.std(areas, 0)), "oa": float(np.std(oa)), "f1": float(np.std(f1))}, sys.stdout)`;
  const input = JSON.stringify([labels, pixels]);
  const witness = JSON.parse(execFileSync("/usr/bin/python3", ["-c", script], { input, encoding: "utf8" }));
  const t = studentT975(59);
  const own = errorsOf(labels);
  const close = (error: number, deviation: number) => {
    expect(error).toBeGreaterThan(0.85 * t * deviation);
    expect(error).toBeLessThan(1.15 * t * deviation);
  };
  for (const [k, error] of own.shares.entries()) close(error, witness.areas[k]);
  close(own.overallAccuracy, witness.oa);
  close(half(macroF1Interval(labels, 3)), witness.f1);
  const single = estimateAreas(matrixOf(labels), pixels, 1) as EstimatedAreas;
  expect(own.overallAccuracy).toBeGreaterThan(2.5 * single.overallAccuracyError);
});

test("labels of one patch each give the interval of independent samples", () => {
  const labels = fields(600, 1).map(([reference, row]) => [reference!, row!, 1]);
  const own = errorsOf(labels);
  const single = estimateAreas(matrixOf(labels), pixels, 1) as EstimatedAreas;
  for (const [k, error] of own.shares.entries()) expect(error / single.classes[k]!.error).toBeCloseTo(1, 1);
  expect(own.overallAccuracy / single.overallAccuracyError).toBeCloseTo(1, 1);
});

test("one label says nothing of others", () => {
  expect(clusteredErrors([[0, 0, 500]], pixels)).toEqual({ missing: [0, 1, 2] });
  expect(macroF1Interval([[0, 0, 500]], 3)).toEqual([0, 1]);
});

test("a mapped class whose patches are of one label is named: its spread between labels would be counted as none", () => {
  const labels = [...fields(30, 5).map(([reference, ...rest]) => [reference! % 2, ...withoutThird(rest)]), [2, 2, 40]];
  expect(clusteredErrors(labels, pixels)).toEqual({ missing: [2] });
  expect(clusteredErrors(labels, [5000, 3000, 0])).toHaveProperty("shares");
});
const withoutThird = (rest: readonly number[]): number[] => rest.flatMap((own, k) => (k % 2 === 0 ? [own % 2, rest[k + 1]!] : [])); // biome-ignore format: one line

test("a few labels that are all right are no proof of a perfect map", () => {
  const [low, high] = macroF1Interval([[0, 0, 200], [1, 1, 300], [2, 2, 100]], 3); // biome-ignore format: three labels
  expect(high).toBe(1);
  expect(low).toBeLessThan(0.4);
  const [none, most] = macroF1Interval([[0, 1, 200], [1, 2, 300], [2, 0, 100]], 3); // biome-ignore format: three labels
  expect(none).toBe(0);
  expect(most).toBeGreaterThan(0.6);
});
