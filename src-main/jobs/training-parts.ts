import type { FinetuneRecipe, TilesRecipe } from "../../src-shared/domain/recipe.ts";
import type { Normalization } from "../cube/index.ts";
import { adamW, type Tensor, type Tensors, withAverage } from "../engine/index.ts";
import { seededRandom } from "../files/index.ts";
import type { ModelDescription } from "../learning/index.ts";

// Small parts of trainings and of what is done with their models.

/** A placeholder for the weights of a model that is still in training. */
export const noWeights = { file: "", sha256: "", bytes: 0, parameters: 0 };

/** The statistics of a model's input as the cube takes them. */
const normalizationOf = (
  modality: string,
  { bands, pixels }: ModelDescription["modalities"][number]["normalization"],
) => ({
  modality,
  pixels,
  bands: bands.map(({ clip, ...band }) => ({ ...band, ...(clip ? { clip } : {}) })),
});

/** The statistics of all inputs that a model takes. */
export const normalizationsOf = ({ modalities }: ModelDescription): Normalization[] =>
  modalities.map(({ name, normalization }) => normalizationOf(name, normalization));

/** How a fine-tuning learns: decayed weights, their running mean, gradients of bounded length, an encoder that learns slower or not at all. */
export const finetuningOf = ({
  weightDecay,
  averageDecay,
  clipNorm,
  encoderLearningRateScale,
}: Pick<FinetuneRecipe | TilesRecipe, "weightDecay" | "averageDecay" | "clipNorm" | "encoderLearningRateScale">) => ({
  optimizer: withAverage(adamW({ weightDecay }), averageDecay),
  clipNorm,
  groups:
    encoderLearningRateScale === 0
      ? [{ match: /^encoder\./, frozen: true }]
      : [{ match: /^encoder\./, learningRateScale: encoderLearningRateScale }],
});

/** The fresh state with every tensor that the pre-trained model has under the same name and shape. */
export function startFrom(fresh: Tensors, pretrained: Tensors | undefined): Tensors {
  if (!pretrained) return fresh;
  return Object.fromEntries(
    Object.entries(fresh).map(([name, value]) => {
      const found = pretrained[name];
      return [name, found && String(found.shape) === String(value.shape) ? found : value];
    }),
  );
}

/** Which modalities each tile of a step keeps: all, or with `chance` a random part of them that is not empty. [B, M] */
export function drawPresence(size: number, modalities: number, chance: number, seed: number, step: number): Tensor {
  const random = seededRandom("presence", seed, step);
  const data = new Float32Array(size * modalities).fill(1);
  for (let b = 0; b < size; b++) {
    if (modalities < 2 || random() >= chance) continue;
    const kept = 1 + Math.floor(random() * (2 ** modalities - 2));
    for (let m = 0; m < modalities; m++) data[b * modalities + m] = (kept >> m) & 1;
  }
  return { type: "float32", shape: [size, modalities], data };
}
