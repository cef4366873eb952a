import { type Bins, binsOf } from "./bins.ts";
import { balancedWeights, checkTable, type LabelledTable, occurringClasses, type Table } from "./table.ts";
import { countOf, type GrownNode, leafOf, type Trees, TreesBuilder } from "./trees.ts";
import { Turns } from "./turns.ts";

export interface BoostedTrees {
  readonly method: "boosted-trees";
  readonly columns: number;
  readonly classCount: number;
  /** the classes that were taught, ascending */
  readonly taught: Int32Array;
  /** [taught] scores before the first tree: logarithms of the classes' shares */
  readonly baseline: Float32Array;
  /** one tree per taught class and round, rounds one after the other; a leaf's number is added to the class's score */
  readonly trees: Trees;
}

export interface BoostingOptions {
  readonly rounds: number;
  readonly learningRate?: number;
  readonly mostLeaves?: number;
  /** rows that a leaf has at least */
  readonly leastLeaf?: number;
  /** added to a leaf's curvature: draws its number towards 0 */
  readonly leafPenalty?: number;
  /** steps in which a column's values are told apart, 2 to 255 */
  readonly bins?: number;
  /** all classes count the same in sum; default */
  readonly balanced?: boolean;
  /** rows that are not learned from: boosting stops when they have not been told apart any better for `patience` rounds */
  readonly heldOut?: { readonly rows: Uint8Array; readonly patience: number };
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

/** A split needs this much curvature on either side (scikit-learn's and LightGBM's number). */
const leastCurvature = 1e-3;
/** Histograms of one tree at most, in numbers: 512 MiB. */
export const mostHistogram = 2 ** 26;

export interface Boosted {
  readonly model: BoostedTrees;
  /** rounds after which the rows that were held out were told apart best; all of them without such rows */
  readonly bestRounds: number;
}

/**
 * Boosts trees for several classes at once: each round adds a tree per class along the slope of the cross-entropy, split where the
 * second-order gain is highest, in columns of few steps. No random number is drawn.
 * @throws Error for a table that is none; what `signal` was aborted with
 * @see Ke et al. 2017, LightGBM; scikit-learn, HistGradientBoostingClassifier
 */
export async function boostTrees(table: LabelledTable, options: BoostingOptions): Promise<Boosted> {
  checkTable(table);
  const { rounds, learningRate = 0.1, mostLeaves = 31, leastLeaf = 20, leafPenalty = 0, bins = 255 } = options;
  const { balanced = true, heldOut, signal, onProgress } = options;
  const { rows, columns, classCount } = table;
  if (columns * (bins + 1) * 3 * (mostLeaves + 1) > mostHistogram)
    throw new Error(`Boosting: ${columns} columns in ${bins} steps with ${mostLeaves} leaves`);
  const learned = Int32Array.from([...Array(rows).keys()].filter((i) => heldOut?.rows[i] !== 1));
  const own = heldOut ? { ...table, ...subset(table, learned) } : table;
  const taught = occurringClasses(own as LabelledTable);
  const position = new Int32Array(classCount).fill(-1);
  for (const [k, code] of taught.entries()) position[code] = k;
  const classes = table.classes.map((code) => position[code]!);
  const weights = new Float64Array(rows);
  const ofLearned = balanced
    ? balancedWeights(own as LabelledTable)
    : (own.weights ?? new Float64Array(learned.length).fill(1));
  for (const [at, row] of learned.entries()) weights[row] = ofLearned[at]!;
  const count = taught.length;
  const baseline = baselineOf(classes, weights, count);
  const scores = new Float64Array(rows * count);
  for (let i = 0; i < rows; i++) scores.set(baseline, i * count);
  const builder = new TreesBuilder(1);
  const grower = new BoostingGrower(binsOf(table, bins), learned, columns, {
    learningRate,
    mostLeaves,
    leastLeaf,
    leafPenalty,
  });
  const shares = new Float64Array(rows * count);
  const gradients = new Float32Array(rows);
  const curvatures = new Float32Array(rows);
  const turns = new Turns(signal);
  let best = {
    rounds: 0,
    loss: heldOut ? heldOutLoss(scores, classes, heldOut.rows, count) : Number.POSITIVE_INFINITY,
  };
  let round = 0;
  // One class is known without any tree.
  const wanted = count > 1 ? rounds : 0;
  for (; round < wanted; round++) {
    softmaxRows(scores, shares, count);
    for (let k = 0; k < count; k++) {
      await turns.next();
      for (const row of learned) {
        const share = Math.fround(shares[row * count + k]!);
        gradients[row] = weights[row]! * (share - (classes[row] === k ? 1 : 0));
        curvatures[row] = weights[row]! * share * (1 - share);
      }
      const nodes = grower.grow(gradients, curvatures);
      for (let i = 0; i < rows; i++) scores[i * count + k]! += grower.valueOf(nodes, i);
      builder.add(nodes);
    }
    onProgress?.((round + 1) / wanted);
    if (!heldOut) continue;
    const loss = heldOutLoss(scores, classes, heldOut.rows, count);
    if (loss < best.loss - 1e-7) best = { rounds: round + 1, loss };
    else if (round + 1 - best.rounds >= heldOut.patience) {
      round++;
      break;
    }
  }
  const model: BoostedTrees = {
    method: "boosted-trees",
    columns,
    classCount,
    taught,
    baseline: Float32Array.from(baseline),
    trees: builder.trees(),
  };
  return { model, bestRounds: heldOut ? Math.max(1, best.rounds) : round };
}

function subset({ classes, classCount, weights }: LabelledTable, rows: Int32Array) {
  return {
    rows: rows.length,
    classCount,
    classes: Int32Array.from(rows, (row) => classes[row]!),
    ...(weights ? { weights: Float64Array.from(rows, (row) => weights[row]!) } : {}),
  };
}

/** Logarithms of the classes' weighted shares, less their mean. */
function baselineOf(classes: Int32Array, weights: Float64Array, count: number): Float64Array {
  const sums = new Float64Array(count);
  for (let i = 0; i < classes.length; i++) if (weights[i]! > 0) sums[classes[i]!]! += weights[i]!;
  const total = sums.reduce((sum, own) => sum + own, 0);
  const logs = sums.map((own) => Math.log(own / total));
  const mean = logs.reduce((sum, own) => sum + own, 0) / count;
  return logs.map((own) => own - mean);
}

function softmaxRows(scores: Float64Array, shares: Float64Array, count: number): void {
  for (let begin = 0; begin < scores.length; begin += count) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < count; k++) highest = Math.max(highest, scores[begin + k]!);
    let sum = 0;
    for (let k = 0; k < count; k++) sum += shares[begin + k] = Math.exp(scores[begin + k]! - highest);
    for (let k = 0; k < count; k++) shares[begin + k]! /= sum;
  }
}

