import { existsSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { PixelWindow } from "../../src-shared/geo/window.ts";

/**
 * Finished rows of a map on disk: bands of bytes, row after row. Its length says how many rows are done, so a killed job
 * knows where it was; a row that was half written is cut off.
 */
export class RowStore {
  readonly width: number;
  readonly bands: number;
  readonly #file: FileHandle;
  rows: number;

  private constructor(file: FileHandle, width: number, bands: number, rows: number) {
    this.#file = file;
    this.width = width;
    this.bands = bands;
    this.rows = rows;
  }

  static async open(
    path: string,
    width: number,
    bands: number,
    { keep }: { readonly keep: boolean },
  ): Promise<RowStore> {
    const file = await open(path, keep && existsSync(path) ? "r+" : "w+");
    const rows = Math.floor((await file.stat()).size / (width * bands));
    await file.truncate(rows * width * bands);
    return new RowStore(file, width, bands, rows);
  }

  /** Appends whole rows: [rows][bands][width] */
  async append(bytes: Uint8Array): Promise<void> {
    const rowBytes = this.width * this.bands;
    if (bytes.length % rowBytes !== 0) throw new Error(`RowStore: ${bytes.length} bytes are no rows of ${rowBytes}`);
    await this.#file.write(bytes, 0, bytes.length, this.rows * rowBytes);
    this.rows += bytes.length / rowBytes;
  }

  /** A window of some bands, each [height][width]. */
  async read({ col, row, width, height }: PixelWindow, bands: readonly number[]): Promise<Uint8Array[]> {
    const result = bands.map(() => new Uint8Array(width * height));
    const line = new Uint8Array(this.width * this.bands);
    for (let y = 0; y < height; y++) {
      await this.#file.read(line, 0, line.length, (row + y) * line.length);
      for (const [index, band] of bands.entries()) {
        const start = band * this.width + col;
        result[index]!.set(line.subarray(start, start + width), y * width);
      }
    }
    return result;
  }

  async sync(): Promise<void> {
    await this.#file.sync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
