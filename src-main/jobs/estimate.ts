import { availableParallelism, freemem } from "node:os";
import type { EstimateSpec } from "../../src-shared/domain/job.ts";
import type { FinetuneTilesSpec } from "../../src-shared/domain/tiles.ts";
import type { Range, TrainingEstimate } from "../../src-shared/domain/training.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import {
  type Cube,
  type Normalization,
  noAugmentation,
  type PatchSet,
  type PatchWindow,
  readSample,
} from "../cube/index.ts";
import {
  bytesPerElement,
  floatingPointOperations,
  initialState,
  liveBytes,
  type Provider,
  sizeOf,
  type Tensor,
  type Tensors,
  TrainingSession,
  type TrainingStep,
  type Value,
} from "../engine/index.ts";
import { readModelDescription } from "../learning/index.ts";
import type { OmniSatConfig } from "../omnisat/index.ts";
import { applyModel } from "./applied-model.ts";
import type { JobContext } from "./context.ts";
import { coverageIn } from "./coverage-words.ts";
import { bytesOfPixels, processBytes } from "./estimate-memory.ts";
import { feedsOf } from "./feeds.ts";
import { finetuneStep } from "./finetune.ts";
import { daysOfTiles, headOf, tilesStep } from "./finetune-tiles.ts";
import {
  cacheBytes,
  dayCountOf,
  leastClear,
  mostDatesOf,
  openCube,
  patchGrid,
  projectArea,
  requirePixels,
  statisticsTiles,
} from "./imagery.ts";
import { jointInputs, type TrainingPlace } from "./joint-inputs.ts";
import { LabelPatches } from "./label-patches.ts";
import { networkFor, networkWith } from "./network.ts";
import { PlaceCubes } from "./place-cubes.ts";
import { extraInputs, pretrainStep } from "./pretrain.ts";
import { providerFor } from "./provider.ts";
import { anywhere, batchesPerDraw, type EndlessBatches, endlessBatches, placesPerDraw } from "./tile-sampler.ts";
import { statisticsOfTiles, taughtClasses, tilesInEpochs, tilesOf, windowOfTile } from "./tiles.ts";
import { glanceTiles } from "./validation-looks.ts";

/** How much of the live results the runtime's arena takes at least and at most, gaps included (measured: bench/README.md). */
const arenaShare: Range = { low: 0.7, high: 1.5 };
/** Trial steps go on for about so long. */
const trialMilliseconds = 1500;
const mostTrialSteps = 6;

