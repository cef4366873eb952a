import { checkNumbers, type NumberTable, numberRowsOf, weightedMean } from "./number-table.ts";
import { type Scaling, scaled, scalingOf } from "./scaling.ts";
import type { Table } from "./table.ts";
import { Turns } from "./turns.ts";

/** A penalised linear regression. */
export interface Ridge {
  readonly method: "ridge";
  readonly columns: number;
  readonly scaling: Scaling;
  /** [columns] of standardised values */
  readonly weights: Float32Array;
  readonly intercept: number;
  /** the strength of the penalty */
  readonly alpha: number;
}

/**
 * Fits Σ wᵢ (yᵢ − b − xᵢ·β)² + α |β|² on columns standardised by the table, exactly: the normal equations by Cholesky, in as many unknowns as
 * there are columns or rows, whichever are fewer. The intercept is not penalised.
 * @throws Error for a table that is none; what `signal` was aborted with
 * @see Hoerl & Kennard 1970, Ridge Regression; scikit-learn, Ridge with sample_weight on StandardScaler
 */
export async function fitRidge(
  table: NumberTable,
  alpha: number,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Ridge> {
  checkNumbers(table);
  const scaling = scalingOf(table);
  const [fitted] = await solvePath(table, scaling, [alpha], new Turns(signal));
  return fitted!;
}

/** [rows] the numbers that it gives. @throws Error for a table of other columns */
export function predictRidge({ columns, scaling, weights, intercept }: Ridge, table: Table): Float64Array {
  if (table.columns !== columns) throw new Error(`Table of ${table.columns} columns for ${columns}`);
  const { means, spreads } = scaling;
  const factors = Float64Array.from(weights, (weight, j) => weight / spreads[j]!);
  const offset = factors.reduce((sum, factor, j) => sum - factor * means[j]!, intercept);
  const result = new Float64Array(table.rows);
  for (let i = 0, at = 0; i < table.rows; i++) {
    let sum = offset;
    for (let j = 0; j < columns; j++) sum += factors[j]! * table.values[at++]!;
    result[i] = sum;
  }
  return result;
}

/** Penalties that are tried, as shares of the sum of weights, the strongest first: from the mean alone to hardly any. */
const triedShares = [1000, 100, 30, 10, 3, 1, 0.3, 0.1, 0.01, 0.001] as const;
/** Errors this close are equal: the stronger penalty is taken, which depends less on the rows it saw. */
const closeErrors = 0.005;
/** Penalties are compared on so many rows at most, spread over the table. */
const mostTriedRows = 4000;
/** The penalty where nothing can be held out: a strong one. */
const usualShare = 10;

export interface ChosenAlpha {
  readonly alpha: number;
  /** mean squared error of held-out rows, each by its weight; empty where nothing could be held out */
  readonly tried: readonly { readonly alpha: number; readonly error: number }[];
}

/**
 * Chooses the penalty by holding whole groups out: the lowest mean squared error over all held-out rows.
 * @param folds [rows] in which fold a row is held out; all rows of a group are in one
 * @throws Error for a table that is none; what `signal` was aborted with
 */
export async function chooseAlpha(
  table: NumberTable,
  folds: Int32Array,
  {
    signal,
    onProgress,
  }: { readonly signal?: AbortSignal | undefined; readonly onProgress?: (fraction: number) => void } = {},
): Promise<ChosenAlpha> {
  checkNumbers(table);
  const step = Math.max(1, table.rows / mostTriedRows);
  const some = Int32Array.from({ length: Math.min(table.rows, mostTriedRows) }, (_, i) => Math.floor(i * step));
  const small = some.length === table.rows ? table : numberRowsOf(table, some);
  const own = Int32Array.from(some, (row) => folds[row]!);
  const sum = weightSum(table);
  const names = [...new Set(own)].filter((fold) => fold >= 0);
  if (names.length < 2) return { alpha: usualShare * sum, tried: [] };
  const turns = new Turns(signal);
  const errors = new Float64Array(triedShares.length);
  let all = 0;
  for (const [n, fold] of names.entries()) {
    const rows = [...own.keys()];
    const learned = numberRowsOf(small, rows.filter((i) => own[i] !== fold)); // biome-ignore format: one call
    const held = numberRowsOf(small, rows.filter((i) => own[i] === fold)); // biome-ignore format: one call
    const alphas = triedShares.map((share) => share * weightSum(learned));
    const path = await solvePath(learned, scalingOf(learned), alphas, turns);
    for (const [a, model] of path.entries())
      for (const [i, value] of predictRidge(model, held).entries())
        errors[a]! += (held.weights?.[i] ?? 1) * (value - held.targets[i]!) ** 2;
    all += weightSum(held);
    onProgress?.((n + 1) / names.length);
  }
  const tried = triedShares.map((share, a) => ({ alpha: share * sum, error: errors[a]! / all }));
  const best = Math.min(...tried.map(({ error }) => error));
  return { alpha: tried.find(({ error }) => error <= best * (1 + closeErrors))!.alpha, tried };
}

const weightSum = ({ rows, weights }: NumberTable): number => weights?.reduce((sum, own) => sum + own, 0) ?? rows;

/** One model per penalty; what all share is computed once. */
async function solvePath(
  table: NumberTable,
  scaling: Scaling,
  alphas: readonly number[],
  turns: Turns,
): Promise<Ridge[]> {
  const { rows, columns, targets, weights } = table;
  const x = scaled(table, scaling);
  const mean = weightedMean(targets, weights);
  const all = weightSum(table);
  // Weighted means of the columns: with weights they are not those that the columns were standardised by.
  const centres = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) centres[j]! += ((weights?.[i] ?? 1) * x[at++]!) / all;
  const own = new Float64Array(rows * columns);
  const y = new Float64Array(rows);
  for (let i = 0, at = 0; i < rows; i++) {
    const root = Math.sqrt(weights?.[i] ?? 1);
    y[i] = root * (targets[i]! - mean);
    for (let j = 0; j < columns; j++, at++) own[at] = root * (x[at]! - centres[j]!);
  }
  const primal = columns <= rows;
  const size = primal ? columns : rows;
  const gram = new Float64Array(size * size);
  if (primal)
    for (let i = 0; i < rows; i++) {
      if (i % 64 === 0) await turns.next();
      const begin = i * columns;
      for (let p = 0; p < columns; p++) {
        const value = own[begin + p]!;
        if (value === 0) continue;
        for (let q = 0, at = p * size; q <= p; q++) gram[at + q]! += value * own[begin + q]!;
      }
    }
  else
    for (let p = 0; p < rows; p++) {
      await turns.next();
      for (let q = 0; q <= p; q++) {
        let sum = 0;
        for (let j = 0; j < columns; j++) sum += own[p * columns + j]! * own[q * columns + j]!;
        gram[p * size + q] = sum;
      }
    }
  const right = new Float64Array(size);
  if (primal) for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++) right[j]! += own[at++]! * y[i]!;
  else right.set(y);
  const models: Ridge[] = [];
  for (const alpha of alphas) {
    await turns.next();
    const solved = solve(gram, size, alpha, right);
    const beta = primal ? solved : new Float64Array(columns);
    if (!primal)
      for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++) beta[j]! += own[at++]! * solved[i]!;
    const intercept = beta.reduce((sum, weight, j) => sum - weight * centres[j]!, mean);
    models.push({ method: "ridge", columns, scaling, weights: Float32Array.from(beta), intercept, alpha });
  }
  return models;
}

/** (G + α) z = r by Cholesky, for the lower half of a symmetric G; only a penalty above 0 makes sure that there is an answer. */
function solve(gram: Float64Array, size: number, alpha: number, right: Float64Array): Float64Array {
  const lower = gram.slice();
  for (let i = 0; i < size; i++) lower[i * size + i]! += alpha;
  for (let i = 0; i < size; i++) {
    const row = i * size;
    for (let j = 0; j <= i; j++) {
      const other = j * size;
      let sum = lower[row + j]!;
      for (let k = 0; k < j; k++) sum -= lower[row + k]! * lower[other + k]!;
      if (i === j) lower[row + i] = Math.sqrt(Math.max(sum, Number.MIN_VALUE));
      else lower[row + j] = sum / lower[other + j]!;
    }
  }
  const result = right.slice();
  for (let i = 0; i < size; i++) {
    let sum = result[i]!;
    for (let k = 0; k < i; k++) sum -= lower[i * size + k]! * result[k]!;
    result[i] = sum / lower[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = result[i]!;
    for (let k = i + 1; k < size; k++) sum -= lower[k * size + i]! * result[k]!;
    result[i] = sum / lower[i * size + i]!;
  }
  return result;
}
