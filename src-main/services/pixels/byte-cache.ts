/** The answers that were asked for last, up to a number of bytes. */
export class ByteCache {
  readonly budget: number;
  readonly #entries = new Map<string, Uint8Array>();
  #bytes = 0;

  constructor(budget: number) {
    this.budget = budget;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Uint8Array | undefined {
    const found = this.#entries.get(key);
    if (!found) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, found);
    return found;
  }

  set(key: string, value: Uint8Array): void {
    const before = this.#entries.get(key);
    if (before) this.#bytes -= before.byteLength;
    this.#entries.delete(key);
    if (value.byteLength > this.budget) return;
    this.#entries.set(key, value);
    this.#bytes += value.byteLength;
    for (const [oldest, { byteLength }] of this.#entries) {
      if (this.#bytes <= this.budget) break;
      this.#entries.delete(oldest);
      this.#bytes -= byteLength;
    }
  }
}
