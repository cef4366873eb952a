import { type Random, seededRandom } from "../files/index.ts";
import { type Bins, between, binsOf } from "./bins.ts";
import { balancedWeights, checkTable, type LabelledTable, occurringClasses, type Table } from "./table.ts";
import { countOf, leafOf, type Trees, TreesBuilder } from "./trees.ts";
import { Turns } from "./turns.ts";

export interface RandomForest {
  readonly method: "random-forest";
  readonly columns: number;
  readonly classCount: number;
  /** the classes that were taught, ascending: what a leaf's numbers stand for */
  readonly taught: Int32Array;
  readonly trees: Trees;
  /** the share of rows that the trees which did not learn from them call right; `null` when there is none */
  readonly outOfBag: number | null;
}

export interface ForestOptions {
  readonly seed: number;
  readonly trees: number;
  /** columns that each split chooses from, at random; the square root of their number when left out */
  readonly columnsPerSplit?: number;
  /** rows that a leaf has at least */
  readonly leastLeaf?: number;
  /** each tree learns from as many rows as there are, drawn with repeats; default */
  readonly bootstrap?: boolean;
  /** all classes count the same in sum; default */
  readonly balanced?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

const mostBins = 255;
/** A forest's nodes at most: about a gigabyte with ten classes. Leaves become larger before it is reached. */
const mostNodes = 2 ** 24;

/**
 * Grows a random forest: trees by Gini impurity on rows drawn with repeats, each split the best of some columns drawn at random.
 * A column's values are told apart in up to 255 steps. A function of the table and the seed.
 * @throws Error for a table that is none; what `signal` was aborted with
 * @see Breiman 2001, Random Forests; scikit-learn, RandomForestClassifier
 */
export async function growForest(
  table: LabelledTable,
  { seed, trees, columnsPerSplit, leastLeaf = 1, bootstrap = true, balanced = true, signal, onProgress }: ForestOptions,
): Promise<RandomForest> {
  checkTable(table);
  const { rows, columns, classCount } = table;
  const taught = occurringClasses(table);
  const position = new Int32Array(classCount);
  for (const [k, own] of taught.entries()) position[own] = k;
  const classes = table.classes.map((own) => position[own]!);
  const weights = balanced ? balancedWeights(table) : (table.weights ?? new Float64Array(rows).fill(1));
  const builder = new TreesBuilder(taught.length);
  const grower = new Grower({
    bins: binsOf(table, mostBins),
    classes,
    count: taught.length,
    columns,
    columnsPerSplit: columnsPerSplit ?? Math.max(1, Math.floor(Math.sqrt(columns))),
    leastLeaf: Math.max(leastLeaf, Math.ceil((2 * rows * trees) / mostNodes)),
  });
  const votes = new Float64Array(bootstrap ? rows * taught.length : 0);
  const asked = new Uint8Array(rows);
  const turns = new Turns(signal);
  const drawn = new Float64Array(rows);
  for (let tree = 0; tree < trees; tree++) {
    await turns.next();
    const random = seededRandom("forest", seed, tree);
    if (bootstrap) draw(drawn, random);
    else drawn.fill(1);
    grower.grow(
      builder,
      drawn.map((times, i) => times * weights[i]!),
      random,
    );
    onProgress?.((tree + 1) / trees);
  }
  const grown = builder.trees();
  let outOfBag: number | null = null;
  if (bootstrap) {
    for (let tree = 0; tree < trees; tree++) {
      await turns.next();
      draw(drawn, seededRandom("forest", seed, tree));
      for (let i = 0; i < rows; i++) {
        if (drawn[i]! > 0) continue;
        asked[i] = 1;
        const leaf = leafOf(grown, tree, table.values, i * columns);
        for (let k = 0; k < taught.length; k++) votes[i * taught.length + k]! += grown.leaves[leaf + k]!;
      }
    }
    outOfBag = shareRight(votes, asked, classes, taught.length);
  }
  return { method: "random-forest", columns, classCount, taught, trees: grown, outOfBag };
}

/** How often each row is drawn. */
function draw(times: Float64Array, random: Random): void {
  times.fill(0);
  for (let i = 0; i < times.length; i++) times[Math.floor(random() * times.length)]!++;
}

function shareRight(votes: Float64Array, asked: Uint8Array, classes: Int32Array, count: number): number | null {
  let right = 0;
  let all = 0;
  for (let i = 0; i < classes.length; i++) {
    if (asked[i] === 0) continue;
    let best = 0;
    for (let k = 1; k < count; k++) if (votes[i * count + k]! > votes[i * count + best]!) best = k;
    all++;
    if (best === classes[i]) right++;
  }
  return all === 0 ? null : right / all;
}

interface Growth {
  readonly bins: Bins;
  /** [rows] positions among the taught classes */
  readonly classes: Int32Array;
  readonly count: number;
  readonly columns: number;
  readonly columnsPerSplit: number;
  readonly leastLeaf: number;
}

/** Impurity below this is rounding. */
const pure = 1e-12;

interface Split {
  feature: number;
  /** rows up to this bin go left */
  bin: number;
  threshold: number;
  gain: number;
}

/** Grows trees on one table, with room that is taken once. */
class Grower {
  readonly #growth: Growth;
  readonly #rows: Int32Array;
  readonly #features: Int32Array;
  readonly #histogram: Float64Array;
  readonly #rowCounts: Uint32Array;
  /** a bit per bin that has rows of the node: small nodes have few of the bins */
  readonly #used = new Int32Array(8);
  /** of the node's rows, in their order */
  readonly #nodeWeights: Float64Array;
  readonly #nodeClasses: Uint8Array;
  readonly #node: Float64Array;
  readonly #left: Float64Array;
  #weights: Float64Array = new Float64Array(0);