/** Mean over classes of the mean cross-entropy of their held-out rows, so that a large class does not decide alone. */
function heldOutLoss(scores: Float64Array, classes: Int32Array, held: Uint8Array, count: number): number {
  const sums = new Float64Array(count);
  const counts = new Uint32Array(count);
  for (let i = 0; i < classes.length; i++) {
    const own = classes[i]!;
    if (held[i] !== 1 || own < 0) continue;
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < count; k++) highest = Math.max(highest, scores[i * count + k]!);
    let sum = 0;
    for (let k = 0; k < count; k++) sum += Math.exp(scores[i * count + k]! - highest);
    sums[own]! += highest + Math.log(sum) - scores[i * count + own]!;
    counts[own]!++;
  }
  const seen = [...counts.keys()].filter((k) => counts[k]! > 0);
  return seen.reduce((sum, k) => sum + sums[k]! / counts[k]!, 0) / Math.max(1, seen.length);
}

interface TreeLimits {
  readonly learningRate: number;
  readonly mostLeaves: number;
  readonly leastLeaf: number;
  readonly leafPenalty: number;
}

interface Border {
  readonly feature: number;
  readonly bin: number;
  readonly gain: number;
}

interface Leaf {
  readonly node: number;
  readonly begin: number;
  readonly end: number;
  readonly gradient: number;
  readonly curvature: number;
  readonly histogram: Float64Array;
  readonly border: Border;
}

/** A node that also knows the border in bins, for rows of the table that it grew on. */
interface BinnedNode extends GrownNode {
  bin: number;
}

/** Grows trees on one table, the leaf with the highest gain first. */
export class BoostingGrower {
  readonly #bins: Bins;
  readonly #learned: Int32Array;
  readonly #rows: Int32Array;
  readonly #columns: number;
  readonly #limits: TreeLimits;
  /** where a column's bins begin in a histogram; three numbers each: gradient, curvature, rows */
  readonly #offsets: Int32Array;
  readonly #orderedGradients: Float64Array;
  readonly #orderedCurvatures: Float64Array;
  readonly #moved: Int32Array;
  readonly #spare: Float64Array[] = [];

