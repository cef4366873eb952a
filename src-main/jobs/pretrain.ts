import type { Finding } from "../../src-shared/domain/finding.ts";
import { findingSentence } from "../../src-shared/domain/finding.ts";
import type { ModelResult, PretrainSpec } from "../../src-shared/domain/job.ts";
import type { PretrainRecipe } from "../../src-shared/domain/recipe.ts";
import type { Modality } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { boundsOf } from "../../src-shared/geo/geobox.ts";
import type { Batch, Normalization } from "../cube/index.ts";
import { adamW, buildStep, cosine, type TrainingStep } from "../engine/index.ts";
import type { NewModel } from "../learning/index.ts";
import { type BatchShape, graphInputs, inputSpecs, type OmniSatConfig, pretraining } from "../omnisat/index.ts";
import { maskBands } from "./applied-model.ts";
import type { JobContext } from "./context.ts";
import { type Coverage, coverageFindings, coverageIn } from "./coverage-words.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { computeNormalizations, datesOf, mostDatesOf, projectArea } from "./imagery.ts";
import { InputWatch } from "./input-watch.ts";
import { datesTogether, type JointInputs, jointInputs, type TrainingPlace } from "./joint-inputs.ts";
import { networkFor } from "./network.ts";
import { completing, inputsLackingBands, PlaceOrder, type PlaceToLearn, placeBatches } from "./place-batches.ts";
import { PlaceCubes } from "./place-cubes.ts";
import { finishTraining, loggedCoverage, loggedProvider, modelToBe, secondsSince, teach } from "./teaching.ts";
import { anywhereIn } from "./tile-sampler.ts";
import { contrastByChance, findingsOfPretraining } from "./training-findings.ts";

/** A loss of exactly 0 in so many steps on end: the tiles show nothing. */
const mostEmptySteps = 20;

/**
 * Learns from the imagery alone: contrast between modalities and reconstruction of what is hidden (paper §3.2). Of several places each
 * step sees one, with the statistics of that place; inputs and bands that it lacks have no part in the losses.
 * @throws AppError what `jointInputs` throws, "modality-without-pixels", "series-too-short", "training-saw-nothing"
 */
export async function pretrain(spec: PretrainSpec, context: JobContext): Promise<ModelResult> {
  const started = performance.now();
  const joint = jointInputs(spec);
  const cubes = new PlaceCubes(joint.places);
  try {
    return await teachImages(spec, context, joint, cubes, started);
  } finally {
    await cubes.close();
  }
}

async function teachImages(
  spec: PretrainSpec,
  context: JobContext,
  joint: JointInputs,
  cubes: PlaceCubes,
  started: number,
): Promise<ModelResult> {
  const { recipe, seed } = spec;
  const { places, modalities, days, side } = joint;
  const names = modalities.map(({ name }) => name);
  const inputs = { base: undefined, modalities, names, days };
  const single = places.length === 1;
  const surveyed: SurveyedPlace[] = [];
  for (const index of places.keys()) surveyed.push(await survey(spec, joint, cubes, index, context));
  const aboutPlaces = single ? loggedCoverage(surveyed[0]!.coverage, context) : logPlaces(joint, surveyed, context);
  const dates = datesPerTile(joint, surveyed, recipe.datesPerTile);
  const config = networkFor(modalities, spec.architecture, side, days, recipe.maskRatio);
  requireDates(modalities, dates);
  const extra = extraInputs(places);
  const step = pretrainStep(config, recipe, dates, extra);
  const wanted = inputSpecs(config, { size: recipe.batchSize, dates, masks: "patches", ...extra });
  const computing = await loggedProvider(spec, context);
  const { provider } = computing;
  const settings = { ...recipe };
  const normalizations = single ? surveyed[0]!.normalizations : statisticsTogether(joint, surveyed);
  const order = new PlaceOrder(surveyed.map(({ observations }) => observations), seed); // biome-ignore format: one line
  const described = modelToBe(spec, inputs, { task: "pretrained", config, normalizations, side, legend: null, provider, settings }); // biome-ignore format: one line
  const model = single ? described : ofPlaces(described, joint, order, recipe.steps);
  const watch = new InputWatch(modalities, normalizations);
  const chance = new ContrastChance(single);
  const seen = (at: number) => surveyed[order.at(at).place]!.place.modalities.map(({ name }) => name);
  const trained = await teach({
    spec,
    context,
    step,
    inputs,
    provider,
    schedule: cosine({ totalSteps: recipe.steps, warmupSteps: recipe.warmupSteps }),
    normalizations,
    dates,
    side,
    batches: (asked, first, signal) => placeBatches(cubes, surveyed, order, asked, first, signal),
    watch,
    feeds(batch, at) {
      chance.add(batch, seen(at));
      return single ? {} : completing(batch, surveyed[order.at(at).place]!.place, modalities, wanted);
    },
    telling: single ? undefined : (values, at) => ofInputs(values, seen(at)),
    onStep: requireLoss(recipe.steps),
    fingerprint: fingerprintOf(spec),
    averaged: false,
    phase: "Pre-training",
  });
  const seconds = secondsSince(started);
  // Steps of different places have different terms: their sum rises and falls with the place, each term does not.
  const first = single ? trained.firstLoss : Number.POSITIVE_INFINITY;
  const end = { first, last: trained.recentValues };
  const findings = [...findingsOfPretraining(end, chance.value), ...aboutPlaces, ...watch.findings()];
  const metrics = single ? trained.lastValues : trained.recentValues;
  return finishTraining(spec, context, { model, trained, findings, seconds, computing, metrics });
}

