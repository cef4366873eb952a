import type { Deps } from "./deps.ts";

/** Long commands that are no jobs: a window gives each a token, receives its progress and may stop it. */
export class Tasks {
  readonly #announce: Deps["announce"];
  readonly #running = new Map<string, AbortController>();

  constructor(announce: Deps["announce"]) {
    this.#announce = announce;
  }

  async run<T>(
    token: string | undefined,
    work: (signal: AbortSignal, progress: (fraction: number) => void) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    if (token !== undefined) {
      // The same token again is the same question asked anew.
      this.#running.get(token)?.abort(new DOMException("Asked anew.", "AbortError"));
      this.#running.set(token, controller);
    }
    let told = Number.NEGATIVE_INFINITY;
    const progress = (fraction: number) => {
      const now = performance.now();
      if (token === undefined || (now - told < 100 && fraction < 1)) return;
      told = now;
      this.#announce("work", { name: token, fraction });
    };
    try {
      return await work(controller.signal, progress);
    } finally {
      if (token !== undefined && this.#running.get(token) === controller) this.#running.delete(token);
    }
  }

  stop(token: string): void {
    this.#running.get(token)?.abort(new DOMException("Stopped on request.", "AbortError"));
  }
}
