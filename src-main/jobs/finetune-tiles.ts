import type { Finding } from "../../src-shared/domain/finding.ts";
import type { ModelResult } from "../../src-shared/domain/job.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import type { TilesRecipe } from "../../src-shared/domain/recipe.ts";
import type { FinetuneTilesSpec, TileLabel } from "../../src-shared/domain/tiles.ts";
import { yearOf } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { type Cube, type DayCount, type PatchWindow, runningDays } from "../cube/index.ts";
import { buildStep, cosine, type Tensors, type TrainingStep } from "../engine/index.ts";
import {
  bestThresholds,
  commonestClasses,
  type Review,
  type TileNumbers,
  type TileTask,
  tileScores,
} from "../learning/index.ts";
import { graphInputs, type OmniSatConfig, type TileHead, tileLoss } from "../omnisat/index.ts";
import { logUse, normalizationsFor } from "./applied-model.ts";
import type { JobContext } from "./context.ts";
import { datesOf, dayCountOf } from "./imagery.ts";
import { InputWatch } from "./input-watch.ts";
import { classifyTile, type PatchPredictor } from "./predict.ts";
import { Previewer } from "./previewer.ts";
import {
  baseOf,
  datesOfTiles,
  finishTraining,
  inputsFrom,
  loggedProvider,
  modelToBe,
  networkFrom,
  ofFinetuning,
  secondsSince,
  type TrainingInputs,
  teach,
  tilesFrom,
  withCube,
} from "./teaching.ts";
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
import { finetuningOf } from "./training-parts.ts";

/**
 * Teaches a network which classes a whole tile holds, several at once: the paper's own task. Binary cross-entropy over tiles
 * and classes on the encoder's row 0 (SPEC §11.5, §12); starts from a pre-trained model or from nothing.
 * @throws AppError "no-tiles-to-train", "tiles-without-data"
 */
export async function finetuneTiles(spec: FinetuneTilesSpec, context: JobContext): Promise<ModelResult> {
  const started = performance.now();
  const base = await baseOf(spec);
  const { tilePatches } = spec.grid;
  if (base && base.description.grid.tilePatches !== tilePatches)
    throw new AppError("model-tile-differs", { model: base.description.grid.tilePatches, project: tilePatches });
  const inputs = inputsFrom(base, spec, () => daysOfTiles(spec));
  const targets = targetsOf(spec);
  return withCube(spec, inputs, (cube) => teachTiles(spec, context, inputs, targets, cube, started));
}