/** What a training would take on this machine: memory from its graph, time from a few of its own steps on its own imagery. */
export async function estimate({ training: asked }: EstimateSpec, context: JobContext): Promise<TrainingEstimate> {
  if (asked.kind === "finetune" && asked.method)
    return (await import("./estimate-method.ts")).estimateMethod(asked, asked.method, context);
  const { imagery, recipe } = asked;
  const base =
    asked.kind !== "pretrain" && asked.modelFolder !== null ? await readModelDescription(asked.modelFolder) : undefined;
  const names = imagery.modalities.map(({ name }) => name);
  const use = asked.kind === "finetune" ? asked.use : undefined;
  const fresh = names.filter((name) => !base?.modalities.some((modality) => modality.name === name));
  const applied = base && applyModel(base, asked.grid, imagery, names, use, fresh);
  // Of several places the first is tried; the network is that of all.
  const joint = asked.kind === "pretrain" ? jointInputs(asked) : undefined;
  const [here] = joint?.places ?? [];
  const modalities = applied?.modalities ?? here?.modalities ?? imagery.modalities;
  const days =
    applied?.days ?? here?.days ?? (asked.kind === "finetune-tiles" ? daysOfTiles(asked) : dayCountOf(imagery));
  const ofTiles = asked.kind === "finetune-tiles" ? tilesToTeach(asked) : undefined;
  const own = base
    ? networkWith(base.config, modalities, days)
    : networkFor(joint?.modalities ?? modalities, asked.architecture, joint?.side ?? asked.grid.tilePatches, days);
  // Tiles are as large as those of the network: of a model that is gone on with, or of the place with the smallest.
  const grid = { ...asked.grid, tilePatches: own.grid.rows };
  const training = { ...asked, grid };
  const { provider } = await providerFor(training.provider);
  const cube = openCube(grid, imagery, modalities, days);
  try {
    const area = projectArea(grid);
    await requirePixels(cube, area, training.seed, context);
    const footprints = (await cube.footprints())!;
    const { all } = coverageIn(footprints, area, footprints.names);
    const elsewhere = await otherFacts(joint?.places.slice(1) ?? [], own.grid.rows);
    // As many dates as one tile can have: of many places each has its own.
    const counts = await mostDatesOf(cube, grid.tilePatches + (ofTiles ? 1 : 0));
    for (const other of elsewhere)
      for (const [name, count] of Object.entries(other.most)) counts[name] = Math.max(count, counts[name] ?? 1);
    const dates = Object.fromEntries(
      own.modalities.map(({ name }) => [name, Math.min(recipe.datesPerTile, counts[name]!)]),
    );
    const step = stepOf(
      training,
      own,
      dates,
      base !== undefined,
      ofTiles?.classes ?? 0,
      extraInputs(joint?.places ?? []),
    );
    const state = bytesOfState(step);
    const live = liveBytes(step.model);
    const idle = processBytes(Math.max(1, Math.min(8, availableParallelism())));
    const pixels = Math.min(cacheBytes(), await bytesOfPixels(cube, all));
    // A review computes forward only, but with all dates.
    const looking = training.kind !== "pretrain" ? (live / 3) * (sumOf(counts) / sumOf(dates)) : 0;
    const memoryBytes = {
      low: idle.low + state + arenaShare.low * live + 0.5 * pixels,
      high: idle.high + 1.2 * state + arenaShare.high * (live + looking) + pixels,
    };
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
      const fitting = Math.floor((0.9 * availableBytes - (memoryBytes.high - arenaShare.high * live)) / perTile);
      return { ...about, stepSeconds: null, totalSeconds: null, trialSteps: 0, fittingBatchSize: Math.max(1, fitting) };
    }
    const tried = ofTiles ? placeOfTiles(ofTiles.windows, training.seed) : await anyPlace(cube, all, training);
    const trial = await tryOut(step, training, modalities, cube, tried, dates, counts, provider, context.signal);
    // Batches are put together beside the steps, on the same processor.
    const stepSeconds = { low: 0.9 * trial.step, high: 1.25 * (trial.step + trial.batch) };
    return {
      ...about,
      fittingBatchSize: null,
      trialSteps: trial.steps,
      stepSeconds,
      totalSeconds:
        training.kind === "finetune-tiles"
          ? totalOfTiles(training, stepSeconds, trial, counts, dates, base !== undefined)
          : totalOf(
              training,
              [all, ...elsewhere.map((other) => other.all)],
              stepSeconds,
              trial,
              counts,
              dates,
              base !== undefined,
            ),
    };
  } finally {
    await cube.close();
  }
}

/** Of the other places of a pre-training: where their images lie, and how many dates a tile can have. No image is opened. */
async function otherFacts(
  places: readonly TrainingPlace[],
  side: number,
): Promise<readonly { readonly all: PatchSet; readonly most: Readonly<Record<string, number>> }[]> {
  if (places.length === 0) return [];
  const cubes = new PlaceCubes(places);
  try {
    const facts = [];
    for (const [index, { grid }] of places.entries())
      facts.push(
        await cubes.use(index, async (cube) => {
          const footprints = (await cube.footprints())!;
          const { all } = coverageIn(footprints, projectArea(grid), footprints.names);
          return { all, most: await mostDatesOf(cube, side) };
        }),
      );
    return facts;
  } finally {
    await cubes.close();
  }
}

/** @throws AppError "no-tiles-to-train" as the training itself would */
function tilesToTeach({ tiles, recipe, grid }: FinetuneTilesSpec) {
  const { shareThreshold: share } = recipe;
  const training = tilesOf(tiles, "train", recipe);
  const classes = taughtClasses(tiles.legend, training.tiles, share).length;
  if (classes === 0) throw new AppError("no-tiles-to-train", { part: "train", tiles: training.all, share });
  return { classes, windows: training.tiles.map((tile) => windowOfTile(tile, grid.tilePatches)) };
}

function stepOf(
  training: EstimateSpec["training"],
  config: OmniSatConfig,
  dates: Readonly<Record<string, number>>,
  pretrained: boolean,
  classes: number,
  extra: ReturnType<typeof extraInputs>,
) {
  if (training.kind === "finetune-tiles")
    return tilesStep(config, training.recipe, dates, classes, headOf(training.recipe, pretrained));
  return training.kind === "pretrain"
    ? pretrainStep({ ...config, maskRatio: training.recipe.maskRatio }, training.recipe, dates, extra)
    : finetuneStep(config, training.recipe, dates, Math.max(2, training.labels.legend.length));
}

