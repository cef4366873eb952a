import type { OnnxModel, Tensor, Tensors } from "../graph/index.ts";
import { type Drawn, Random } from "../nn/index.ts";
import { GraphSession, type Provider, storageFor } from "../runtime/index.ts";
import type { Forward } from "./forward.ts";
import { stateTensor } from "./state.ts";

export interface ForwardOptions {
  readonly provider?: Provider;
  readonly threads?: number;
  readonly state: Tensors;
  /** For networks that draw random numbers. */
  readonly seed?: number;
  /** As in SessionOptions. */
  readonly profile?: string;
  /** Keep the parameters as inputs, so that `replace` can change them without loading a session anew; somewhat slower. */
  readonly replaceable?: boolean;
}

/**
 * A network ready to run. Its parameters are constants of the model, so that the runtime can arrange them for speed, unless
 * it is to run with one set of weights after another: loading a session for each would leak (onnxruntime #25325).
 */
export class ForwardSession {
  readonly forward: Forward;
  readonly #session: GraphSession;
  readonly #seed: number;
  /** parameters and buffers that are given on every run; `undefined` when they are inside the model */
  #given: Tensors | undefined;
  #runs = 0;

  private constructor(forward: Forward, session: GraphSession, seed: number, given: Tensors | undefined) {
    this.forward = forward;
    this.#session = session;
    this.#seed = seed;
    this.#given = given;
  }

  static async create(
    forward: Forward,
    { provider, threads, state, seed = 0, profile, replaceable = false }: ForwardOptions,
  ): Promise<ForwardSession> {
    const session = await GraphSession.load(replaceable ? forward.model : withState(forward, state), {
      ...(provider ? { provider } : {}),
      ...(threads ? { threads } : {}),
      ...(profile ? { profile } : {}),
    });
    return new ForwardSession(forward, session, seed, replaceable ? stateOf(forward, state) : undefined);
  }

  /** Runs with other parameters and buffers from now on. */
  replace(state: Tensors): void {
    if (!this.#given) throw new Error(`ForwardSession “${this.forward.name}” was not created replaceable`);
    this.#given = stateOf(this.forward, state);
  }

  async run(inputs: Tensors): Promise<Tensors> {
    const drawn: Record<string, Tensor> = {};
    for (const { value, dropped } of this.forward.randoms) {
      if (inputs[value.name]) continue;
      const storage = storageFor(value);
      new Random(this.#seed, this.#runs, value.name).fill(storage.data as Drawn, dropped);
      drawn[value.name] = storage;
    }
    this.#runs++;
    return await this.#session.run({ ...drawn, ...this.#given, ...inputs });
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

/** What the network reads of a state, checked. */
function stateOf({ parameters, buffers }: Forward, state: Tensors): Tensors {
  return Object.fromEntries([...parameters, ...buffers].map((entry) => [entry.name, stateTensor(entry, state)]));
}

/** The model with its parameters and buffers filled in. */
function withState(forward: Forward, state: Tensors): OnnxModel {
  const { model } = forward;
  const constants = new Map([...model.constants, ...Object.entries(stateOf(forward, state))]);
  return { ...model, constants, inputs: model.inputs.filter(({ name }) => !constants.has(name)) };
}
