/** A cache with a budget in bytes: what was used longest ago goes first. One load serves everybody who waits for it. */
export class ByteCache<T> {
  readonly #budget: number;
  readonly #sizeOf: (value: T) => number;
  readonly #entries = new Map<string, { readonly value: Promise<T>; bytes: number }>();
  #bytes = 0;

  constructor(budgetBytes: number, sizeOf: (value: T) => number) {
    this.#budget = budgetBytes;
    this.#sizeOf = sizeOf;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The value of `key`; a load that fails or is aborted is forgotten, so that the next caller loads again. */
  async get(key: string, load: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (;;) {
      signal?.throwIfAborted();
      const known = this.#entries.get(key);
      if (!known) return this.#load(key, load);
      this.#entries.delete(key);
      this.#entries.set(key, known);
      try {
        return await known.value;
      } catch (error) {
        // Somebody else's cancelling is not ours: load it ourselves.
        if (!(error instanceof Error && error.name === "AbortError") || signal?.aborted) throw error;
      }
    }
  }

  #load(key: string, load: () => Promise<T>): Promise<T> {
    const value = load();
    const entry = { value, bytes: 0 };
    this.#entries.set(key, entry);
    value.then(
      (loaded) => {
        if (this.#entries.get(key) !== entry) return;
        entry.bytes = this.#sizeOf(loaded);
        this.#bytes += entry.bytes;
        this.#evict(key);
      },
      () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    return value;
  }

  /** The newest stays even when it alone is over the budget: it is in use. Loads still under way weigh nothing yet. */
  #evict(newest: string): void {
    for (const [key, entry] of this.#entries) {
      if (this.#bytes <= this.#budget) return;
      if (key === newest || entry.bytes === 0) continue;
      this.#entries.delete(key);
      this.#bytes -= entry.bytes;
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}