async function teachTiles(
  spec: FinetuneTilesSpec,
  context: JobContext,
  inputs: TrainingInputs,
  targets: TileTargets,
  cube: Cube,
  started: number,
): Promise<ModelResult> {
  const { grid, recipe, seed } = spec;
  const { base, modalities, names } = inputs;
  const { legend, codes, training, validation } = targets;
  const side = grid.tilePatches;
  const windows = training.tiles.map((tile) => windowOfTile(tile, side));
  if (inputs.applied) logUse(inputs.applied, undefined, context);
  const normalizations =
    base && inputs.applied
      ? await normalizationsFor(base.description, inputs.applied, cube, spec, context)
      : await tileNormalizations(cube, windows, seed, context);
  const config = networkFrom(inputs, spec);
  // A labelled tile may lie between the patches of the grid, and then touches one more each way.
  const dates = await datesOfTiles(cube, side + 1, names, recipe.datesPerTile);
  const watch = new InputWatch(modalities, normalizations);
  const task = taskOf(recipe, base !== undefined);
  const step = tilesStep(config, recipe, dates, codes.length, task.head);
  const computing = await loggedProvider(spec, context);
  const { provider } = computing;
  logTargets(spec, context, targets);
  const described = modelToBe(spec, inputs, { task: "tiles", config, normalizations, side, legend, provider, settings: { ...recipe } }); // biome-ignore format: one line
  const model = { ...described, tiles: task };
  const previewer = new Previewer(model, { cube, modalities: names, batchSize: recipe.batchSize, provider });
  const answers = async (weights: Tensors) =>
    answersFor(await previewer.with(weights), validation.tiles, codes, recipe.shareThreshold, side, context.signal);
  const ofWindow = new Map(
    windows.map((window, i): [PatchWindow, Float32Array] => [window, labelOf(training.tiles[i]!, codes, recipe)]),
  );
  const losses: number[] = [];
  try {
    const trained = await teach({
      ...ofFinetuning(spec, inputs, (batch) => ({ targets: batch.targets! })),
      spec,
      context,
      step,
      inputs,
      provider,
      schedule: cosine({ totalSteps: recipe.steps, warmupSteps: Math.min(recipe.warmupSteps, recipe.steps) }),
      normalizations,
      dates,
      side,
      batches: tilesFrom(cube, tilesInEpochs(windows, seed)),
      told: { targets: (window) => ofWindow.get(window)! },
      watch,
      review: validation.tiles.length > 0 ? reviewOf(recipe, task, codes, answers) : undefined,
      onStep: ({ loss }) => {
        if (loss !== undefined) losses.push(loss);
      },
    });
    const chosen = validation.tiles.length > 0 ? judged(targets, task, await answers(trained.weights)) : undefined;
    const seconds = secondsSince(started);
    const findings = [
      ...findingsOfTraining(losses, targets.presence, legend, recipe),
      ...findingsOfParts(spec, targets),
      ...(chosen?.findings ?? []),
      ...watch.findings(),
    ];
    const metrics = {
      ...trained.lastValues,
      ...(trained.best === undefined ? {} : { [bestNames[recipe.select]]: trained.best }),
      ...chosen?.metrics,
    };
    const finished = { ...model, tiles: { ...task, thresholds: chosen?.thresholds ?? null } };
    return await finishTraining(spec, context, { model: finished, trained, findings, seconds, computing, metrics });
  } finally {
    await previewer.release();
  }
}

/** The tiles of a training and the classes that they teach. */
interface TileTargets {
  readonly training: ReturnType<typeof tilesOf>;
  readonly validation: ReturnType<typeof tilesOf>;
  /** the classes that are taught */
  readonly legend: readonly LegendClass[];
  readonly codes: readonly number[];
  /** [N, K] of the training tiles: 1 where a tile holds a class */
  readonly presence: Float32Array;
}

/** @throws AppError "no-tiles-to-train" */
function targetsOf({ tiles, recipe }: FinetuneTilesSpec): TileTargets {
  const { shareThreshold } = recipe;
  const training = tilesOf(tiles, "train", recipe);
  const legend = taughtClasses(tiles.legend, training.tiles, shareThreshold);
  if (legend.length === 0)
    throw new AppError("no-tiles-to-train", { part: "train", tiles: training.all, share: shareThreshold });
  const codes = legend.map(({ code }) => code);
  const presence = Float32Array.from(training.tiles.flatMap((tile) => [...presenceOf(tile, codes, shareThreshold)]));
  return { training, validation: tilesOf(tiles, "validation", recipe), legend, codes, presence };
}

function logTargets({ recipe }: FinetuneTilesSpec, context: JobContext, { legend, training }: TileTargets): void {
  const { shareThreshold, emptyTiles } = recipe;
  const classes = legend.map(({ name }) => name).join(", ");
  context.log(
    `Teaching ${classes} from ${training.tiles.length} tiles; a class is present above a share of ${shareThreshold}.`,
  );
  if (training.empty === 0) return;
  const what = emptyTiles === "keep" ? "taught as tiles without any class" : "left out";
  context.log(`${training.empty} training tiles hold no class above this share: they are ${what}.`);
}

const taskOf = (recipe: TilesRecipe, pretrained: boolean): TileTask => ({
  head: headOf(recipe, pretrained),
  target: recipe.target,
  shareThreshold: recipe.shareThreshold,
  emptyTiles: recipe.emptyTiles,
  // What was taught as a share answers with a share: present is what lies above the same threshold.
  decision: recipe.target === "share" ? recipe.shareThreshold : 0.5,
  thresholds: null,
});

