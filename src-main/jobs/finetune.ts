import { join } from "node:path";
import { chosenSentence } from "../../src-shared/domain/chosen-settings.ts";
import { type Finding, findingSentence, inOrderOfSeverity } from "../../src-shared/domain/finding.ts";
import type { FinetuneSpec, ModelResult, SplitPart, SubsetScore } from "../../src-shared/domain/job.ts";
import { countedLabels } from "../../src-shared/domain/label-unit.ts";
import type { FinetuneRecipe } from "../../src-shared/domain/recipe.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { type Batch, type PatchWindow, planBlend } from "../cube/index.ts";
import { adamW, buildStep, cosine, type Tensor, type TrainingStep, withAverage } from "../engine/index.ts";
import { type ModelDescription, type Review, writeModel } from "../learning/index.ts";
import { denseAccuracy, denseLoss, graphInputs, type OmniSatConfig } from "../omnisat/index.ts";
import { inputsOfModel } from "./applied-model.ts";
import type { JobContext } from "./context.ts";
import { coverageFindings, coverageIn } from "./coverage-words.ts";
import { describeTraining, modelModalities } from "./describe.ts";
import {
  computeNormalizations,
  dayCountOf,
  mostDatesOf,
  openCube,
  patchGrid,
  projectArea,
  requirePixels,
} from "./imagery.ts";
import { InputWatch } from "./input-watch.ts";
import { labelFacts } from "./label-facts.ts";
import { aroundLabels, LabelPatches } from "./label-patches.ts";
import { readWorkingModel } from "./model-tensors.ts";
import { networkFor } from "./network.ts";
import { classify, type Predictor } from "./predict.ts";
import { providerFor } from "./provider.ts";
import { type ScoreOptions, scoreMap } from "./score.ts";
import { networkFrom, Previewer, teach } from "./teaching.ts";
import { TilePreviewer } from "./tile-preview.ts";
import { findingsOfLabels, findingsOfLoss, findingsOfValidation, LabelShares, storable } from "./training-findings.ts";
import { normalizationOf } from "./training-parts.ts";

