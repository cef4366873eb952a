import { freemem } from "node:os";
import type { Imagery, ProjectGrid } from "../../src-shared/domain/job.ts";
import { type Modality, yearOf } from "../../src-shared/eo/index.ts";
import { boundsOf } from "../../src-shared/geo/geobox.ts";
import {
  Cube,
  type DayCount,
  type Grid,
  PatchSet,
  type PatchWindow,
  patchesCovering,
  runningDays,
} from "../cube/index.ts";
import { rasterReader } from "../imagery/index.ts";

const gigabyte = 1024 ** 3;

/** Warped pixels may take an eighth of the free memory, between 256 MiB and 2 GiB. */
export const cacheBytes = (): number => Math.min(2 * gigabyte, Math.max(gigabyte / 4, freemem() / 8));

/** Dates of which less of a tile is clear are taken only when there is nothing better. */
export const leastClear = 0.02;

/** The project's patches, counted from the CRS origin. */
export const patchGrid = ({ geobox, patchMeters }: ProjectGrid): Grid => ({ crs: geobox.crs, patchMeters });

/** The project's area in patches. */
export const projectArea = (grid: ProjectGrid): PatchWindow => patchesCovering(patchGrid(grid), boundsOf(grid.geobox));

/** The patches of the area, when they are fewer than those of its box. */
export const limitOf = ({ limit }: ProjectGrid): PatchSet | undefined => limit && PatchSet.of(limit);

/** Opens the imagery of a job as one cube. Close it when done. */
export function openCube(
  grid: ProjectGrid,
  imagery: Imagery,
  modalities: readonly Modality[],
  days: DayCount,
  bytes = cacheBytes(),
): Cube {
  const spec = {
    grid: patchGrid(grid),
    modalities,
    acquisitions: imagery.acquisitions,
    days,
    area: projectArea(grid),
    limit: limitOf(grid),
    ...(imagery.placements ? { placements: imagery.placements } : {}),
  };
  return new Cube(spec, rasterReader(), { cacheBytes: bytes });
}

/** By modality: the largest number of dates that a tile of `side` patches can have. A project of many places has more in all. */
export async function mostDatesOf(cube: Cube, side: number): Promise<Record<string, number>> {
  const counts = cube.spec.modalities.map(async ({ name }) => [name, Math.max(1, await cube.mostDates(name, side))]);
  return Object.fromEntries(await Promise.all(counts)) as Record<string, number>;
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

export { computeNormalizations, requirePixels, statisticsTiles } from "./statistics.ts";
