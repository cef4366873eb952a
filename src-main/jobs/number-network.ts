import { join } from "node:path";
import { type Finding, findingSentence, inOrderOfSeverity } from "../../src-shared/domain/finding.ts";
import { fewestPlaces, type NumbersResult, type NumbersSpec } from "../../src-shared/domain/numbers.ts";
import type { FinetuneRecipe } from "../../src-shared/domain/recipe.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { foldsOfGroups } from "../classifiers/index.ts";
import type { Batch, Cube, PatchWindow } from "../cube/index.ts";
import { buildStep, cosine, reshape, type Tensors, type TrainingStep } from "../engine/index.ts";
import { type NumberTask, writeModel } from "../learning/index.ts";
import { graphInputs, numberLoss, type OmniSatConfig } from "../omnisat/index.ts";
import type { JobContext } from "./context.ts";
import { coverageIn } from "./coverage-words.ts";
import { dayCountOf, projectArea } from "./imagery.ts";
import { InputWatch } from "./input-watch.ts";
import { aroundLabels } from "./label-patches.ts";
import { tilesOfRows } from "./method-table.ts";
import { asNetwork } from "./number-model.ts";
import { asFinetuning, heldTogether, NumberPatches, patchesOfPlaces } from "./number-places.ts";
import { findingsOfScore, scoreNumbers } from "./number-score.ts";
import { factsOf, meaningOf } from "./number-task.ts";
import { classify, Predictor } from "./predict.ts";
import {
  baseOf,
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
import { storable } from "./training-findings.ts";
import { finetuningOf, noWeights } from "./training-parts.ts";

/** A network learns from all but one of so many parts, and is measured on that one. */
const parts = 4;

/**
 * Fine-tunes an encoder, or a network from nothing, to tell the numbers of places patch by patch: (number − mean) / spread by the Huber loss. One
 * part of the places, or of the blocks they lie in, teaches nothing and measures what came of it.
 * @throws AppError "numbers-too-few", "numbers-one-value", "training-diverged", and what the base model does not fit
 */
export async function teachNumberNetwork(spec: NumbersSpec, context: JobContext): Promise<NumbersResult> {
  const started = performance.now();
  const inner = asFinetuning(spec);
  const inputs = inputsFrom(await baseOf(inner), inner, () => dayCountOf(spec.imagery));
  return withCube(inner, inputs, (cube) => teachOn(spec, context, inputs, cube, started));
}

async function teachOn(
  spec: NumbersSpec,
  context: JobContext,
  inputs: TrainingInputs,
  cube: Cube,
  started: number,
): Promise<NumbersResult> {
  const { grid, seed, numbers: given, level } = spec;
  const inner = asFinetuning(spec);
  const { recipe } = inner;
  const { modalities, names } = inputs;
  const coverage = coverageIn((await cube.footprints())!, projectArea(grid), names);
  const all = new NumberPatches(spec, coverage.all);
  const { places } = all;
  const together = heldTogether(places, spec);
  const groups = Int32Array.from(places, ({ id }) => together.groupOf.get(id)!);
  const folds = foldsOfGroups(groups, Math.min(parts, together.count), seed);
  const held = new Set(places.flatMap(({ id }, i) => (folds[i] === 0 ? [id] : [])));
  const taught = places.filter(({ id }) => !held.has(id));
  const facts = factsOf(taught.map(({ value }) => value));
  const spread = facts.spread > 0 ? facts.spread : 1;
  const only = (wanted: (id: number) => boolean) =>
    patchesOfPlaces({ grid, numbers: { ...given, places: places.filter(({ id }) => wanted(id)) } }, coverage.all);
  const train = only((id) => !held.has(id));
  const test = only((id) => held.has(id));
  const settled = await settledFor(inner, context, inputs, cube, coverage);
  const { normalizations, aboutPlaces, dates, config, side, computing } = settled;
  const { provider } = computing;
  const step = numberStep(config, recipe, dates);
  context.log(`Learning “${given.name}” from ${taught.length} places, measuring on ${held.size} others.`);
  const watch = new InputWatch(modalities, normalizations);
  const positions = new Map(taught.map(({ id }, i) => [id, i]));
  const trained = await teach({
    ...ofFinetuning(inner, inputs, (batch) => targetsOf(batch, taught, facts.mean, spread)),
    spec: inner,
    context,
    step,
    inputs,
    provider,
    schedule: cosine({ totalSteps: recipe.steps, warmupSteps: Math.min(recipe.warmupSteps, recipe.steps - 1) }),
    normalizations,
    dates,
    side,
    batches: tilesFrom(cube, aroundLabels(train, side, "polygons", seed)),
    told: {
      labels: (window: PatchWindow) => train.labels(window).polygons.map((id) => positions.get(id) ?? -1),
    },
    watch,
  });
  const task: Omit<NumberTask, "interval"> = {
    ...meaningOf(spec),
    method: "network",
    months: { year: 1970, month: 1, count: 0, everyYear: true },
    features: spec.features,
    ...facts,
    spread,
  };
  const own = modelToBe(inner, inputs, {
    task: "numbers",
    config,
    normalizations,
    side,
    legend: null,
    provider,
    settings: { method: "network", steps: recipe.steps, places: taught.length },
  });
  const described = { ...own, format: "omnisat-model/1", weights: noWeights } as const;
  const predictor = await Predictor.create({
    cube,
    model: asNetwork(described),
    weights: trained.weights,
    modalities: names,
    batchSize: recipe.batchSize,
    provider,
    normalizations,
  });
  const told = new Map<number, number[]>();
  try {
    const tiles = test.tilesAround(tilesOfRows(test.area, { side }));
    let at = 0;
    for await (const { window, logits, seen } of predictor.run(tiles, context.signal)) {
      context.phase("Measuring", ++at / tiles.length);
      for (const [p, id] of test.labels(window).polygons.entries())
        if (id >= 0 && seen[p] === 1) told.set(id, [...(told.get(id) ?? []), facts.mean + spread * logits[p]!]);
    }
  } finally {
    await predictor.release();
  }
  if (told.size === 0)
    throw new AppError("numbers-too-few", { name: given.name, places: taught.length, needed: fewestPlaces });
  const score = scoreNumbers(
    all.values,
    { told, foldOf: new Map([...told.keys()].map((id) => [id, 0])), means: new Map([[0, facts.mean]]) },
    together,
    spec,
  );
  const unseen = given.places.length - places.length;
  const findings = inOrderOfSeverity([
    ...findingsOfScore(score, together, { level, unit: given.unit }),
    ...(unseen > 0 ? [{ code: "numbers-unseen", details: { unseen, places: given.places.length } } as const] : []),
    ...aboutPlaces,
    ...(inputs.applied?.findings ?? []),
    ...watch.findings(),
  ] satisfies Finding[]);
  for (const finding of findings) context.log(findingSentence(finding));
  const seconds = secondsSince(started);
  const modelFolder = join(spec.folder, "model");
  const { steps } = trained;
  await writeModel(
    modelFolder,
    {
      ...own,
      numbers: { ...task, interval: score.interval },
      training: { ...own.training, steps, seconds },
      findings: storable(findings),
    },
    trained.weights,
  );
  const { low, high, mean } = facts;
  const settings = { steps, places: taught.length };
  return { modelFolder, seconds, method: "network", rows: taught.length, columns: 0, low, high, mean, settings, score, findings }; // biome-ignore format: one result
}

/** [B, P] standardised numbers of a batch, and weights: the patches of a place in a tile count as one together. */
function targetsOf(batch: Batch, taught: readonly { readonly value: number }[], mean: number, spread: number): Tensors {
  const { shape, data } = batch.labels!;
  const [size, patches] = shape as readonly [number, number];
  const targets = new Float32Array(data.length);
  const weights = new Float32Array(data.length);
  for (let b = 0; b < size; b++) {
    const counts = new Map<number, number>();
    for (let at = b * patches; at < (b + 1) * patches; at++) {
      const place = Number(data[at]);
      if (place >= 0) counts.set(place, (counts.get(place) ?? 0) + 1);
    }
    for (let at = b * patches; at < (b + 1) * patches; at++) {
      const place = Number(data[at]);
      if (place < 0) continue;
      targets[at] = (taught[place]!.value - mean) / spread;
      weights[at] = 1 / counts.get(place)!;
    }
  }
  return { targets: { type: "float32", shape, data: targets }, weights: { type: "float32", shape, data: weights } };
}

/** The step of a fine-tuning on numbers as a graph. */
function numberStep(
  config: OmniSatConfig,
  recipe: FinetuneRecipe,
  dates: Readonly<Record<string, number>>,
): TrainingStep {
  const size = recipe.batchSize;
  const patches = config.grid.rows * config.grid.columns;
  return buildStep({
    name: "numbers",
    define: (scope) => {
      const { graph: g } = scope;
      const inputs = graphInputs(g, config, { size, dates, masks: "patches", modalityMask: true });
      const targets = g.input("targets", [size, patches]);
      const weights = g.input("weights", [size, patches]);
      const told = reshape(g, classify(scope, config, inputs, 1), [size, patches]);
      return { loss: numberLoss(g, told, targets, weights), outputs: {} };
    },
    ...finetuningOf(recipe),
  });
}
