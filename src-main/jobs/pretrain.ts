import { join } from "node:path";
import { findingSentence, inOrderOfSeverity } from "../../src-shared/domain/finding.ts";
import type { ModelResult, PretrainSpec } from "../../src-shared/domain/job.ts";
import type { PretrainRecipe } from "../../src-shared/domain/recipe.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { noAugmentation } from "../cube/index.ts";
import { adamW, buildStep, cosine, initialState, type TrainingStep } from "../engine/index.ts";
import { train, writeModel } from "../learning/index.ts";
import { graphInputs, type OmniSatConfig, pretraining } from "../omnisat/index.ts";
import type { JobContext } from "./context.ts";
import { coverageFindings, coverageIn } from "./coverage-words.ts";
import { describeTraining, modelModalities } from "./describe.ts";
import { feedsOf } from "./feeds.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { computeNormalizations, dayCountOf, leastClear, mostDatesOf, openCube, projectArea } from "./imagery.ts";
import { InputWatch } from "./input-watch.ts";
import { networkFor } from "./network.ts";
import { providerFor } from "./provider.ts";
import { jitterRadiometry, sensorsOf } from "./radiometric-jitter.ts";
import { anywhereIn, endlessBatches } from "./tile-sampler.ts";
import { contrastByChance, findingsOfPretraining, storable } from "./training-findings.ts";

/** A loss of exactly 0 in so many steps on end: the tiles show nothing. */
const mostEmptySteps = 20;

/** Learns from the imagery alone: contrast between modalities and reconstruction of what is hidden (paper §3.2). */
export async function pretrain(spec: PretrainSpec, context: JobContext): Promise<ModelResult> {
  const started = performance.now();
  const { grid, imagery, recipe, seed } = spec;
  const { modalities } = imagery;
  const area = projectArea(grid);
  const days = dayCountOf(imagery);
  const cube = openCube(grid, imagery, modalities, days);
  try {
    const normalizations = await computeNormalizations(cube, area, seed, context);
    const names = modalities.map(({ name }) => name);
    const { all, shared, ...coverage } = coverageIn((await cube.footprints())!, area, names);
    const aboutPlaces = coverageFindings({ all, shared, ...coverage });
    for (const finding of aboutPlaces) context.log(findingSentence(finding));
    const most = await mostDatesOf(cube, grid.tilePatches);
    const config = networkFor(modalities, spec.architecture, grid.tilePatches, days, recipe.maskRatio);
    const dates = Object.fromEntries(modalities.map(({ name }) => [name, Math.min(recipe.datesPerTile, most[name]!)]));
    // The last date is never reconstructed, nor the one with the least attention of the others.
    const [only, ...others] = modalities;
    if (only?.kind === "series" && others.length === 0 && dates[only.name]! < 3)
      throw new AppError("series-too-short", { modality: only.name, dates: dates[only.name]! });
    const step = pretrainStep(config, recipe, dates);
    const { provider, reason } = await providerFor(spec.provider);
    context.log(`Computing on ${provider} (${reason}).`);
    const schedule = cosine({ totalSteps: recipe.steps, warmupSteps: recipe.warmupSteps });
    const shape = {
      batchSize: recipe.batchSize,
      patchesHigh: grid.tilePatches,
      patchesWide: grid.tilePatches,
      modalities,
      dates,
      normalizations,
    };
    const augmentation = {
      ...noAugmentation,
      orientations: recipe.orientations,
      dateDropout: recipe.dateDropout,
      dateJitter: recipe.dateJitter,
    };
    let empty = 0;
    const watch = new InputWatch(modalities, normalizations);
    let contrastChance = 0;
    const { weights, steps, lastValues, firstLoss, recentValues } = await train(
      step,
      {
        steps: recipe.steps,
        learningRate: (at) => recipe.learningRate * schedule.scale({ step: at }),
        async *batches(first, signal) {
          const sample = { dates, choice: "random", augmentation, leastClear } as const;
          const draw = anywhereIn(all, grid.tilePatches, seed, shared);
          let at = first;
          for await (const batch of endlessBatches(cube, { draw, shape, sample, seed }, first, signal)) {
            watch.add(batch);
            if (contrastChance === 0) contrastChance = contrastByChance(batch, names);
            jitterRadiometry(batch, sensorsOf(modalities), recipe.radiometricJitter, seed, at++);
            yield feedsOf(batch, names);
          }
        },
        checkpointPath: join(spec.folder, "checkpoint.safetensors"),
        checkpointEverySteps: recipe.checkpointEverySteps,
        fingerprint: fingerprintOf(spec),
        averaged: false,
        onStep: (at, values) => {
          empty = values.loss === 0 ? empty + 1 : 0;
          if (empty >= Math.min(mostEmptySteps, recipe.steps))
            throw new AppError("training-saw-nothing", { steps: empty });
          context.metric(at, values);
          context.phase("Pre-training", at / recipe.steps);
        },
      },
      { provider, seed, initial: initialState(step, seed), resume: spec.resume, signal: context.signal },
    );
    const seconds = (performance.now() - started) / 1000;
    const end = { first: firstLoss, last: recentValues };
    const findings = inOrderOfSeverity([
      ...findingsOfPretraining(end, contrastChance),
      ...aboutPlaces,
      ...watch.findings(),
    ]);
    for (const finding of findings) context.log(findingSentence(finding));
    const modelFolder = join(spec.folder, "model");
    await writeModel(
      modelFolder,
      {
        name: spec.modelName,
        task: "pretrained",
        appVersion: spec.appVersion,
        config,
        days,
        modalities: modelModalities(modalities, normalizations),
        grid: { crs: grid.geobox.crs, patchMeters: grid.patchMeters, tilePatches: grid.tilePatches },
        legend: null,
        findings: storable(findings),
        training: describeTraining(spec, { steps, seconds, provider, startedFrom: null, settings: { ...recipe } }),
      },
      weights,
    );
    return { modelFolder, steps, seconds, provider: `${provider}: ${reason}`, metrics: lastValues, findings };
  } finally {
    await cube.close();
  }
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
