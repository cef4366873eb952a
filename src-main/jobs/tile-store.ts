import { mkdir, open, readdir, readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import type { PatchWindow } from "../cube/index.ts";

/**
 * Answers of tiles whose rows are not finished yet, one file per row of tiles: what a killed job does not have to compute
 * again. Files of finished rows are deleted, so the folder stays small however large the map is.
 */
export class TileStore {
  readonly #folder: string;
  readonly #floats: number;
  readonly #saved = new Map<number, Float32Array[]>();

  private constructor(folder: string, floats: number) {
    this.#folder = folder;
    this.#floats = floats;
  }

  static async open(folder: string, floatsPerTile: number, { keep }: { readonly keep: boolean }): Promise<TileStore> {
    if (!keep) await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const store = new TileStore(folder, floatsPerTile);
    for (const name of await readdir(folder)) await store.#load(name);
    return store;
  }

  async #load(name: string): Promise<void> {
    const row = Number(name.replace(/\.tiles$/, ""));
    const path = join(this.#folder, name);
    const bytes = await readFile(path);
    const tileBytes = this.#floats * Float32Array.BYTES_PER_ELEMENT;
    const count = Math.floor(bytes.length / tileBytes);
    // A tile that was half written is computed again.
    await truncate(path, count * tileBytes);
    const floats = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + count * tileBytes));
    this.#saved.set(
      row,
      Array.from({ length: count }, (_, i) => floats.subarray(i * this.#floats, (i + 1) * this.#floats)),
    );
  }

  /** The answers kept of a row of tiles, from its first tile on. */
  saved(row: number): readonly Float32Array[] {
    return this.#saved.get(row) ?? [];
  }

  async add(tile: PatchWindow, values: Float32Array): Promise<void> {
    const file = await open(join(this.#folder, `${tile.row}.tiles`), "a");
    try {
      await file.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    } finally {
      await file.close();
    }
  }

  async forget(row: number): Promise<void> {
    this.#saved.delete(row);
    await rm(join(this.#folder, `${row}.tiles`), { force: true });
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
