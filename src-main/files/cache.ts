import { LRUCache } from "lru-cache";

type Size<Value> = (value: Value) => number;
type Value = NonNullable<unknown>;

/** So many values; what was used longest ago goes first. */
export const cacheOf = <V extends Value>(most: number): LRUCache<string, V> => new LRUCache({ max: most });

/** Values up to a number of bytes; what was used longest ago goes first. A value that is larger than it may be is not kept. */
export class ByteCache<V extends Value> {
  readonly #sizeOf: Size<V>;
  #values: LRUCache<string, V>;
  #budget: number;
  readonly #share: number;

  /** @param largestShare of the budget that one value may take */
  constructor(budget: number, sizeOf: Size<V>, largestShare = 1) {
    this.#budget = budget;
    this.#sizeOf = sizeOf;
    this.#share = largestShare;
    this.#values = this.#made();
  }

  #made(): LRUCache<string, V> {
    return new LRUCache({
      maxSize: Math.max(1, Math.floor(this.#budget)),
      maxEntrySize: Math.max(1, Math.floor(this.#budget * this.#share)),
      sizeCalculation: (value) => Math.max(1, Math.ceil(this.#sizeOf(value))),
    });
  }

  get bytes(): number {
    return this.#values.calculatedSize;
  }

  get size(): number {
    return this.#values.size;
  }

  get budget(): number {
    return this.#budget;
  }

  /** A new budget forgets what was kept. */
  set budget(bytes: number) {
    this.#budget = bytes;
    this.#values = this.#made();
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  set(key: string, value: V): void {
    this.#values.set(key, value);
  }

  clear(): void {
    this.#values.clear();
  }
}

/** A cache of loads under way and of values loaded last; callers for one key share one load. */
interface Kept<T> {
  readonly size: number;
  get(key: string): { readonly value: T } | undefined;
  set(key: string, value: { readonly value: T }): unknown;
  clear(): void;
}

/** A cache of loads: all callers that wait share one load, and one that fails or is aborted is forgotten. */
export class LoadingCache<T> {
  readonly #kept: Kept<T>;
  readonly #loading = new Map<string, Promise<T>>();
  #alone: { readonly key: string; readonly value: T } | undefined;

  private constructor(kept: Kept<T>) {
    this.#kept = kept;
  }

  /** so many values */
  static ofCount<T>(most: number): LoadingCache<T> {
    return new LoadingCache<T>(cacheOf(most));
  }

  /** values up to a number of bytes; one that is larger than all of that is kept alone, until the next one */
  static ofBytes<T>(budget: number, sizeOf: (value: T) => number): LoadingCache<T> {
    return new LoadingCache<T>(new ByteCache(budget, ({ value }: { readonly value: T }) => sizeOf(value)));
  }

  get bytes(): number {
    return this.#kept instanceof ByteCache ? this.#kept.bytes : 0;
  }

  /** values that are kept */
  get size(): number {
    return this.#kept.size + (this.#alone ? 1 : 0);
  }

  /** The value of `key`; when another waiting caller cancels the load, this call loads it again. */
  async get(key: string, load: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (;;) {
      signal?.throwIfAborted();
      const known = this.#kept.get(key);
      if (known) return known.value;
      if (this.#alone?.key === key) return this.#alone.value;
      const loading = this.#loading.get(key);
      if (!loading) return this.#load(key, load);
      try {
        return await loading;
      } catch (error) {
        if (!(error instanceof Error && error.name === "AbortError") || signal?.aborted) throw error;
      }
    }
  }

  #load(key: string, load: () => Promise<T>): Promise<T> {
    const loading = load();
    this.#loading.set(key, loading);
    loading.then(
      (value) => {
        if (this.#loading.get(key) !== loading) return;
        this.#loading.delete(key);
        this.#kept.set(key, { value });
        this.#alone = undefined;
        if (this.#kept.get(key)) return;
        this.#kept.clear();
        this.#alone = { key, value };
      },
      () => {
        if (this.#loading.get(key) === loading) this.#loading.delete(key);
      },
    );
    return loading;
  }

  /** Loads under way serve those who wait for them, and are not kept. */
  clear(): void {
    this.#kept.clear();
    this.#loading.clear();
    this.#alone = undefined;
  }
}
