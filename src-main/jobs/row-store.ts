import { existsSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import { onDisk, writeAll } from "../files/index.ts";

/** The file beside the rows that names their windows, and the patches that are looked at, while a map is drawn. */
export const mapWindowsFile = "windows.part.json";

/**
 * Finished rows of a map on disk: bands of bytes, row after row, window after window of the places that are mapped. Its
 * length says how many rows are done, so a killed job knows where it was; a row that was half written is cut off.
 */
export class RowStore {
  readonly path: string;
  readonly windows: readonly PixelWindow[];
  readonly bands: number;
  readonly #file: FileHandle;
  /** the first row of each window in the file, and the byte it begins at */
  readonly #firstRows: readonly number[];
  readonly #starts: readonly number[];
  rows = 0;

  private constructor(path: string, file: FileHandle, windows: readonly PixelWindow[], bands: number) {
    this.path = path;
    this.#file = file;
    this.windows = windows;
    this.bands = bands;
    const [firstRows, starts] = [[0], [0]];
    for (const { width, height } of windows) {
      firstRows.push(firstRows.at(-1)! + height);
      starts.push(starts.at(-1)! + width * height * bands);
    }
    this.#firstRows = firstRows;
    this.#starts = starts;
  }

  static async open(
    path: string,
    windows: readonly PixelWindow[],
    bands: number,
    { keep }: { readonly keep: boolean },
  ): Promise<RowStore> {
    const file = await onDisk(path, () => open(path, keep && existsSync(path) ? "r+" : "w+"));
    const store = new RowStore(path, file, windows, bands);
    const { size } = await file.stat();
    const at = lastAtMost(store.#starts, size);
    const window = windows[at];
    const rows = window ? Math.floor((size - store.#starts[at]!) / (window.width * bands)) : 0;
    store.rows = store.#firstRows[at]! + rows;
    await file.truncate(store.#starts[at]! + rows * (window?.width ?? 0) * bands);
    return store;
  }

  get complete(): boolean {
    return this.rows === this.#firstRows.at(-1)!;
  }

  /** The window that the next row belongs to, and how many of its rows are done. */
  get next(): { readonly window: number; readonly rows: number } {
    const window = lastAtMost(this.#firstRows, this.rows);
    return { window, rows: this.rows - this.#firstRows[window]! };
  }

  /** Appends whole rows of the window that is at work: [rows][bands][width]. When it resolves they are on the disk. */
  async append(bytes: Uint8Array): Promise<void> {
    const { window, rows } = this.next;
    const { width, height } = this.windows[window]!;
    const rowBytes = width * this.bands;
    const count = bytes.length / rowBytes;
    if (!Number.isInteger(count) || rows + count > height)
      throw new Error(`RowStore: ${bytes.length} bytes are no rows of ${rowBytes}, or more than ${height}`);
    await onDisk(this.path, async () => {
      await writeAll(this.#file, bytes, this.#starts[window]! + rows * rowBytes);
      await this.#file.sync();
    });
    this.rows += count;
  }

  /** Some bands of a part of one window, counted from the window's corner, each [height][width]. */
  async read(index: number, { col, row, width, height }: PixelWindow, bands: readonly number[]): Promise<Uint8Array[]> {
    const whole = this.windows[index]!.width;
    const result = bands.map(() => new Uint8Array(width * height));
    for (let y = 0; y < height; y++) {
      for (const [k, band] of bands.entries()) {
        const start = this.#starts[index]! + ((row + y) * this.bands + band) * whole + col;
        const { bytesRead } = await this.#file.read(result[k]!, y * width, width, start);
        if (bytesRead !== width) throw new Error(`RowStore: row ${row + y} of ${this.rows} is not there`);
      }
    }
    return result;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** The position of the last of rising numbers that is at most `value`; the first is 0. */
function lastAtMost(numbers: readonly number[], value: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (numbers[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
