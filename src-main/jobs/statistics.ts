import type { Modality } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import type { WithoutPixels } from "../../src-shared/errors/learning.ts";
import {
  type Cube,
  type Normalization,
  noAugmentation,
  PatchSet,
  type PatchWindow,
  readSample,
  StatisticsGatherer,
  tilesCovering,
} from "../cube/index.ts";
import { seededRandom, shuffled } from "../files/index.ts";
import { unclear } from "../imagery/index.ts";
import type { JobContext } from "./context.ts";

/** How much of the area the statistics come from. */
export const statisticsTiles = { count: 48, side: 16 } as const;
/** Small places hold less than a tile: tiles are taken until they held so many patches together. */
const enoughPatches = (statisticsTiles.count * statisticsTiles.side ** 2) / 4;
/** Where most of an input is cloud or black, so many tiles are looked at before it is given up. */
const mostTiles = 16 * statisticsTiles.count;
/** Fewer clear pixels than this are no statistics. */
const leastPixels = 16;
/** Values further from the mean are cut: saturated roofs, sun glint, speckle. */
const clipSpreads = 5;

/**
 * Mean and spread of every band, from tiles spread over the places where the modality has images; what the network
 * subtracts and divides by. `pixels` is the exact number of clear pixels they come from. A function of the seed.
 * @throws AppError "modality-without-pixels" when a modality has no, too few or only equal clear pixels in the area
 */
export async function computeNormalizations(
  cube: Cube,
  area: PatchWindow,
  seed: number,
  context: JobContext,
): Promise<Normalization[]> {
  const surveys = await survey(cube, area, seed, context, true);
  return surveys.map(({ gatherer }) => normalizationFrom(gatherer, context));
}

/**
 * What was gathered, with the values beyond five spreads cut.
 * @throws AppError "modality-without-pixels" for too few or only equal pixels
 */
export function normalizationFrom(gatherer: StatisticsGatherer, context: Pick<JobContext, "log">): Normalization {
  requireEnough(gatherer);
  const { bands, ...rest } = gatherer.result();
  const constant = gatherer.constantBands;
  if (constant.length > 0) context.log(`${rest.modality}: ${constant.join(", ")} has the same value everywhere.`);
  for (const { band, count } of gatherer.outliers)
    context.log(
      `${rest.modality}: ${count} of ${rest.pixels} values of ${band} lie far outside of all others; mean and spread leave them out.`,
    );
  return { ...rest, bands: bands.map((band) => ({ ...band, clip: clipOf(band) })) };
}

/** True when statistics can be made of what was gathered. */
export const isEnough = (gatherer: StatisticsGatherer): boolean =>
  gatherer.pixels >= leastPixels && !allConstant(gatherer);

function requireEnough(gatherer: StatisticsGatherer): void {
  const { pixels, modality } = gatherer;
  if (pixels < leastPixels) throw withoutPixels(modality, "few", pixels);
  if (allConstant(gatherer)) throw withoutPixels(modality, "constant", pixels);
}

/**
 * Makes sure that every modality has clear pixels in the area, without counting them all: for trainings whose statistics
 * come with the model, and before the time of a training is estimated.
 * @throws AppError "modality-without-pixels"
 */
export async function requirePixels(cube: Cube, area: PatchWindow, seed: number, context: JobContext): Promise<void> {
  await survey(cube, area, seed, { ...context, phase: () => {} }, false);
}

const clipOf = ({ mean, std }: { readonly mean: number; readonly std: number }) => ({
  low: mean - clipSpreads * std,
  high: mean + clipSpreads * std,
});

interface Survey {
  readonly modality: Modality;
  /** where it has images in the area */
  readonly set: PatchSet;
  readonly gatherer: StatisticsGatherer;
  tiles: number;
  patches: number;
  unclear: number;
}

async function survey(
  cube: Cube,
  area: PatchWindow,
  seed: number,
  { signal, phase }: JobContext,
  thorough: boolean,
): Promise<readonly Survey[]> {
  const footprints = await cube.footprints();
  const surveys = cube.spec.modalities.map((modality): Survey => {
    const set = footprints?.modality(modality.name).inside(area) ?? PatchSet.ofWindow(area);
    if (set.size === 0) throw withoutPixels(modality, "outside", 0);
    const gatherer = new StatisticsGatherer(modality, { seed });
    return { modality, set, gatherer, tiles: 0, patches: 0, unclear: 0 };
  });
  const tiles = shuffled(
    tilesTouching(PatchSet.union(surveys.map(({ set }) => set)), statisticsTiles.side),
    seededRandom("statistics-tiles", seed),
  );
  const wanting = (one: Survey) => {
    if (one.tiles >= mostTiles) return false;
    if (!isEnough(one.gatherer)) return true;
    return thorough && (one.tiles < statisticsTiles.count || one.patches < enoughPatches);
  };
  const total = Math.min(tiles.length, statisticsTiles.count);
  for (const [index, tile] of tiles.entries()) {
    const wanted = surveys.filter(wanting);
    if (wanted.length === 0) break;
    for (const one of wanted) {
      const part = one.set.boundsIn(tile);
      if (!part) continue;
      signal.throwIfAborted();
      phase("Statistics", Math.min(1, Math.min(...surveys.map((each) => each.tiles)) / total));
      const { name } = one.modality;
      const options = { modalities: [name], dates: 10_000, choice: "random", augmentation: noAugmentation } as const;
      const sample = await readSample(cube, part, options, [seed, index], signal);
      const series = sample.inputs[name]!;
      one.gatherer.add(series);
      if (one.gatherer.pixels === 0)
        one.unclear += series.states.reduce((n, state) => n + (state === unclear ? 1 : 0), 0);
      one.tiles++;
      one.patches += one.set.countIn(tile);
    }
  }
  phase("Statistics", 1);
  for (const { gatherer, modality, set, unclear: masked } of surveys) {
    if (gatherer.pixels > 0) requireEnough(gatherer);
    else if (masked > 0) throw withoutPixels(modality, "unclear", 0);
    else
      throw withoutPixels(modality, (await holdsImpossible(cube, modality, set, signal)) ? "impossible" : "no-data", 0);
  }
  return surveys;
}

/** Whether a place of an input without any data has numbers that its scale or unit makes impossible. */
async function holdsImpossible(cube: Cube, { name }: Modality, set: PatchSet, signal: AbortSignal): Promise<boolean> {
  for (const tile of tilesTouching(set, statisticsTiles.side).slice(0, 4)) {
    const part = set.boundsIn(tile);
    if (part && (await cube.holdsImpossible(name, part, signal))) return true;
  }
  return false;
}

const allConstant = ({ constantBands, modality }: StatisticsGatherer) => constantBands.length === modality.bands.length;

const withoutPixels = ({ name }: Modality, reason: WithoutPixels, pixels: number) =>
  new AppError("modality-without-pixels", { modality: name, reason, pixels });

/** The tiles of the grid of tiles that touch a set, row by row from the north-west: the box around it has far more. */
export function tilesTouching(set: PatchSet, side: number): PatchWindow[] {
  const [first, ...others] = set.windows();
  if (!first) return [];
  if (others.length === 0) return tilesCovering(first, side).filter((tile) => set.touches(tile));
  const found = new Map<string, PatchWindow>();
  for (const window of [first, ...others])
    for (const tile of tilesCovering(window, side)) if (set.touches(tile)) found.set(`${tile.col} ${tile.row}`, tile);
  return [...found.values()].sort((p, q) => p.row - q.row || p.col - q.col);
}
