import { type Random, seededRandom } from "../files/index.ts";
import { type Bins, between, binsOf } from "./bins.ts";
import { checkNumbers, type NumberTable } from "./number-table.ts";
import type { Table } from "./table.ts";
import { countOf, leafOf, type Trees, TreesBuilder } from "./trees.ts";
import { Turns } from "./turns.ts";

export interface RegressionForest {
  readonly method: "regression-forest";
  readonly columns: number;
  /** a leaf holds the mean of its targets */
  readonly trees: Trees;
}

export interface RegressionForestOptions {
  readonly seed: number;
  readonly trees: number;
  /** columns that each split chooses from, at random; a third of them when left out (Breiman 2001, §11) */
  readonly columnsPerSplit?: number;
  /** rows that a leaf has at least; 5 */
  readonly leastLeaf?: number;
  /** each tree learns from as many rows as there are, drawn with repeats; default */
  readonly bootstrap?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** Nodes of a forest at most: leaves become larger before. */
const mostNodes = 2 ** 22;
/** A drop of the squared error below this share of the node's is rounding. */
const tiny = 1e-12;

/**
 * Grows a forest of regression trees: each split lowers the weighted squared error most, among some columns drawn at random. A column's values
 * are told apart in up to 255 steps. A function of the table and the seed.
 * @throws Error for a table that is none; what `signal` was aborted with
 * @see Breiman 2001, Random Forests; scikit-learn, RandomForestRegressor
 */
export async function growRegressionForest(
  table: NumberTable,
  { seed, trees, columnsPerSplit, leastLeaf = 5, bootstrap = true, signal, onProgress }: RegressionForestOptions,
): Promise<RegressionForest> {
  checkNumbers(table);
  const { rows, columns } = table;
  const turns = new Turns(signal);
  const builder = new TreesBuilder(1);
  const grower = new Grower(table, binsOf(table, 255), {
    columnsPerSplit: Math.min(columns, columnsPerSplit ?? Math.max(1, Math.floor(columns / 3))),
    leastLeaf: Math.max(leastLeaf, Math.ceil((2 * rows * trees) / mostNodes)),
  });
  const times = new Float64Array(rows);
  for (let tree = 0; tree < trees; tree++) {
    const random = seededRandom("regression-forest", seed, tree);
    if (bootstrap) {
      times.fill(0);
      for (let i = 0; i < rows; i++) times[Math.floor(random() * rows)]!++;
    } else times.fill(1);
    await grower.grow(builder, times, random, turns);
    onProgress?.((tree + 1) / trees);
  }
  return { method: "regression-forest", columns, trees: builder.trees() };
}

/** [rows] the mean of what the trees say. @throws Error for a table of other columns */
export function predictRegressionForest({ trees, columns }: RegressionForest, table: Table): Float64Array {
  if (table.columns !== columns) throw new Error(`Table of ${table.columns} columns for ${columns}`);
  const result = new Float64Array(table.rows);
  const count = countOf(trees);
  for (let tree = 0; tree < count; tree++)
    for (let i = 0; i < table.rows; i++)
      result[i]! += trees.leaves[leafOf(trees, tree, table.values, i * columns)]! / count;
  return result;
}

interface Split {
  readonly feature: number;
  readonly bin: number;
  readonly threshold: number;
  readonly gain: number;
}

class Grower {
  readonly #table: NumberTable;
  readonly #bins: Bins;
  readonly #limits: { readonly columnsPerSplit: number; readonly leastLeaf: number };
  readonly #rows: Int32Array;
  readonly #moved: Int32Array;
  readonly #features: Int32Array;
  /** by bin: weight, weighted sum, rows; all 0 between two uses */
  readonly #weights = new Float64Array(256);
  readonly #sums = new Float64Array(256);
  readonly #counts = new Int32Array(256);
  /** a bit per bin that has rows of the node */
  readonly #used = new Int32Array(8);
  readonly #rowWeights: Float64Array;
  /** targets less their mean: squares of large numbers that differ little would lose their digits */
  readonly #targets: Float64Array;
  readonly #offset: number;

  constructor(
    table: NumberTable,
    bins: Bins,
    limits: { readonly columnsPerSplit: number; readonly leastLeaf: number },
  ) {
    this.#table = table;
    this.#bins = bins;
    this.#limits = limits;
    this.#rows = new Int32Array(table.rows);
    this.#moved = new Int32Array(table.rows);
    this.#features = Int32Array.from({ length: table.columns }, (_, j) => j);
    this.#rowWeights = new Float64Array(table.rows);
    this.#offset = table.targets.reduce((sum, own) => sum + own / table.rows, 0);
    this.#targets = table.targets.map((own) => own - this.#offset);
  }

