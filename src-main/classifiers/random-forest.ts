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
  const classes = Uint8Array.from(table.classes, (own) => position[own]!);
  const weights = balanced ? balancedWeights(table) : (table.weights ?? new Float64Array(rows).fill(1));
  const builder = new TreesBuilder(taught.length);
  const turns = new Turns(signal);
  await turns.next();
  const grower = new Grower({
    values: table.values,
    bins: binsOf(table, mostBins),
    classes,
    count: taught.length,
    columns,
    columnsPerSplit: columnsPerSplit ?? Math.max(1, Math.floor(Math.sqrt(columns))),
    leastLeaf: Math.max(leastLeaf, Math.ceil((2 * rows * trees) / mostNodes)),
  });
  const drawn = new Float64Array(rows);
  for (let tree = 0; tree < trees; tree++) {
    await turns.next();
    const random = seededRandom("forest", seed, tree);
    if (bootstrap) draw(drawn, random);
    else drawn.fill(1);
    for (let i = 0; i < rows; i++) drawn[i]! *= weights[i]!;
    grower.grow(builder, drawn, random);
    onProgress?.((tree + 1) / trees);
  }
  const outOfBag = bootstrap ? shareRight(grower.votes, classes, taught.length) : null;
  return { method: "random-forest", columns, classCount, taught, trees: builder.trees(), outOfBag };
}

/** How often each row is drawn. */
function draw(times: Float64Array, random: Random): void {
  times.fill(0);
  for (let i = 0; i < times.length; i++) times[Math.floor(random() * times.length)]!++;
}

/** Of the rows that a tree was asked about: all votes of a row are 0 where none was. */
function shareRight(votes: Float64Array, classes: Uint8Array, count: number): number | null {
  let right = 0;
  let all = 0;
  for (let i = 0; i < classes.length; i++) {
    let best = 0;
    for (let k = 1; k < count; k++) if (votes[i * count + k]! > votes[i * count + best]!) best = k;
    if (votes[i * count + best] === 0) continue;
    all++;
    if (best === classes[i]) right++;
  }
  return all === 0 ? null : right / all;
}

/** [rows, columns] of what is stored column by column. */
function rowByRow(columns: readonly Uint8Array[], rows: number): Uint8Array {
  const result = new Uint8Array(rows * columns.length);
  // Some columns at a time: each line of the processor's cache is written at once.
  for (let from = 0; from < columns.length; from += 64) {
    const some = columns.slice(from, from + 64);
    for (let i = 0, at = from; i < rows; i++, at += columns.length)
      for (let j = 0; j < some.length; j++) result[at + j] = some[j]![i]!;
  }
  return result;
}

interface Growth {
  /** [rows, columns] */
  readonly values: Float32Array;
  readonly bins: Bins;
  /** [rows] positions among the taught classes */
  readonly classes: Uint8Array;
  readonly count: number;
  readonly columns: number;
  readonly columnsPerSplit: number;
  readonly leastLeaf: number;
}

/** Impurity below this is rounding. */
const pure = 1e-12;
/** A node of fewer rows per class than these is counted row by row: the bins of a histogram would outnumber its rows. */
const rowsPerClass = 128;

interface Split {
  feature: number;
  /** rows up to this bin go left */
  bin: number;
  /** the next bin that has rows of the node */
  next: number;
  threshold: number;
  gain: number;
}

/**
 * Grows trees on one table, with room that is taken once. A node's rows lie together, in the order of the table: those that the tree
 * learns from, and apart from them those that it is asked about afterwards.
 */