  constructor(bins: Bins, learned: Int32Array, columns: number, limits: TreeLimits) {
    this.#bins = bins;
    this.#learned = learned;
    this.#rows = learned.slice();
    this.#columns = columns;
    this.#limits = limits;
    this.#offsets = new Int32Array(columns + 1);
    for (let j = 0; j < columns; j++) this.#offsets[j + 1] = this.#offsets[j]! + 3 * (bins.thresholds[j]!.length + 1);
    this.#orderedGradients = new Float64Array(learned.length);
    this.#orderedCurvatures = new Float64Array(learned.length);
    this.#moved = new Int32Array(learned.length);
  }

  grow(gradients: Float32Array, curvatures: Float32Array): BinnedNode[] {
    const { mostLeaves, leastLeaf } = this.#limits;
    this.#rows.set(this.#learned);
    const end = this.#rows.length;
    let [gradient, curvature] = [0, 0];
    for (const row of this.#rows) {
      gradient += gradients[row]!;
      curvature += curvatures[row]!;
    }
    const nodes: BinnedNode[] = [this.#leafNode(gradient, curvature)];
    const open: Leaf[] = [];
    const consider = (leaf: Omit<Leaf, "border">) => {
      const border = this.#bestBorder(leaf);
      if (border) open.push({ ...leaf, border });
      else this.#spare.push(leaf.histogram);
    };
    if (end >= 2 * leastLeaf && curvature >= leastCurvature)
      consider({ node: 0, begin: 0, end, gradient, curvature, histogram: this.#count(0, end, gradients, curvatures) });
    for (let leaves = 1; open.length > 0 && leaves < mostLeaves; leaves++) {
      let at = 0;
      for (let i = 1; i < open.length; i++) if (open[i]!.border.gain > open[at]!.border.gain) at = i;
      const [leaf] = open.splice(at, 1);
      const { begin, end, node, border, histogram } = leaf!;
      const middle = this.#divide(begin, end, border);
      const left = this.#sums(histogram, border);
      const right = { gradient: leaf!.gradient - left.gradient, curvature: leaf!.curvature - left.curvature };
      const own = nodes[node]!;
      own.feature = border.feature;
      own.bin = border.bin;
      own.threshold = this.#bins.thresholds[border.feature]![border.bin]!;
      own.left = nodes.push(this.#leafNode(left.gradient, left.curvature)) - 1;
      own.right = nodes.push(this.#leafNode(right.gradient, right.curvature)) - 1;
      const [wantLeft, wantRight] = [middle - begin >= 2 * leastLeaf, end - middle >= 2 * leastLeaf];
      if (leaves + 1 >= mostLeaves || (!wantLeft && !wantRight)) {
        this.#spare.push(histogram);
        continue;
      }
      // The larger child's histogram is the parent's without the smaller child's.
      const leftIsSmaller = middle - begin < end - middle;
      const small = leftIsSmaller
        ? this.#count(begin, middle, gradients, curvatures)
        : this.#count(middle, end, gradients, curvatures);
      for (let i = 0; i < histogram.length; i++) histogram[i]! -= small[i]!;
      const [leftHistogram, rightHistogram] = leftIsSmaller ? [small, histogram] : [histogram, small];
      if (wantLeft) consider({ node: own.left, begin, end: middle, ...left, histogram: leftHistogram });
      else this.#spare.push(leftHistogram);
      if (wantRight) consider({ node: own.right, begin: middle, end, ...right, histogram: rightHistogram });
      else this.#spare.push(rightHistogram);
    }
    for (const { histogram } of open) this.#spare.push(histogram);
    return nodes;
  }

  /** What a tree says of a row of the table that it grew on. */
  valueOf(nodes: readonly BinnedNode[], row: number): number {
    let node = nodes[0]!;
    while (node.feature >= 0) node = nodes[this.#bins.codes[node.feature]![row]! <= node.bin ? node.left : node.right]!;
    return node.value[0]!;
  }

  #leafNode(gradient: number, curvature: number): BinnedNode {
    const { learningRate, leafPenalty } = this.#limits;
    // As it is stored, so that the next tree learns what this one will say.
    const value = Math.fround((-learningRate * gradient) / (curvature + leafPenalty + 1e-15));
    return { feature: -1, threshold: 0, bin: 0, left: -1, right: -1, value: [value] };
  }

  #count(begin: number, end: number, gradients: Float32Array, curvatures: Float32Array): Float64Array {
    const histogram = this.#spare.pop()?.fill(0) ?? new Float64Array(this.#offsets[this.#columns]!);
    const rows = this.#rows;
    const size = end - begin;
    const [g, h] = [this.#orderedGradients, this.#orderedCurvatures];
    for (let i = 0; i < size; i++) {
      g[i] = gradients[rows[begin + i]!]!;
      h[i] = curvatures[rows[begin + i]!]!;
    }
    for (let j = 0; j < this.#columns; j++) {
      const codes = this.#bins.codes[j]!;
      const offset = this.#offsets[j]!;
      for (let i = 0; i < size; i++) {
        const at = offset + 3 * codes[rows[begin + i]!]!;
        histogram[at]! += g[i]!;
        histogram[at + 1]! += h[i]!;
        histogram[at + 2]!++;
      }
    }
    return histogram;
  }

  #bestBorder({ begin, end, gradient, curvature, histogram }: Omit<Leaf, "border">): Border | undefined {
    const { leastLeaf, leafPenalty } = this.#limits;
    const size = end - begin;
    const before = (gradient * gradient) / (curvature + leafPenalty + 1e-15);
    let best: Border | undefined;
    let bestGain = 0;
    for (let feature = 0; feature < this.#columns; feature++) {
      const last = this.#bins.thresholds[feature]!.length;
      let [gradientLeft, curvatureLeft, rowsLeft] = [0, 0, 0];
      for (let bin = 0, at = this.#offsets[feature]!; bin < last; bin++, at += 3) {
        gradientLeft += histogram[at]!;
        curvatureLeft += histogram[at + 1]!;
        rowsLeft += histogram[at + 2]!;
        if (rowsLeft < leastLeaf) continue;
        if (size - rowsLeft < leastLeaf) break;
        const curvatureRight = curvature - curvatureLeft;
        if (curvatureLeft < leastCurvature) continue;
        if (curvatureRight < leastCurvature) break;
        const gradientRight = gradient - gradientLeft;
        const gain =
          (gradientLeft * gradientLeft) / (curvatureLeft + leafPenalty + 1e-15) +
          (gradientRight * gradientRight) / (curvatureRight + leafPenalty + 1e-15) -
          before;
        if (gain <= bestGain) continue;
        bestGain = gain;
        best = { feature, bin, gain };
      }
    }
    return best;
  }

  #sums(histogram: Float64Array, { feature, bin }: Border): { readonly gradient: number; readonly curvature: number } {
    let [gradient, curvature] = [0, 0];
    for (let b = 0, at = this.#offsets[feature]!; b <= bin; b++, at += 3) {
      gradient += histogram[at]!;
      curvature += histogram[at + 1]!;
    }
    return { gradient, curvature };
  }

  /** Puts the rows that go left before the others, both in their order; where the others begin. */
  #divide(begin: number, end: number, { feature, bin }: Border): number {
    const codes = this.#bins.codes[feature]!;
    let low = begin;
    let high = 0;
    for (let at = begin; at < end; at++) {
      const row = this.#rows[at]!;
      if (codes[row]! <= bin) this.#rows[low++] = row;
      else this.#moved[high++] = row;
    }
    this.#rows.set(this.#moved.subarray(0, high), low);
    return low;
  }
}

/**
 * [rows, classCount] probability of each class, 0 for those that were not taught.
 * @throws Error for a table of other columns
 */
export function predictBoosted(
  { trees, baseline, columns, classCount, taught }: BoostedTrees,
  table: Table,
): Float32Array {
  if (table.columns !== columns) throw new Error(`Table of ${table.columns} columns for ${columns}`);
  const count = taught.length;
  const scores = new Float64Array(table.rows * count);
  for (let i = 0; i < table.rows; i++) scores.set(baseline, i * count);
  for (let tree = 0; tree < countOf(trees); tree++)
    for (let i = 0; i < table.rows; i++)
      scores[i * count + (tree % count)]! += trees.leaves[leafOf(trees, tree, table.values, i * columns)]!;
  softmaxRows(scores, scores, count);
  const result = new Float32Array(table.rows * classCount);
  for (let i = 0; i < table.rows; i++)
    for (let k = 0; k < count; k++) result[i * classCount + taught[k]!] = scores[i * count + k]!;
  return result;
}