interface SurveyedPlace extends PlaceToLearn {
  readonly coverage: Coverage;
  /** by input: the largest number of dates that a tile can have */
  readonly most: Readonly<Record<string, number>>;
}

/** What must be known of a place before the first step: its statistics, where its images lie, and how many dates there are. */
async function survey(
  { seed }: PretrainSpec,
  { places, side }: JointInputs,
  cubes: PlaceCubes,
  index: number,
  context: JobContext,
): Promise<SurveyedPlace> {
  const place = places[index]!;
  const names = place.modalities.map(({ name }) => name);
  const shown = { ...context, phase: (name: string, fraction: number) => context.phase(name, (index + fraction) / places.length) }; // biome-ignore format: one line
  return cubes.use(index, async (cube) => {
    const area = projectArea(place.grid);
    const found = await computeNormalizations(cube, area, seed, shown).catch((error: unknown) => {
      throw inPlace(error, place);
    });
    const normalizations = found.map((own) => maskBands(own, place.lacking[own.modality] ?? []));
    const coverage = coverageIn((await cube.footprints())!, area, names);
    const draw = anywhereIn(coverage.all, side, seed, coverage.shared);
    const read = await Promise.all(names.map((name) => cube.patchesRead(name, area)));
    const observations = read.reduce((sum, count) => sum + count, 0);
    return { place, normalizations, coverage, draw, observations, most: await mostDatesOf(cube, side) };
  });
}

/** The same error, with the name of the project whose images it is about. */
function inPlace(error: unknown, { name }: TrainingPlace): unknown {
  if (!(error instanceof AppError) || error.code !== "modality-without-pixels" || name === "") return error;
  const { modality } = error.details as { readonly modality: string };
  return new AppError("place-without-pixels", { place: name, modality }, { cause: error });
}

function datesPerTile(
  { modalities }: JointInputs,
  surveyed: readonly SurveyedPlace[],
  wanted: number,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    modalities.map(({ name }) => [name, Math.min(wanted, Math.max(1, ...surveyed.map(({ most }) => most[name] ?? 1)))]),
  );
}

/** What the graph of a network of several places is told besides: which patches of images and which bands are there. */
export const extraInputs = (places: readonly TrainingPlace[]): Pick<BatchShape, "imageMasks" | "bandMasks"> =>
  places.length < 2 ? {} : { imageMasks: true, bandMasks: inputsLackingBands(places) };

/** Mean and spread over the pixels of all places that have the band: what the card shows; each place is read with its own. */
function statisticsTogether({ modalities }: JointInputs, surveyed: readonly SurveyedPlace[]): Normalization[] {
  return modalities.map(({ name, bands }) => {
    const own = surveyed.flatMap(
      ({ place, normalizations }) =>
      normalizations.filter(({ modality }) => modality === name).map((found) => ({ found, lacks: place.lacking[name] ?? [] })), // biome-ignore format: one line
    );
    return {
      modality: name,
      pixels: own.reduce((sum, { found }) => sum + found.pixels, 0),
      bands: bands.map((band) => {
        const parts = own
          .filter(({ lacks }) => !lacks.includes(band))
          .map(({ found }) => ({ ...found.bands.find((each) => each.name === band)!, pixels: found.pixels }));
        const pixels = parts.reduce((sum, part) => sum + part.pixels, 0);
        const mean = parts.reduce((sum, part) => sum + part.pixels * part.mean, 0) / pixels;
        const squares = parts.reduce((sum, part) => sum + part.pixels * (part.std ** 2 + (part.mean - mean) ** 2), 0);
        const std = Math.sqrt(squares / pixels);
        const low = Math.min(...parts.map(({ clip }) => clip?.low ?? mean));
        const high = Math.max(...parts.map(({ clip }) => clip?.high ?? mean));
        return { name: band, mean, std, clip: { low, high } };
      }),
    };
  });
}

