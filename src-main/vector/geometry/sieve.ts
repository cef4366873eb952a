import type { RowReader } from "./polygonize.ts";

/** A raster of whole numbers whose rows can be read in any order. */
export interface SieveSource {
  readonly width: number;
  readonly height: number;
  readonly read: RowReader;
  /** the value of no area: it takes no part and is never taken */
  readonly nothing: number;
}

/**
 * Gives every area of fewer than `minimum` pixels (that share edges) to the class with which it shares most of its border,
 * the smallest areas first; what has grown large enough meanwhile stays. An area without neighbours stays as well.
 * `to` “largest”: to the largest of its neighbours, where that has `minimum` pixels itself, as GDALSieveFilter does with four neighbours.
 * Returns how to read the rows of the result. In memory are two rows and a few numbers per area, not the raster.
 */
export function sieve(
  { width, height, read, nothing }: SieveSource,
  minimum: number,
  to: "longest-border" | "largest" = "longest-border",
): RowReader {
  if (minimum <= 1) return read;
  const areas = new Areas();
  for (const { labels, values } of labelledRows({ width, height, read, nothing }, areas)) areas.count(labels, values);
  if (to === "largest") areas.giveToLargest({ width, height, read, nothing }, minimum);
  else {
    areas.findBorders({ width, height, read, nothing }, minimum);
    areas.absorb(minimum);
  }

  // Rows are walked from the top again: labels are given in the same order as before.
  let walk: Generator<LabelledRow> | undefined;
  let at = height;
  let current: LabelledRow | undefined;
  return (row) => {
    if (row < at || !walk) {
      walk = labelledRows({ width, height, read, nothing });
      at = -1;
    }
    while (at < row) {
      current = walk.next().value as LabelledRow;
      at++;
    }
    const { labels, values } = current!;
    return Array.from(labels, (label, col) => (label < 0 ? values[col]! : areas.valueOf(label)));
  };
}

interface LabelledRow {
  readonly labels: Int32Array;
  readonly values: ArrayLike<number>;
}

/** Numbers the pieces of areas row by row, always alike; `areas` learns which pieces belong together. */
function* labelledRows({ width, height, read, nothing }: SieveSource, areas?: Areas): Generator<LabelledRow> {
  let aboveLabels = new Int32Array(width).fill(-1);
  let aboveValues: ArrayLike<number> = [];
  let count = 0;
  for (let row = 0; row < height; row++) {
    const values = Array.from(read(row));
    const labels = new Int32Array(width).fill(-1);
    for (let col = 0; col < width; col++) {
      const value = values[col]!;
      if (value === nothing) continue;
      const left = col > 0 && values[col - 1] === value ? labels[col - 1]! : -1;
      const up = row > 0 && aboveValues[col] === value ? aboveLabels[col]! : -1;
      if (left >= 0 && up >= 0 && left !== up) areas?.join(left, up);
      labels[col] = left >= 0 ? left : up >= 0 ? up : count++;
    }
    yield { labels, values };
    aboveLabels = labels;
    aboveValues = values;
  }
}

/** Border lengths with neighbouring areas. */
type Borders = Map<number, number>;

class Areas {
  readonly #parent: number[] = [];
  readonly #size: number[] = [];
  readonly #value: number[] = [];
  readonly #borders = new Map<number, Borders>();

  root(label: number): number {
    let at = label;
    while (this.#parent[at] !== at) {
      this.#parent[at] = this.#parent[this.#parent[at]!]!;
      at = this.#parent[at]!;
    }
    return at;
  }