/** Parameters, moments and random numbers; what a step renews is held twice. */
function bytesOfState({ parameters, buffers, moments, randoms, updated }: TrainingStep): number {
  const renewed = new Set(updated);
  const bytes = ({ type, shape }: Value) => sizeOf(shape) * bytesPerElement[type];
  const entries = [...parameters, ...buffers, ...moments];
  return (
    entries.reduce((sum, { name, value }) => sum + bytes(value) * (renewed.has(name) ? 2 : 1), 0) +
    // Those of the next step are drawn while this one computes.
    2 * randoms.reduce((sum, { value }) => sum + bytes(value), 0)
  );
}

/** Seconds of everything that a training does again and again. */
interface Trial {
  readonly step: number;
  /** one place of the cube's cache, all dates, from files nobody has read yet */
  readonly place: number;
  /** one batch from pixels in memory */
  readonly batch: number;
  readonly steps: number;
}

/** So many dates of each series tell how long one takes. */
const datesRead = 24;

/** What is read for a try, and which tiles of it are drawn. */
interface TriedPlace {
  readonly place: PatchWindow;
  readonly draw: EndlessBatches["draw"];
}

async function anyPlace(cube: Cube, all: PatchSet, { grid, seed }: EstimateSpec["training"]): Promise<TriedPlace> {
  const side = grid.tilePatches;
  const place = await someplace(cube, all, Math.max(2 * side, statisticsTiles.side));
  return { place, draw: anywhere(place, side, seed) };
}

/** The first labelled tiles that the training would take. */
const placeOfTiles = (windows: readonly PatchWindow[], seed: number): TriedPlace => {
  const draw = tilesInEpochs(windows, seed);
  return { place: draw(0, 1)[0]!, draw };
};

/** Reads one place and a few batches of it, and takes a few steps with them. The first step, in which kernels are chosen, does not count. */
async function tryOut(
  step: TrainingStep,
  { grid, recipe, seed }: EstimateSpec["training"],
  modalities: EstimateSpec["training"]["imagery"]["modalities"],
  cube: Cube,
  { place, draw }: TriedPlace,
  dates: Readonly<Record<string, number>>,
  counts: Readonly<Record<string, number>>,
  provider: Provider,
  signal: AbortSignal,
): Promise<Trial> {
  const side = grid.tilePatches;
  let began = performance.now();
  const look = { dates: datesRead, choice: "spread", augmentation: noAugmentation } as const;
  await readSample(cube, place, look, [seed], signal);
  const here = await Promise.all(names(modalities).map(async (name) => (await cube.datesIn(name, place)).length));
  const readDates = here.reduce((sum, count) => sum + Math.min(count, datesRead), 0);
  const placeSeconds = ((performance.now() - began) / 1000) * (sumOf(counts) / Math.max(1, readDates));
  const shape = {
    batchSize: recipe.batchSize,
    patchesHigh: side,
    patchesWide: side,
    modalities,
    dates,
    normalizations: modalities.map(roughly),
  };
  const sample = { dates, choice: "spread", augmentation: noAugmentation, leastClear } as const;
  const feeds: Tensors[] = [];
  for await (const batch of endlessBatches(cube, { draw, shape, sample, seed }, 0, signal)) {
    feeds.push(feedsOf(batch, names(modalities)));
    // The first batch may still have read a file.
    if (feeds.length === 1) began = performance.now();
    if (feeds.length === 4) break;
  }
  const batchSeconds = (performance.now() - began) / 1000 / (feeds.length - 1);
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
    const median = counted[counted.length >> 1]! / 1000;
    return { step: median, place: placeSeconds, batch: batchSeconds, steps: counted.length };
  } finally {
    await session.release();
  }
}

const names = (modalities: readonly { readonly name: string }[]): string[] => modalities.map(({ name }) => name);
const sumOf = (numbers: Readonly<Record<string, number>>): number =>
  Object.values(numbers).reduce((sum, number) => sum + number, 0);

/** A square in the middle of the place where most inputs have images (of equals the largest). */
async function someplace(cube: Cube, all: PatchSet, side: number): Promise<PatchWindow> {
  const footprints = (await cube.footprints())!;
  const best = all
    .windows()
    .map((window) => ({
      window,
      inputs: footprints.names.filter((name) => footprints.modality(name).touches(window)).length,
    }))
    .reduce((p, q) =>
      q.inputs > p.inputs || (q.inputs === p.inputs && all.countIn(q.window) > all.countIn(p.window)) ? q : p,
    ).window;
  const width = Math.min(side, best.width);
  const height = Math.min(side, best.height);
  return {
    col: best.col + Math.floor((best.width - width) / 2),
    row: best.row + Math.floor((best.height - height) / 2),
    width,
    height,
  };
}

