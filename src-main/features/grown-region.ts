import type { FeatureLayer } from "./layer.ts";

/** Patches in the order in which a region takes them, from the one that was clicked. */
export interface GrownRegion {
  /** window of patches that it may reach, counted from the CRS origin */
  readonly col: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
  /** [taken] positions in the window */
  readonly order: Int32Array;
  /** [taken] how far the region has to be let grow to take each: never less than of the one before */
  readonly levels: Float32Array;
}

/**
 * Grows a region from a patch. What it costs to take a patch is the largest obstacle on the easiest way there; an obstacle is how much a patch on
 * the way differs from what was clicked, or from the patch before it (an edge). So regions of a lower level lie within those of a higher one, and
 * an edge that can be walked around is none. The minimax path of the image foresting transform (Falcão, Stolfi & Lotufo 2004, path cost
 * f_max), on root mean squares of differences in standard deviations. What was clicked is the mean of the patch and of those of its eight neighbours
 * that are nearer to it than the others.
 * @param reach patches in each direction; @param most patches that are taken
 * @returns `undefined` where no input sees the patch
 */
export function growRegion(
  layer: FeatureLayer,
  at: { readonly col: number; readonly row: number },
  { reach, most }: { readonly reach: number; readonly most: number },
): GrownRegion | undefined {
  const { columns, factors, side } = layer;
  const [col, row, width] = [at.col - reach, at.row - reach, 2 * reach + 1];
  const known = new Map<number, Float32Array | null>();
  const valuesAt = (index: number): Float32Array | null => {
    const found = known.get(index);
    if (found !== undefined) return found;
    const [c, r] = [col + (index % width), row + Math.floor(index / width)];
    const block = layer.blockAt(c, r);
    const p = (((r % side) + side) % side) * side + (((c % side) + side) % side);
    const own = block?.seen[p] === 1 ? new Float32Array(columns) : null;
    if (own) for (let j = 0; j < columns; j++) own[j] = block!.values[p * columns + j]! * factors[j]!;
    known.set(index, own);
    return own;
  };
  const start = reach * width + reach;
  const seed = valuesAt(start);
  if (!seed) return undefined;
  const around = [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1]
    .flatMap((by) => valuesAt(start + by) ?? [])
    .map((values) => ({ values, far: difference(values, seed) }))
    .sort((p, q) => p.far - q.far)
    .slice(0, 4);
  const clicked = seed.map(
    (value, j) => (value + around.reduce((sum, { values }) => sum + values[j]!, 0)) / (1 + around.length),
  );

  const levels = new Float32Array(width * width).fill(Number.POSITIVE_INFINITY);
  const taken = new Uint8Array(width * width);
  const order: number[] = [];
  const heap = new Heap();
  levels[start] = 0;
  heap.push(0, start);
  for (let next = heap.pop(); next !== undefined && order.length < most; next = heap.pop()) {
    const [level, index] = next;
    if (taken[index] === 1) continue;
    taken[index] = 1;
    order.push(index);
    const own = valuesAt(index)!;
    const x = index % width;
    for (const by of [-width, width, -1, 1]) {
      const beside = index + by;
      if (beside < 0 || beside >= taken.length || (by === -1 && x === 0) || (by === 1 && x === width - 1)) continue;
      if (taken[beside] === 1) continue;
      const values = valuesAt(beside);
      if (!values) continue;
      const cost = Math.max(level, difference(values, clicked), difference(values, own));
      if (cost < levels[beside]!) {
        levels[beside] = cost;
        heap.push(cost, beside);
      }
    }
  }
  return {
    col,
    row,
    width,
    height: width,
    order: Int32Array.from(order),
    levels: Float32Array.from(order, (index) => levels[index]!),
  };
}

/** Root mean square of the differences. */
function difference(p: Float32Array, q: Float32Array): number {
  let sum = 0;
  for (let j = 0; j < p.length; j++) {
    const one = p[j]! - q[j]!;
    sum += one * one;
  }
  return Math.sqrt(sum / p.length);
}

/** Patches among which the end of a region is looked for: what comes after them is another place. */
const lookedAt = 1000;

/**
 * How many patches a region takes by itself: where the levels of its patches and those of the ones that come after differ most beside their spread
 * (Otsu 1979).
 */
export function proposedSize({ levels }: Pick<GrownRegion, "levels">): number {
  const count = Math.min(levels.length, lookedAt);
  let total = 0;
  for (let i = 0; i < count; i++) total += levels[i]!;
  let [best, most, below] = [1, -1, 0];
  for (let size = 1; size < count; size++) {
    below += levels[size - 1]!;
    const apart = below / size - (total - below) / (count - size);
    const between = size * (count - size) * apart * apart;
    if (between > most) [best, most] = [size, between];
  }
  return best;
}

/** Smallest first. */
class Heap {
  readonly #keys: number[] = [];
  readonly #values: number[] = [];

  push(key: number, value: number): void {
    let at = this.#keys.length;
    this.#keys.push(key);
    this.#values.push(value);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (this.#keys[above]! <= key) break;
      this.#move(above, at);
      at = above;
    }
    this.#keys[at] = key;
    this.#values[at] = value;
  }

  pop(): [key: number, value: number] | undefined {
    if (this.#keys.length === 0) return undefined;
    const top: [number, number] = [this.#keys[0]!, this.#values[0]!];
    const [key, value] = [this.#keys.pop()!, this.#values.pop()!];
    const count = this.#keys.length;
    if (count === 0) return top;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= count) break;
      if (below + 1 < count && this.#keys[below + 1]! < this.#keys[below]!) below++;
      if (this.#keys[below]! >= key) break;
      this.#move(below, at);
      at = below;
    }
    this.#keys[at] = key;
    this.#values[at] = value;
    return top;
  }

  #move(from: number, to: number): void {
    this.#keys[to] = this.#keys[from]!;
    this.#values[to] = this.#values[from]!;
  }
}
