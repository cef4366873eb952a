import { join } from "node:path";
import { type Finding, findingSentence, inOrderOfSeverity } from "../../src-shared/domain/finding.ts";
import type { ModelResult } from "../../src-shared/domain/job.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import type { TilesRecipe } from "../../src-shared/domain/recipe.ts";
import type { FinetuneTilesSpec, TileLabel } from "../../src-shared/domain/tiles.ts";
import { yearOf } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { type DayCount, type PatchWindow, runningDays } from "../cube/index.ts";
import { adamW, buildStep, cosine, type Tensors, type TrainingStep, withAverage } from "../engine/index.ts";
import {
  bestThresholds,
  commonestClasses,
  type ModelDescription,
  type Review,
  type TileNumbers,
  type TileTask,
  tileScores,
  writeModel,
} from "../learning/index.ts";
import { graphInputs, type OmniSatConfig, type TileHead, tileLoss } from "../omnisat/index.ts";
import { inputsOfModel } from "./applied-model.ts";
import type { JobContext } from "./context.ts";
import { describeTraining, modelModalities } from "./describe.ts";
import { datesOf, dayCountOf, mostDatesOf, openCube } from "./imagery.ts";
import { InputWatch } from "./input-watch.ts";
import { readWorkingModel } from "./model-tensors.ts";
import { networkFor } from "./network.ts";
import { classifyTile, type Predictor } from "./predict.ts";
import { providerFor } from "./provider.ts";
import { networkFrom, Previewer, teach } from "./teaching.ts";
import {
  constantScore,
  holds,
  presenceOf,
  sigmoid,
  taughtClasses,
  tileNormalizations,
  tilesInEpochs,
  tilesOf,
  windowOfTile,
} from "./tiles.ts";
import { storable } from "./training-findings.ts";
import { normalizationOf } from "./training-parts.ts";

/**
 * Teaches a network which classes a whole tile holds, several at once: the paper's own task. Binary cross-entropy over tiles
 * and classes on the encoder's row 0 (SPEC §11.5, §12); starts from a pre-trained model or from nothing.
 * @throws AppError "no-tiles-to-train", "tiles-without-data"
 */