/** Teaches a network the classes of labelled polygons, patch by patch; starts from a pre-trained model or from nothing. */
export async function finetune(spec: FinetuneSpec, context: JobContext): Promise<ModelResult> {
  const started = performance.now();
  const { grid, imagery, recipe, seed } = spec;
  const base = spec.modelFolder === null ? undefined : await readWorkingModel(spec.modelFolder);
  const names = imagery.modalities.map(({ name }) => name);
  const modalities = base ? inputsOfModel(base.description, grid, imagery, names) : imagery.modalities;
  const days = base?.description.days ?? dayCountOf(imagery);
  const area = projectArea(grid);

  let previewer: Previewer | undefined;
  const cube = openCube(grid, imagery, modalities, days);
  try {
    const coverage = coverageIn((await cube.footprints())!, area, names);
    const labelsOf = (part: SplitPart, codes: readonly number[]) =>
      new LabelPatches(spec.labels, part, codes, patchGrid(grid), area, coverage.all);
    // A class is taught when one of its polygons holds a patch: others would be outputs that nothing trains.
    const all = spec.labels.legend.map(({ code }) => code);
    const taught = new Set(
      labelsOf("train", all)
        .usable()
        .map(({ classCode }) => classCode),
    );
    const legend = spec.labels.legend.filter(({ code }) => taught.has(code));
    if (legend.length === 0) throw new AppError("no-labels-to-train", { part: "train" });
    const codes = legend.map(({ code }) => code);
    const labels = labelsOf("train", codes);
    const normalizations = base
      ? base.description.modalities.map(({ name, normalization }) => normalizationOf(name, normalization))
      : await computeNormalizations(cube, area, seed, context);
    if (base) await requirePixels(cube, area, seed, context);
    const aboutPlaces = coverageFindings(coverage);
    for (const finding of aboutPlaces) context.log(findingSentence(finding));
    const most = await mostDatesOf(cube, grid.tilePatches);
    const config = networkFrom(base, names, () => networkFor(modalities, spec.architecture, grid.tilePatches, days));
    const side = config.grid.rows;
    const dates = Object.fromEntries(names.map((name) => [name, Math.min(recipe.datesPerTile, most[name]!)]));
    const size = recipe.batchSize;
    const step = finetuneStep(config, recipe, dates, codes.length);
    const { provider, reason } = await providerFor(spec.provider);
    context.log(`Computing on ${provider} (${reason}).`);
    if (spec.chosen) context.log(chosenSentence(spec.chosen));
    context.log(
      `Teaching ${legend.map(({ name }) => name).join(", ")} from ${countedLabels(labels.usable().length, spec.labels.unit)}.`,
    );
    const schedule = cosine({ totalSteps: recipe.steps, warmupSteps: recipe.warmupSteps });
    const model: Omit<ModelDescription, "format" | "weights"> = {
      name: spec.modelName,
      task: "dense",
      appVersion: spec.appVersion,
      config,
      days,
      modalities: modelModalities(modalities, normalizations),
      grid: { crs: grid.geobox.crs, patchMeters: grid.patchMeters, tilePatches: side },
      legend: legend.map((entry) => ({ ...entry })),
      training: describeTraining(spec, {
        steps: recipe.steps,
        seconds: 0,
        provider,
        startedFrom: base?.description.name ?? null,
        settings: { ...recipe, ...(spec.chosen ? { chosen: spec.chosen } : {}) },
      }),
    };
    const validation = labelsOf("validation", codes);
    const classWeights = weightsOfClasses(labels, recipe.classWeights);
    const validates = validation.usable().length > 0;
    const watch = new InputWatch(modalities, normalizations);
    const shares = new LabelShares(codes.length);
    const aboutLabels = findingsOfLabels(spec.labels, taught, labelFacts(labels), validates);
    let bestLook: SubsetScore | undefined;
    previewer = new Previewer(model, { cube, modalities: names, batchSize: size, provider });
    const previews = previewer;
    const { tiles } = planBlend(area, side);
    const validated = async (predictor: Predictor, onTile?: ScoreOptions["onTile"]): Promise<SubsetScore> => {
      const options = { legend, classSets: [], modalities: names, signal: context.signal };
      const [score] = await scoreMap(validation, predictor, tiles, { ...options, ...(onTile ? { onTile } : {}) });
      return score!;
    };
    const review: Review | undefined =
      validates || spec.previews
        ? {
            everySteps: recipe.validateEverySteps,
            rule: { mode: "max", patience: recipe.patience ?? Number.POSITIVE_INFINITY, minEpochs: 0 },
            look: async (weights, at) => {
              const predictor = await previews.with(weights);
              if (!validates) {
                const preview = await glance(predictor, labels.tilesAround(tiles), spec, codes, context.signal);
                context.review(at, { part: "train", score: null, preview });
                return { value: Number.NaN, metrics: {} };
              }
              let previewer: TilePreviewer | undefined;
              const score = await validated(predictor, (answer, expected) => {
                previewer ??= new TilePreviewer(grid, codes, expected);
                previewer.add(answer);
              });
              context.review(at, { part: "validation", score, preview: previewer?.result() ?? null });
              const { macroF1, overallAccuracy } = score;
              // No date sees the validation places: nothing to choose by.
              if (macroF1 === null || overallAccuracy === null) return { value: Number.NaN, metrics: {} };
              if (macroF1 > (bestLook?.macroF1 ?? -1)) bestLook = score;
              return { value: macroF1, metrics: { validationMacroF1: macroF1, validationAccuracy: overallAccuracy } };
            },
          }
        : undefined;

    const { weights, steps, lastValues, firstLoss, recentValues, best } = await teach({
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
      draw: aroundLabels(labels, side, recipe.balance, seed),
      // The polygon is told with the class: weights need it, and turning a tile turns both.
      told: { labels: (window) => packed(labels, window) },
      watch,
      feeds(batch) {
        const taughtNow = labelFeeds(batch, recipe, classWeights);
        shares.add(taughtNow.labels.data as BigInt64Array, taughtNow.weights.data as Float32Array);
        return taughtNow;
      },
      review,
    });
    const seconds = (performance.now() - started) / 1000;
    const modelFolder = join(spec.folder, "model");
    // Resumed after its best look: it is looked at once more.
    if (validates && !bestLook) bestLook = await validated(await previews.with(weights));
    const findings: readonly Finding[] = inOrderOfSeverity([
      ...findingsOfLoss({ first: firstLoss, last: recentValues }, shares.shares(), recipe.labelSmoothing),
      ...findingsOfValidation(bestLook),
      ...aboutPlaces,
      ...watch.findings(),
      ...aboutLabels,
    ]);
    for (const finding of findings) context.log(findingSentence(finding));
    const described = { ...model, training: { ...model.training, steps, seconds }, findings: storable(findings) };
    await writeModel(modelFolder, described, weights);
    const metrics = { ...lastValues, ...(best === undefined ? {} : { bestValidationMacroF1: best }) };
    return { modelFolder, steps, seconds, provider: `${provider}: ${reason}`, metrics, findings };
  } finally {
    await previewer?.release();
    await cube.close();
  }
}

