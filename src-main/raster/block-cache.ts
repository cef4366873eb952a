import { totalmem } from "node:os";
import type { TypedArray } from "./sample-type.ts";

/** Decoded blocks, the least recently used ones leave first when their bytes exceed the budget. */
export class BlockCache {
  budget: number;
  #bytes = 0;
  readonly #blocks = new Map<string, readonly TypedArray[]>();

  constructor(budget: number) {
    this.budget = budget;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): readonly TypedArray[] | undefined {
    const bands = this.#blocks.get(key);
    if (bands) {
      this.#blocks.delete(key);
      this.#blocks.set(key, bands);
    }
    return bands;
  }

  set(key: string, bands: readonly TypedArray[]): void {
    const size = sizeOf(bands);
    // A block that would push out a quarter of the cache is cheaper to decode again.
    if (size > this.budget / 4 || this.#blocks.has(key)) return;
    this.#blocks.set(key, bands);
    this.#bytes += size;
    for (const [oldest, old] of this.#blocks) {
      if (this.#bytes <= this.budget) break;
      this.#blocks.delete(oldest);
      this.#bytes -= sizeOf(old);
    }
  }

  clear(): void {
    this.#blocks.clear();
    this.#bytes = 0;
  }
}

const sizeOf = (bands: readonly TypedArray[]) => bands.reduce((sum, band) => sum + band.byteLength, 0);

/** 96 MiB, or a sixteenth of the machine's memory when that is less. */
export const blockCache = new BlockCache(Math.min(96 * 2 ** 20, totalmem() / 16));
