import { join } from "node:path";
import { type Finding, findingSentence, inOrderOfSeverity } from "../../src-shared/domain/finding.ts";
import type { FinetuneSpec, ModelResult, PretrainSpec } from "../../src-shared/domain/job.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import type { FinetuneTilesSpec } from "../../src-shared/domain/tiles.ts";
import type { Modality } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import {
  type Batch,
  type BatchShape,
  type Cube,
  type DayCount,
  type Normalization,
  noAugmentation,
  type SampleOptions,
} from "../cube/index.ts";
import { type cosine, initialState, type Provider, type Tensors, type TrainingStep } from "../engine/index.ts";
import {
  type NewModel,
  type Review,
  type TrainedModel,
  type TrainingResult,
  train,
  writeModel,
} from "../learning/index.ts";
import type { OmniSatConfig } from "../omnisat/index.ts";
import { type AppliedModel, applyModel, logUse, normalizationsFor } from "./applied-model.ts";
import type { JobContext } from "./context.ts";
import { type Coverage, coverageFindings } from "./coverage-words.ts";
import { describeTraining, modelModalities } from "./describe.ts";
import { feedsOf } from "./feeds.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { requireGolden } from "./golden.ts";
import { computeNormalizations, leastClear, mostDatesOf, openCube, projectArea, requirePixels } from "./imagery.ts";
import type { InputWatch } from "./input-watch.ts";
import { readWorkingModel } from "./model-tensors.ts";
import { networkFor, networkWith } from "./network.ts";
import { type Computing, providerFor } from "./provider.ts";
import { jitterRadiometry, sensorsOf } from "./radiometric-jitter.ts";
import { type EndlessBatches, endlessBatches } from "./tile-sampler.ts";
import { storable } from "./training-findings.ts";
import { drawPresence, startFrom } from "./training-parts.ts";

// What all trainings do around their own losses and labels, in the order in which they do it.

type FinetuningSpec = FinetuneSpec | FinetuneTilesSpec;
export type TrainingSpec = PretrainSpec | FinetuningSpec;

/** What a network sees, and the model that it starts from. */
export interface TrainingInputs {
  readonly base: TrainedModel | undefined;
  readonly modalities: readonly Modality[];
  /** the inputs, in the order of the network's mask */
  readonly names: readonly string[];
  readonly days: DayCount;
  /** how the model it starts from is used here */
  readonly applied?: AppliedModel | undefined;
}

/**
 * The model that a fine-tuning starts from, whole.
 * @throws AppError "model-without-network", and what `readWorkingModel` and `requireGolden` throw
 */
export async function baseOf(spec: FinetuningSpec): Promise<TrainedModel | undefined> {
  const { modelFolder } = spec;
  if (modelFolder === null) return undefined;
  const model = await readWorkingModel(modelFolder);
  const { method, name } = model.description;
  if (method) throw new AppError("model-without-network", { name });
  const { provider } = await providerFor(spec.provider);
  await requireGolden({ ...spec, modelFolder }, model, provider);
  return model;
}

/** The inputs of a fine-tuning: all that it is given. Those that its model has go on from there, the others are taught from scratch. */
export function inputsFrom(
  base: TrainedModel | undefined,
  spec: FinetuningSpec,
  freshDays: () => DayCount,
): TrainingInputs {
  const { grid, imagery } = spec;
  const names = imagery.modalities.map(({ name }) => name);
  const use = spec.kind === "finetune" ? spec.use : undefined;
  const strangers = base ? names.filter((name) => !knows(base, name)) : [];
  // Nothing to go on from, and an encoder that learns nothing: then the model has to know every input.
  const frozen = spec.kind === "finetune" && spec.method !== undefined;
  const fresh = frozen || strangers.length === names.length ? [] : strangers;
  const found = base && applyModel(base.description, grid, imagery, names, use, fresh);
  const applied = found && { ...found, findings: [...found.findings, ...inputsOfStart(base, names, fresh)] };
  const modalities = applied?.modalities ?? imagery.modalities;
  return { base, modalities, names, days: applied?.days ?? freshDays(), applied };
}

/** The statistics of the model that is gone on with, or of this imagery. Both need an input that shows something. */
export async function statisticsFor(
  spec: FinetuneSpec,
  context: JobContext,
  { base, applied }: TrainingInputs,
  cube: Cube,
): Promise<readonly Normalization[]> {
  const { grid, seed, use } = spec;
  if (!base || !applied) return computeNormalizations(cube, projectArea(grid), seed, context);
  logUse(applied, use, context);
  if (applied.statistics !== "place") await requirePixels(cube, projectArea(grid), seed, context);
  return normalizationsFor(base.description, applied, cube, spec, context);
}

const knows = ({ description }: TrainedModel, name: string): boolean =>
  description.modalities.some((modality) => modality.name === name);

/** Which inputs a training shares with the model that it starts from, where these are not all of both. */
function inputsOfStart({ description }: TrainedModel, names: readonly string[], fresh: readonly string[]): Finding[] {
  const unused = description.modalities.map(({ name }) => name).filter((name) => !names.includes(name));
  if (fresh.length + unused.length === 0) return [];
  return [{ code: "inputs-of-start", details: { model: description.name, fresh, unused } }];
}

