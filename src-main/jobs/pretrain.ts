import type { ModelResult, PretrainSpec } from "../../src-shared/domain/job.ts";
import type { PretrainRecipe } from "../../src-shared/domain/recipe.ts";
import type { Modality } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import type { Cube } from "../cube/index.ts";
import { adamW, buildStep, cosine, type TrainingStep } from "../engine/index.ts";
import { graphInputs, type OmniSatConfig, pretraining } from "../omnisat/index.ts";
import type { JobContext } from "./context.ts";
import { coverageIn } from "./coverage-words.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { computeNormalizations, dayCountOf, projectArea } from "./imagery.ts";
import { InputWatch } from "./input-watch.ts";
import { networkFor } from "./network.ts";
import {
  datesOfTiles,
  finishTraining,
  loggedCoverage,
  loggedProvider,
  modelToBe,
  secondsSince,
  type TrainingInputs,
  teach,
  withCube,
} from "./teaching.ts";
import { anywhereIn } from "./tile-sampler.ts";
import { contrastByChance, findingsOfPretraining } from "./training-findings.ts";

/** A loss of exactly 0 in so many steps on end: the tiles show nothing. */
const mostEmptySteps = 20;

/** Learns from the imagery alone: contrast between modalities and reconstruction of what is hidden (paper §3.2). */
export async function pretrain(spec: PretrainSpec, context: JobContext): Promise<ModelResult> {
  const started = performance.now();
  const { imagery } = spec;
  const names = imagery.modalities.map(({ name }) => name);
  const inputs = { base: undefined, modalities: imagery.modalities, names, days: dayCountOf(imagery) };
  return withCube(spec, inputs, (cube) => teachImages(spec, context, inputs, cube, started));
}

async function teachImages(
  spec: PretrainSpec,
  context: JobContext,
  inputs: TrainingInputs,
  cube: Cube,
  started: number,
): Promise<ModelResult> {
  const { grid, recipe, seed } = spec;
  const { modalities, names, days } = inputs;
  const side = grid.tilePatches;
  const area = projectArea(grid);
  const normalizations = await computeNormalizations(cube, area, seed, context);
  const coverage = coverageIn((await cube.footprints())!, area, names);
  const aboutPlaces = loggedCoverage(coverage, context);
  const dates = await datesOfTiles(cube, side, names, recipe.datesPerTile);
  const config = networkFor(modalities, spec.architecture, side, days, recipe.maskRatio);
  requireDates(modalities, dates);
  const step = pretrainStep(config, recipe, dates);
  const computing = await loggedProvider(spec, context);
  const { provider } = computing;
  const settings = { ...recipe };
  const model = modelToBe(spec, inputs, { task: "pretrained", config, normalizations, side, legend: null, provider, settings }); // biome-ignore format: one line
  const watch = new InputWatch(modalities, normalizations);
  let contrastChance = 0;
  const trained = await teach({
    spec,
    context,
    cube,
    step,
    inputs,
    provider,
    schedule: cosine({ totalSteps: recipe.steps, warmupSteps: recipe.warmupSteps }),
    normalizations,
    dates,
    side,
    draw: anywhereIn(coverage.all, side, seed, coverage.shared),
    watch,
    feeds(batch) {
      if (contrastChance === 0) contrastChance = contrastByChance(batch, names);
      return {};
    },
    onStep: requireLoss(recipe.steps),
    fingerprint: fingerprintOf(spec),
    averaged: false,
    phase: "Pre-training",
  });
  const seconds = secondsSince(started);
  const end = { first: trained.firstLoss, last: trained.recentValues };
  const findings = [...findingsOfPretraining(end, contrastChance), ...aboutPlaces, ...watch.findings()];
  return finishTraining(spec, context, { model, trained, findings, seconds, computing, metrics: trained.lastValues });
}

/** The last date is never reconstructed, nor the one with the least attention of the others: a series alone needs a third. */
function requireDates([only, ...others]: readonly Modality[], dates: Readonly<Record<string, number>>): void {
  if (only?.kind === "series" && others.length === 0 && dates[only.name]! < 3)
    throw new AppError("series-too-short", { modality: only.name, dates: dates[only.name]! });
}

/** Ends a training whose loss stays exactly 0. */
function requireLoss(steps: number): (values: Readonly<Record<string, number>>) => void {
  let empty = 0;
  return ({ loss }) => {
    empty = loss === 0 ? empty + 1 : 0;
    if (empty >= Math.min(mostEmptySteps, steps)) throw new AppError("training-saw-nothing", { steps: empty });
  };
}

/** The step of a pre-training as a graph: contrast and reconstruction. */
export function pretrainStep(
  config: OmniSatConfig,
  recipe: PretrainRecipe,
  dates: Readonly<Record<string, number>>,
): TrainingStep {
  return buildStep({
    name: "pretrain",
    define: (scope) => {
      const inputs = graphInputs(scope.graph, config, { size: recipe.batchSize, dates, masks: "patches" });
      const { loss, terms } = pretraining(scope, config, inputs);
      return { loss, outputs: terms };
    },
    optimizer: adamW({ weightDecay: recipe.weightDecay }),
    clipNorm: recipe.clipNorm,
  });
}
