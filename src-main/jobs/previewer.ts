import type { Tensors } from "../engine/index.ts";
import type { NewModel } from "../learning/index.ts";
import { Predictor } from "./predict.ts";
import { noWeights } from "./training-parts.ts";

/** The network in its current state, as a predictor. One session for all reviews, since every load would keep some memory. */
export class Previewer {
  readonly #options: Omit<Parameters<typeof Predictor.create>[0], "model" | "weights" | "replaceable">;
  readonly #model: NewModel;
  #predictor: Predictor | undefined;

  constructor(
    model: NewModel,
    options: Omit<Parameters<typeof Predictor.create>[0], "model" | "weights" | "replaceable">,
  ) {
    this.#model = model;
    this.#options = options;
  }

  async with(weights: Tensors): Promise<Predictor> {
    if (this.#predictor) this.#predictor.replaceWeights(weights);
    this.#predictor ??= await Predictor.create({
      ...this.#options,
      model: { ...this.#model, format: "omnisat-model/1", weights: noWeights },
      weights,
      replaceable: true,
    });
    return this.#predictor;
  }

  async release(): Promise<void> {
    await this.#predictor?.release();
  }
}
