import type { Model, Tensor, Tensors } from "../graph/index.ts";
import { Random } from "../nn/index.ts";
import { type Provider, Session, storageFor } from "../runtime/index.ts";
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
}

/** A network ready to run. Its parameters are constants of the model, so that the runtime can arrange them for speed. */
export class ForwardSession {
  readonly forward: Forward;
  readonly #session: Session;
  readonly #seed: number;
  #runs = 0;

  private constructor(forward: Forward, session: Session, seed: number) {
    this.forward = forward;
    this.#session = session;
    this.#seed = seed;
  }

  static async create(
    forward: Forward,
    { provider, threads, state, seed = 0, profile }: ForwardOptions,
  ): Promise<ForwardSession> {
    const session = await Session.load(withState(forward, state), {
      ...(provider ? { provider } : {}),
      ...(threads ? { threads } : {}),
      ...(profile ? { profile } : {}),
    });
    return new ForwardSession(forward, session, seed);
  }

  async run(inputs: Tensors): Promise<Tensors> {
    const drawn: Record<string, Tensor> = {};
    for (const value of this.forward.randoms) {
      if (inputs[value.name]) continue;
      const storage = storageFor(value);
      new Random(this.#seed, this.#runs, value.name).fill(storage.data as Float32Array);
      drawn[value.name] = storage;
    }
    this.#runs++;
    return await this.#session.run({ ...drawn, ...inputs });
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

/** The model with its parameters and buffers filled in. */
function withState({ model, parameters, buffers }: Forward, state: Tensors): Model {
  const constants = new Map(model.constants);
  for (const entry of [...parameters, ...buffers]) constants.set(entry.name, stateTensor(entry, state));
  return { ...model, constants, inputs: model.inputs.filter(({ name }) => !constants.has(name)) };
}
