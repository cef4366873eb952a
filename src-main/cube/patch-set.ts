/**
 * Any set of patches, kept as bands of rows that have the same stretches of columns (as window systems keep regions):
 * a rectangle is one band however large it is, ten thousand separate tiles are some ten thousand stretches.
 */
import type { PatchWindow } from "./grid.ts";

/** `height` rows from `row` on; `spans`: first column, column behind the last, and so on, from the west, none touching. */
export interface PatchBand {
  readonly row: number;
  readonly height: number;
  readonly spans: readonly number[];
}

type Spans = readonly number[];

/** A set of patches in absolute indices. It never changes. */
export class PatchSet {
  static readonly empty = new PatchSet([]);
  /** from the north, none overlapping, neighbours different */
  readonly bands: readonly PatchBand[];
  readonly #size: number;

  private constructor(bands: readonly PatchBand[]) {
    this.bands = bands;
    this.#size = bands.reduce((sum, { height, spans }) => sum + height * lengthOf(spans), 0);
  }

  static ofWindow({ col, row, width, height }: PatchWindow): PatchSet {
    return width > 0 && height > 0 ? new PatchSet([{ row, height, spans: [col, col + width] }]) : PatchSet.empty;
  }

  /** The union of windows. */
  static of(windows: Iterable<PatchWindow>): PatchSet {
    return PatchSet.union([...windows].map((window) => PatchSet.ofWindow(window)));
  }

  /** One stretch for each of the rows from `row` on; a stretch that ends where it begins is an empty row. */
  static ofRows(row: number, stretches: Iterable<readonly [start: number, end: number]>): PatchSet {
    const bands: PatchBand[] = [];
    let at = row;
    for (const [start, end] of stretches) push(bands, at++, 1, start < end ? [start, end] : []);
    return new PatchSet(bands);
  }

  static union(sets: readonly PatchSet[]): PatchSet {
    if (sets.length === 0) return PatchSet.empty;
    if (sets.length === 1) return sets[0]!;
    // Halves are joined, so that N sets cost about N log N and equal ones disappear on the way.
    const middle = sets.length >> 1;
    return PatchSet.union(sets.slice(0, middle)).with(PatchSet.union(sets.slice(middle)));
  }

  /** The patches that at least two of `sets` hold. */
  static heldTwice(sets: readonly PatchSet[]): PatchSet {
    let once = PatchSet.empty;
    let twice = PatchSet.empty;
    for (const set of sets) {
      twice = twice.with(once.within(set));
      once = once.with(set);
    }
    return twice;
  }

  /** the number of patches */
  get size(): number {
    return this.#size;
  }

  /** The smallest window around all. */
  get bounds(): PatchWindow | undefined {
    const [first] = this.bands;
    if (!first) return undefined;
    const last = this.bands.at(-1)!;
    let left = Number.POSITIVE_INFINITY;
    let right = Number.NEGATIVE_INFINITY;
    for (const { spans } of this.bands) {
      left = Math.min(left, spans[0]!);
      right = Math.max(right, spans.at(-1)!);
    }
    return { col: left, row: first.row, width: right - left, height: last.row + last.height - first.row };
  }