type Answers = Awaited<ReturnType<typeof answersFor>>;

/** Looks at the validation tiles between steps; the score that the recipe names decides. */
const reviewOf = (
  { validateEverySteps, patience, select }: TilesRecipe,
  { decision }: TileTask,
  codes: readonly number[],
  answers: (weights: Tensors) => Promise<Answers>,
): Review => ({
  everySteps: validateEverySteps,
  rule: { mode: "max", patience: patience ?? Number.POSITIVE_INFINITY, minEpochs: 0 },
  look: async (weights) => {
    const { probabilities, presence } = await answers(weights);
    // No image shows a validation tile: there is nothing to select weights by.
    if (presence.length === 0) return { value: Number.NaN, metrics: {} };
    const scores = tileScores(probabilities, presence, codes.map(() => decision)); // biome-ignore format: one call
    const { microF1, macroF1, weightedF1 } = scores;
    return {
      value: selected(scores, select),
      metrics: { validationMicroF1: microF1, validationMacroF1: macroF1, validationWeightedF1: weightedF1 },
    };
  },
});

/**
 * Each class's threshold with the best F1 on the validation tiles, and whether the model then does better there than always the
 * classes that are commonest in training. `undefined` when no image shows a validation tile.
 */
function judged(
  { legend, codes, presence: trained }: TileTargets,
  { decision }: TileTask,
  { probabilities, presence }: Answers,
): { thresholds: number[]; metrics: Readonly<Record<string, number>>; findings: Finding[] } | undefined {
  if (presence.length === 0) return undefined;
  const thresholds = [...bestThresholds(probabilities, presence, codes.length, decision)];
  const commonest = commonestClasses(trained, codes.length);
  const baseline = constantScore(commonest, presence, legend).microF1;
  const { microF1 } = tileScores(probabilities, presence, thresholds);
  const metrics = { baselineMicroF1: baseline };
  if (microF1 > baseline) return { thresholds, metrics, findings: [] };
  const classes = legend.filter((_, k) => commonest[k] === 1).map(({ name }) => name);
  const details = { part: "validation", microF1, baseline, classes } as const;
  return { thresholds, metrics, findings: [{ code: "tiles-below-commonest", details }] };
}

/** What the parts of the labels give reason to doubt: tiles left out, nothing to validate by, classes that are never taught. */
function findingsOfParts(
  { tiles, recipe }: FinetuneTilesSpec,
  { training, validation, codes }: TileTargets,
): Finding[] {
  const findings: Finding[] = [];
  const { shareThreshold: share } = recipe;
  if (training.empty > 0 && recipe.emptyTiles === "drop")
    findings.push({ code: "tiles-empty", details: { part: "train", tiles: training.empty, share } });
  if (validation.tiles.length === 0) findings.push({ code: "no-validation", details: {} });
  for (const part of ["validation", "test"] as const) {
    const own = tiles.tiles.filter((tile) => tile.part === part);
    const classes = tiles.legend
      .filter(({ code }) => !codes.includes(code))
      .map(({ code, name }) => ({ name, tiles: own.filter((tile) => holds(tile, code, share)).length }))
      .filter(({ tiles: count }) => count > 0);
    if (classes.length > 0) findings.push({ code: "tiles-untaught", details: { part, classes } });
  }
  return findings;
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
    ...finetuningOf(recipe),
  });
}

function labelOf(tile: TileLabel, codes: readonly number[], { target, shareThreshold }: TilesRecipe): Float32Array {
  if (target === "presence") return presenceOf(tile, codes, shareThreshold);
  return Float32Array.from(codes, (code) => Math.min(1, tile.shares[code] ?? 0));
}

/** Probabilities and presence of the tiles that some image shows: [N, K] each. */
export async function answersFor(
  predictor: PatchPredictor,
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