  /** One tree of the rows that are drawn. */
  async grow(builder: TreesBuilder, times: Float64Array, random: Random, turns: Turns): Promise<void> {
    const { leastLeaf } = this.#limits;
    const weights = this.#rowWeights;
    let size = 0;
    for (let i = 0; i < times.length; i++) {
      weights[i] = times[i]! * (this.#table.weights?.[i] ?? 1);
      if (times[i]! > 0) this.#rows[size++] = i;
    }
    for (let j = 0; j < this.#features.length; j++) this.#features[j] = j;
    const open: [begin: number, end: number, parent: number][] = [[0, size, -1]];
    for (let next = open.pop(); next; next = open.pop()) {
      await turns.next();
      const [begin, end, parent] = next;
      if (parent >= 0) builder.right(parent);
      let [weight, sum, squares] = [0, 0, 0];
      for (let at = begin; at < end; at++) {
        const row = this.#rows[at]!;
        const y = this.#targets[row]!;
        weight += weights[row]!;
        sum += weights[row]! * y;
        squares += weights[row]! * y * y;
      }
      const spread = squares - (sum * sum) / weight;
      const split =
        end - begin >= 2 * leastLeaf && spread > tiny * Math.max(squares, Number.MIN_VALUE)
          ? this.#split(begin, end, weight, sum, random)
          : undefined;
      if (!split) {
        builder.leaf([sum / weight + this.#offset]);
        continue;
      }
      const node = builder.inner(split.feature, split.threshold);
      const middle = this.#divide(begin, end, split);
      open.push([middle, end, node], [begin, middle, -1]);
    }
    builder.end();
  }

  #split(begin: number, end: number, weight: number, sum: number, random: Random): Split | undefined {
    const { columnsPerSplit } = this.#limits;
    const features = this.#features;
    let best: Split | undefined;
    // As many as are wanted, then one by one until there is one with a border.
    for (let drawn = 0; drawn < features.length && (drawn < columnsPerSplit || !best); drawn++) {
      const pick = drawn + Math.floor(random() * (features.length - drawn));
      const feature = features[pick]!;
      features[pick] = features[drawn]!;
      features[drawn] = feature;
      const found = this.#sweep(feature, begin, end, weight, sum, best?.gain ?? 0);
      if (found) best = found;
    }
    return best;
  }

  /** The border of a column whose gain is above `least`. */
  #sweep(feature: number, begin: number, end: number, weight: number, sum: number, least: number): Split | undefined {
    const codes = this.#bins.codes[feature]!;
    const [weights, sums, counts, used] = [this.#weights, this.#sums, this.#counts, this.#used];
    for (let at = begin; at < end; at++) {
      const row = this.#rows[at]!;
      const bin = codes[row]!;
      const own = this.#rowWeights[row]!;
      weights[bin]! += own;
      sums[bin]! += own * this.#targets[row]!;
      counts[bin]!++;
      used[bin >> 5]! |= 1 << (bin & 31);
    }
    const size = end - begin;
    const { leastLeaf } = this.#limits;
    const before = (sum * sum) / weight;
    let [weightLeft, sumLeft, rowsLeft, previous, gainOfBest] = [0, 0, 0, -1, least];
    let best: Split | undefined;
    for (let word = 0; word < 8; word++) {
      for (let bits = used[word]!; bits !== 0; bits &= bits - 1) {
        const bin = 32 * word + 31 - Math.clz32(bits & -bits);
        if (rowsLeft >= leastLeaf && size - rowsLeft >= leastLeaf) {
          const sumRight = sum - sumLeft;
          const gain = (sumLeft * sumLeft) / weightLeft + (sumRight * sumRight) / (weight - weightLeft) - before;
          if (gain > gainOfBest) {
            gainOfBest = gain;
            // The middle between the values on both sides of the border that rows of this node have.
            const threshold = between(this.#bins.highest[feature]![previous]!, this.#bins.lowest[feature]![bin]!);
            best = { feature, bin: previous, threshold, gain };
          }
        }
        weightLeft += weights[bin]!;
        sumLeft += sums[bin]!;
        rowsLeft += counts[bin]!;
        weights[bin] = sums[bin] = counts[bin] = 0;
        previous = bin;
      }
      used[word] = 0;
    }
    return best;
  }

  /** Rows that go left before the others, both in their order; where the others begin. */
  #divide(begin: number, end: number, { feature, bin }: Split): number {
    const codes = this.#bins.codes[feature]!;
    let [low, high] = [begin, 0];
    for (let at = begin; at < end; at++) {
      const row = this.#rows[at]!;
      if (codes[row]! <= bin) this.#rows[low++] = row;
      else this.#moved[high++] = row;
    }
    this.#rows.set(this.#moved.subarray(0, high), low);
    return low;
  }
}
