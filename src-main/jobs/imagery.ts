import { freemem } from "node:os";
import type { Imagery, ProjectGrid } from "../../src-shared/domain/job.ts";
import { type Modality, yearOf } from "../../src-shared/eo/index.ts";
import { boundsOf } from "../../src-shared/geo/geobox.ts";
import {
  Cube,
  type DayCount,
  type Grid,
  type Normalization,
  noAugmentation,
  type PatchWindow,
  patchesCovering,
  rasterReader,
  readSample,
  runningDays,
  StatisticsGatherer,
  seededRandom,
  shuffled,
  tilesCovering,
} from "../cube/index.ts";
import type { JobContext } from "./context.ts";

const gigabyte = 1024 ** 3;

/** Warped pixels may take an eighth of the free memory, between 256 MiB and 2 GiB. */
export const cacheBytes = (): number => Math.min(2 * gigabyte, Math.max(gigabyte / 4, freemem() / 8));

/** Dates of which less of a tile is clear are taken only when there is nothing better. */
export const leastClear = 0.02;

/** The project's patches, counted from the CRS origin. */
export const patchGrid = ({ geobox, patchMeters }: ProjectGrid): Grid => ({ crs: geobox.crs, patchMeters });

/** The project's area in patches. */
export const projectArea = (grid: ProjectGrid): PatchWindow => patchesCovering(patchGrid(grid), boundsOf(grid.geobox));

/** Opens the imagery of a job as one cube. Close it when done. */
export function openCube(grid: ProjectGrid, imagery: Imagery, modalities: readonly Modality[], days: DayCount): Cube {
  const spec = { grid: patchGrid(grid), modalities, acquisitions: imagery.acquisitions, days };
  return new Cube(spec, rasterReader(), { cacheBytes: cacheBytes() });
}

/** The dates an imagery has, by modality. */
export function datesOf(imagery: Imagery, modality: Modality): string[] {
  const wanted = new Set(modality.acquisitions);
  return imagery.acquisitions
    .filter(({ id }) => wanted.has(id))
    .map(({ date }) => date)
    .sort();
}

/** Days of one year are counted within it, so that the model fits another year; longer series run on from their first year. */
export function dayCountOf(imagery: Imagery): DayCount {
  const dates = imagery.modalities.filter(({ kind }) => kind === "series").flatMap((m) => datesOf(imagery, m));
  const years = new Set(dates.map(yearOf));
  return years.size === 1 ? { kind: "of-year", period: 367 } : runningDays(dates);
}

/** How much of the area the statistics come from. */
export const statisticsTiles = { count: 48, side: 16 } as const;
/** Values further from the mean are cut: saturated roofs, sun glint, speckle. */
const clipSpreads = 5;

/** Mean and spread of every band, from tiles spread over the area; what the network subtracts and divides by. */
export async function computeNormalizations(
  cube: Cube,
  area: PatchWindow,
  seed: number,
  { signal, phase }: JobContext,
): Promise<Normalization[]> {
  const all = tilesCovering(area, statisticsTiles.side).map((tile) => inside(tile, area));
  const tiles = shuffled(all, seededRandom("statistics-tiles", seed)).slice(0, statisticsTiles.count);
  const gatherers = cube.spec.modalities.map((modality) => new StatisticsGatherer(modality, { seed }));
  for (const [index, tile] of tiles.entries()) {
    signal.throwIfAborted();
    phase("Statistics", index / tiles.length);
    const options = { dates: 10_000, choice: "random", augmentation: noAugmentation } as const;
    const sample = await readSample(cube, tile, options, [seed, index], signal);
    for (const [m, modality] of cube.spec.modalities.entries()) gatherers[m]!.add(sample.inputs[modality.name]!);
  }
  phase("Statistics", 1);
  return gatherers.map((gatherer) => {
    const { bands, ...rest } = gatherer.result();
    return { ...rest, bands: bands.map((band) => ({ ...band, clip: clipOf(band) })) };
  });
}

const clipOf = ({ mean, std }: { readonly mean: number; readonly std: number }) => ({
  low: mean - clipSpreads * std,
  high: mean + clipSpreads * std,
});

/** The part of a tile inside the area. */
function inside(tile: PatchWindow, area: PatchWindow): PatchWindow {
  const col = Math.max(tile.col, area.col);
  const row = Math.max(tile.row, area.row);
  return {
    col,
    row,
    width: Math.min(tile.col + tile.width, area.col + area.width) - col,
    height: Math.min(tile.row + tile.height, area.row + area.height) - row,
  };
}
