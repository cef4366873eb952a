import type { LegendClass } from "../../src-shared/domain/legend.ts";
import type { TileClassScore, TileInput, TileLabel, TileScore } from "../../src-shared/domain/tiles.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import {
  type Cube,
  type Normalization,
  noAugmentation,
  type PatchWindow,
  readSample,
  StatisticsGatherer,
  windowAt,
} from "../cube/index.ts";
import { seededRandom, shuffled } from "../files/index.ts";
import type { ModelDescription, TileTask } from "../learning/index.ts";
import { type TileNumbers, tileScores } from "../learning/index.ts";
import { tileBlocks } from "../learning/split/index.ts";
import type { JobContext } from "./context.ts";
import { isEnough, normalizationFrom } from "./statistics.ts";
import type { EndlessBatches } from "./tile-sampler.ts";

/** Labelled tiles as a training sees them: which classes are present, and which tiles that leaves. */

/** Does the tile hold the class: is its share above the threshold? */
export const holds = ({ shares }: Pick<TileLabel, "shares">, code: number, shareThreshold: number): boolean =>
  (shares[code] ?? 0) > shareThreshold;

/** [K] of 0 and 1 */
export const presenceOf = (tile: Pick<TileLabel, "shares">, codes: readonly number[], shareThreshold: number) =>
  Float32Array.from(codes, (code) => (holds(tile, code, shareThreshold) ? 1 : 0));

/** The tiles of one part, and those of them in which no class reaches the share. */
export function tilesOf(
  { tiles, legend }: TileInput,
  part: TileLabel["part"],
  { shareThreshold, emptyTiles }: Pick<TileTask, "shareThreshold" | "emptyTiles">,
): { readonly tiles: readonly TileLabel[]; readonly empty: number; readonly all: number } {
  const all = tiles.filter((tile) => tile.part === part);
  const filled = all.filter((tile) => legend.some(({ code }) => holds(tile, code, shareThreshold)));
  return { tiles: emptyTiles === "keep" ? all : filled, empty: all.length - filled.length, all: all.length };
}

/** Classes that at least one of the tiles holds, in the legend's order. */
export const taughtClasses = (
  legend: readonly LegendClass[],
  tiles: readonly TileLabel[],
  shareThreshold: number,
): LegendClass[] => legend.filter(({ code }) => tiles.some((tile) => holds(tile, code, shareThreshold)));

export const windowOfTile = ({ x, y }: Pick<TileLabel, "x" | "y">, side: number): PatchWindow => windowAt(x, y, side);

/**
 * Training tiles epoch by epoch: every tile once before any comes again, in an order that depends on the seed and the
 * epoch alone. The n-th tile of a run is always the same.
 */
export function tilesInEpochs(windows: readonly PatchWindow[], seed: number): EndlessBatches["draw"] {
  let [known, order]: [number, readonly number[]] = [-1, []];
  return (index, count) =>
    Array.from({ length: count }, (_, i) => {
      const position = index * count + i;
      const epoch = Math.floor(position / windows.length);
      if (epoch !== known) {
        order = shuffled([...windows.keys()], seededRandom("tile-epoch", seed, epoch));
        known = epoch;
      }
      return windows[order[position % windows.length]!]!;
    });
}

/** So many training tiles tell mean and spread of the bands. */
export const statisticsOfTiles = 256;
/** Where an input shows few of the tiles, so many are looked at before it is given up. */
const mostTiles = 16 * statisticsOfTiles;

/**
 * Mean and spread of every band, from the training tiles alone.
 * @throws AppError "tiles-without-data" when an input shows none of them, "modality-without-pixels" when it shows too little
 */
export async function tileNormalizations(
  cube: Cube,
  windows: readonly PatchWindow[],
  seed: number,
  { signal, phase, log }: JobContext,
): Promise<Normalization[]> {
  const some = shuffled([...windows], seededRandom("statistics-tiles", seed)).slice(0, mostTiles);
  const gatherers = cube.spec.modalities.map((modality) => new StatisticsGatherer(modality, { seed }));
  for (const [index, window] of some.entries()) {
    const wanting = index < statisticsOfTiles ? gatherers : gatherers.filter((gatherer) => !isEnough(gatherer));
    if (wanting.length === 0) break;
    signal.throwIfAborted();
    phase("Statistics", Math.min(1, index / Math.min(some.length, statisticsOfTiles)));
    const modalities = wanting.map(({ modality }) => modality.name);
    const options = { modalities, dates: 10_000, choice: "random", augmentation: noAugmentation } as const;
    const sample = await readSample(cube, window, options, [seed, index], signal);
    for (const gatherer of wanting) gatherer.add(sample.inputs[gatherer.modality.name]!);
  }
  phase("Statistics", 1);
  return gatherers.map((gatherer) => {
    if (gatherer.pixels === 0) throw new AppError("tiles-without-data", { modality: gatherer.modality.name });
    return normalizationFrom(gatherer, { log });
  });
}

/** [N]: the place of each tile. Tiles that touch or overlap are one place: they resemble each other. */
export function placesOfTiles(tiles: readonly Pick<TileLabel, "x" | "y">[], side: number): string[] {
  const reach = side / 1000;
  const squares = tiles.map(({ x, y }) => ({ minX: x - reach, maxX: x + side + reach, minY: y - side - reach, maxY: y + reach, classes: [] })); // biome-ignore format: one square
  // Blocks far smaller than a tile: nothing but touching joins.
  return tileBlocks(squares, reach);
}

/** Refuses a model that does not speak of tiles of this size. */
export function requireTileModel(
  model: ModelDescription,
  tilePatches: number,
): { readonly legend: readonly LegendClass[]; readonly task: TileTask } {
  const { legend, tiles, name, grid } = model;
  if (!legend) throw new AppError("model-has-no-head", { name });
  if (!tiles) throw new AppError("model-not-of-tiles", { name });
  if (grid.tilePatches !== tilePatches)
    throw new AppError("model-tile-differs", { model: grid.tilePatches, project: tilePatches });
  return { legend, task: tiles };
}

export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** Numbers with the classes they belong to. */
export function namedScore(
  numbers: TileNumbers,
  legend: readonly LegendClass[],
  thresholds: readonly number[],
  ranked = true,
): TileScore {
  const { classes, meanAveragePrecision, ...rest } = numbers;
  return {
    ...rest,
    meanAveragePrecision: ranked ? meanAveragePrecision : null,
    classes: classes.map(
      (own, k): TileClassScore => ({
        code: legend[k]!.code,
        name: legend[k]!.name,
        threshold: thresholds[k]!,
        ...own,
        averagePrecision: ranked ? own.averagePrecision : null,
      }),
    ),
  };
}

/** Scores of one answer for all tiles: always the same classes. */
export function constantScore(
  chosen: ArrayLike<number>,
  presence: Float32Array,
  legend: readonly LegendClass[],
): TileScore {
  const half = legend.map(() => 0.5);
  const answers = Float32Array.from(presence, (_, i) => chosen[i % legend.length]!);
  return namedScore(tileScores(answers, presence, half), legend, half, false);
}
