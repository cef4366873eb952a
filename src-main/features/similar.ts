import { ByteRows, lanes, mostWeight } from "./int8-products.ts";
import type { FeatureLayer } from "./layer.ts";

// How alike patches are to the ones that were clicked. The patches lie in memory, some blocks of the layer in each thread; a click costs one pass.

/** What the mean of the unwanted clicks counts for beside the mean of the wanted ones. */
const unwanted = 0.5;
/** A stored score is a cosine · this. */
export const scoreSteps = 10_000;
/** No input sees the patch. */
export const noScore = -32_768;

/**
 * The direction of what is looked for, length 1: the mean of what was clicked as wanted, less half of the mean of what was clicked as unwanted, each
 * click with length 1. Relevance feedback as Rocchio (1971) has it; with half of the unwanted ones, average precision on the sample's parcels was
 * at or above that with all of them, and above the nearest wanted less the nearest unwanted click (README.md).
 * @param like [columns] each, standardised
 * @returns [columns]; all 0 where the clicks say nothing
 */
export function directionOf(
  like: readonly Float32Array[],
  unlike: readonly Float32Array[],
  columns: number,
): Float32Array {
  const sum = new Float64Array(columns);
  const add = (clicks: readonly Float32Array[], share: number) => {
    for (const click of clicks) {
      const length = lengthOf(click);
      if (length > 0) for (let j = 0; j < columns; j++) sum[j]! += (share * click[j]!) / length / clicks.length;
    }
  };
  add(like, 1);
  add(unlike, -unwanted);
  const length = lengthOf(sum);
  return Float32Array.from(sum, (value) => (length > 0 ? value / length : 0));
}

const lengthOf = (values: Float32Array | Float64Array): number =>
  Math.sqrt((values as Float32Array).reduce((sum, value) => sum + value * value, 0));

/** Which patches are compared: of every block each `every`-th patch in both directions, so that they fit into memory. */
export interface ComparedPatches {
  /** corners in multiples of the layer's `side` */
  readonly blocks: readonly (readonly [col: number, row: number])[];
  /** patches compared along the edge of a block */
  readonly side: number;
  readonly every: number;
}

/** All patches of the layer, or the smallest even thinning of them that takes no more than `most` bytes. */
export function comparedPatches(layer: FeatureLayer, most: number): ComparedPatches {
  const blocks = layer.corners();
  let every = 1;
  const bytes = () => blocks.length * (layer.side / every) ** 2 * (layer.columns + lanes);
  while (bytes() > most && layer.side % (2 * every) === 0) every *= 2;
  return { blocks, side: layer.side / every, every };
}

/** Some blocks of a layer in memory. */
export class ComparedPart {
  readonly #rows: ByteRows;
  /** [rows] 1 / the length of a patch's values; 0 where no input sees it */
  readonly #inverse: Float32Array;
  readonly #factors: Float32Array;

  /** Reads blocks `first` to `end` of what is compared. @throws RangeError where the system has not that much memory */
  constructor(layer: FeatureLayer, { blocks, side, every }: ComparedPatches, first: number, end: number) {
    const { columns, factors } = layer;
    const patches = side * side;
    const squares = factors.map((factor) => factor * factor);
    this.#factors = factors;
    this.#rows = new ByteRows((end - first) * patches, columns);
    this.#inverse = new Float32Array((end - first) * patches);
    const { values: into, stride } = this.#rows;
    for (let b = first, row = 0; b < end; b++) {
      const { values, seen } = layer.block(...blocks[b]!)!;
      for (let p = 0; p < patches; p++, row++) {
        const from = comparedAt(layer.side, every, p % side, Math.floor(p / side));
        if (seen[from] !== 1) continue;
        let square = 0;
        for (let j = 0, at = from * columns, to = row * stride; j < columns; j++, at++, to++) {
          const value = values[at]!;
          into[to] = value;
          square += squares[j]! * value * value;
        }
        // A patch of which every value is the mean is like nothing, and unlike nothing.
        this.#inverse[row] = square > 0 ? 1 / Math.sqrt(square) : 1;
      }
    }
  }

  /** [patches] the cosine of the angle between each patch's values and `direction`, in `scoreSteps`; `noScore` where nothing is seen. */
  scores(direction: Float32Array, into: Int16Array): void {
    const weights = direction.map((value, j) => value * this.#factors[j]!);
    const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) || 1;
    const most = mostWeight(weights.length);
    const products = this.#rows.products(Int16Array.from(weights, (weight) => Math.round((weight / largest) * most)));
    const inverse = this.#inverse;
    const scale = (largest / most) * scoreSteps;
    for (let row = 0; row < into.length; row++) {
      const one = inverse[row]!;
      const score = Math.round(products[row]! * scale * one);
      into[row] = one === 0 ? noScore : score > scoreSteps ? scoreSteps : score < -scoreSteps ? -scoreSteps : score;
    }
  }
}

/** Where in a block of `side` lies the patch that stands for `every` · `every` patches: the one in their middle. */
const comparedAt = (side: number, every: number, col: number, row: number): number =>
  (row * every + (every >> 1)) * side + col * every + (every >> 1);
