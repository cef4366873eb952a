import type { LogisticRegression } from "./logistic-regression.ts";

/** Probabilities are sharpened or blunted by this factor at most. */
const mostSharp = 20;
const halvings = 60;

/** Answers to rows that a method did not learn from. */
export interface HeldOut {
  /** [rows, classCount]; 0 for classes that were not taught */
  readonly shares: Float32Array;
  readonly classCount: number;
  /** [rows] */
  readonly classes: Int32Array;
  /** [rows] polygons: each counts the same, whatever its rows; those of rows that were not asked do not matter */
  readonly groups: Int32Array;
  /** [rows] 1 where the row was asked */
  readonly asked: Uint8Array;
}

/**
 * The temperature T with which probabilities p become p^(1/T), divided by their sum, and fit best what held-out rows are: the lowest
 * cross-entropy, each polygon counted the same. Below 1 they were too blunt, as those of a strongly penalised regression are; which class
 * is the likeliest stays. The truth is believed to (n + 1) / (n + 2) with n polygons, so that a few that are all right claim no certainty.
 * 1 where nothing was asked.
 * @see Guo et al. 2017, On Calibration of Modern Neural Networks; Platt 1999, Probabilistic Outputs for Support Vector Machines (the targets)
 */
export function fitTemperature(held: HeldOut): number {
  const slope = slopeOf(held);
  if (!slope) return 1;
  // The cross-entropy is convex in 1 / T: where its slope turns is the minimum.
  let [low, high] = [1 / mostSharp, mostSharp];
  if (slope(low) === 0 && slope(high) === 0) return 1;
  if (slope(low) >= 0) return 1 / low;
  if (slope(high) <= 0) return 1 / high;
  for (let n = 0; n < halvings; n++) {
    const middle = Math.sqrt(low * high);
    if (slope(middle) < 0) low = middle;
    else high = middle;
  }
  return 1 / Math.sqrt(low * high);
}

/** The slope of the cross-entropy along 1 / T; `undefined` where no row was asked. */
function slopeOf({ shares, classCount, classes, groups, asked }: HeldOut): ((sharpness: number) => number) | undefined {
  const sizes = new Map<number, number>();
  for (let i = 0; i < groups.length; i++) if (asked[i] === 1) sizes.set(groups[i]!, (sizes.get(groups[i]!) ?? 0) + 1);
  if (sizes.size === 0) return undefined;
  const sure = (sizes.size + 1) / (sizes.size + 2);
  const logs = shares.map((share) => (share > 0 ? Math.log(share) : Number.NEGATIVE_INFINITY));
  return (sharpness) => {
    let sum = 0;
    for (let i = 0; i < groups.length; i++) {
      if (asked[i] !== 1) continue;
      const begin = i * classCount;
      let highest = Number.NEGATIVE_INFINITY;
      let known = 0;
      for (let k = begin; k < begin + classCount; k++) {
        if (logs[k] === Number.NEGATIVE_INFINITY) continue;
        highest = Math.max(highest, sharpness * logs[k]!);
        known++;
      }
      // With one class there is nothing to be sharp about; an answer that leaves the truth out cannot be mended by a temperature.
      if (known < 2 || logs[begin + classes[i]!] === Number.NEGATIVE_INFINITY) continue;
      let [all, mean, wanted] = [0, 0, 0];
      for (let k = begin; k < begin + classCount; k++) {
        const log = logs[k]!;
        if (log === Number.NEGATIVE_INFINITY) continue;
        const weight = Math.exp(sharpness * log - highest);
        all += weight;
        mean += weight * log;
        wanted += (k - begin === classes[i] ? sure : (1 - sure) / (known - 1)) * log;
      }
      sum += (mean / all - wanted) / sizes.get(groups[i]!)!;
    }
    return sum;
  };
}

/** The same regression with its probabilities sharpened or blunted; its coefficients are divided by the temperature. */
export const withTemperature = (model: LogisticRegression, temperature: number): LogisticRegression => ({
  ...model,
  weights: model.weights.map((weight) => weight / temperature),
  intercepts: model.intercepts.map((intercept) => intercept / temperature),
});