  has(col: number, row: number): boolean {
    const band = this.bands[this.#bandAt(row)];
    if (!band || band.row > row) return false;
    const at = firstSpanEndingAfter(band.spans, col);
    return at < band.spans.length && band.spans[at]! <= col;
  }

  /** Whether a patch of `window` is in the set. */
  touches(window: PatchWindow): boolean {
    const right = window.col + window.width;
    for (const { spans } of this.#bandsIn(window)) {
      const at = firstSpanEndingAfter(spans, window.col);
      if (at < spans.length && spans[at]! < right) return true;
    }
    return false;
  }

  /** The patches of the set in `window`. */
  countIn(window: PatchWindow): number {
    const right = window.col + window.width;
    let count = 0;
    for (const { row, height, spans } of this.#bandsIn(window)) {
      const rows = Math.min(row + height, window.row + window.height) - Math.max(row, window.row);
      for (let at = firstSpanEndingAfter(spans, window.col); at < spans.length && spans[at]! < right; at += 2)
        count += rows * (Math.min(spans[at + 1]!, right) - Math.max(spans[at]!, window.col));
    }
    return count;
  }

  /** The smallest window around the patches of the set in `window`. */
  boundsIn(window: PatchWindow): PatchWindow | undefined {
    return this.inside(window).bounds;
  }

  holdsAll(window: PatchWindow): boolean {
    return this.countIn(window) === window.width * window.height;
  }

  /** The patches in `window`. */
  inside(window: PatchWindow): PatchSet {
    const bands: PatchBand[] = [];
    const right = window.col + window.width;
    for (const { row, height, spans } of this.#bandsIn(window)) {
      const top = Math.max(row, window.row);
      const bottom = Math.min(row + height, window.row + window.height);
      const kept: number[] = [];
      for (let at = firstSpanEndingAfter(spans, window.col); at < spans.length && spans[at]! < right; at += 2)
        kept.push(Math.max(spans[at]!, window.col), Math.min(spans[at + 1]!, right));
      push(bands, top, bottom - top, kept);
    }
    return new PatchSet(bands);
  }

  /** The patches of both. */
  with(other: PatchSet): PatchSet {
    if (other === this || other.size === 0) return this;
    if (this.size === 0) return other;
    return this.#combine(other, joined);
  }

  /** The patches that are in both. */
  within(other: PatchSet): PatchSet {
    if (other === this) return this;
    if (this.size === 0 || other.size === 0) return PatchSet.empty;
    return this.#combine(other, common);
  }

  equals(other: PatchSet): boolean {
    return this === other || (this.size === other.size && this.within(other).size === this.size);
  }

  /**
   * Windows without common patches that together hold the set, each at least half full: what is worked on one after the
   * other. A set that fills its bounds is one window; separate places are separate windows.
   */
  windows(): PatchWindow[] {
    const { bounds } = this;
    if (!bounds) return [];
    if (2 * this.size >= bounds.width * bounds.height) return [bounds];
    const [first, second] = this.#cut(bounds);
    return [...this.inside(first).windows(), ...this.inside(second).windows()];
  }

  /** The stretches of every band as windows, from the north, then from the west. */
  stretches(): PatchWindow[] {
    return this.bands.flatMap(({ row, height, spans }) =>
      Array.from({ length: spans.length / 2 }, (_, i) => ({
        col: spans[2 * i]!,
        row,
        width: spans[2 * i + 1]! - spans[2 * i]!,
        height,
      })),
    );
  }

  /** Connected patches (by edges or corners), from the north, then from the west. */
  places(): PatchSet[] {
    const nodes: { readonly band: number; readonly start: number; readonly end: number }[] = [];
    const parent: number[] = [];
    const find = (node: number): number => {
      let root = node;
      while (parent[root] !== root) root = parent[root]!;
      for (let at = node; parent[at] !== root; ) [at, parent[at]] = [parent[at]!, root];
      return root;
    };
    let above: number[] = [];
    for (const [index, { row, spans }] of this.bands.entries()) {
      const before = this.bands[index - 1];
      const adjoining = before && before.row + before.height === row ? above : [];
      const own: number[] = [];
      let next = 0;
      for (let at = 0; at < spans.length; at += 2) {
        const [start, end] = [spans[at]!, spans[at + 1]!];
        const node = nodes.push({ band: index, start, end }) - 1;
        parent.push(node);
        own.push(node);
        while (next < adjoining.length && nodes[adjoining[next]!]!.end < start) next++;
        for (let k = next; k < adjoining.length && nodes[adjoining[k]!]!.start <= end; k++)
          parent[find(adjoining[k]!)] = find(node);
      }
      above = own;
    }
    const found = new Map<number, Map<number, number[]>>();
    for (const [node, { band, start, end }] of nodes.entries()) {
      const bands = found.get(find(node)) ?? new Map<number, number[]>();
      found.set(find(node), bands);
      const spans = bands.get(band) ?? [];
      spans.push(start, end);
      bands.set(band, spans);
    }
    return [...found.values()]
      .map((bands) => {
        const own: PatchBand[] = [];
        for (const [band, spans] of bands) push(own, this.bands[band]!.row, this.bands[band]!.height, spans);
        return new PatchSet(own);
      })
      .sort((p, q) => p.bounds!.row - q.bounds!.row || p.bounds!.col - q.bounds!.col);
  }

  /** The band that holds `row`, or the next below it. */
  #bandAt(row: number): number {
    let low = 0;
    let high = this.bands.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const band = this.bands[middle]!;
      if (band.row + band.height <= row) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  *#bandsIn({ row, width, height }: PatchWindow): Generator<PatchBand, void> {
    if (width <= 0 || height <= 0) return;
    for (let at = this.#bandAt(row); at < this.bands.length && this.bands[at]!.row < row + height; at++)
      yield this.bands[at]!;
  }

  #combine(other: PatchSet, combine: (p: Spans, q: Spans) => Spans): PatchSet {
    const bands: PatchBand[] = [];
    let [i, j] = [0, 0];
    let row = Math.min(this.bands[0]!.row, other.bands[0]!.row);
    while (i < this.bands.length || j < other.bands.length) {
      const p = this.bands[i];
      const q = other.bands[j];
      const here = (band: PatchBand | undefined) => (band && band.row <= row ? band : undefined);
      const [a, b] = [here(p), here(q)];
      const edge = (band: PatchBand | undefined) =>
        band === undefined ? Number.POSITIVE_INFINITY : band.row > row ? band.row : band.row + band.height;
      const next = Math.min(edge(p), edge(q));
      if (a || b) push(bands, row, next - row, combine(a?.spans ?? [], b?.spans ?? []));
      row = next;
      if (p && p.row + p.height <= row) i++;
      if (q && q.row + q.height <= row) j++;
    }
    return new PatchSet(bands);
  }

