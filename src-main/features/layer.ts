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
  /** of a block, in patches */
  readonly side: number;
  /** [columns] what a stored number is multiplied by: step / spread */
  readonly factors: Float32Array;
  readonly #groups: readonly OpenGroup[];
  readonly #blocks = new ByteCache<FeatureBlock>(cacheBytes, ({ seen, values }) => seen.length + values.length);

  private constructor(groups: readonly OpenGroup[], side: number) {
    this.#groups = groups;
    this.side = side;
    this.columns = groups.reduce((sum, { group }) => sum + group.columns.length, 0);
    this.factors = Float32Array.from(
      groups.flatMap(({ group: { steps, spreads } }) => steps.map((step, j) => step / spreads[j]!)),
    );
  }

  /** Opens the groups in these folders; `undefined` when one of them is not whole. No link is followed. */
  static open(folders: readonly string[]): FeatureLayer | undefined {
    const opened: OpenGroup[] = [];
    let offset = 0;
    for (const folder of folders) {
      const one = openGroup(folder, offset);
      if (!one || (opened[0] && one.group.side !== opened[0].group.side)) {
        if (one) closeSync(one.file);
        for (const { file } of opened) closeSync(file);
        return undefined;
      }
      opened.push(one);
      offset += one.group.columns.length;
    }
    return opened[0] ? new FeatureLayer(opened, opened[0].group.side) : undefined;
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
    for (const { group, file, offset, places } of this.#groups) {
      const place = places.get(key);
      if (place === undefined) continue;
      read ??= { seen: new Uint8Array(patches), values: new Int8Array(patches * columns) };
      const own = group.columns.length;
      const bytes = new Uint8Array(blockBytes(group));
      if (readSync(file, bytes, 0, bytes.length, place * bytes.length) !== bytes.length)
        throw new Error(`Feature layer: block ${key} of ${group.modality} is not there`);
      const stored = new Int8Array(bytes.buffer, patches);
      for (let p = 0; p < patches; p++) {
        if (bytes[p] !== 1) continue;
        read.seen[p] = 1;
        read.values.set(stored.subarray(p * own, (p + 1) * own), p * columns + offset);
      }
    }
    if (read) this.#blocks.set(key, read);
    return read;
  }

  /** The corners of all blocks in multiples of `side`. */
  corners(): (readonly [col: number, row: number])[] {
    const all = new Map(
      this.#groups.flatMap(({ group }) => group.blocks.map((block) => [placeOf(...block), block] as const)),
    );
    return [...all.values()];
  }

  close(): void {
    for (const { file } of this.#groups) closeSync(file);
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
