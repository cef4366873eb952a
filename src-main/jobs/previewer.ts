import type { Tensors } from "../engine/index.ts";
import type { NewModel } from "../learning/index.ts";
import { type Ensemble, frozenTensors } from "./ensemble.ts";
import { type PatchPredictor, Predictor } from "./predict.ts";
import { besideNetwork } from "./predictor-for.ts";
import { noWeights } from "./training-parts.ts";

/** The model in its current state, as a predictor. One session for all reviews, since every load would keep some memory. */
export class Previewer {
  readonly #options: Omit<Parameters<typeof Predictor.create>[0], "model" | "weights" | "replaceable">;
  readonly #model: NewModel;
  readonly #ensemble: Ensemble | undefined;
  #network: Predictor | undefined;
  #answering: PatchPredictor | undefined;

  constructor(
    model: NewModel,
    options: Omit<Parameters<typeof Predictor.create>[0], "model" | "weights" | "replaceable">,
    ensemble?: Ensemble,
  ) {
    this.#model = model;
    this.#options = options;
    this.#ensemble = ensemble;
  }

  async with(weights: Tensors): Promise<PatchPredictor> {
    if (this.#network && this.#answering) {
      this.#network.replaceWeights(weights);
      return this.#answering;
    }
    const model = { ...this.#model, format: "omnisat-model/1", weights: noWeights } as const;
    this.#network = await Predictor.create({ ...this.#options, model, weights, replaceable: true });
    const { members = [], tensors = {} } = this.#ensemble ?? {};
    this.#answering = await besideNetwork(this.#network, members, frozenTensors(tensors), { ...this.#options, model });
    return this.#answering;
  }

  async release(): Promise<void> {
    await (this.#answering ?? this.#network)?.release();
  }
}
