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
      for (let k = 0; k < count; k++) {
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
        const residual = weight * (Math.exp(scores[k]! - logSum) - (k === own ? 1 : 0));
        gradient[size + k]! += residual;
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
