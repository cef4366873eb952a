import { closeSync, openSync, readSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import { cacheOf } from "../files/index.ts";

/** A system of the EPSG list, as the package epsg-index has it. */
export interface ListRow {
  readonly code: string;
  readonly kind: string;
  readonly name: string;
  readonly wkt: string | null;
  readonly proj4: string | null;
  /** degrees: north, west, south, east */
  readonly bbox: readonly [number, number, number, number];
  readonly unit: string | null;
  readonly area: string | null;
}

/** The columns, in the order of the file. */
export const epsgColumns = ["code", "kind", "name", "wkt", "proj4", "bbox", "unit", "area"] as const satisfies readonly (keyof ListRow)[]; // biome-ignore format: one line

/** Rows in one block of the file: one code costs a millisecond. */
export const rowsPerBlock = 128;

/**
 * `resources/epsg/list.bin`, made by `testing/make-epsg-list.ts`: the length of a table of contents (four bytes, little-endian),
 * the table as JSON (first code, place and length of each block, codes rising), then the blocks: rows as JSON, by Brotli.
 */
const path = fileURLToPath(new URL("../../resources/epsg/list.bin", import.meta.url));

interface Block {
  readonly first: number;
  readonly at: number;
  readonly bytes: number;
}

let contents: { readonly blocks: readonly Block[] } | undefined;
/** A project is in a few systems. */
const kept = cacheOf<ReadonlyMap<number, ListRow>>(16);

function read<T>(work: (at: (position: number, length: number) => Buffer) => T): T {
  const file = openSync(path, "r");
  try {
    return work((position, length) => {
      const bytes = Buffer.alloc(length);
      let done = 0;
      while (done < length) {
        const count = readSync(file, bytes, done, length - done, position + done);
        if (count === 0) throw new Error(`${path} ends at ${position + done}`);
        done += count;
      }
      return bytes;
    });
  } finally {
    closeSync(file);
  }
}

function blocks(): readonly Block[] {
  contents ??= read((at) => {
    const length = at(0, 4).readUInt32LE(0);
    const list = JSON.parse(at(4, length).toString("utf8")) as readonly [number, number, number][];
    return { blocks: list.map(([first, place, bytes]) => ({ first, at: 4 + length + place, bytes })) };
  });
  return contents.blocks;
}

function rowsOf({ at: position, bytes }: Block): ListRow[] {
  const packed = read((at) => at(position, bytes));
  const rows = JSON.parse(brotliDecompressSync(packed).toString("utf8")) as readonly unknown[][];
  return rows.map((row) => Object.fromEntries(epsgColumns.map((name, i) => [name, row[i]])) as unknown as ListRow);
}

/** The row of a code, whatever kind of system it is; `undefined` where the list has none. */
export function listRow(code: number): ListRow | undefined {
  const block = blocks().findLast(({ first }) => first <= code);
  if (!block) return undefined;
  let rows = kept.get(String(block.first));
  if (!rows) {
    rows = new Map(rowsOf(block).map((row) => [Number(row.code), row]));
    kept.set(String(block.first), rows);
  }
  return rows.get(code);
}

/** Every row, codes rising (a tenth of a second, and 20 MB). */
export const everyListRow = (): readonly ListRow[] => blocks().flatMap(rowsOf);