/** Near enough to keep the numbers in range; the values do not change the time. */
const roughly = ({ name, bands }: { readonly name: string; readonly bands: readonly string[] }): Normalization => ({
  modality: name,
  bands: bands.map((band) => ({ name: band, mean: 0, std: 1e4 })),
  pixels: 0,
});

/** Labels, weights and presence of modalities, for the inputs that no imagery gives. */
function fillers(step: TrainingStep, given: Tensors): Tensors {
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

/** Places of the cube's cache in an area: squares of so many patches. */
const placePatches = 64;
const placesIn = (all: PatchSet, side: number): number =>
  all.windows().reduce((sum, { width, height }) => sum + Math.ceil(width / side) * Math.ceil(height / side), 0);

/** Steps, reviews on the validation part, and reading: the statistics in the beginning, then what was not yet read. */
function totalOf(
  training: Exclude<EstimateSpec["training"], FinetuneTilesSpec>,
  [all, ...elsewhere]: readonly [PatchSet, ...PatchSet[]],
  stepSeconds: Range,
  { step, place, batch }: Trial,
  counts: Readonly<Record<string, number>>,
  dates: Readonly<Record<string, number>>,
  hasStatistics: boolean,
): Range {
  const { grid, recipe } = training;
  const area = projectArea(grid);
  const sets = [all, ...elsewhere];
  const places = sets.reduce((sum, set) => sum + placesIn(set, placePatches), 0);
  const surveyed = hasStatistics
    ? 0
    : sets.reduce((sum, set) => sum + Math.min(placesIn(set, statisticsTiles.side), statisticsTiles.count), 0);
  const cold = Math.min(places, surveyed);
  // A statistics tile from memory takes about as long as a batch of as many patches and dates.
  const warm =
    (surveyed * batch * statisticsTiles.side ** 2 * sumOf(counts)) /
    (recipe.batchSize * grid.tilePatches ** 2 * sumOf(dates));
  const survey = cold * place + warm;
  // Every draw of batches looks at a few places anew; a small area is soon in memory.
  const later = Math.min(places - cold, (recipe.steps / batchesPerDraw) * placesPerDraw) * place;
  let looks = 0;
  if (training.kind === "finetune") {
    const codes = training.labels.legend.map(({ code }) => code);
    const labels = new LabelPatches(training.labels, "validation", codes, patchGrid(grid), area, all);
    const patches = labels.usable().reduce((total, { patches: own }) => total + own, 0);
    const tilePatches = grid.tilePatches ** 2;
    const seen = Math.min(all.size / tilePatches, (3 * patches) / tilePatches) || glanceTiles;
    // Forward alone is about a third of a step, over all dates instead of some.
    const perTile = ((step / 3 + batch) / recipe.batchSize) * (sumOf(counts) / sumOf(dates));
    looks = Math.ceil(recipe.steps / training.recipe.validateEverySteps) * seen * perTile;
  }
  return {
    low: recipe.steps * stepSeconds.low + 0.7 * survey + 0.6 * looks,
    high: recipe.steps * stepSeconds.high + 1.3 * survey + 1.5 * looks + later + 2,
  };
}

/** The same of labelled tiles: statistics over some of them, each tile read once, and reviews on the validation tiles. */
function totalOfTiles(
  { tiles, recipe }: FinetuneTilesSpec,
  stepSeconds: Range,
  { step, place, batch }: Trial,
  counts: Readonly<Record<string, number>>,
  dates: Readonly<Record<string, number>>,
  hasStatistics: boolean,
): Range {
  const train = tilesOf(tiles, "train", recipe).tiles.length;
  const validation = tilesOf(tiles, "validation", recipe).tiles.length;
  const surveyed = hasStatistics ? 0 : Math.min(train, statisticsOfTiles);
  const survey = surveyed * place;
  const later = Math.min(train - surveyed, recipe.steps * recipe.batchSize) * place;
  const perTile = ((step / 3 + batch) / recipe.batchSize) * (sumOf(counts) / sumOf(dates));
  const looks = (Math.ceil(recipe.steps / recipe.validateEverySteps) + 1) * validation * perTile;
  return {
    low: recipe.steps * stepSeconds.low + 0.7 * survey + 0.6 * looks,
    high: recipe.steps * stepSeconds.high + 1.3 * survey + 1.5 * (looks + validation * place) + later + 2,
  };
}
