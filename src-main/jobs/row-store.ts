import { existsSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import { onDisk, writeAll } from "./working-file.ts";

/**
 * Finished rows of a map on disk: bands of bytes, row after row. Its length says how many rows are done, so a killed job
 * knows where it was; a row that was half written is cut off.
 */
export class RowStore {
  readonly path: string;
  readonly width: number;
  readonly bands: number;
  readonly #file: FileHandle;
  rows: number;

  private constructor(path: string, file: FileHandle, width: number, bands: number, rows: number) {
    this.path = path;
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
    const file = await onDisk(path, () => open(path, keep && existsSync(path) ? "r+" : "w+"));
    const rows = Math.floor((await file.stat()).size / (width * bands));
    await file.truncate(rows * width * bands);
    return new RowStore(path, file, width, bands, rows);
  }

  /** Appends whole rows: [rows][bands][width]. When it resolves they are on the disk. */
  async append(bytes: Uint8Array): Promise<void> {
    const rowBytes = this.width * this.bands;
    if (bytes.length % rowBytes !== 0) throw new Error(`RowStore: ${bytes.length} bytes are no rows of ${rowBytes}`);
    await onDisk(this.path, async () => {
      await writeAll(this.#file, bytes, this.rows * rowBytes);
      await this.#file.sync();
    });
    this.rows += bytes.length / rowBytes;
  }

  /** A window of some bands, each [height][width]. */
  async read({ col, row, width, height }: PixelWindow, bands: readonly number[]): Promise<Uint8Array[]> {
    const result = bands.map(() => new Uint8Array(width * height));
    for (let y = 0; y < height; y++) {
      for (const [index, band] of bands.entries()) {
        const start = ((row + y) * this.bands + band) * this.width + col;
        const { bytesRead } = await this.#file.read(result[index]!, y * width, width, start);
        if (bytesRead !== width) throw new Error(`RowStore: row ${row + y} of ${this.rows} is not there`);
      }
    }
    return result;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
