import { freemem } from "node:os";
import type { EstimateSpec, FinetuneSpec, PretrainSpec } from "../../src-shared/domain/job.ts";
import type { Range, TrainingEstimate } from "../../src-shared/domain/training.ts";
import { type Cube, type Normalization, noAugmentation } from "../cube/index.ts";
import {
  bytesPerElement,
  floatingPointOperations,
  initialState,
  liveBytes,
  type Provider,
  type Step,
  sizeOf,
  type Tensor,
  type Tensors,
  TrainingSession,
  type Value,
} from "../engine/index.ts";
import { readModelDescription } from "../learning/index.ts";
import type { OmniSatConfig } from "../omnisat/index.ts";
import { inputsOfModel } from "./applied-model.ts";
import type { JobContext } from "./context.ts";
import { feedsOf } from "./feeds.ts";
import { finetuneStep } from "./finetune.ts";
import { dayCountOf, leastClear, openCube, patchGrid, projectArea, statisticsTiles } from "./imagery.ts";
import { LabelPatches } from "./label-patches.ts";
import { networkFor } from "./network.ts";
import { pretrainStep } from "./pretrain.ts";
import { providerFor } from "./provider.ts";
import { anywhere, endlessBatches } from "./tile-sampler.ts";

/** Node.js, the runtime and what else a process needs before it computes anything. */
const processBytes = 160 * 2 ** 20;
/** How much of the live results the runtime's arena takes at least and at most, gaps included (measured: bench/README.md). */
const arenaShare: Range = { low: 0.7, high: 1.5 };
/** Trial steps go on for about so long. */
const trialMilliseconds = 1500;
const mostTrialSteps = 6;

/** What a training would take on this machine: memory from its graph, time from a few of its own steps on its own imagery. */
export async function estimate({ training }: EstimateSpec, context: JobContext): Promise<TrainingEstimate> {
  const { grid, imagery, recipe } = training;
  const base =
    training.kind === "finetune" && training.modelFolder !== null
      ? await readModelDescription(training.modelFolder)
      : undefined;
  const names = imagery.modalities.map(({ name }) => name);
  const modalities = base ? inputsOfModel(base, grid, imagery, names) : imagery.modalities;
  const days = base?.days ?? dayCountOf(imagery);
  const own = base
    ? { ...base.config, modalities: base.config.modalities.filter(({ name }) => names.includes(name)) }
    : networkFor(modalities, training.architecture, grid.tilePatches, days);
  const { provider } = await providerFor(training.provider);
  const cube = openCube(grid, imagery, modalities, days);
  try {
    const counts = Object.fromEntries(names.map((name) => [name, cube.steps(name).length]));
    const dates = Object.fromEntries(names.map((name) => [name, Math.min(recipe.datesPerTile, counts[name]!)]));
    const step = stepOf(training, own, dates);
    const state = bytesOfState(step);
    const live = liveBytes(step.model);
    const fixed = processBytes + state + (base ? state / 3 : 0);
    const memoryBytes = { low: fixed + arenaShare.low * live, high: fixed + arenaShare.high * live };
    const availableBytes = provider === "cpu" ? freemem() : null;
    const about = {
      provider,
      parameters: step.parameters.reduce((sum, { value }) => sum + sizeOf(value.shape), 0),
      flopsPerStep: floatingPointOperations(step.model),
      memoryBytes,
      availableBytes,
    };
    if (availableBytes !== null && memoryBytes.low > availableBytes) {
      const perTile = (arenaShare.high * live) / recipe.batchSize;
      const fitting = Math.floor((0.9 * availableBytes - fixed) / perTile);
      return { ...about, stepSeconds: null, totalSeconds: null, trialSteps: 0, fittingBatchSize: Math.max(1, fitting) };
    }
    const trial = await tryOut(step, training, modalities, cube, dates, provider, context.signal);
    const stepSeconds = { low: 0.95 * trial.step, high: 1.15 * (trial.step + trial.read) };
    return {
      ...about,
      fittingBatchSize: null,
      trialSteps: trial.steps,
      stepSeconds,
      totalSeconds: totalOf(training, stepSeconds, trial, counts, dates, base !== undefined),
    };
  } finally {
    await cube.close();
  }
}

function stepOf(training: EstimateSpec["training"], config: OmniSatConfig, dates: Readonly<Record<string, number>>) {
  return training.kind === "pretrain"
    ? pretrainStep({ ...config, maskRatio: training.recipe.maskRatio }, training.recipe, dates)
    : finetuneStep(config, training.recipe, dates, Math.max(2, training.labels.legend.length));
}

/** Parameters, moments and random numbers; what a step renews is held twice. */
function bytesOfState({ parameters, buffers, moments, randoms, updated }: Step): number {
  const renewed = new Set(updated);
  const bytes = ({ type, shape }: Value) => sizeOf(shape) * bytesPerElement[type];
  const entries = [...parameters, ...buffers, ...moments];
  return (
    entries.reduce((sum, { name, value }) => sum + bytes(value) * (renewed.has(name) ? 2 : 1), 0) +
    randoms.reduce((sum, value) => sum + bytes(value), 0)
  );
}

