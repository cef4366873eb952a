// The random numbers of a training step: tens of megabytes, of which each step needs new ones. They are drawn on a thread of their own
// while the step before computes. They are those of (seed, draw, name) wherever they are drawn, so a run that is resumed, or one without
// the thread, sees the same.
import { Worker } from "node:worker_threads";
import type { Tensor, Value } from "../graph/index.ts";
import { Random, streamOf } from "../nn/index.ts";
import { storageFor } from "../runtime/index.ts";

/** So few numbers are drawn faster than a thread is asked for them. */
const fewNumbers = 1 << 18;

type Arrays = Readonly<Record<string, Float32Array>>;
interface Draw {
  readonly seed: number;
  readonly draw: number;
  readonly arrays: Arrays;
}

/** Runs in the thread, as text: `stream` is `streamOf`, and nothing else comes from outside. */
function drawing(stream: typeof streamOf): void {
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  parentPort!.on("message", ({ seed, draw, arrays }: Draw) => {
    for (const [name, array] of Object.entries(arrays)) stream(seed, draw, name).fill(array);
    parentPort!.postMessage(
      arrays,
      Object.values(arrays).map(({ buffer }) => buffer as ArrayBuffer),
    );
  });
}

/** Draws for one training. Two sets of storage take turns: one is read by the step, the other is filled for the next. */
export class RandomInputs {
  readonly #values: readonly Value[];
  readonly #seed: number;
  #current: Arrays;
  #spare: Arrays | undefined;
  #worker: Worker | undefined;
  /** takes what the thread draws, or nothing when it ended */
  #answer: ((arrays: Arrays | undefined) => void) | undefined;
  #ahead: { readonly draw: number; readonly arrays: Promise<Arrays | undefined> } | undefined;

  constructor(values: readonly Value[], seed: number) {
    this.#values = values;
    this.#seed = seed;
    this.#current = this.#storage();
    const numbers = Object.values(this.#current).reduce((sum, { length }) => sum + length, 0);
    if (numbers < fewNumbers) return;
    this.#spare = this.#storage();
    this.#worker = new Worker(`(${drawing})(${streamOf})`, { eval: true, execArgv: [] });
    // A training that ends without `close` does not hold the process.
    this.#worker.unref();
    this.#worker.on("message", (arrays: Arrays) => this.#answer?.(arrays));
    // Without the thread the numbers are drawn here.
    this.#worker.on("error", () => this.close());
    this.#worker.on("exit", () => this.#answer?.(undefined));
  }

  /** The numbers of a draw, by name of the graph's input; those that are `given` are left out. Begins with those of the next draw. */
  async of(draw: number, given: Readonly<Record<string, unknown>>): Promise<Record<string, Tensor>> {
    const drawn = await this.#ready(draw, given);
    if (drawn) [this.#spare, this.#current] = [this.#current, drawn];
    else
      for (const [name, array] of Object.entries(this.#current))
        if (!given[name]) new Random(this.#seed, draw, name).fill(array);
    this.#begin(draw + 1, given);
    return Object.fromEntries(
      this.#values.flatMap(({ name, type, shape }) =>
        given[name] ? [] : [[name, { type, shape, data: this.#current[name]! }]],
      ),
    );
  }

  /** Ends the thread. */
  close(): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
  }

  async #ready(draw: number, given: Readonly<Record<string, unknown>>): Promise<Arrays | undefined> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    const arrays = await ahead?.arrays;
    if (!arrays) return undefined;
    if (ahead!.draw === draw && this.#values.every(({ name }) => !given[name])) return arrays;
    this.#spare = arrays;
    return undefined;
  }

  #begin(draw: number, given: Readonly<Record<string, unknown>>): void {
    const worker = this.#worker;
    if (!worker || this.#values.some(({ name }) => given[name])) return;
    const arrays = this.#spare ?? this.#storage();
    this.#spare = undefined;
    const answer = new Promise<Arrays | undefined>((resolve) => {
      this.#answer = resolve;
    });
    worker.ref();
    const wanted: Draw = { seed: this.#seed, draw, arrays };
    worker.postMessage(
      wanted,
      Object.values(arrays).map(({ buffer }) => buffer as ArrayBuffer),
    );
    this.#ahead = { draw, arrays: answer.finally(() => worker.unref()) };
  }

  #storage(): Record<string, Float32Array> {
    return Object.fromEntries(this.#values.map((value) => [value.name, storageFor(value).data as Float32Array]));
  }
}