export async function finetuneTiles(spec: FinetuneTilesSpec, context: JobContext): Promise<ModelResult> {
  const started = performance.now();
  const { grid, imagery, recipe, seed } = spec;
  const base = spec.modelFolder === null ? undefined : await readWorkingModel(spec.modelFolder);
  if (base && base.description.grid.tilePatches !== grid.tilePatches)
    throw new AppError("model-tile-differs", { model: base.description.grid.tilePatches, project: grid.tilePatches });
  const names = imagery.modalities.map(({ name }) => name);
  const modalities = base ? inputsOfModel(base.description, grid, imagery, names) : imagery.modalities;
  const days = base?.description.days ?? daysOfTiles(spec);
  const { shareThreshold, target } = recipe;
  const training = tilesOf(spec.tiles, "train", recipe);
  const legend = taughtClasses(spec.tiles.legend, training.tiles, shareThreshold);
  if (legend.length === 0)
    throw new AppError("no-tiles-to-train", { part: "train", tiles: training.all, share: shareThreshold });
  const codes = legend.map(({ code }) => code);
  const side = grid.tilePatches;
  const validation = tilesOf(spec.tiles, "validation", recipe);

  let previewer: Previewer | undefined;
  const cube = openCube(grid, imagery, modalities, days);
  try {
    const normalizations = base
      ? base.description.modalities.map(({ name, normalization }) => normalizationOf(name, normalization))
      : await tileNormalizations(cube, training.tiles.map((tile) => windowOfTile(tile, side)), seed, context); // biome-ignore format: one choice
    const config = networkFrom(base, names, () => networkFor(modalities, spec.architecture, side, days));
    // A labelled tile may lie between the patches of the grid, and then touches one more each way.
    const most = await mostDatesOf(cube, side + 1);
    const dates = Object.fromEntries(names.map((name) => [name, Math.min(recipe.datesPerTile, most[name]!)]));
    const watch = new InputWatch(modalities, normalizations);
    const size = recipe.batchSize;
    const head = headOf(recipe, base !== undefined);
    const step = tilesStep(config, recipe, dates, codes.length, head);
    const { provider, reason } = await providerFor(spec.provider);
    context.log(`Computing on ${provider} (${reason}).`);
    context.log(
      `Teaching ${legend.map(({ name }) => name).join(", ")} from ${training.tiles.length} tiles; a class is present above a share of ${shareThreshold}.`,
    );
    if (training.empty > 0)
      context.log(
        `${training.empty} training tiles hold no class above this share: they are ${recipe.emptyTiles === "keep" ? "taught as tiles without any class" : "left out"}.`,
      );
    const schedule = cosine({ totalSteps: recipe.steps, warmupSteps: Math.min(recipe.warmupSteps, recipe.steps) });
    const task: TileTask = {
      head,
      target,
      shareThreshold,
      emptyTiles: recipe.emptyTiles,
      // What was taught as a share answers with a share: present is what lies above the same threshold.
      decision: target === "share" ? shareThreshold : 0.5,
      thresholds: null,
    };
    const model: Omit<ModelDescription, "format" | "weights"> = {
      name: spec.modelName,
      task: "tiles",
      appVersion: spec.appVersion,
      config,
      days,
      modalities: modelModalities(modalities, normalizations),
      grid: { crs: grid.geobox.crs, patchMeters: grid.patchMeters, tilePatches: side },
      legend: legend.map((entry) => ({ ...entry })),
      tiles: task,
      training: describeTraining(spec, {
        steps: recipe.steps,
        seconds: 0,
        provider,
        startedFrom: base?.description.name ?? null,
        settings: { ...recipe },
      }),
    };
    previewer = new Previewer(model, { cube, modalities: names, batchSize: size, provider });
    const previews = previewer;
    const answers = async (weights: Tensors) =>
      answersFor(await previews.with(weights), validation.tiles, codes, shareThreshold, side, context.signal);
    const review: Review | undefined =
      validation.tiles.length > 0
        ? {
            everySteps: recipe.validateEverySteps,
            rule: { mode: "max", patience: recipe.patience ?? Number.POSITIVE_INFINITY, minEpochs: 0 },
            look: async (weights) => {
              const { probabilities, presence } = await answers(weights);
              // No image shows a validation tile: there is nothing to select weights by.
              if (presence.length === 0) return { value: Number.NaN, metrics: {} };
              const scores = tileScores(probabilities, presence, codes.map(() => task.decision)); // biome-ignore format: one call
              const { microF1, macroF1, weightedF1 } = scores;
              return {
                value: selected(scores, recipe.select),
                metrics: { validationMicroF1: microF1, validationMacroF1: macroF1, validationWeightedF1: weightedF1 },
              };
            },
          }
        : undefined;

    const windows = training.tiles.map((tile) => windowOfTile(tile, side));
    const targets = new Map(
      windows.map((window, i): [PatchWindow, Float32Array] => [window, targetsOf(training.tiles[i]!, codes, recipe)]),
    );
    const losses: number[] = [];
    const { weights, steps, lastValues, best } = await teach({
      spec,
      context,
      cube,
      step,
      base,
      provider,
      schedule,
      names,
      modalities,
      normalizations,
      dates,
      side,
      draw: tilesInEpochs(windows, seed),
      told: { targets: (window) => targets.get(window)! },
      watch,
      feeds: (batch) => ({ targets: batch.targets! }),
      review,
      onStep: ({ loss }) => {
        if (loss !== undefined) losses.push(loss);
      },
    });
    const metrics: Record<string, number> = { ...lastValues };
    if (best !== undefined) metrics[bestNames[recipe.select]] = best;
    let thresholds: readonly number[] | null = null;
    const trained = Float32Array.from(training.tiles.flatMap((tile) => [...presenceOf(tile, codes, shareThreshold)]));
    const findings: Finding[] = findingsOfTraining(losses, trained, legend, recipe);
    if (training.empty > 0 && recipe.emptyTiles === "drop")
      findings.push({ code: "tiles-empty", details: { part: "train", tiles: training.empty, share: shareThreshold, } }); // biome-ignore format: one line
    if (validation.tiles.length === 0) findings.push({ code: "no-validation", details: {} });
    for (const part of ["validation", "test"] as const) {
      const own = spec.tiles.tiles.filter((tile) => tile.part === part);
      const classes = spec.tiles.legend
        .filter(({ code }) => !codes.includes(code))
        .map(({ code, name }) => ({ name, tiles: own.filter((tile) => holds(tile, code, shareThreshold)).length }))
        .filter(({ tiles }) => tiles > 0);
      if (classes.length > 0) findings.push({ code: "tiles-untaught", details: { part, classes } });
    }
    if (validation.tiles.length > 0) {
      const { probabilities, presence } = await answers(weights);
      if (presence.length > 0) {
        thresholds = bestThresholds(probabilities, presence, codes.length, task.decision);
        const commonest = commonestClasses(trained, codes.length);
        const baseline = constantScore(commonest, presence, legend);
        metrics.baselineMicroF1 = baseline.microF1;
        const { microF1 } = tileScores(probabilities, presence, thresholds);
        if (microF1 <= baseline.microF1) {
          const classes = legend.filter((_, k) => commonest[k] === 1).map(({ name }) => name);
          findings.push({ code: "tiles-below-commonest", details: { part: "validation", microF1, baseline: baseline.microF1, classes } }); // biome-ignore format: one line
        }
      }
    }
    const seconds = (performance.now() - started) / 1000;
    findings.push(...watch.findings());
    const told = inOrderOfSeverity(findings);
    for (const finding of told) context.log(findingSentence(finding));
    const modelFolder = join(spec.folder, "model");
    const finished = {
      findings: storable(told),
      ...model,
      tiles: { ...task, thresholds: thresholds && [...thresholds] },
      training: { ...model.training, steps, seconds },
    };
    await writeModel(modelFolder, finished, weights);
    return { modelFolder, steps, seconds, provider: `${provider}: ${reason}`, metrics, findings: told };
  } finally {
    await previewer?.release();
    await cube.close();
  }
}