  #know(label: number): void {
    for (let next = this.#parent.length; next <= label; next++) {
      this.#parent.push(next);
      this.#size.push(0);
      this.#value.push(0);
    }
  }

  join(p: number, q: number): void {
    this.#know(Math.max(p, q));
    const [a, b] = [this.root(p), this.root(q)];
    if (a === b) return;
    this.#parent[Math.max(a, b)] = Math.min(a, b);
    this.#size[Math.min(a, b)]! += this.#size[Math.max(a, b)]!;
  }

  count(labels: Int32Array, values: ArrayLike<number>): void {
    for (let col = 0; col < labels.length; col++) {
      const label = labels[col]!;
      if (label < 0) continue;
      this.#know(label);
      const root = this.root(label);
      this.#size[root]!++;
      this.#value[root] = values[col]!;
    }
  }

  /** The class of a pixel after everything was absorbed. */
  valueOf(label: number): number {
    return this.#value[this.root(label)]!;
  }

  /** Borders of the small areas only: the large ones need none. */
  findBorders(source: SieveSource, minimum: number): void {
    const touch = (p: number, q: number) => {
      if (p < 0 || q < 0) return;
      const [a, b] = [this.root(p), this.root(q)];
      if (a === b) return;
      if (this.#size[a]! < minimum) this.#lengthen(a, b, 1);
      if (this.#size[b]! < minimum) this.#lengthen(b, a, 1);
    };
    let above: Int32Array | undefined;
    for (const { labels } of labelledRows(source)) {
      for (let col = 0; col < labels.length; col++) {
        if (col > 0) touch(labels[col - 1]!, labels[col]!);
        if (above) touch(above[col]!, labels[col]!);
      }
      above = labels;
    }
  }

  #lengthen(area: number, neighbour: number, length: number): void {
    const own = this.#borders.get(area) ?? new Map<number, number>();
    own.set(neighbour, (own.get(neighbour) ?? 0) + length);
    this.#borders.set(area, own);
  }

  /** Sizes are those of the beginning: a small area whose largest neighbour is small too stays as it is. */
  giveToLargest(source: SieveSource, minimum: number): void {
    const largest = new Map<number, number>();
    const compare = (a: number, b: number) => {
      const known = largest.get(a);
      if (known === undefined || this.#size[b]! > this.#size[known]!) largest.set(a, b);
    };
    const touch = (p: number, q: number) => {
      if (p < 0 || q < 0) return;
      const [a, b] = [this.root(p), this.root(q)];
      if (a === b) return;
      if (this.#size[a]! < minimum) compare(a, b);
      if (this.#size[b]! < minimum) compare(b, a);
    };
    let above: Int32Array | undefined;
    for (const { labels } of labelledRows(source)) {
      for (let col = 0; col < labels.length; col++) {
        if (above) touch(labels[col]!, above[col]!);
        if (col > 0) touch(labels[col]!, labels[col - 1]!);
      }
      above = labels;
    }
    const values = [...largest].flatMap(([area, neighbour]) =>
      this.#size[neighbour]! >= minimum ? [[area, this.#value[neighbour]!] as const] : [],
    );
    for (const [area, value] of values) this.#value[area] = value;
  }

  absorb(minimum: number): void {
    const small = [...this.#borders.keys()].sort((p, q) => this.#size[p]! - this.#size[q]! || p - q);
    for (const area of small) {
      // It may have become part of another one, which then had its own turn or was large enough.
      if (this.root(area) !== area || this.#size[area]! >= minimum) continue;
      this.#give(area, minimum);
    }
    this.#borders.clear();
  }

  #give(area: number, minimum: number): void {
    for (let at = area; this.#size[at]! < minimum; ) {
      const borders = this.#bordersOf(at);
      const value = commonest(borders, (neighbour) => this.#value[neighbour]!);
      if (value === undefined) return;
      let grown = at;
      for (const neighbour of borders.keys()) {
        if (this.#value[neighbour] === value) grown = this.#merge(grown, neighbour, value);
      }
      at = grown;
    }
  }

  /** With the areas that the neighbours belong to by now. */
  #bordersOf(area: number): Borders {
    const borders: Borders = new Map();
    for (const [neighbour, length] of this.#borders.get(area) ?? []) {
      const root = this.root(neighbour);
      if (root !== area) borders.set(root, (borders.get(root) ?? 0) + length);
    }
    return borders;
  }

  /** Both become one area of that value; the borders of a large one are not known and not needed. */
  #merge(p: number, q: number, value: number): number {
    const [a, b] = [this.root(p), this.root(q)];
    if (a === b) return a;
    const [kept, gone] = a < b ? [a, b] : [b, a];
    this.#parent[gone] = kept;
    this.#size[kept]! += this.#size[gone]!;
    this.#value[kept] = value;
    for (const [neighbour, length] of this.#borders.get(gone) ?? []) this.#lengthen(kept, neighbour, length);
    this.#borders.delete(gone);
    return kept;
  }
}

/** The value with the longest common border; of equals the smallest, so that the answer does not depend on an order. */
function commonest(borders: Borders, classOf: (area: number) => number): number | undefined {
  const lengths = new Map<number, number>();
  for (const [area, length] of borders) lengths.set(classOf(area), (lengths.get(classOf(area)) ?? 0) + length);
  return [...lengths].sort(([p, a], [q, b]) => b - a || p - q)[0]?.[0];
}