  /** Two windows that hold the set: cut through the middle of the empty stretch nearest to the centre, else in halves. */
  #cut(bounds: PatchWindow): [PatchWindow, PatchWindow] {
    const { col, row, width, height } = bounds;
    let best: { readonly across: boolean; readonly at: number; readonly away: number } | undefined;
    const consider = (across: boolean, from: number, to: number) => {
      const at = (from + to) >> 1;
      const away = across ? Math.abs((at - col) / width - 0.5) : Math.abs((at - row) / height - 0.5);
      if (!best || away < best.away) best = { across, at: Math.max(from, Math.min(to, at)), away };
    };
    for (let i = 1; i < this.bands.length; i++) {
      const end = this.bands[i - 1]!.row + this.bands[i - 1]!.height;
      if (this.bands[i]!.row > end) consider(false, end, this.bands[i]!.row);
    }
    const columns = unionOfSpans(this.bands.map(({ spans }) => spans));
    for (let i = 2; i < columns.length; i += 2) consider(true, columns[i - 1]!, columns[i]!);
    const { across, at } = best ?? {
      across: width >= height,
      at: width >= height ? col + (width >> 1) : row + (height >> 1),
    };
    return across
      ? [
          { ...bounds, width: at - col },
          { ...bounds, col: at, width: col + width - at },
        ]
      : [
          { ...bounds, height: at - row },
          { ...bounds, row: at, height: row + height - at },
        ];
  }
}

const lengthOf = (spans: Spans): number => {
  let length = 0;
  for (let at = 0; at < spans.length; at += 2) length += spans[at + 1]! - spans[at]!;
  return length;
};

/** Appends rows below the last band; rows like those above them make that band taller. */
function push(bands: PatchBand[], row: number, height: number, spans: Spans): void {
  if (height <= 0 || spans.length === 0) return;
  const last = bands.at(-1);
  if (last && last.row + last.height === row && same(last.spans, spans))
    bands[bands.length - 1] = { ...last, height: last.height + height };
  else bands.push({ row, height, spans });
}

const same = (p: Spans, q: Spans): boolean => p.length === q.length && p.every((value, at) => value === q[at]);

/** The position of the first stretch whose end lies behind `col`. */
function firstSpanEndingAfter(spans: Spans, col: number): number {
  let low = 0;
  let high = spans.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[2 * middle + 1]! <= col) low = middle + 1;
    else high = middle;
  }
  return 2 * low;
}

function joined(p: Spans, q: Spans): Spans {
  if (p.length === 0) return q;
  if (q.length === 0) return p;
  const found: number[] = [];
  let [i, j] = [0, 0];
  while (i < p.length || j < q.length) {
    const first = j >= q.length || (i < p.length && p[i]! <= q[j]!);
    const [start, end] = first ? [p[i]!, p[i + 1]!] : [q[j]!, q[j + 1]!];
    if (first) i += 2;
    else j += 2;
    if (found.length > 0 && start <= found.at(-1)!) found[found.length - 1] = Math.max(found.at(-1)!, end);
    else found.push(start, end);
  }
  return found;
}

function common(p: Spans, q: Spans): Spans {
  const found: number[] = [];
  let [i, j] = [0, 0];
  while (i < p.length && j < q.length) {
    const start = Math.max(p[i]!, q[j]!);
    const end = Math.min(p[i + 1]!, q[j + 1]!);
    if (start < end) found.push(start, end);
    if (p[i + 1]! < q[j + 1]!) i += 2;
    else j += 2;
  }
  return found;
}

function unionOfSpans(lists: readonly Spans[]): Spans {
  if (lists.length === 0) return [];
  if (lists.length === 1) return lists[0]!;
  const middle = lists.length >> 1;
  return joined(unionOfSpans(lists.slice(0, middle)), unionOfSpans(lists.slice(middle)));
}