/** The loss of always answering with how often each class occurs: the mean over classes of its entropy, in nats. */
const lossOfFrequencies = (presence: Float32Array, classes: number): number => {
  const tiles = presence.length / classes;
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    let held = 0;
    for (let n = 0; n < tiles; n++) held += presence[n * classes + k]!;
    const share = held / tiles;
    for (const q of [share, 1 - share]) if (q > 0) sum -= (q * Math.log(q)) / classes;
  }
  return sum;
};

/** A loss that has dropped by less than this share from guessing means that nothing was learned; as for patches. */
const leastGain = 0.08;

function findingsOfTraining(
  losses: readonly number[],
  presence: Float32Array,
  legend: readonly LegendClass[],
  { target }: TilesRecipe,
): Finding[] {
  const findings: Finding[] = [];
  const last = losses.slice(-20);
  const loss = last.reduce((sum, value) => sum + value, 0) / Math.max(1, last.length);
  const chance = lossOfFrequencies(presence, legend.length);
  // Shares have another floor, which only the tiles know; a handful of steps has not ended anywhere.
  if (target === "presence" && losses.length >= 20 && loss > (1 - leastGain) * chance)
    findings.push({ code: "tiles-near-chance", details: { loss, chance, classes: legend.length } });
  const tiles = presence.length / legend.length;
  const few = legend
    .map(({ name }, k) => {
      let held = 0;
      for (let n = 0; n < tiles; n++) held += presence[n * legend.length + k]!;
      return { name, tiles: held };
    })
    .filter((own) => own.tiles < 5);
  if (few.length > 0) findings.push({ code: "tiles-few", details: { part: "train", classes: few } });
  return findings;
}