class Grower {
  /** [rows, count] what the leaves of all trees say of the rows that they did not learn from, summed */
  readonly votes: Float64Array;
  readonly #growth: Growth;
  readonly #rows: Int32Array;
  readonly #asked: Int32Array;
  readonly #moved: Int32Array;
  readonly #features: Int32Array;
  /** [rows, columns] the bins of each row together: of a small node all that is asked of a row is near in memory */
  readonly #rowCodes: Uint8Array;
  /** [columns that are drawn, rows of the node] bins */
  readonly #nodeCodes: Uint8Array;
  /** weights by bin and class; all 0 between two uses */
  readonly #histogram: Float64Array;
  readonly #rowCounts: Uint32Array;
  /** by bin the last of its rows, from 1; of each row the one before it in its bin */
  readonly #heads = new Int32Array(256);
  readonly #before: Int32Array;
  /** a bit per bin that has rows of the node: small nodes have few of the bins */
  readonly #used = new Int32Array(8);
  /** of the node's rows, in their order */
  readonly #nodeWeights: Float64Array;
  readonly #nodeClasses: Uint8Array;
  readonly #node: Float64Array;
  readonly #left: Float64Array;
  readonly #shares: Float32Array;
  readonly #best: Split = { feature: -1, bin: 0, next: 0, threshold: 0, gain: 0 };
  #weights: Float64Array = new Float64Array(0);

  constructor(growth: Growth) {
    const { classes, count, columns } = growth;
    const size = classes.length;
    this.#growth = growth;
    this.votes = new Float64Array(size * count);
    this.#rows = new Int32Array(size);
    this.#asked = new Int32Array(size);
    this.#moved = new Int32Array(size);
    this.#features = Int32Array.from({ length: columns }, (_, j) => j);
    this.#rowCodes = rowByRow(growth.bins.codes, size);
    this.#nodeCodes = new Uint8Array(growth.columnsPerSplit * rowsPerClass * count);
    this.#histogram = new Float64Array(256 * count);
    this.#rowCounts = new Uint32Array(256);
    this.#before = new Int32Array(rowsPerClass * count);
    this.#nodeWeights = new Float64Array(size);
    this.#nodeClasses = new Uint8Array(size);
    this.#node = new Float64Array(count);
    this.#left = new Float64Array(count);
    this.#shares = new Float32Array(count);
  }

