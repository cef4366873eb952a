import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { ByteCache } from "../files/index.ts";
import { blockBytes, type FeatureGroup, readGroup, valuesFile } from "./group.ts";

/** The stored numbers of a block of patches, all groups together. */
export interface FeatureBlock {
  /** [patches] 1 where any input sees the patch */
  readonly seen: Uint8Array;
  /** [patches, columns] */
  readonly values: Int8Array;
}

interface OpenGroup {
  readonly group: FeatureGroup;
  readonly file: number;
  /** the first of its columns in a row of the layer */
  readonly offset: number;
  readonly places: ReadonlyMap<string, number>;
}

/** Blocks that stay in memory. What else was read lately is in the system's cache of files. */
const cacheBytes = 64 << 20;

const placeOf = (col: number, row: number): string => `${col} ${row}`;

/**
 * The groups of a feature layer side by side, read block by block: memory does not grow with the area. A standardised value is
 * stored · factor, 0 where an input saw nothing.
 */
export class FeatureLayer {
  readonly columns: number;
  /** of a block, in patches: that of the group with the smallest ones */
  readonly side: number;
  /** [columns] what a stored number is multiplied by: step / spread */
  readonly factors: Float32Array;
  readonly #groups: readonly OpenGroup[];
  readonly #blocks = new ByteCache<FeatureBlock>(cacheBytes, ({ seen, values }) => seen.length + values.length);

  private constructor(groups: readonly OpenGroup[]) {
    this.#groups = groups;
    this.side = Math.min(...groups.map(({ group }) => group.side));
    this.columns = groups.reduce((sum, { group }) => sum + group.columns.length, 0);
    this.factors = Float32Array.from(
      groups.flatMap(({ group: { steps, spreads } }) => steps.map((step, j) => step / spreads[j]!)),
    );
  }

  /**
   * Opens the groups in these folders; `undefined` when one of them is not whole, or the side of one is no multiple of another's. No link is
   * followed.
   */
  static open(folders: readonly string[]): FeatureLayer | undefined {
    const opened: OpenGroup[] = [];
    let offset = 0;
    for (const folder of folders) {
      const one = openGroup(folder, offset);
      if (!one || opened.some(({ group }) => !areMultiples(group.side, one.group.side))) {
        if (one) closeSync(one.file);
        for (const { file } of opened) closeSync(file);
        return undefined;
      }
      opened.push(one);
      offset += one.group.columns.length;
    }
    return opened.length > 0 ? new FeatureLayer(opened) : undefined;
  }

  /** The block that holds a patch, counted from the CRS origin; `undefined` where no input has images. */
  blockAt(col: number, row: number): FeatureBlock | undefined {
    return this.block(Math.floor(col / this.side), Math.floor(row / this.side));
  }

  /** A block by its corner in multiples of `side`. */
  block(col: number, row: number): FeatureBlock | undefined {
    const key = placeOf(col, row);
    const known = this.#blocks.get(key);
    if (known) return known;
    const { side, columns } = this;
    const patches = side * side;
    let read: { readonly seen: Uint8Array; readonly values: Int8Array } | undefined;
    for (const one of this.#groups) {
      const own = one.group.columns.length;
      const stored = storedSquare(one, col, row, side);
      if (!stored) continue;
      read ??= { seen: new Uint8Array(patches), values: new Int8Array(patches * columns) };
      for (let p = 0; p < patches; p++) {
        if (stored.seen[p] !== 1) continue;
        read.seen[p] = 1;
        read.values.set(stored.values.subarray(p * own, (p + 1) * own), p * columns + one.offset);
      }
    }
    if (read) this.#blocks.set(key, read);
    return read;
  }

  /** The corners of all blocks in multiples of `side`. */
  corners(): (readonly [col: number, row: number])[] {
    const all = new Map<string, readonly [col: number, row: number]>();
    for (const { group } of this.#groups) {
      const times = group.side / this.side;
      for (const [col, row] of group.blocks)
        for (let y = row * times; y < (row + 1) * times; y++)
          for (let x = col * times; x < (col + 1) * times; x++) all.set(placeOf(x, y), [x, y]);
    }
    return [...all.values()];
  }