const bestNames = {
  micro: "bestValidationMicroF1",
  macro: "bestValidationMacroF1",
  weighted: "bestValidationWeightedF1",
} as const;

const selected = ({ microF1, macroF1, weightedF1 }: TileNumbers, by: TilesRecipe["select"]): number =>
  ({ micro: microF1, macro: macroF1, weighted: weightedF1 })[by];

/** A model that was pre-trained gets the paper's linear head; one that begins at random learns better with a normalised one. */
export const headOf = ({ head }: TilesRecipe, pretrained: boolean): TileTask["head"] =>
  head === "auto" ? (pretrained ? "linear" : "normalised") : head;

/** The step as a graph: BCE with logits, the mean over tiles and classes. `targets` [B, K] in [0, 1] */
export function tilesStep(
  config: OmniSatConfig,
  recipe: TilesRecipe,
  dates: Readonly<Record<string, number>>,
  classes: number,
  head: TileHead,
): TrainingStep {
  const size = recipe.batchSize;
  return buildStep({
    name: "finetune-tiles",
    define: (scope) => {
      const { graph: g } = scope;
      const inputs = graphInputs(g, config, { size, dates, masks: "patches", modalityMask: true });
      const targets = g.input("targets", [size, classes]);
      return { loss: tileLoss(g, classifyTile(scope, config, inputs, classes, head), targets) };
    },
    optimizer: withAverage(adamW({ weightDecay: recipe.weightDecay }), recipe.averageDecay),
    clipNorm: recipe.clipNorm,
    groups:
      recipe.encoderLearningRateScale === 0
        ? [{ match: /^encoder\./, frozen: true }]
        : [{ match: /^encoder\./, learningRateScale: recipe.encoderLearningRateScale }],
  });
}

function targetsOf(tile: TileLabel, codes: readonly number[], { target, shareThreshold }: TilesRecipe): Float32Array {
  if (target === "presence") return presenceOf(tile, codes, shareThreshold);
  return Float32Array.from(codes, (code) => Math.min(1, tile.shares[code] ?? 0));
}

/** Probabilities and presence of the tiles that some image shows: [N, K] each. */
export async function answersFor(
  predictor: Predictor,
  tiles: readonly TileLabel[],
  codes: readonly number[],
  shareThreshold: number,
  side: number,
  signal: AbortSignal,
  onTile?: () => void,
): Promise<{
  readonly probabilities: Float32Array;
  readonly presence: Float32Array;
  /** the tiles that they are about */
  readonly shown: readonly TileLabel[];
  readonly unseen: number;
}> {
  const windows = tiles.map((tile) => windowOfTile(tile, side));
  const probabilities: number[] = [];
  const presence: number[] = [];
  const shown: TileLabel[] = [];
  let [at, unseen] = [0, 0];
  for await (const { logits, seen } of predictor.run(windows, signal)) {
    const tile = tiles[at++]!;
    onTile?.();
    if (!seen.includes(1)) {
      unseen++;
      continue;
    }
    for (const logit of logits) probabilities.push(sigmoid(logit));
    presence.push(...presenceOf(tile, codes, shareThreshold));
    shown.push(tile);
  }
  return { probabilities: Float32Array.from(probabilities), presence: Float32Array.from(presence), shown, unseen };
}

/**
 * How dates become numbers. Tiles of different years (TreeSatAI: 2017 to 2020) each show one season: their dates are counted
 * within the year, as the paper does. One season over two years (PASTIS) runs on.
 */
export function daysOfTiles({ imagery, recipe }: FinetuneTilesSpec): DayCount {
  const ofYear: DayCount = { kind: "of-year", period: 367 };
  if (recipe.days === "of-year") return ofYear;
  const dates = imagery.modalities.filter(({ kind }) => kind === "series").flatMap((m) => datesOf(imagery, m));
  if (recipe.days === "running") return runningDays(dates);
  const years = dates.map(yearOf);
  return Math.max(...years) - Math.min(...years) >= 2 ? ofYear : dayCountOf(imagery);
}
