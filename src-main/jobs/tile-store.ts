import { mkdir, open, readdir, readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import type { PatchWindow } from "../cube/index.ts";
import { onDisk, writeAll } from "./working-file.ts";

const ending = ".tiles";

/**
 * Answers of tiles whose rows are not finished yet, one file per row of tiles: what a killed job does not have to compute
 * again. Files of finished rows are deleted, so the folder stays small however large the map is.
 */
export class TileStore {
  readonly #folder: string;
  readonly #floats: number;
  /** rows of tiles that have a file, by the row of their first patch, and how many tiles are in it */
  readonly #counts: Map<number, number>;

  private constructor(folder: string, floats: number, counts: Map<number, number>) {
    this.#folder = folder;
    this.#floats = floats;
    this.#counts = counts;
  }

  static async open(folder: string, floatsPerTile: number, { keep }: { readonly keep: boolean }): Promise<TileStore> {
    if (!keep) await rm(folder, { recursive: true, force: true });
    await onDisk(folder, () => mkdir(folder, { recursive: true }));
    const rows = (await readdir(folder)).map((name) => Number(name.replace(ending, "")));
    const store = new TileStore(folder, floatsPerTile, new Map());
    for (const row of rows.sort((p, q) => p - q)) store.#counts.set(row, (await store.saved(row)).length);
    return store;
  }

  get rows(): readonly number[] {
    return [...this.#counts.keys()];
  }

  #path(row: number): string {
    return join(this.#folder, `${row}${ending}`);
  }

  /** The answers kept of a row of tiles, from its first tile on. A tile that was half written is not among them. */
  async saved(row: number): Promise<readonly Float32Array[]> {
    const bytes = await readFile(this.#path(row)).catch((error: NodeJS.ErrnoException) => {
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
  async cut(row: number, count: number): Promise<void> {
    for (const later of this.rows.filter((candidate) => candidate > row)) await this.#forget(later);
    if (!this.#counts.has(row)) return;
    await truncate(this.#path(row), count * this.#floats * Float32Array.BYTES_PER_ELEMENT);
    this.#counts.set(row, count);
  }

  async add(tile: PatchWindow, values: Float32Array): Promise<void> {
    if (values.length !== this.#floats) throw new Error(`TileStore: ${values.length} floats, not ${this.#floats}`);
    const path = this.#path(tile.row);
    const count = this.#counts.get(tile.row) ?? 0;
    await onDisk(path, async () => {
      const file = await open(path, count === 0 ? "w" : "r+");
      try {
        const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
        await writeAll(file, bytes, count * values.byteLength);
      } finally {
        await file.close();
      }
    });
    this.#counts.set(tile.row, count + 1);
  }

  /** Deletes rows of tiles that begin above `row`. */
  async forgetAbove(row: number): Promise<void> {
    for (const done of this.rows.filter((candidate) => candidate < row)) await this.#forget(done);
  }

  async #forget(row: number): Promise<void> {
    this.#counts.delete(row);
    await rm(this.#path(row), { force: true });
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
