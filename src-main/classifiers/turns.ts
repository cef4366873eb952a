import { setImmediate as nextTurn } from "node:timers/promises";

/** The longest time, in milliseconds, before other work of this thread gets a turn. */
const usualTurn = 50;

/** Lets a long computation be stopped, and gives other work of the thread its turn. */
export class Turns {
  readonly #signal: AbortSignal | undefined;
  #until = performance.now() + usualTurn;

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Call it between two steps that each take a fraction of a second. @throws what the signal was aborted with */
  async next(): Promise<void> {
    this.#signal?.throwIfAborted();
    if (performance.now() < this.#until) return;
    await nextTurn();
    this.#signal?.throwIfAborted();
    this.#until = performance.now() + usualTurn;
  }
}
