import { join } from "node:path";
import type { FinetuneSpec } from "../../src-shared/domain/job.ts";
import type { FinetuneTilesSpec } from "../../src-shared/domain/tiles.ts";
import type { Modality } from "../../src-shared/eo/index.ts";
import { type Batch, type Cube, type Normalization, noAugmentation, type SampleOptions } from "../cube/index.ts";
import { type cosine, initialState, type Provider, type Tensors, type TrainingStep } from "../engine/index.ts";
import {
  type ModelDescription,
  type Review,
  type TrainedModel,
  type TrainingResult,
  train,
} from "../learning/index.ts";
import type { OmniSatConfig } from "../omnisat/index.ts";
import type { JobContext } from "./context.ts";
import { feedsOf } from "./feeds.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { leastClear } from "./imagery.ts";
import type { InputWatch } from "./input-watch.ts";
import { Predictor } from "./predict.ts";
import { jitterRadiometry, sensorsOf } from "./radiometric-jitter.ts";
import { type EndlessBatches, endlessBatches } from "./tile-sampler.ts";
import { drawPresence, noWeights, startFrom } from "./training-parts.ts";

/** How fine-tunings of patches and of tiles run: the same batches, steps and looks; they differ in what is taught and how it is judged. */

/** The network of a model with the inputs that are there, or a new one. */
export const networkFrom = (
  base: TrainedModel | undefined,
  names: readonly string[],
  fresh: () => OmniSatConfig,
): OmniSatConfig =>
  base
    ? {
        ...base.description.config,
        modalities: base.description.config.modalities.filter(({ name }) => names.includes(name)),
      }
    : fresh();

/** The network in its current state, as a predictor. One session for all looks: every load would keep some memory. */
export class Previewer {
  readonly #options: Omit<Parameters<typeof Predictor.create>[0], "model" | "weights" | "replaceable">;
  readonly #model: Omit<ModelDescription, "format" | "weights">;
  #predictor: Predictor | undefined;

  constructor(
    model: Omit<ModelDescription, "format" | "weights">,
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

export interface Teaching {
  readonly spec: FinetuneSpec | FinetuneTilesSpec;
  readonly context: JobContext;
  readonly cube: Cube;
  readonly step: TrainingStep;
  readonly base: TrainedModel | undefined;
  readonly provider: Provider;
  readonly schedule: ReturnType<typeof cosine>;
  /** the inputs, in the order of the network's mask */
  readonly names: readonly string[];
  readonly modalities: readonly Modality[];
  readonly normalizations: readonly Normalization[];
  /** of the network's inputs, by modality */
  readonly dates: Readonly<Record<string, number>>;
  /** of a tile, in patches */
  readonly side: number;
  readonly draw: EndlessBatches["draw"];
  /** what a tile is told besides its images */
  readonly told: Pick<SampleOptions, "labels" | "targets">;
  /** the network's other inputs of a batch, before its numbers are shifted */
  readonly feeds: (batch: Batch) => Tensors;
  /** sees every batch as it was read */
  readonly watch: InputWatch;
  readonly review: Review | undefined;
  readonly onStep?: (values: Readonly<Record<string, number>>) => void;
}

/** Trains to the end or to an early stop; a stopped run goes on with the same batches, learning rates and random draws. */
export async function teach(teaching: Teaching): Promise<TrainingResult> {
  const { spec, context, cube, step, base, provider, schedule, names, modalities, normalizations, dates, side } =
    teaching;
  const { recipe, seed } = spec;
  return train(
    step,
    {
      steps: recipe.steps,
      learningRate: (at) => recipe.learningRate * schedule.scale({ step: at }),
      async *batches(first, signal) {
        const sample = {
          dates,
          choice: "random",
          leastClear,
          augmentation: {
            ...noAugmentation,
            orientations: recipe.orientations,
            dateDropout: recipe.dateDropout,
            dateJitter: recipe.dateJitter,
          },
          ...teaching.told,
        } as const;
        const shape = {
          batchSize: recipe.batchSize,
          patchesHigh: side,
          patchesWide: side,
          modalities,
          dates,
          normalizations,
        };
        let at = first;
        for await (const batch of endlessBatches(cube, { draw: teaching.draw, shape, sample, seed }, first, signal)) {
          teaching.watch.add(batch);
          const taught = teaching.feeds(batch);
          jitterRadiometry(batch, sensorsOf(modalities), recipe.radiometricJitter, seed, at);
          const presence = drawPresence(recipe.batchSize, names.length, recipe.modalityDropout, seed, at++);
          yield { ...feedsOf(batch, names), ...taught, modality_mask: presence };
        }
      },
      checkpointPath: join(spec.folder, "checkpoint.safetensors"),
      checkpointEverySteps: recipe.checkpointEverySteps,
      fingerprint: fingerprintOf(spec, base?.description.weights.sha256 ?? ""),
      review: teaching.review,
      averaged: recipe.averageDecay > 0,
      onStep: (at, values) => {
        teaching.onStep?.(values);
        context.metric(at, values);
        context.phase("Fine-tuning", at / recipe.steps);
      },
    },
    {
      provider,
      seed,
      initial: startFrom(initialState(step, seed), base?.weights),
      resume: spec.resume,
      signal: context.signal,
    },
  );
}
