import type { PatchWindow } from "../cube/index.ts";
import { LoadingCache } from "../files/index.ts";

/** Squares that are kept: tiles of a network overlap, and a review asks for the same places again. */
const keptBytes = 64 * 2 ** 20;

/** Numbers of the patches of a window. */
export interface PatchValues {
  /** [P, columns] */
  readonly values: Float32Array;
  /** [P] 1 where any input sees the patch */
  readonly seen: Uint8Array;
}

/** What is known of single patches, for any window: read square by square, each once for all while it is kept. */
export class PatchSquares {
  readonly #side: number;
  readonly #columns: number;
  readonly #load: (square: PatchWindow, signal: AbortSignal) => Promise<PatchValues>;
  readonly #kept = LoadingCache.ofBytes<PatchValues>(
    keptBytes,
    ({ values, seen }) => values.byteLength + seen.byteLength,
  );

  /**
   * @param side of a square, in patches
   * @param columns numbers of a patch
   */
  constructor(side: number, columns: number, load: (square: PatchWindow, signal: AbortSignal) => Promise<PatchValues>) {
    this.#side = side;
    this.#columns = columns;
    this.#load = load;
  }

  async read({ col, row, width, height }: PatchWindow, signal: AbortSignal): Promise<PatchValues> {
    const side = this.#side;
    const columns = this.#columns;
    const values = new Float32Array(width * height * columns);
    const seen = new Uint8Array(width * height);
    const first = (at: number) => Math.floor(at / side) * side;
    for (let top = first(row); top < row + height; top += side)
      for (let left = first(col); left < col + width; left += side) {
        const window = { col: left, row: top, width: side, height: side };
        const square = await this.#kept.get(`${left} ${top}`, () => this.#load(window, signal), signal);
        for (let y = Math.max(row, top); y < Math.min(row + height, top + side); y++)
          for (let x = Math.max(col, left); x < Math.min(col + width, left + side); x++) {
            const from = (y - top) * side + x - left;
            const to = (y - row) * width + x - col;
            seen[to] = square.seen[from]!;
            values.set(square.values.subarray(from * columns, (from + 1) * columns), to * columns);
          }
      }
    return { values, seen };
  }
}
