/** Work that waits until the bytes it needs are free; what needs more than all of them waits until it is alone. */
class Budget {
  readonly #bytes: number;
  #used = 0;
  readonly #waiting: { readonly bytes: number; readonly go: () => void }[] = [];

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  async with<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    if (this.#waiting.length > 0 || !this.#fits(bytes)) {
      await new Promise<void>((go) => this.#waiting.push({ bytes, go }));
    } else this.#used += bytes;
    try {
      return await work();
    } finally {
      this.#used -= bytes;
      // First come, first served, so that a large block does not wait for ever.
      for (let first = this.#waiting[0]; first && this.#fits(first.bytes); first = this.#waiting[0]) {
        this.#waiting.shift();
        this.#used += first.bytes;
        first.go();
      }
    }
  }

  #fits(bytes: number): boolean {
    return this.#used === 0 || this.#used + bytes <= this.#bytes;
  }
}

/** Decoded bytes of all blocks that are in the threads at one time: a file with blocks of 256 MiB has them decoded one by one. */
export const decodeBudget = new Budget(256 * 2 ** 20);
