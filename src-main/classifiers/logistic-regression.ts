import { minimize, type Objective } from "./lbfgs.ts";
import { type Scaling, scaled, scalingOf } from "./scaling.ts";
import { balancedWeights, checkTable, type LabelledTable, occurringClasses, type Table } from "./table.ts";
import { Turns } from "./turns.ts";

/** A fitted regression: scores = weights · standardised row + intercepts, probabilities their softmax. */
export interface LogisticRegression {
  readonly method: "logistic-regression";
  readonly columns: number;
  readonly classCount: number;
  /** the classes that were taught, ascending: rows of the weights */
  readonly taught: Int32Array;
  readonly scaling: Scaling;
  /** [taught, columns], for standardised columns */
  readonly weights: Float32Array;
  /** [taught] */
  readonly intercepts: Float32Array;
  /** inverse strength of the penalty that it was fitted with */
  readonly c: number;
}

export interface RegressionOptions {
  /** inverse strength of the penalty, as scikit-learn's `C`: the smaller, the stronger */
  readonly c: number;
  /** all classes count the same in sum; default */
  readonly balanced?: boolean;
  /** of the steepest slope of the mean loss */
  readonly tolerance?: number;
  readonly mostIterations?: number;
  /** how columns are standardised, where that is known from more than this table; its own means and spreads when left out */
  readonly scaling?: Scaling | undefined;
  /** of the same table, for another penalty: it is gone on from there */
  readonly from?: LogisticRegression | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Fits a multinomial logistic regression with an L2 penalty on standardised columns: minimises C · Σ wᵢ · cross-entropyᵢ + ½‖W‖², the
 * intercepts not penalised. The minimum is unique, so that no seed is needed.
 * @throws Error for a table that is none; what `signal` was aborted with
 * @see scikit-learn, LogisticRegression(multi_class="multinomial")
 */
export async function fitLogisticRegression(
  table: LabelledTable,
  { c, balanced = true, tolerance = 1e-6, mostIterations = 500, from, signal, ...given }: RegressionOptions,
): Promise<LogisticRegression> {
  checkTable(table);
  const scaling = given.scaling ?? scalingOf(table);
  const taught = occurringClasses(table);
  const { columns, classCount } = table;
  const weights = balanced ? balancedWeights(table) : (table.weights ?? new Float64Array(table.rows).fill(1));
  const start = new Float64Array(taught.length * (columns + 1));
  if (from && from.weights.length + from.intercepts.length === start.length) {
    start.set(from.weights);
    start.set(from.intercepts, from.weights.length);
  }
  const objective = penalizedLoss(scaled(table, scaling), table, taught, weights, c);
  const { x } = await minimize(objective, start, { tolerance, mostIterations }, new Turns(signal));
  return {
    method: "logistic-regression",
    columns,
    classCount,
    taught,
    scaling,
    weights: Float32Array.from(x.subarray(0, taught.length * columns)),
    intercepts: Float32Array.from(x.subarray(taught.length * columns)),
    c,
  };
}

/** The objective divided by C · Σ wᵢ, so that tolerances mean the same whatever the size of the table. */
function penalizedLoss(
  values: Float32Array,
  { rows, columns, classes, classCount }: LabelledTable,
  taught: Int32Array,
  rowWeights: Float64Array,
  c: number,
): Objective {
  const count = taught.length;
  const total = rowWeights.reduce((sum, weight) => sum + weight, 0);
  const penalty = 1 / (c * total);
  const position = new Int32Array(classCount);
  for (const [k, own] of taught.entries()) position[own] = k;
  const scores = new Float64Array(count);
  const size = count * columns;
  return (x, gradient) => {
    gradient.fill(0);
    let value = 0;
    for (let i = 0; i < rows; i++) {
      const row = i * columns;
      let highest = Number.NEGATIVE_INFINITY;
      let k = 0;
      // Four classes at once: sums that do not wait for each other are added side by side, each in the same order as alone.
      for (; k + 3 < count; k += 4) {
        let [s0, s1, s2, s3] = [x[size + k]!, x[size + k + 1]!, x[size + k + 2]!, x[size + k + 3]!];
        let w0 = k * columns;
        let [w1, w2, w3] = [w0 + columns, w0 + 2 * columns, w0 + 3 * columns];
        for (let v = row; v < row + columns; v++) {
          const value = values[v]!;
          s0 += x[w0++]! * value;
          s1 += x[w1++]! * value;
          s2 += x[w2++]! * value;
          s3 += x[w3++]! * value;
        }
        scores[k] = s0;
        scores[k + 1] = s1;
        scores[k + 2] = s2;
        scores[k + 3] = s3;
        highest = Math.max(highest, s0, s1, s2, s3);
      }
      for (; k < count; k++) {
        let score = x[size + k]!;
        for (let j = 0, w = k * columns, v = row; j < columns; j++) score += x[w++]! * values[v++]!;
        scores[k] = score;
        if (score > highest) highest = score;
      }
      let sum = 0;
      for (let k = 0; k < count; k++) sum += Math.exp(scores[k]! - highest);
      const logSum = highest + Math.log(sum);
      const own = position[classes[i]!]!;
      const weight = rowWeights[i]! / total;
      value += weight * (logSum - scores[own]!);
      for (let k = 0; k < count; k++) {
        scores[k] = weight * (Math.exp(scores[k]! - logSum) - (k === own ? 1 : 0));
        gradient[size + k]! += scores[k]!;
      }
      for (k = 0; k + 3 < count; k += 4) {
        const [r0, r1, r2, r3] = [scores[k]!, scores[k + 1]!, scores[k + 2]!, scores[k + 3]!];
        let g0 = k * columns;
        let [g1, g2, g3] = [g0 + columns, g0 + 2 * columns, g0 + 3 * columns];
        for (let v = row; v < row + columns; v++) {
          const value = values[v]!;
          gradient[g0++]! += r0 * value;
          gradient[g1++]! += r1 * value;
          gradient[g2++]! += r2 * value;
          gradient[g3++]! += r3 * value;
        }
      }
      for (; k < count; k++) {
        const residual = scores[k]!;
        for (let j = 0, g = k * columns, v = row; j < columns; j++) gradient[g++]! += residual * values[v++]!;
      }
    }
    for (let at = 0; at < size; at++) {
      value += 0.5 * penalty * x[at]! * x[at]!;
      gradient[at]! += penalty * x[at]!;
    }
    return value;
  };
}

/**
 * [rows, classCount] probability of each class, 0 for those that were not taught.
 * @throws Error for a table of other columns
 */
export function predictLogisticRegression(model: LogisticRegression, table: Table): Float32Array {
  const { columns, classCount, taught, scaling, weights, intercepts } = model;
  if (table.columns !== columns) throw new Error(`Table of ${table.columns} columns for ${columns}`);
  const values = scaled(table, scaling);
  const result = new Float32Array(table.rows * classCount);
  const scores = new Float64Array(taught.length);
  for (let i = 0; i < table.rows; i++) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < taught.length; k++) {
      let score = intercepts[k]!;
      for (let j = 0, w = k * columns, v = i * columns; j < columns; j++) score += weights[w++]! * values[v++]!;
      scores[k] = score;
      highest = Math.max(highest, score);
    }
    let sum = 0;
    for (let k = 0; k < taught.length; k++) sum += scores[k] = Math.exp(scores[k]! - highest);
    for (const [k, own] of taught.entries()) result[i * classCount + own] = scores[k]! / sum;
  }
  return result;
}
