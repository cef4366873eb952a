import type { NumberInterval } from "../../../src-shared/domain/numbers.ts";
import { conformalQuantile } from "./conformal.ts";

/** Errors of told numbers beside known ones. */
export interface NumberErrors {
  readonly rmse: number;
  readonly mae: number;
  /** mean of (told − known) */
  readonly bias: number;
  /** `null` where all known numbers are one */
  readonly r2: number | null;
}

/**
 * RMSE, MAE, bias and R² = 1 − Σ(told − known)² / Σ(known − mean)², as scikit-learn's `r2_score`.
 * @param known [n] at least one
 * @param told [n]
 */
export function numberErrors(known: readonly number[], told: readonly number[]): NumberErrors {
  const count = known.length;
  const mean = known.reduce((sum, value) => sum + value / count, 0);
  let [squares, absolute, bias, spread] = [0, 0, 0, 0];
  for (const [i, value] of known.entries()) {
    const error = told[i]! - value;
    squares += error * error;
    absolute += Math.abs(error);
    bias += error;
    spread += (value - mean) ** 2;
  }
  return {
    rmse: Math.sqrt(squares / count),
    mae: absolute / count,
    bias: bias / count,
    // By the numbers: their mean may be rounded to another one.
    r2: known.some((value) => value !== known[0]) ? 1 - squares / spread : null,
  };
}

/**
 * The interval that holds the number of a new place with probability `level`, from how far held-out places were away: the conformal quantile over
 * places, which are exchangeable where patches are not. `covered` is tried by making the interval without each fold in turn.
 * @param misses [places] how far each was away, in the number's unit
 * @param folds [places] the round in which each was held out
 * @returns `undefined` where there are too few places for this level
 * @see Vovk et al. 2005; Barber et al. 2021, Predictive inference with the jackknife+ (§5, cross-validation)
 */
export function numberInterval(
  misses: readonly number[],
  folds: readonly number[],
  level: number,
): NumberInterval | undefined {
  const halfWidth = conformalQuantile(misses, level);
  if (halfWidth === undefined) return undefined;
  let [inside, tried] = [0, 0];
  const rounds = new Set(folds);
  for (const fold of rounds) {
    const without = conformalQuantile(misses.filter((_, i) => folds[i] !== fold), level); // biome-ignore format: one call
    if (without === undefined || rounds.size === 1) continue;
    for (const [i, miss] of misses.entries()) {
      if (folds[i] !== fold) continue;
      tried++;
      if (miss <= without) inside++;
    }
  }
  return { level, halfWidth, covered: tried === misses.length ? inside / tried : null };
}