/** The description of a model of several places: what it learned where, and that it is used with the statistics of its place. */
function ofPlaces(model: NewModel, { places, modalities }: JointInputs, order: PlaceOrder, steps: number): NewModel {
  const counts = places.map(() => 0);
  for (let at = 0; at < steps; at++) counts[order.at(at).place]!++;
  return {
    ...model,
    statistics: "place",
    training: {
      ...model.training,
      dates: modalities.map(({ name }) => datesTogether(places, name)),
      places: places.map(({ name, grid, imagery, modalities: own }, index) => ({
        name,
        crs: grid.geobox.crs,
        bounds: boundsOf(grid.geobox),
        steps: counts[index]!,
        dates: own.map((modality) => {
          const dates = datesOf(imagery, modality);
          return { modality: modality.name, first: dates[0] ?? "", last: dates.at(-1) ?? "", count: dates.length };
        }),
      })),
    },
  };
}

/** Says of every place what it gives and what it lacks. A finding only when nowhere two inputs see the same place. */
function logPlaces({ modalities }: JointInputs, surveyed: readonly SurveyedPlace[], context: JobContext): Finding[] {
  for (const { place, coverage } of surveyed) {
    const { name, lacking, leftOut, years } = place;
    const words = [
      place.modalities.map((modality) => `${modality.name}${lacking[modality.name] ? ` without ${lacking[modality.name]!.join(", ")}` : ""}`).join(", "), // biome-ignore format: one line
      ...(years === 0 ? [] : [`dates of ${years} years ${years > 0 ? "later" : "earlier"} are counted as those of the first season`]), // biome-ignore format: one line
      ...(leftOut.length === 0 ? [] : [`${leftOut.length} dates outside of the season are left out`]),
    ];
    context.log(`Learning from “${name}”: ${coverage.all.size} patches; ${words.join("; ")}.`);
    for (const finding of coverageFindings(coverage)) context.log(findingSentence(finding));
  }
  const names = modalities.map(({ name }) => name);
  return names.length > 1 && surveyed.every(({ coverage }) => coverage.shared.size === 0)
    ? [{ code: "no-shared-place", details: { modalities: names } }]
    : [];
}

/** The loss and the terms of these inputs; one input alone has nothing to be held against, and one date nothing to be reconstructed from. */
function ofInputs(values: Readonly<Record<string, number>>, names: readonly string[]): Record<string, number> {
  const told = new Set(["loss", ...names.map((name) => `${name}_reconstruction_loss`)]);
  if (names.length > 1) told.add("contrastive_loss");
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => told.has(name) && (name === "loss" || value !== 0))); // biome-ignore format: one line
}

/** The contrast of guessing: of a single place that of its first batch, of several the mean of the last ones. */
class ContrastChance {
  readonly #single: boolean;
  readonly #recent: number[] = [];

  constructor(single: boolean) {
    this.#single = single;
  }

  add(batch: Batch, names: readonly string[]): void {
    if (this.#single && this.#recent.length > 0) return;
    const chance = contrastByChance(batch, names);
    if (chance > 0) this.#recent.push(chance);
    if (this.#recent.length > 20) this.#recent.shift();
  }

  get value(): number {
    return this.#recent.length === 0 ? 0 : this.#recent.reduce((sum, value) => sum + value, 0) / this.#recent.length;
  }
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
  extra: Pick<BatchShape, "imageMasks" | "bandMasks"> = {},
): TrainingStep {
  return buildStep({
    name: "pretrain",
    define: (scope) => {
      const inputs = graphInputs(scope.graph, config, { size: recipe.batchSize, dates, masks: "patches", ...extra });
      const { loss, terms } = pretraining(scope, config, inputs);
      return { loss, outputs: terms };
    },
    optimizer: adamW({ weightDecay: recipe.weightDecay }),
    clipNorm: recipe.clipNorm,
  });
}
