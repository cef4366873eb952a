import { allocate, sizeOf, type Tensor, type Tensors, tensor, type Value } from "../graph/index.ts";
import { GraphSession, type Provider, storageFor } from "../runtime/index.ts";
import { RandomInputs } from "./random-inputs.ts";
import { copyOf, counterOf, stateTensor } from "./state.ts";
import { accumulatedName, microCounter, nextName, scalarName, stepCounter, type TrainingStep } from "./step.ts";

export interface TrainingOptions {
  readonly provider?: Provider;
  readonly threads?: number;
  readonly state: Tensors;
  /** Fixes dropout and all other draws, together with the step's number. */
  readonly seed: number;
  /** As in SessionOptions. */
  readonly profile?: string;
}

export interface StepOptions {
  readonly learningRate: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A training in progress. State lives in two sets of storage that take turns as what the graph reads and what it writes,
 * so that nothing is copied between steps.
 */
export class TrainingSession {
  readonly definition: TrainingStep;
  readonly #session: GraphSession;
  readonly #apply: GraphSession | undefined;
  #current: Record<string, Tensor>;
  #spare: Record<string, Tensor>;
  readonly #random: RandomInputs;
  #steps: number;
  #gathered: number;

  private constructor(
    step: TrainingStep,
    session: GraphSession,
    apply: GraphSession | undefined,
    { state, seed }: TrainingOptions,
  ) {
    this.definition = step;
    this.#session = session;
    this.#apply = apply;
    const zeros =
      ({ type, shape }: Value) =>
      (): Tensor => ({ type, shape, data: allocate(type, sizeOf(shape)) });
    this.#current = Object.fromEntries([
      ...[...step.parameters, ...step.buffers].map((entry) => [entry.name, copyOf(stateTensor(entry, state))]),
      ...step.moments.map((entry) => [entry.name, copyOf(stateTensor(entry, state, zeros(entry.value)))]),
    ]);
    const moving = [
      ...step.updated,
      ...(step.apply ? step.apply.outputs.map(({ name }) => name.slice(nextName("").length)) : []),
    ];
    this.#spare = Object.fromEntries(
      moving.map((name) => [
        name,
        storageFor({ name, type: this.#current[name]!.type, shape: this.#current[name]!.shape }),
      ]),
    );
    this.#random = new RandomInputs(step.randoms, seed);
    this.#steps = counterOf(state, stepCounter);
    this.#gathered = counterOf(state, microCounter);
  }

  static async create(step: TrainingStep, options: TrainingOptions): Promise<TrainingSession> {
    const { provider, threads, profile } = options;
    const how = {
      ...(provider ? { provider } : {}),
      ...(threads ? { threads } : {}),
      ...(profile ? { profile } : {}),
    };
    const session = await GraphSession.load(step.model, how);
    const apply = step.apply && (await GraphSession.load(step.apply, how));
    return new TrainingSession(step, session, apply, options);
  }

  /** How many times the parameters have moved. */
  get steps(): number {
    return this.#steps;
  }

  /** One batch: forward, backward and update (every n-th time when gradients are accumulated). */
  async step(inputs: Tensors, { learningRate, signal }: StepOptions): Promise<{ loss: number; outputs: Tensors }> {
    signal?.throwIfAborted();
    const step = this.definition;
    const scalars = this.#scalars(learningRate);
    const random = await this.#random.of(this.#steps * step.accumulate + this.#gathered, inputs);
    const feeds = { ...random, ...this.#current, ...scalars, ...inputs };
    const results = await this.#session.run(feeds, this.#storage(step.updated));
    this.#swap(step.updated);
    this.#gathered++;
    if (this.#gathered === step.accumulate) {
      if (this.#apply) await this.#update(this.#apply, scalars);
      this.#gathered = 0;
      this.#steps++;
    }
    return {
      loss: Number(results.loss!.data[0]),
      outputs: Object.fromEntries(step.outputs.map((name) => [name, results[name]!])),
    };
  }

  /** A copy of everything needed to go on later: parameters, buffers, moments and counters. */
  async state(): Promise<Tensors> {
    return {
      ...Object.fromEntries(Object.entries(this.#current).map(([name, value]) => [name, copyOf(value)])),
      [stepCounter]: tensor([this.#steps], [], "int64"),
      ...(this.definition.accumulate > 1 ? { [microCounter]: tensor([this.#gathered], [], "int64") } : {}),
    };
  }

  async release(): Promise<void> {
    this.#random.close();
    await this.#session.release();
    await this.#apply?.release();
  }

  #scalars(learningRate: number): Record<string, Tensor> {
    const numbers = this.definition.optimizer.scalars(this.#steps + 1, learningRate);
    return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [scalarName(name), tensor([value], [])]));
  }

  async #update(apply: GraphSession, scalars: Tensors): Promise<void> {
    const moved = apply.outputs.map(({ name }) => name.slice(nextName("").length));
    await apply.run({ ...this.#current, ...scalars }, this.#storage(moved));
    this.#swap(moved);
    for (const { name } of this.definition.parameters) {
      const sum = this.#current[accumulatedName(name)];
      if (sum) (sum.data as Float32Array).fill(0);
    }
  }

  #storage(names: readonly string[]): Tensors {
    return Object.fromEntries(names.map((name) => [nextName(name), this.#spare[name]!]));
  }

  #swap(names: readonly string[]): void {
    for (const name of names) {
      const written = this.#spare[name]!;
      this.#spare[name] = this.#current[name]!;
      this.#current[name] = written;
    }
  }
}