  /** One tree of the rows whose weight is above 0; the others are asked. */
  grow(builder: TreesBuilder, weights: Float64Array, random: Random): void {
    const { count, leastLeaf } = this.#growth;
    this.#weights = weights;
    for (let j = 0; j < this.#features.length; j++) this.#features[j] = j;
    let [size, others] = [0, 0];
    for (let i = 0; i < weights.length; i++)
      if (weights[i]! > 0) this.#rows[size++] = i;
      else this.#asked[others++] = i;
    // Five numbers of each node that is still to be grown: its rows, the rows that are asked, its parent where it is the right child.
    const open = [0, size, 0, others, -1];
    while (open.length > 0) {
      const parent = open.pop()!;
      const lastAsked = open.pop()!;
      const firstAsked = open.pop()!;
      const end = open.pop()!;
      const begin = open.pop()!;
      if (parent >= 0) builder.right(parent);
      const total = this.#count(begin, end);
      const split = end - begin >= 2 * leastLeaf ? this.#split(begin, end, total, random) : undefined;
      if (!split) {
        for (let k = 0; k < count; k++) this.#shares[k] = this.#node[k]! / total;
        builder.leaf(this.#shares);
        this.#vote(firstAsked, lastAsked);
        continue;
      }
      const middle = this.#divide(begin, end, split);
      const middleAsked = this.#divideAsked(firstAsked, lastAsked, split);
      const node = builder.inner(split.feature, split.threshold);
      open.push(middle, end, middleAsked, lastAsked, node);
      open.push(begin, middle, firstAsked, middleAsked, -1);
    }
    builder.end();
  }

  #vote(begin: number, end: number): void {
    const { count } = this.#growth;
    const [asked, votes, shares] = [this.#asked, this.votes, this.#shares];
    for (let at = begin; at < end; at++) {
      const row = asked[at]! * count;
      for (let k = 0; k < count; k++) votes[row + k]! += shares[k]!;
    }
  }

  /** Weights of the classes of a node; their sum. */
  #count(begin: number, end: number): number {
    const { classes } = this.#growth;
    const [rows, weights, node] = [this.#rows, this.#weights, this.#node.fill(0)];
    const [nodeWeights, nodeClasses] = [this.#nodeWeights, this.#nodeClasses];
    let total = 0;
    for (let at = begin, i = 0; at < end; at++, i++) {
      const row = rows[at]!;
      const weight = weights[row]!;
      const own = classes[row]!;
      nodeWeights[i] = weight;
      nodeClasses[i] = own;
      node[own]! += weight;
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
    const best = this.#best;
    best.feature = -1;
    best.gain = Number.NEGATIVE_INFINITY;
    const features = this.#features;
    const byRow = end - begin <= rowsPerClass * count;
    const least = Math.min(columns, columnsPerSplit);
    let useful = 0;
    for (let drawn = 0; drawn < columns && (drawn < least || useful === 0); ) {
      // As many as are wanted, then one by one until there is one with a border.
      const from = drawn;
      for (const until = Math.max(least, from + 1); drawn < until; drawn++) {
        const pick = drawn + Math.floor(random() * (columns - drawn));
        const feature = features[pick]!;
        features[pick] = features[drawn]!;
        features[drawn] = feature;
      }
      if (byRow) this.#gather(begin, end, from, drawn);
      for (let at = from; at < drawn; at++) {
        const found = byRow
          ? this.#sweepRows(features[at]!, end - begin, (at - from) * (end - begin), total, squares)
          : this.#sweepBins(features[at]!, begin, end, total, squares);
        if (found) useful++;
      }
    }
    return best.feature < 0 ? undefined : best;
  }

  /** The bins of a node's rows in the columns that were drawn from position `from` on. */
  #gather(begin: number, end: number, from: number, until: number): void {
    const { columns } = this.#growth;
    const [rows, features, rowCodes, nodeCodes] = [this.#rows, this.#features, this.#rowCodes, this.#nodeCodes];
    const size = end - begin;
    for (let i = 0; i < size; i++) {
      const row = rows[begin + i]! * columns;
      for (let at = from, to = i; at < until; at++, to += size) nodeCodes[to] = rowCodes[row + features[at]!]!;
    }
  }

  /** Looks at every border between the bins of a column that have rows of the node; false when they all lie in one bin. */
  #sweepRows(feature: number, size: number, offset: number, total: number, squares: number): boolean {
    const { leastLeaf } = this.#growth;
    const [codes, heads, before, used] = [this.#nodeCodes, this.#heads, this.#before, this.#used];
    const [weights, classes, node, best] = [this.#nodeWeights, this.#nodeClasses, this.#node, this.#best];
    const first = codes[offset]!;
    let differ = 0;
    for (let i = 0; i < size; i++) {
      const bin = codes[offset + i]!;
      before[i] = heads[bin]!;
      heads[bin] = i + 1;
      used[bin >> 5]! |= 1 << (bin & 31);
      differ |= bin ^ first;
    }
    if (differ === 0) {
      heads[first] = 0;
      used[first >> 5] = 0;
      return false;
    }
    const left = this.#left.fill(0);
    let [weightLeft, squaresLeft, squaresRight, rowsLeft, previous] = [0, 0, squares, 0, -1];
    for (let word = 0; word < 8; word++) {
      for (let bits = used[word]!; bits !== 0; bits &= bits - 1) {
        const bin = 32 * word + 31 - Math.clz32(bits & -bits);
        if (rowsLeft >= leastLeaf && size - rowsLeft >= leastLeaf) {
          const weightRight = total - weightLeft;
          const gain = squaresLeft * weightRight + squaresRight * weightLeft;
          const scale = weightLeft * weightRight;
          if (gain > best.gain * scale) this.#take(feature, previous, bin, gain / scale);
        }
        for (let at = heads[bin]!; at > 0; at = before[at - 1]!) {
          const own = classes[at - 1]!;
          const weight = weights[at - 1]!;
          const known = left[own]!;
          squaresLeft += weight * (2 * known + weight);
          squaresRight += weight * (weight - 2 * (node[own]! - known));
          left[own] = known + weight;
          weightLeft += weight;
          rowsLeft++;
        }
        heads[bin] = 0;
        previous = bin;
      }
      used[word] = 0;
    }
    return true;
  }

  /** The same for a node with more rows than a histogram has numbers. */
  #sweepBins(feature: number, begin: number, end: number, total: number, squares: number): boolean {
    const { bins, count, leastLeaf } = this.#growth;
    const codes = bins.codes[feature]!;
    const [rows, histogram, rowCounts] = [this.#rows, this.#histogram, this.#rowCounts];
    const [weights, classes, node, best] = [this.#nodeWeights, this.#nodeClasses, this.#node, this.#best];
    const size = end - begin;
    for (let i = 0; i < size; i++) {
      const bin = codes[rows[begin + i]!]!;
      histogram[bin * count + classes[i]!]! += weights[i]!;
      rowCounts[bin]!++;
    }
    const left = this.#left.fill(0);
    const last = bins.thresholds[feature]!.length;
    let [weightLeft, squaresLeft, squaresRight, rowsLeft, previous] = [0, 0, squares, 0, -1];
    for (let bin = 0; bin <= last; bin++) {
      const here = rowCounts[bin]!;
      if (here === 0) continue;
      rowCounts[bin] = 0;
      if (rowsLeft >= leastLeaf && size - rowsLeft >= leastLeaf) {
        const weightRight = total - weightLeft;
        const gain = squaresLeft * weightRight + squaresRight * weightLeft;
        const scale = weightLeft * weightRight;
        if (gain > best.gain * scale) this.#take(feature, previous, bin, gain / scale);
      }
      for (let k = 0, at = bin * count; k < count; k++, at++) {
        const weight = histogram[at]!;
        if (weight === 0) continue;
        histogram[at] = 0;
        squaresLeft += weight * (2 * left[k]! + weight);
        squaresRight += weight * (weight - 2 * (node[k]! - left[k]!));
        left[k]! += weight;
        weightLeft += weight;
      }
      rowsLeft += here;
      if (previous < 0 && rowsLeft === size) return false;
      previous = bin;
    }
    return true;
  }

  #take(feature: number, bin: number, next: number, gain: number): void {
    const best = this.#best;
    const { highest, lowest } = this.#growth.bins;
    best.feature = feature;
    best.bin = bin;
    best.next = next;
    best.gain = gain;
    best.threshold = between(highest[feature]![bin]!, lowest[feature]![next]!);
  }

  /** Puts the rows that go left before the others, both in their order; where the others begin. */
  #divide(begin: number, end: number, { feature, bin }: Split): number {
    const codes = this.#growth.bins.codes[feature]!;
    const [rows, moved] = [this.#rows, this.#moved];
    let [low, high] = [begin, 0];
    for (let at = begin; at < end; at++) {
      const row = rows[at]!;
      if (codes[row]! <= bin) rows[low++] = row;
      else moved[high++] = row;
    }
    rows.set(moved.subarray(0, high), low);
    return low;
  }

  /** The same of the rows that are asked; one in a bin without rows of the node goes where its value leads it, as in the grown tree. */
  #divideAsked(begin: number, end: number, { feature, bin, next, threshold }: Split): number {
    const { bins, values, columns } = this.#growth;
    const codes = bins.codes[feature]!;
    const [rows, moved] = [this.#asked, this.#moved];
    let [low, high] = [begin, 0];
    for (let at = begin; at < end; at++) {
      const row = rows[at]!;
      const code = codes[row]!;
      if (code <= bin || (code < next && values[row * columns + feature]! <= threshold)) rows[low++] = row;
      else moved[high++] = row;
    }
    rows.set(moved.subarray(0, high), low);
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
