import { seededRandom, shuffled } from "../files/index.ts";
import { type BoostedRegression, boostNumbers, predictBoostedNumbers } from "./boosted-regression.ts";
import { type NumberTable, numberRowsOf } from "./number-table.ts";
import { growRegressionForest, predictRegressionForest, type RegressionForest } from "./regression-forest.ts";
import { chooseAlpha, fitRidge, predictRidge, type Ridge } from "./ridge.ts";
import type { FoundArray, StoredArray } from "./stored.ts";
import type { Table } from "./table.ts";
import { areTrees, countOf, type Trees } from "./trees.ts";

/** A method that has learned numbers. */
export type Regressor = Ridge | RegressionForest | BoostedRegression;
export type RegressorMethod = Regressor["method"];

export interface LearningNumbers {
  readonly seed: number;
  /** [rows] what is never divided: the place or the block of each row */
  readonly groups: Int32Array;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

export interface LearnedNumbers {
  readonly regressor: Regressor;
  /** how it was taught, for its card */
  readonly settings: Readonly<Record<string, number>>;
}

const forestTrees = 200;
const mostRounds = 300;
const usualRounds = 60;
const fewestRounds = 10;
const patience = 20;
const innerFolds = 5;

/**
 * [rows] the fold in which each row is held out. Groups are never divided; they are dealt in random order, each to the fold with the fewest rows.
 * @param count of folds; fewer where there are fewer groups
 */
export function foldsOfGroups(groups: Int32Array, count: number, seed: number): Int32Array {
  const sizes = new Map<number, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const order = shuffled([...sizes.keys()].sort((p, q) => p - q), seededRandom("number-folds", seed)); // biome-ignore format: one call
  const own = Math.min(count, order.length);
  const members = new Int32Array(own);
  const rows = new Float64Array(own);
  const foldOf = new Map<number, number>();
  for (const group of order) {
    let best = 0;
    for (let fold = 1; fold < own; fold++)
      if (members[fold]! < members[best]! || (members[fold] === members[best] && rows[fold]! < rows[best]!))
        best = fold;
    foldOf.set(group, best);
    members[best]!++;
    rows[best]! += sizes.get(group)!;
  }
  return groups.map((group) => foldOf.get(group)!);
}

/**
 * Teaches a method numbers. What it leaves open is chosen inside the table by holding whole groups out: the penalty of the linear regression, the
 * rounds of boosting (which is then done again with all rows).
 * @throws Error for a table that is none; what `signal` was aborted with
 */
export async function teachNumbers(
  method: RegressorMethod,
  table: NumberTable,
  { seed, groups, signal, onProgress }: LearningNumbers,
): Promise<LearnedNumbers> {
  if (method === "regression-forest") {
    const regressor = await growRegressionForest(table, { seed, trees: forestTrees, signal, onProgress });
    return { regressor, settings: { trees: forestTrees } };
  }
  const folds = foldsOfGroups(groups, innerFolds, seed);
  if (method === "ridge") {
    const { alpha } = await chooseAlpha(table, folds, { signal, onProgress: (f) => onProgress?.(0.9 * f) });
    const regressor = await fitRidge(table, alpha, { signal });
    onProgress?.(1);
    return { regressor, settings: { alpha } };
  }
  // A leaf of twenty rows says nothing where there are twenty in all.
  const leastLeaf = Math.max(2, Math.min(20, Math.floor(table.rows / 20)));
  const options = { leastLeaf, bins: 64, leafPenalty: 1 / Math.max(1, meanWeight(table)), signal };
  let rounds = usualRounds;
  const held = Uint8Array.from(folds, (fold) => (fold === 0 ? 1 : 0));
  if (held.includes(1) && held.includes(0)) {
    const heldOut = { rows: held, patience };
    const tried = await boostNumbers(table, { ...options, rounds: mostRounds, heldOut, onProgress: (f) => onProgress?.(f / 2) }); // biome-ignore format: one call
    rounds = Math.max(fewestRounds, tried.bestRounds);
  }
  const { model } = await boostNumbers(table, { ...options, rounds, onProgress: (f) => onProgress?.(0.5 + f / 2) });
  return { regressor: model, settings: { rounds, leastLeaf } };
}

const meanWeight = ({ weights, rows }: NumberTable): number =>
  weights ? rows / weights.reduce((sum, own) => sum + own, 0) : 1;

/** [rows] the numbers of a table. @throws Error for a table of other columns */
export function predictNumbers(regressor: Regressor, table: Table): Float64Array {
  switch (regressor.method) {
    case "ridge":
      return predictRidge(regressor, table);
    case "regression-forest":
      return predictRegressionForest(regressor, table);
    case "boosted-regression":
      return predictBoostedNumbers(regressor, table);
  }
}

/**
 * [rows] what is said of each row by one that never saw its group.
 * @param folds [rows]; negative: learned from in every fold and never asked
 * @throws what `signal` was aborted with
 */
export async function predictHeldOut(
  method: RegressorMethod,
  table: NumberTable,
  folds: Int32Array,
  { seed, groups, signal, onProgress }: LearningNumbers,
): Promise<Float64Array> {
  const result = new Float64Array(table.rows).fill(Number.NaN);
  const names = [...new Set(folds)].filter((fold) => fold >= 0);
  for (const [n, fold] of names.entries()) {
    const all = [...folds.keys()];
    const learned = all.filter((i) => folds[i] !== fold);
    const held = all.filter((i) => folds[i] === fold);
    if (learned.length === 0) continue;
    const { regressor } = await teachNumbers(method, numberRowsOf(table, learned), {
      seed,
      groups: Int32Array.from(learned, (row) => groups[row]!),
      signal,
      onProgress: (f) => onProgress?.((n + f) / names.length),
    });
    for (const [i, value] of predictNumbers(regressor, numberRowsOf(table, held)).entries()) result[held[i]!] = value;
  }
  return result;
}

/** A regressor's numbers under names, as files of weights keep them. */
export function arraysOfRegressor(regressor: Regressor): Record<string, StoredArray> {
  const floats = (data: Float32Array): StoredArray => ({ type: "float32", shape: [data.length], data });
  const integers = (data: Int32Array): StoredArray => ({ type: "int32", shape: [data.length], data });
  if (regressor.method === "ridge") {
    const { scaling, weights, intercept, alpha } = regressor;
    const { means, spreads } = scaling;
    // The intercept may be large beside what it is known to: in two float32 numbers it keeps its digits.
    return {
      means: floats(means),
      spreads: floats(spreads),
      weights: floats(weights),
      intercept: floats(inTwo(intercept)),
      alpha: floats(Float32Array.of(alpha)),
    };
  }
  const { begins, features, thresholds, rights, leaves } = regressor.trees;
  return {
    begins: integers(begins),
    features: integers(features),
    thresholds: floats(thresholds),
    rights: integers(rights),
    leaves: floats(leaves),
    ...(regressor.method === "boosted-regression" ? { baseline: floats(inTwo(regressor.baseline)) } : {}),
  };
}

const inTwo = (value: number): Float32Array => Float32Array.of(value, value - Math.fround(value));

/** The regressor that a file's arrays are; `undefined` when they are none. The file may come from a stranger. */
export function regressorOf(
  { method, columns }: { readonly method: RegressorMethod; readonly columns: number },
  arrays: Readonly<Record<string, FoundArray>>,
): Regressor | undefined {
  const find = (name: string) => (Object.hasOwn(arrays, name) ? arrays[name]!.data : undefined);
  const floatsOf = (name: string, size?: number): Float32Array | undefined => {
    const found = find(name);
    return found instanceof Float32Array &&
      (size === undefined || found.length === size) &&
      found.every(Number.isFinite)
      ? found
      : undefined;
  };
  const integersOf = (name: string): Int32Array | undefined => {
    const found = find(name);
    return found instanceof Int32Array ? found : undefined;
  };
  if (method === "ridge") {
    const [means, spreads, weights] = ["means", "spreads", "weights"].map((name) => floatsOf(name, columns));
    const intercept = floatsOf("intercept", 2);
    const alpha = floatsOf("alpha", 1);
    if (!means || !spreads || !weights || !intercept || !alpha || !spreads.every((spread) => spread > 0))
      return undefined;
    return { method, columns, scaling: { means, spreads }, weights, intercept: intercept[0]! + intercept[1]!, alpha: alpha[0]! }; // biome-ignore format: one model
  }
  const parts = {
    begins: integersOf("begins"),
    features: integersOf("features"),
    thresholds: floatsOf("thresholds"),
    rights: integersOf("rights"),
    leaves: floatsOf("leaves"),
    width: 1,
  };
  if (Object.values(parts).some((own) => own === undefined)) return undefined;
  const trees = parts as Trees;
  if (countOf(trees) < 1 || !areTrees(trees, columns)) return undefined;
  if (method === "regression-forest") return { method, columns, trees };
  const baseline = floatsOf("baseline", 2);
  return baseline && { method, columns, baseline: baseline[0]! + baseline[1]!, trees };
}
