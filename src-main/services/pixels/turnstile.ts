interface Waiting {
  readonly enter: () => void;
}

/** Lets so many through at a time, the last to come first: what was asked for last is what the eye looks at. */
export class Turnstile {
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
      // The place goes to the next without being empty in between.
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
