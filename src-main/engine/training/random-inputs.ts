// The random numbers of a training step: tens of megabytes, of which each step needs new ones. They are drawn on a thread of their own
// while the step before computes. They are those of (seed, draw, name) wherever they are drawn, so a run that is resumed, or one without
// the thread, sees the same.
import { Worker } from "node:worker_threads";
import type { Tensor } from "../graph/index.ts";
import { type Drawn, Random, type RandomInput, streamOf } from "../nn/index.ts";
import { storageFor } from "../runtime/index.ts";

/** So few numbers are drawn faster than a thread is asked for them. */
const fewNumbers = 1 << 18;

type Arrays = Readonly<Record<string, Drawn>>;
interface Draw {
  readonly seed: number;
  readonly draw: number;
  readonly arrays: Arrays;
  /** chances to be dropped, of those that are bytes */
  readonly dropped: Readonly<Record<string, number | undefined>>;
}

/** Runs in the thread, as text: `stream` is `streamOf`, and nothing else comes from outside. */
function drawing(stream: typeof streamOf): void {
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  parentPort!.on("message", ({ seed, draw, arrays, dropped }: Draw) => {
    for (const [name, array] of Object.entries(arrays)) stream(seed, draw, name).fill(array, dropped[name]);
    parentPort!.postMessage(
      arrays,
      Object.values(arrays).map(({ buffer }) => buffer as ArrayBuffer),
    );
  });
}

/** Draws for one training. Two sets of storage take turns: one is read by the step, the other is filled for the next. */
export class RandomInputs {
  readonly #inputs: readonly RandomInput[];
  readonly #dropped: Draw["dropped"];
  readonly #seed: number;
  #current: Arrays;
  #spare: Arrays | undefined;
  #worker: Worker | undefined;
  /** takes what the thread draws, or nothing when it ended */
  #answer: ((arrays: Arrays | undefined) => void) | undefined;
  #ahead: { readonly draw: number; readonly arrays: Promise<Arrays | undefined> } | undefined;

  constructor(inputs: readonly RandomInput[], seed: number) {
    this.#inputs = inputs;
    this.#dropped = Object.fromEntries(inputs.map(({ value, dropped }) => [value.name, dropped]));
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
        if (!given[name]) new Random(this.#seed, draw, name).fill(array, this.#dropped[name]);
    this.#begin(draw + 1, given);
    return Object.fromEntries(
      this.#inputs.flatMap(({ value: { name, type, shape } }) =>
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
    if (ahead!.draw === draw && this.#inputs.every(({ value }) => !given[value.name])) return arrays;
    this.#spare = arrays;
    return undefined;
  }

  #begin(draw: number, given: Readonly<Record<string, unknown>>): void {
    const worker = this.#worker;
    if (!worker || this.#inputs.some(({ value }) => given[value.name])) return;
    const arrays = this.#spare ?? this.#storage();
    this.#spare = undefined;
    const answer = new Promise<Arrays | undefined>((resolve) => {
      this.#answer = resolve;
    });
    worker.ref();
    const wanted: Draw = { seed: this.#seed, draw, arrays, dropped: this.#dropped };
    worker.postMessage(
      wanted,
      Object.values(arrays).map(({ buffer }) => buffer as ArrayBuffer),
    );
    this.#ahead = { draw, arrays: answer.finally(() => worker.unref()) };
  }

  #storage(): Record<string, Drawn> {
    return Object.fromEntries(this.#inputs.map(({ value }) => [value.name, storageFor(value).data as Drawn]));
  }
}
