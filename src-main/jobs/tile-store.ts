import { mkdir, open, readdir, readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { onDisk, remove, writeAll } from "../files/index.ts";

const ending = ".tiles";

/** A row of tiles: which of the map's windows it belongs to, and the row of its first patch. */
export interface TileLine {
  readonly window: number;
  readonly row: number;
}

const nameOf = ({ window, row }: TileLine): string => `${window}_${row}${ending}`;
const lineOf = (name: string): TileLine => {
  const [window, row] = name.replace(ending, "").split("_").map(Number);
  return { window: window!, row: row! };
};
const order = (p: TileLine, q: TileLine): number => p.window - q.window || p.row - q.row;

/**
 * Answers of tiles whose rows are not finished yet, one file per row of tiles: what a killed job does not have to compute
 * again. Files of finished rows are deleted, so the folder stays small however large the map is.
 */
export class TileStore {
  readonly #folder: string;
  readonly #floats: number;
  /** rows of tiles that have a file, in order, and how many tiles are in each */
  readonly #counts = new Map<string, number>();

  private constructor(folder: string, floats: number) {
    this.#folder = folder;
    this.#floats = floats;
  }

  static async open(folder: string, floatsPerTile: number, { keep }: { readonly keep: boolean }): Promise<TileStore> {
    if (!keep) await remove(folder);
    await onDisk(folder, () => mkdir(folder, { recursive: true }));
    const store = new TileStore(folder, floatsPerTile);
    for (const line of (await readdir(folder)).map(lineOf).sort(order))
      store.#counts.set(nameOf(line), (await store.saved(line)).length);
    return store;
  }

  get lines(): readonly TileLine[] {
    return [...this.#counts.keys()].map(lineOf);
  }

  #path(line: TileLine): string {
    return join(this.#folder, nameOf(line));
  }

  /** The answers kept of a row of tiles, from its first tile on. A tile that was half written is not among them. */
  async saved(line: TileLine): Promise<readonly Float32Array[]> {
    const bytes = await readFile(this.#path(line)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return new Uint8Array();
      throw error;
    });
    const tileBytes = this.#floats * Float32Array.BYTES_PER_ELEMENT;
    const count = Math.floor(bytes.length / tileBytes);
    return Array.from({ length: count }, (_, i) => {
      const start = bytes.byteOffset + i * tileBytes;
      return new Float32Array(bytes.buffer.slice(start, start + tileBytes));
    });
  }

  /** Keeps the first `count` tiles of a row and nothing of later rows: what is added next follows them. */
  async cut(line: TileLine, count: number): Promise<void> {
    for (const later of this.lines.filter((candidate) => order(candidate, line) > 0)) await this.#forget(later);
    if (!this.#counts.has(nameOf(line))) return;
    await truncate(this.#path(line), count * this.#floats * Float32Array.BYTES_PER_ELEMENT);
    this.#counts.set(nameOf(line), count);
  }

  async add(line: TileLine, values: Float32Array): Promise<void> {
    if (values.length !== this.#floats) throw new Error(`TileStore: ${values.length} floats, not ${this.#floats}`);
    const path = this.#path(line);
    const count = this.#counts.get(nameOf(line)) ?? 0;
    await onDisk(path, async () => {
      const file = await open(path, count === 0 ? "w" : "r+");
      try {
        const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
        await writeAll(file, bytes, count * values.byteLength);
      } finally {
        await file.close();
      }
    });
    this.#counts.set(nameOf(line), count + 1);
  }

  /** Deletes rows of tiles that begin above a row, and those of earlier windows. */
  async forgetAbove(line: TileLine): Promise<void> {
    for (const done of this.lines.filter((candidate) => order(candidate, line) < 0)) await this.#forget(done);
  }

  async #forget(line: TileLine): Promise<void> {
    this.#counts.delete(nameOf(line));
    await rm(this.#path(line), { force: true });
  }

  async remove(): Promise<void> {
    await remove(this.#folder);
  }
}