/** Opens the imagery of a training for `work`, and closes it however that ends. */
export async function withCube<T>(
  { grid, imagery }: TrainingSpec,
  { modalities, days }: TrainingInputs,
  work: (cube: Cube) => Promise<T>,
): Promise<T> {
  const cube = openCube(grid, imagery, modalities, days);
  try {
    return await work(cube);
  } finally {
    await cube.close();
  }
}

/** Writes findings to the job's log, as sentences. */
function logFindings(findings: readonly Finding[], context: JobContext): void {
  for (const finding of findings) context.log(findingSentence(finding));
}

/** What where the inputs have images gives reason to doubt; it is in the log before the training begins. */
export function loggedCoverage(coverage: Coverage, context: JobContext): readonly Finding[] {
  const findings = coverageFindings(coverage);
  logFindings(findings, context);
  return findings;
}

/** The network of a fine-tuning's model with the inputs that are there and those that are new to it, or a new one. */
export function networkFrom({ base, modalities, days }: TrainingInputs, spec: FinetuningSpec): OmniSatConfig {
  return base
    ? networkWith(base.description.config, modalities, days)
    : networkFor(modalities, spec.architecture, spec.grid.tilePatches, days);
}

/** By input: how many dates a tile of `side` patches is given, as the recipe says or as many as there can be. */
export async function datesOfTiles(
  cube: Cube,
  side: number,
  names: readonly string[],
  datesPerTile: number,
): Promise<Readonly<Record<string, number>>> {
  const most = await mostDatesOf(cube, side);
  return Object.fromEntries(names.map((name) => [name, Math.min(datesPerTile, most[name]!)]));
}

/** Where a training is computed; the log says so. */
export async function loggedProvider(spec: TrainingSpec, context: JobContext): Promise<Computing> {
  const computing = await providerFor(spec.provider);
  context.log(`Computing on ${computing.provider} (${computing.reason}).`);
  return computing;
}

/** What a fine-tuning on patches settles before its first step, each said in its log: statistics, dates per tile, network, device. */
export async function settledFor(
  spec: FinetuneSpec,
  context: JobContext,
  inputs: TrainingInputs,
  cube: Cube,
  coverage: Coverage,
) {
  const normalizations = await statisticsFor(spec, context, inputs, cube);
  const aboutPlaces = loggedCoverage(coverage, context);
  const dates = await datesOfTiles(cube, spec.grid.tilePatches, inputs.names, spec.recipe.datesPerTile);
  const config = networkFrom(inputs, spec);
  const computing = await loggedProvider(spec, context);
  return { normalizations, aboutPlaces, dates, config, side: config.grid.rows, computing };
}

/** A model as it is described before its training has ended: `finishTraining` knows steps, seconds and findings. */
export function modelToBe(
  spec: TrainingSpec,
  { base, modalities, days }: TrainingInputs,
  own: Pick<NewModel, "task" | "config"> & {
    readonly legend: readonly LegendClass[] | null;
    readonly normalizations: readonly Normalization[];
    /** of a tile, in patches */
    readonly side: number;
    readonly provider: Provider;
    readonly settings: Readonly<Record<string, unknown>>;
  },
): NewModel {
  const { grid } = spec;
  return {
    name: spec.modelName,
    task: own.task,
    appVersion: spec.appVersion,
    config: own.config,
    days,
    modalities: modelModalities(modalities, own.normalizations),
    grid: { crs: grid.geobox.crs, patchMeters: grid.patchMeters, tilePatches: own.side },
    legend: own.legend?.map((entry) => ({ ...entry })) ?? null,
    training: describeTraining(spec, {
      steps: spec.recipe.steps,
      seconds: 0,
      provider: own.provider,
      startedFrom: base?.description.name ?? null,
      settings: own.settings,
    }),
  };
}

/** Batches without end from step `first` on: the n-th is a function of n alone. */
export type BatchSource = (
  asked: { readonly shape: BatchShape; readonly sample: SampleOptions; readonly seed: number },
  first: number,
  signal: AbortSignal,
) => AsyncGenerator<Batch, void>;

/** Tiles of one cube, as `draw` chooses them. */
export const tilesFrom =
  (cube: Cube, draw: EndlessBatches["draw"]): BatchSource =>
  (asked, first, signal) =>
    endlessBatches(cube, { ...asked, draw }, first, signal);

