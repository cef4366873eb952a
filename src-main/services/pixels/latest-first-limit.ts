interface Waiting {
  readonly enter: () => void;
}

/** Limits the tasks that run at a time; the latest request runs first, since it belongs to the current view. */
export class LatestFirstLimit {
  readonly #places: number;
  readonly #waiting: Waiting[] = [];
  #inside = 0;

  constructor(places: number) {
    this.#places = places;
  }

  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (this.#inside >= this.#places) await this.#wait(signal);
    else this.#inside++;
    try {
      return await work();
    } finally {
      // The slot is passed to the next task directly.
      const next = this.#waiting.pop();
      if (next) next.enter();
      else this.#inside--;
    }
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const give = () => {
        const at = this.#waiting.indexOf(waiting);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(signal.reason);
      };
      const waiting: Waiting = {
        enter: () => {
          signal.removeEventListener("abort", give);
          resolve();
        },
      };
      signal.addEventListener("abort", give, { once: true });
      this.#waiting.push(waiting);
    });
  }
}