interface Trial {
  /** seconds of one step, and of reading one batch from files nobody has read yet */
  readonly step: number;
  readonly read: number;
  readonly steps: number;
}

/** Reads a few batches and takes a few steps with them. The first step, in which kernels are chosen, does not count. */
async function tryOut(
  step: Step,
  { grid, recipe, seed }: PretrainSpec | FinetuneSpec,
  modalities: EstimateSpec["training"]["imagery"]["modalities"],
  cube: Cube,
  dates: Readonly<Record<string, number>>,
  provider: Provider,
  signal: AbortSignal,
): Promise<Trial> {
  const side = grid.tilePatches;
  const shape = {
    batchSize: recipe.batchSize,
    patchesHigh: side,
    patchesWide: side,
    modalities,
    dates,
    normalizations: modalities.map(roughly),
  };
  const sample = { dates, choice: "random", augmentation: noAugmentation, leastClear } as const;
  const draw = anywhere(projectArea(grid), side, seed + 1);
  const feeds: Tensors[] = [];
  const began = performance.now();
  for await (const batch of endlessBatches(cube, { draw, shape, sample, seed: seed + 1 }, 0, signal)) {
    feeds.push(feedsOf(batch, modalities.map(({ name }) => name))); // biome-ignore format: one call
    if (feeds.length === 2) break;
  }
  const read = (performance.now() - began) / 1000 / feeds.length;
  const session = await TrainingSession.create(step, { provider, seed, state: initialState(step, seed) });
  try {
    const times: number[] = [];
    const others = fillers(step, feeds[0]!);
    while (times.length <= mostTrialSteps) {
      signal.throwIfAborted();
      const start = performance.now();
      await session.step({ ...others, ...feeds[times.length % feeds.length]! }, { learningRate: 0 });
      times.push(performance.now() - start);
      if (times.length > 1 && times.slice(1).reduce((sum, time) => sum + time, 0) > trialMilliseconds) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const counted = times.slice(1).sort((p, q) => p - q);
    return { step: counted[counted.length >> 1]! / 1000, read, steps: counted.length };
  } finally {
    await session.release();
  }
}

/** Near enough to keep the numbers in range; the values do not change the time. */
const roughly = ({ name, bands }: { readonly name: string; readonly bands: readonly string[] }): Normalization => ({
  modality: name,
  bands: bands.map((band) => ({ name: band, mean: 0, std: 1e4 })),
  pixels: 0,
});

/** Labels, weights and presence of modalities, for the inputs that no imagery gives. */
function fillers(step: Step, given: Tensors): Tensors {
  return Object.fromEntries(
    step.inputs
      .filter(({ name }) => !(name in given) && !name.startsWith("optimizer"))
      .map(({ name, type, shape }): [string, Tensor] => {
        const size = sizeOf(shape);
        const data = type === "int64" ? new BigInt64Array(size) : new Float32Array(size).fill(1);
        return [name, { type, shape, data } as Tensor];
      }),
  );
}

/** Steps, looks at the validation part, and the statistics of the imagery in the beginning. */
function totalOf(
  training: PretrainSpec | FinetuneSpec,
  stepSeconds: Range,
  { step, read }: Trial,
  counts: Readonly<Record<string, number>>,
  dates: Readonly<Record<string, number>>,
  hasStatistics: boolean,
): Range {
  const { grid, recipe } = training;
  const sum = (numbers: Readonly<Record<string, number>>) => Object.values(numbers).reduce((a, b) => a + b, 0);
  const moreDates = sum(counts) / sum(dates);
  const area = projectArea(grid);
  const tilePatches = grid.tilePatches ** 2;
  const surveyed = Math.min(area.width * area.height, statisticsTiles.count * statisticsTiles.side ** 2);
  const survey = hasStatistics ? 0 : ((read * surveyed) / (recipe.batchSize * tilePatches)) * moreDates;
  let looks = 0;
  if (training.kind === "finetune") {
    const codes = training.labels.legend.map(({ code }) => code);
    const labels = new LabelPatches(training.labels, "validation", codes, patchGrid(grid), area);
    const patches = labels.usable().reduce((total, { patches: own }) => total + own, 0);
    const tiles = Math.min((area.width * area.height) / tilePatches, (3 * patches) / tilePatches) || 32;
    const every = training.recipe.validateEverySteps;
    // Forward alone is about a third of a step, over all dates instead of some.
    looks = Math.ceil(recipe.steps / every) * (tiles / recipe.batchSize) * (step / 3) * moreDates;
  }
  return {
    low: recipe.steps * stepSeconds.low + 0.3 * survey + 0.5 * looks,
    high: recipe.steps * stepSeconds.high + 1.2 * survey + 1.5 * looks + 2,
  };
}