  constructor(growth: Growth) {
    this.#growth = growth;
    this.#rows = new Int32Array(growth.classes.length);
    this.#features = Int32Array.from({ length: growth.columns }, (_, j) => j);
    this.#histogram = new Float64Array(256 * growth.count);
    this.#rowCounts = new Uint32Array(256);
    this.#nodeWeights = new Float64Array(growth.classes.length);
    this.#nodeClasses = new Uint8Array(growth.classes.length);
    this.#node = new Float64Array(growth.count);
    this.#left = new Float64Array(growth.count);
  }

  /** One tree of the rows whose weight is above 0. */
  grow(builder: TreesBuilder, weights: Float64Array, random: Random): void {
    const { count, leastLeaf } = this.#growth;
    this.#weights = weights;
    for (let j = 0; j < this.#features.length; j++) this.#features[j] = j;
    let size = 0;
    for (let i = 0; i < weights.length; i++) if (weights[i]! > 0) this.#rows[size++] = i;
    const open: { readonly begin: number; readonly end: number; readonly parent: number }[] = [
      { begin: 0, end: size, parent: -1 },
    ];
    for (let next = open.pop(); next; next = open.pop()) {
      const { begin, end, parent } = next;
      if (parent >= 0) builder.right(parent);
      const total = this.#count(begin, end);
      const split = end - begin >= 2 * leastLeaf ? this.#split(begin, end, total, random) : undefined;
      if (!split) {
        const shares = new Float64Array(count);
        for (let k = 0; k < count; k++) shares[k] = this.#node[k]! / total;
        builder.leaf(shares);
        continue;
      }
      const middle = this.#divide(begin, end, split);
      const node = builder.inner(split.feature, split.threshold);
      open.push({ begin: middle, end, parent: node }, { begin, end: middle, parent: -1 });
    }
    builder.end();
  }

  /** Weights of the classes of a node; their sum. */
  #count(begin: number, end: number): number {
    const { classes } = this.#growth;
    this.#node.fill(0);
    let total = 0;
    for (let at = begin; at < end; at++) {
      const row = this.#rows[at]!;
      const weight = this.#weights[row]!;
      this.#nodeWeights[at - begin] = weight;
      this.#nodeClasses[at - begin] = classes[row]!;
      this.#node[classes[row]!]! += weight;
      total += weight;
    }
    return total;
  }

  /** The best border of some columns that have one, drawn at random: at least one when there is any. */
  #split(begin: number, end: number, total: number, random: Random): Split | undefined {
    const { count, columns, columnsPerSplit } = this.#growth;
    let squares = 0;
    for (let k = 0; k < count; k++) squares += this.#node[k]! * this.#node[k]!;
    if (1 - squares / (total * total) <= pure) return undefined;
    const best: Split = { feature: -1, bin: 0, threshold: 0, gain: Number.NEGATIVE_INFINITY };
    let useful = 0;
    for (let drawn = 0; drawn < columns && (drawn < columnsPerSplit || useful === 0); drawn++) {
      const pick = drawn + Math.floor(random() * (columns - drawn));
      const feature = this.#features[pick]!;
      this.#features[pick] = this.#features[drawn]!;
      this.#features[drawn] = feature;
      if (this.#sweep(feature, begin, end, total, squares, best)) useful++;
    }
    return best.feature < 0 ? undefined : best;
  }