/** The step of a fine-tuning as a graph: the dense loss of the labelled patches. */
export function finetuneStep(
  config: OmniSatConfig,
  recipe: FinetuneRecipe,
  dates: Readonly<Record<string, number>>,
  classes: number,
): TrainingStep {
  const size = recipe.batchSize;
  const patches = config.grid.rows * config.grid.columns;
  return buildStep({
    name: "finetune",
    define: (scope) => {
      const { graph: g } = scope;
      const inputs = graphInputs(g, config, { size, dates, masks: "patches", modalityMask: true });
      const reference = g.input("labels", [size, patches], "int64");
      const weights = g.input("weights", [size, patches]);
      const logits = classify(scope, config, inputs, classes);
      return {
        loss: denseLoss(g, logits, reference, weights, { labelSmoothing: recipe.labelSmoothing }),
        outputs: { accuracy: denseAccuracy(g, logits, reference, weights) },
      };
    },
    optimizer: withAverage(adamW({ weightDecay: recipe.weightDecay }), recipe.averageDecay),
    clipNorm: recipe.clipNorm,
    groups:
      recipe.encoderLearningRateScale === 0
        ? [{ match: /^encoder\./, frozen: true }]
        : [{ match: /^encoder\./, learningRateScale: recipe.encoderLearningRateScale }],
  });
}

/** So many tiles are looked at where nothing was set aside: a few percent of the steps in between. */
export const glanceTiles = 32;

/** Some places that are trained on, as the network would map them now. */
async function glance(
  predictor: Predictor,
  near: readonly PatchWindow[],
  { grid }: FinetuneSpec,
  codes: readonly number[],
  signal: AbortSignal,
) {
  const every = Math.max(1, Math.ceil(near.length / glanceTiles));
  const some = near.filter((_, index) => index % every === 0);
  const previewer = new TilePreviewer(grid, codes, some.length);
  for await (const answer of predictor.run(some, signal)) previewer.add(answer);
  return previewer.result();
}

/**
 * Class and polygon of each patch in one number, so that a turned tile turns both: polygon · 256 + class, −1 without
 * label. Polygons are numbered within the tile.
 */
function packed(labels: LabelPatches, window: { col: number; row: number; width: number; height: number }): Int32Array {
  const { classes, polygons } = labels.labels(window);
  const numbers = new Map([...new Set(polygons)].map((id, number) => [id, number]));
  return classes.map((index, p) => (index < 0 ? -1 : numbers.get(polygons[p]!)! * 256 + index));
}

/** Weights of classes whose mean over all labelled patches is 1: inverse to each class's share, or all alike. */
function weightsOfClasses(labels: LabelPatches, kind: FinetuneRecipe["classWeights"]): number[] {
  const usable = labels.usable();
  const counts = labels.codes.map((code) =>
    usable.reduce((sum, { classCode, patches }) => sum + (classCode === code ? patches : 0), 0),
  );
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (kind === "none" || count === 0 ? 1 : total / (counts.length * count)));
}

/** Classes and weights: the patches of one polygon in one tile weigh (their number)^power times their class's weight together. */
function labelFeeds(
  batch: Batch,
  { patchWeightPower }: FinetuneRecipe,
  classWeights: readonly number[],
): { labels: Tensor; weights: Tensor } {
  const { shape, data } = batch.labels!;
  const [size, patches] = shape as readonly [number, number];
  const labels = new BigInt64Array(data.length).fill(-1n);
  const weights = new Float32Array(data.length);
  for (let b = 0; b < size; b++) {
    const counts = new Map<number, number>();
    for (let at = b * patches; at < (b + 1) * patches; at++) {
      const value = Number(data[at]);
      if (value >= 0) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    for (let at = b * patches; at < (b + 1) * patches; at++) {
      const value = Number(data[at]);
      if (value < 0) continue;
      labels[at] = BigInt(value % 256);
      weights[at] = counts.get(value)! ** (patchWeightPower - 1) * classWeights[value % 256]!;
    }
  }
  return { labels: { type: "int64", shape, data: labels }, weights: { type: "float32", shape, data: weights } };
}
