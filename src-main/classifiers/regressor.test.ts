import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { boostNumbers, predictBoostedNumbers } from "./boosted-regression.ts";
import type { NumberTable } from "./number-table.ts";
import { growRegressionForest, predictRegressionForest } from "./regression-forest.ts";
import {
  arraysOfRegressor,
  foldsOfGroups,
  predictHeldOut,
  predictNumbers,
  regressorOf,
  teachNumbers,
} from "./regressor.ts";
import { chooseAlpha, fitRidge, predictRidge } from "./ridge.ts";

const expected = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/expected-numbers.json"), "utf8"));

interface Told {
  readonly rows: number;
  readonly columns: number;
  readonly values: readonly number[];
  readonly targets?: readonly number[];
}
const tableOf = ({ rows, columns, values, targets = [] }: Told, weights?: readonly number[] | null): NumberTable => ({
  rows,
  columns,
  values: Float32Array.from(values),
  targets: Float64Array.from(targets),
  ...(weights ? { weights: Float64Array.from(weights) } : {}),
});
const furthest = (found: ArrayLike<number>, wanted: readonly number[]): number => {
  expect(found.length).toBe(wanted.length);
  return wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0);
};
/** Rows `from` to `to` of a table that was told. */
const part = ({ rows: _, columns, values, targets = [] }: Told, from: number, to: number): Told => ({
  rows: to - from,
  columns,
  values: values.slice(from * columns, to * columns),
  targets: targets.slice(from, to),
});

test("a penalised linear regression has scikit-learn's coefficients, with weights and with fewer rows than columns", async () => {
  expect(expected.ridge.length).toBe(6);
  for (const { table, alpha, weights, coefficients, intercept, other, predictions } of expected.ridge) {
    const model = await fitRidge(tableOf(table, weights), alpha);
    expect(furthest(model.weights, coefficients)).toBeLessThan(2e-5);
    expect(Math.abs(model.intercept - intercept)).toBeLessThan(1e-6);
    expect(furthest(predictRidge(model, tableOf(other)), predictions)).toBeLessThan(1e-4);
  }
});

test("a regression tree of all rows and columns is scikit-learn's, border by border", async () => {
  for (const { table, weights, leastLeaf, features, thresholds, other, predictions } of expected.trees) {
    const options = { seed: 0, trees: 1, columnsPerSplit: table.columns, leastLeaf, bootstrap: false };
    const { trees, ...rest } = await growRegressionForest(tableOf(table, weights), options);
    expect([...trees.features]).toEqual(features);
    for (const [i, wanted] of (thresholds as number[]).entries())
      expect(Math.abs(trees.thresholds[i]! - wanted)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(wanted)));
    expect(furthest(predictRegressionForest({ ...rest, trees }, tableOf(other)), predictions)).toBeLessThan(1e-5);
  }
});

test("a regression forest is as good as scikit-learn's forests, and no further from their mean than they are", async () => {
  const { table, train, trees, errors, mean, distances } = expected.forest;
  const model = await growRegressionForest(tableOf(part(table, 0, train)), { seed: 3, trees });
  const told = predictRegressionForest(model, tableOf(part(table, train, table.rows)));
  const targets = table.targets.slice(train);
  const rmse = Math.sqrt(told.reduce((sum, value, i) => sum + (value - targets[i]) ** 2, 0) / told.length);
  expect(rmse).toBeLessThan(1.05 * Math.max(...errors));
  const away = told.reduce((sum, value, i) => sum + Math.abs(value - mean[i]), 0) / told.length;
  expect(away).toBeLessThan(1.25 * Math.max(...distances));
});

test("boosted trees give the numbers of scikit-learn's", async () => {
  const { table, weights, other, cases } = expected.boosting;
  for (const { predictions, weighted, ...options } of cases) {
    const { model } = await boostNumbers(tableOf(table, weighted ? weights : null), options);
    expect(furthest(predictBoostedNumbers(model, tableOf(other)), predictions)).toBeLessThan(2e-4);
  }
});

test("folds never divide a group, and every group is held out once", () => {
  const groups = Int32Array.from({ length: 200 }, (_, i) => Math.floor(i / 7));
  const folds = foldsOfGroups(groups, 5, 1);
  for (const group of new Set(groups)) expect(new Set(folds.filter((_, i) => groups[i] === group)).size).toBe(1);
  expect(new Set(folds).size).toBe(5);
  expect([...foldsOfGroups(groups, 5, 1)]).toEqual([...folds]);
});

/** Groups with an offset of their own: whoever saw a row of a group knows the others. */
function grouped(): { readonly table: NumberTable; readonly groups: Int32Array } {
  const { table } = expected.boosting;
  const groups = Int32Array.from({ length: table.rows }, (_, i) => Math.floor(i / 10));
  return { table: tableOf(table), groups };
}

test("the penalty is chosen on held-out groups: strong where columns say nothing, weak where they say all", async () => {
  const { table, groups } = grouped();
  const folds = foldsOfGroups(groups, 5, 0);
  const useful = await chooseAlpha(table, folds);
  const shuffledTargets = table.targets.map((_, i) => table.targets[(i * 97) % table.rows]!);
  const useless = await chooseAlpha({ ...table, targets: shuffledTargets }, folds);
  expect(useful.alpha).toBeLessThan(0.1 * table.rows);
  expect(useless.alpha).toBeGreaterThanOrEqual(10 * useful.alpha);
});

test("each method is stored, read again and gives the same numbers; damaged arrays are none", async () => {
  const { table, groups } = grouped();
  for (const method of ["ridge", "regression-forest", "boosted-regression"] as const) {
    const { regressor } = await teachNumbers(method, table, { seed: 0, groups });
    const arrays = arraysOfRegressor(regressor);
    const again = regressorOf({ method, columns: table.columns }, arrays)!;
    expect(furthest(predictNumbers(again, table), [...predictNumbers(regressor, table)])).toBeLessThan(1e-9);
    for (const name of Object.keys(arrays)) {
      const { [name]: _, ...others } = arrays;
      expect(regressorOf({ method, columns: table.columns }, others)).toBeUndefined();
    }
    expect(regressorOf({ method, columns: 1 }, arrays)).toBeUndefined();
  }
});

test("what is said of a group comes from one that never saw it", async () => {
  // The target is the number of the group alone: known groups are told exactly, unknown ones are not.
  const rows = 200;
  const groups = Int32Array.from({ length: rows }, (_, i) => Math.floor(i / 20));
  const values = Float32Array.from(groups, (group) => (group * 7919) % 13);
  const targets = Float64Array.from(groups, (group) => (group * 31) % 11);
  const table = { rows, columns: 1, values, targets };
  const held = await predictHeldOut("regression-forest", table, foldsOfGroups(groups, 10, 0), { seed: 0, groups });
  const seen = predictNumbers((await teachNumbers("regression-forest", table, { seed: 0, groups })).regressor, table);
  const error = (told: Float64Array) => told.reduce((sum, value, i) => sum + Math.abs(value - targets[i]!), 0) / rows;
  expect(error(held)).toBeGreaterThan(3 * error(seen));
});

test("a target that is no number is a mistake of the caller, and a fit can be stopped", async () => {
  const { table, groups } = grouped();
  const bad = { ...table, targets: table.targets.map((value, i) => (i === 3 ? Number.NaN : value)) };
  await expect(fitRidge(bad, 1)).rejects.toThrow("target NaN");
  const stop = AbortSignal.abort(new DOMException("Stopped.", "AbortError"));
  await expect(teachNumbers("regression-forest", table, { seed: 0, groups, signal: stop })).rejects.toThrow("Stopped");
});