  /** Looks at every border between the bins of a column that have rows of the node; false when they all lie in one bin. */
  #sweep(feature: number, begin: number, end: number, total: number, squares: number, best: Split): boolean {
    const { bins, count, leastLeaf } = this.#growth;
    const codes = bins.codes[feature]!;
    const [rows, histogram, rowCounts, used] = [this.#rows, this.#histogram, this.#rowCounts, this.#used];
    const [weights, classes, node] = [this.#nodeWeights, this.#nodeClasses, this.#node];
    const size = end - begin;
    for (let i = 0; i < size; i++) {
      const bin = codes[rows[begin + i]!]!;
      histogram[bin * count + classes[i]!]! += weights[i]!;
      rowCounts[bin]!++;
      used[bin >> 5]! |= 1 << (bin & 31);
    }
    const left = this.#left.fill(0);
    let [weightLeft, squaresLeft, squaresRight, rowsLeft, previous] = [0, 0, squares, 0, -1];
    for (let word = 0; word < 8; word++) {
      for (let bits = used[word]!; bits !== 0; bits &= bits - 1) {
        const bin = 32 * word + 31 - Math.clz32(bits & -bits);
        if (previous >= 0 && rowsLeft >= leastLeaf && size - rowsLeft >= leastLeaf)
          this.#consider(feature, previous, bin, squaresLeft / weightLeft + squaresRight / (total - weightLeft), best);
        for (let k = 0, at = bin * count; k < count; k++, at++) {
          const weight = histogram[at]!;
          if (weight === 0) continue;
          histogram[at] = 0;
          squaresLeft += weight * (2 * left[k]! + weight);
          squaresRight += weight * (weight - 2 * (node[k]! - left[k]!));
          left[k]! += weight;
          weightLeft += weight;
        }
        rowsLeft += rowCounts[bin]!;
        rowCounts[bin] = 0;
        if (previous < 0 && rowsLeft === size) {
          used.fill(0);
          return false;
        }
        previous = bin;
      }
      used[word] = 0;
    }
    return true;
  }

  #consider(feature: number, bin: number, next: number, gain: number, best: Split): void {
    if (!(gain > best.gain)) return;
    const { highest, lowest } = this.#growth.bins;
    best.feature = feature;
    best.bin = bin;
    best.gain = gain;
    best.threshold = between(highest[feature]![bin]!, lowest[feature]![next]!);
  }

  /** Puts the rows that go left before the others; where these begin. */
  #divide(begin: number, end: number, { feature, bin }: Split): number {
    const codes = this.#growth.bins.codes[feature]!;
    let low = begin;
    let high = end - 1;
    while (low <= high) {
      const row = this.#rows[low]!;
      if (codes[row]! <= bin) low++;
      else {
        this.#rows[low] = this.#rows[high]!;
        this.#rows[high--] = row;
      }
    }
    return low;
  }
}

/**
 * [rows, classCount] mean of what the trees' leaves say, 0 for classes that were not taught.
 * @throws Error for a table of other columns
 */
export function predictForest({ trees, columns, classCount, taught }: RandomForest, table: Table): Float32Array {
  if (table.columns !== columns) throw new Error(`Table of ${table.columns} columns for ${columns}`);
  const count = taught.length;
  const all = countOf(trees);
  const sums = new Float64Array(table.rows * count);
  // Tree by tree: one tree's nodes stay in the processor's cache.
  for (let tree = 0; tree < all; tree++)
    for (let i = 0; i < table.rows; i++) {
      const leaf = leafOf(trees, tree, table.values, i * columns);
      for (let k = 0; k < count; k++) sums[i * count + k]! += trees.leaves[leaf + k]!;
    }
  const result = new Float32Array(table.rows * classCount);
  for (let i = 0; i < table.rows; i++)
    for (let k = 0; k < count; k++) result[i * classCount + taught[k]!] = sums[i * count + k]! / all;
  return result;
}