  close(): void {
    for (const { file } of this.#groups) closeSync(file);
  }
}

const areMultiples = (one: number, other: number): boolean => one % other === 0 || other % one === 0;

/** The stored numbers of a square of `side` patches at a corner in multiples of it; `undefined` where the group has no block. */
function storedSquare(
  { group, file, places }: OpenGroup,
  col: number,
  row: number,
  side: number,
): { readonly seen: Uint8Array; readonly values: Int8Array } | undefined {
  const times = group.side / side;
  const [blockCol, blockRow] = [Math.floor(col / times), Math.floor(row / times)];
  const place = places.get(placeOf(blockCol, blockRow));
  if (place === undefined) return undefined;
  const length = blockBytes(group);
  const [own, all] = [group.columns.length, group.side ** 2];
  const read = (bytes: Uint8Array, from: number) => {
    if (readSync(file, bytes, 0, bytes.length, place * length + from) !== bytes.length)
      throw new Error(`Feature layer: block ${blockCol} ${blockRow} of ${group.modality} is not there`);
  };
  if (times === 1) {
    const bytes = new Uint8Array(length);
    read(bytes, 0);
    return { seen: bytes.subarray(0, all), values: new Int8Array(bytes.buffer, all) };
  }
  // A part of a larger block: its rows one after the other.
  const [left, top] = [(col - blockCol * times) * side, (row - blockRow * times) * side];
  const seen = new Uint8Array(side * side);
  const values = new Uint8Array(side * side * own);
  for (let y = 0; y < side; y++) {
    const first = (top + y) * group.side + left;
    read(seen.subarray(y * side, (y + 1) * side), first);
    read(values.subarray(y * side * own, (y + 1) * side * own), all + first * own);
  }
  return { seen, values: new Int8Array(values.buffer) };
}

/** The blocks of a group of before, as they are stored: those whose images did not change need not be computed again. */
export class EarlierGroup {
  readonly group: FeatureGroup;
  readonly #open: OpenGroup;
  readonly #keys: ReadonlyMap<string, string>;

  private constructor(open: OpenGroup, keys: readonly string[]) {
    this.group = open.group;
    this.#open = open;
    this.#keys = new Map(open.group.blocks.map((block, i) => [placeOf(...block), keys[i]!]));
  }

  /** `undefined` when there is no whole group in `folder` whose blocks say what they follow from. */
  static open(folder: string): EarlierGroup | undefined {
    const open = openGroup(folder, 0);
    if (open?.group.blockKeys) return new EarlierGroup(open, open.group.blockKeys);
    if (open) closeSync(open.file);
    return undefined;
  }

  /** Whether it holds this block, of these images. */
  has(col: number, row: number, key: string): boolean {
    return this.#keys.get(placeOf(col, row)) === key;
  }

  /** The bytes of a block that it has. */
  bytes(col: number, row: number): Uint8Array {
    const bytes = new Uint8Array(blockBytes(this.group));
    const place = this.#open.places.get(placeOf(col, row));
    if (place === undefined || readSync(this.#open.file, bytes, 0, bytes.length, place * bytes.length) !== bytes.length)
      throw new Error(`Earlier group: block ${col} ${row} is not there`);
    return bytes;
  }

  close(): void {
    closeSync(this.#open.file);
  }
}

function openGroup(folder: string, offset: number): OpenGroup | undefined {
  const group = readGroup(folder);
  if (!group) return undefined;
  let file: number;
  try {
    file = openSync(join(folder, valuesFile), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch {
    return undefined;
  }
  const facts = fstatSync(file);
  if (!facts.isFile() || facts.size !== group.blocks.length * blockBytes(group)) {
    closeSync(file);
    return undefined;
  }
  return { group, file, offset, places: new Map(group.blocks.map(([col, row], i) => [placeOf(col, row), i])) };
}
