import { chosenSentence } from "../../src-shared/domain/chosen-settings.ts";
import type { Finding } from "../../src-shared/domain/finding.ts";
import type { FinetuneSpec, ModelResult, SubsetScore } from "../../src-shared/domain/job.ts";
import { countedLabels } from "../../src-shared/domain/label-unit.ts";
import type { FinetuneRecipe } from "../../src-shared/domain/recipe.ts";
import type { Cube } from "../cube/index.ts";
import { buildStep, cosine, type TrainingStep } from "../engine/index.ts";
import type { NewModel, TrainedModel, TrainingResult } from "../learning/index.ts";
import { denseAccuracy, denseLoss, graphInputs, type OmniSatConfig } from "../omnisat/index.ts";
import type { JobContext } from "./context.ts";
import { coverageIn } from "./coverage-words.ts";
import { type FrozenEncoder, frozenTensors, memberWeights, teachEnsemble } from "./ensemble.ts";
import { dayCountOf, projectArea } from "./imagery.ts";
import { InputWatch } from "./input-watch.ts";
import { labelFacts } from "./label-facts.ts";
import { aroundLabels } from "./label-patches.ts";
import { validationMetrics, validationOf } from "./label-reference.ts";
import { expectedTensors } from "./model-tensors.ts";
import { PatchTargets } from "./patch-targets.ts";
import { classify, type PredictorOptions } from "./predict.ts";
import { encoderFor } from "./predictor-for.ts";
import { Previewer } from "./previewer.ts";
import { rareClasses } from "./rare-classes.ts";
import {
  baseOf,
  finishTraining,
  inputsFrom,
  modelToBe,
  ofFinetuning,
  secondsSince,
  settledFor,
  type TrainingInputs,
  teach,
  tilesFrom,
  withCube,
} from "./teaching.ts";
import { findingsOfLabels, findingsOfLoss, findingsOfValidation, LabelShares } from "./training-findings.ts";
import { finetuningOf, noWeights } from "./training-parts.ts";
import { ValidationLooks } from "./validation-looks.ts";

/** Teaches a network the classes of labelled polygons, patch by patch; starts from a pre-trained model or from nothing. */
export async function finetune(spec: FinetuneSpec, context: JobContext): Promise<ModelResult> {
  if (spec.method) return (await import("./finetune-method.ts")).finetuneMethod(spec, spec.method, context);
  const started = performance.now();
  const inputs = inputsFrom(await baseOf(spec), spec, () => dayCountOf(spec.imagery));
  return withCube(spec, inputs, (cube) => teachPatches(spec, context, inputs, cube, started));
}

