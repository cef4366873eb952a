import { binsOf } from "./bins.ts";
import { BoostingGrower, mostHistogram } from "./boosted-trees.ts";
import { checkNumbers, type NumberTable, weightedMean } from "./number-table.ts";
import type { Table } from "./table.ts";
import { countOf, leafOf, type Trees, TreesBuilder } from "./trees.ts";
import { Turns } from "./turns.ts";

export interface BoostedRegression {
  readonly method: "boosted-regression";
  readonly columns: number;
  /** before the first tree: the mean of the targets */
  readonly baseline: number;
  /** a leaf's number is added */
  readonly trees: Trees;
}

export interface BoostedRegressionOptions {
  readonly rounds: number;
  readonly learningRate?: number;
  readonly mostLeaves?: number;
  /** rows that a leaf has at least */
  readonly leastLeaf?: number;
  /** added to a leaf's weight: draws its number towards 0 */
  readonly leafPenalty?: number;
  /** steps in which a column's values are told apart, 2 to 255 */
  readonly bins?: number;
  /** rows that are not learned from: boosting stops when their error has not fallen for `patience` rounds */
  readonly heldOut?: { readonly rows: Uint8Array; readonly patience: number } | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/**
 * Boosts trees towards numbers by squared error: each round adds one tree of what is left. No random number is drawn.
 * @returns with the rounds after which rows that were held out were met best; all of them without such rows
 * @throws Error for a table that is none; what `signal` was aborted with
 * @see scikit-learn, HistGradientBoostingRegressor
 */
export async function boostNumbers(
  table: NumberTable,
  options: BoostedRegressionOptions,
): Promise<{ readonly model: BoostedRegression; readonly bestRounds: number }> {
  checkNumbers(table);
  const { rounds, learningRate = 0.1, mostLeaves = 31, leastLeaf = 20, leafPenalty = 0, bins = 255 } = options;
  const { heldOut, signal, onProgress } = options;
  const { rows, columns, targets } = table;
  if (columns * (bins + 1) * 3 * (mostLeaves + 1) > mostHistogram)
    throw new Error(`Boosting: ${columns} columns in ${bins} steps with ${mostLeaves} leaves`);
  const learned = Int32Array.from([...Array(rows).keys()].filter((i) => heldOut?.rows[i] !== 1));
  const weights = table.weights ?? new Float64Array(rows).fill(1);
  const baseline = weightedMean(
    Float64Array.from(learned, (row) => targets[row]!),
    Float64Array.from(learned, (row) => weights[row]!),
  );
  const scores = new Float64Array(rows).fill(baseline);
  const builder = new TreesBuilder(1);
  const grower = new BoostingGrower(binsOf(table, bins), learned, columns, {
    learningRate,
    mostLeaves,
    leastLeaf,
    leafPenalty,
  });
  const gradients = new Float32Array(rows);
  const curvatures = Float32Array.from(weights);
  const turns = new Turns(signal);
  const error = () => {
    let [sum, all] = [0, 0];
    for (let i = 0; i < rows; i++) {
      if (heldOut?.rows[i] !== 1) continue;
      sum += weights[i]! * (scores[i]! - targets[i]!) ** 2;
      all += weights[i]!;
    }
    return sum / all;
  };
  let best = { rounds: 0, error: heldOut ? error() : Number.POSITIVE_INFINITY };
  let round = 0;
  for (; round < rounds; round++) {
    await turns.next();
    for (const row of learned) gradients[row] = weights[row]! * (scores[row]! - targets[row]!);
    const nodes = grower.grow(gradients, curvatures);
    for (let i = 0; i < rows; i++) scores[i]! += grower.valueOf(nodes, i);
    builder.add(nodes);
    onProgress?.((round + 1) / rounds);
    if (!heldOut) continue;
    const now = error();
    if (now < best.error * (1 - 1e-7)) best = { rounds: round + 1, error: now };
    else if (round + 1 - best.rounds >= heldOut.patience) {
      round++;
      break;
    }
  }
  const model = { method: "boosted-regression", columns, baseline, trees: builder.trees() } as const;
  return { model, bestRounds: heldOut ? Math.max(1, best.rounds) : round };
}

/** [rows] the numbers that it gives. @throws Error for a table of other columns */
export function predictBoostedNumbers({ trees, baseline, columns }: BoostedRegression, table: Table): Float64Array {
  if (table.columns !== columns) throw new Error(`Table of ${table.columns} columns for ${columns}`);
  const result = new Float64Array(table.rows).fill(baseline);
  for (let tree = 0; tree < countOf(trees); tree++)
    for (let i = 0; i < table.rows; i++) result[i]! += trees.leaves[leafOf(trees, tree, table.values, i * columns)]!;
  return result;
}
