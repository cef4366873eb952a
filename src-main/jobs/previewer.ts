import type { Tensors } from "../engine/index.ts";
import type { NewModel } from "../learning/index.ts";
import type { EnsembleMember } from "./ensemble.ts";
import { type PatchPredictor, Predictor } from "./predict.ts";
import { besideNetwork } from "./predictor-for.ts";
import { noWeights } from "./training-parts.ts";

/** The model in its current state, as a predictor. One session for all reviews, since every load would keep some memory. */
export class Previewer {
  readonly #options: Omit<Parameters<typeof Predictor.create>[0], "model" | "weights" | "replaceable">;
  readonly #model: NewModel;
  readonly #members: readonly EnsembleMember[];
  #network: Predictor | undefined;
  #answering: PatchPredictor | undefined;

  /** @param members of the model's ensemble */
  constructor(
    model: NewModel,
    options: Omit<Parameters<typeof Predictor.create>[0], "model" | "weights" | "replaceable">,
    members: readonly EnsembleMember[] = [],
  ) {
    this.#model = model;
    this.#options = options;
    this.#members = members;
  }

  async with(weights: Tensors): Promise<PatchPredictor> {
    if (this.#network && this.#answering) {
      this.#network.replaceWeights(weights);
      return this.#answering;
    }
    const model = { ...this.#model, format: "omnisat-model/1", weights: noWeights } as const;
    this.#network = await Predictor.create({ ...this.#options, model, weights, replaceable: true });
    this.#answering = besideNetwork(this.#network, this.#members, { ...this.#options, model });
    return this.#answering;
  }

  async release(): Promise<void> {
    await this.#network?.release();
  }
}