async function teachPatches(
  spec: FinetuneSpec,
  context: JobContext,
  inputs: TrainingInputs,
  cube: Cube,
  started: number,
): Promise<ModelResult> {
  const { grid, recipe, seed } = spec;
  const { modalities, names } = inputs;
  const coverage = coverageIn((await cube.footprints())!, projectArea(grid), names);
  const targets = new PatchTargets(spec, coverage.all);
  const settled = await settledFor(spec, context, inputs, cube, coverage);
  const { normalizations, aboutPlaces, dates, config, side, computing } = settled;
  const { provider } = computing;
  const step = finetuneStep(config, recipe, dates, targets.codes.length);
  logTargets(spec, context, targets);
  const settings = { ...recipe, ...(spec.chosen ? { chosen: spec.chosen } : {}) };
  const { legend } = targets;
  const weights = memberWeights(recipe);
  const alone = modelToBe(spec, inputs, { task: "dense", config, normalizations, side, legend, provider, settings });
  const reading = { cube, batchSize: recipe.batchSize, provider, normalizations };
  const encoder = frozenEncoder(inputs.base, alone, reading);
  const ensemble = await teachEnsemble(cube, targets.train, modalities, { seed, weights, encoder }, context);
  const model = { ...alone, ...(ensemble ? { ensemble: ensemble.description } : {}) };
  const watch = new InputWatch(modalities, normalizations);
  const shares = new LabelShares(targets.codes.length);
  const batchSize = recipe.batchSize;
  const previewer = new Previewer(model, { cube, modalities: names, batchSize, provider }, ensemble);
  try {
    const looks = new ValidationLooks(spec, context, targets, { names, side, previewer });
    const trained = await teach({
      ...ofFinetuning(spec, inputs, (batch) => {
        const { labels, weights } = targets.feeds(batch);
        shares.add(labels.data as BigInt64Array, weights.data as Float32Array);
        return { labels, weights };
      }),
      spec,
      context,
      step,
      inputs,
      provider,
      schedule: cosine({ totalSteps: recipe.steps, warmupSteps: recipe.warmupSteps }),
      normalizations,
      dates,
      side,
      batches: tilesFrom(cube, aroundLabels(targets.train, side, recipe.balance, seed)),
      told: { labels: (window) => targets.told(window) },
      watch,
      review: looks.review,
    });
    const seconds = secondsSince(started);
    const { score, calibration } = await looks.bestOf(trained.weights, trained.best);
    const findings = findingsOf(spec, targets, trained, shares, score, [
      ...(await looks.rareMissed(trained.weights, score)),
      ...aboutPlaces,
      ...(inputs.applied?.findings ?? []),
      ...watch.findings(),
    ]);
    const { lastValues, best } = trained;
    const metrics = {
      ...lastValues,
      ...validationMetrics(score),
      ...(best === undefined ? {} : { bestValidationMacroF1: best }),
    };
    const tensors = { ...trained.weights, ...ensemble?.tensors };
    const calibrated = calibration ? { ...model, calibrations: [calibration] } : model;
    const done = {
      model: calibrated,
      trained: { ...trained, weights: tensors },
      findings,
      seconds,
      computing,
      metrics,
    };
    const result = await finishTraining(spec, context, done);
    return { ...result, ...validationOf(score, spec) };
  } finally {
    await previewer.release();
  }
}

/**
 * The encoder that a training starts from, as it was before anybody taught it classes: that of a pre-trained model, or the one that a model
 * keeps beside its network. `undefined` where there is none, or where it does not know all inputs.
 */
function frozenEncoder(
  base: TrainedModel | undefined,
  model: NewModel,
  options: Pick<PredictorOptions, "cube" | "batchSize" | "provider" | "normalizations">,
): FrozenEncoder | undefined {
  if (!base) return undefined;
  const known = base.description.legend === null ? base.weights : frozenTensors(base.weights);
  const needed = expectedTensors({ config: model.config, legend: null });
  if (needed.some(({ name, shape }) => String(known[name]?.shape) !== String(shape))) return undefined;
  const tensors = Object.fromEntries(needed.map(({ name }) => [name, known[name]!]));
  const about = { ...model, format: "omnisat-model/1", weights: noWeights } as const;
  return { tensors, open: (modalities) => encoderFor({ ...options, model: about, weights: tensors, modalities }) };
}

function logTargets(
  { chosen, labels, recipe }: FinetuneSpec,
  context: JobContext,
  { legend, train }: PatchTargets,
): void {
  if (chosen) context.log(chosenSentence(chosen));
  const classes = legend.map(({ name }) => name).join(", ");
  context.log(`Teaching ${classes} from ${countedLabels(train.usable().length, labels.unit)}.`);
  const rare = rareClasses(train.usable(), recipe.balance);
  if (rare.size > 0) {
    const names = legend.flatMap(({ code, name }) => (rare.has(code) ? [`“${name}”`] : []));
    context.log(`Few places of ${names.join(", ")}: drawn besides, so that they are seen now and then.`);
  }
}

/** What the training should be doubted for: its curve, its score, its inputs, its labels. */
function findingsOf(
  { labels, recipe }: FinetuneSpec,
  { codes, train, validates }: PatchTargets,
  { firstLoss, recentValues }: TrainingResult,
  shares: LabelShares,
  score: SubsetScore | undefined,
  aboutInputs: readonly Finding[],
): Finding[] {
  return [
    ...findingsOfLoss({ first: firstLoss, last: recentValues }, shares.shares(), recipe.labelSmoothing),
    ...findingsOfValidation(score),
    ...aboutInputs,
    ...findingsOfLabels(labels, new Set(codes), labelFacts(train), validates),
  ];
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
    ...finetuningOf(recipe),
  });
}