export interface Teaching {
  readonly spec: TrainingSpec;
  readonly context: JobContext;
  readonly step: TrainingStep;
  readonly inputs: TrainingInputs;
  readonly provider: Provider;
  readonly schedule: ReturnType<typeof cosine>;
  readonly normalizations: readonly Normalization[];
  /** of the network's inputs, by modality */
  readonly dates: Readonly<Record<string, number>>;
  /** of a tile, in patches */
  readonly side: number;
  /** where the tiles come from; a batch may leave out inputs of which it has nothing, when `feeds` gives them */
  readonly batches: BatchSource;
  /** what a tile is told besides its images */
  readonly told?: Pick<SampleOptions, "labels" | "targets">;
  /** the network's other inputs of the batch of step `at`, of its numbers before they are shifted */
  readonly feeds: (batch: Batch, at: number) => Tensors;
  /** sees every batch as it was read */
  readonly watch: InputWatch;
  readonly review?: Review | undefined;
  /** sees the values of every step before they are reported */
  readonly onStep?: (values: Readonly<Record<string, number>>) => void;
  /** the values of step `at` that say something, for the curve and the end; all of them by default */
  readonly telling?:
    | ((values: Readonly<Record<string, number>>, at: number) => Readonly<Record<string, number>>)
    | undefined;
  /** names the work: a checkpoint of other work is not continued */
  readonly fingerprint: string;
  /** keep the running mean of the weights instead of the last ones */
  readonly averaged: boolean;
  readonly phase: "Pre-training" | "Fine-tuning";
}

/** What fine-tunings have in common: a model to start from, a running mean of the weights, and inputs left out at random. */
export const ofFinetuning = (
  spec: FinetuningSpec,
  { base, names }: TrainingInputs,
  taught: (batch: Batch) => Tensors,
): Pick<Teaching, "fingerprint" | "averaged" | "phase" | "feeds"> => ({
  fingerprint: fingerprintOf(spec, base?.description.weights.sha256 ?? ""),
  averaged: spec.recipe.averageDecay > 0,
  phase: "Fine-tuning",
  feeds: (batch, at) => ({
    ...taught(batch),
    modality_mask: drawPresence(spec.recipe.batchSize, names.length, spec.recipe.modalityDropout, spec.seed, at),
  }),
});

/** Trains to the end or to an early stop; a stopped run goes on with the same batches, learning rates and random draws. */
export async function teach(teaching: Teaching): Promise<TrainingResult> {
  const { spec, context, step, inputs, provider, schedule } = teaching;
  const { recipe, seed } = spec;
  return train(
    step,
    {
      steps: recipe.steps,
      learningRate: (at) => recipe.learningRate * schedule.scale({ step: at }),
      batches: (first, signal) => feedsFrom(teaching, first, signal),
      checkpointPath: join(spec.folder, "checkpoint.safetensors"),
      checkpointEverySteps: recipe.checkpointEverySteps,
      fingerprint: teaching.fingerprint,
      review: teaching.review,
      averaged: teaching.averaged,
      telling: teaching.telling,
      onStep: (at, values) => {
        teaching.onStep?.(values);
        context.metric(at, values);
        context.phase(teaching.phase, at / recipe.steps);
      },
    },
    {
      provider,
      seed,
      initial: startFrom(initialState(step, seed), inputs.base?.weights),
      resume: spec.resume,
      signal: context.signal,
    },
  );
}

/** The network's inputs of step `first` and of those after it, without end. */
async function* feedsFrom(teaching: Teaching, first: number, signal: AbortSignal): AsyncGenerator<Tensors, void> {
  const { spec, watch, inputs } = teaching;
  const { seed, recipe } = spec;
  const asked = { shape: shapeOf(teaching), sample: sampleOf(teaching), seed };
  let at = first;
  for await (const batch of teaching.batches(asked, first, signal)) {
    watch.add(batch);
    const own = teaching.feeds(batch, at);
    jitterRadiometry(batch, sensorsOf(inputs.modalities), recipe.radiometricJitter, seed, at++);
    yield {
      ...feedsOf(
        batch,
        inputs.names.filter((name) => !(name in own)),
      ),
      ...own,
    };
  }
}

const shapeOf = ({ spec, side, inputs, dates, normalizations }: Teaching): BatchShape => ({
  batchSize: spec.recipe.batchSize,
  patchesHigh: side,
  patchesWide: side,
  modalities: inputs.modalities,
  dates,
  normalizations,
});

const sampleOf = ({ spec: { recipe }, dates, told }: Teaching): SampleOptions => ({
  dates,
  choice: "random",
  leastClear,
  augmentation: {
    ...noAugmentation,
    orientations: recipe.orientations,
    dateDropout: recipe.dateDropout,
    dateJitter: recipe.dateJitter,
  },
  ...told,
});

/** Logs what the training should be doubted for, writes the model and says what came of it. */
export async function finishTraining(
  spec: TrainingSpec,
  context: JobContext,
  done: {
    readonly model: NewModel;
    readonly trained: TrainingResult;
    readonly findings: readonly Finding[];
    readonly seconds: number;
    readonly computing: Computing;
    readonly metrics: Readonly<Record<string, number>>;
  },
): Promise<ModelResult> {
  const { model, computing, seconds, metrics } = done;
  const { weights, steps } = done.trained;
  const findings = inOrderOfSeverity(done.findings);
  logFindings(findings, context);
  const modelFolder = join(spec.folder, "model");
  const training = { ...model.training, steps, seconds };
  await writeModel(modelFolder, { ...model, training, findings: storable(findings) }, weights);
  return { modelFolder, steps, seconds, provider: `${computing.provider}: ${computing.reason}`, metrics, findings };
}

/** Of a run that began at `started`. */
export const secondsSince = (started: number): number => (performance.now() - started) / 1000;
