// The shift between two acquisitions, at ten metres or at the coarser of the two.
import type { ProjectGrid } from "../../src-shared/domain/job.ts";
import { type Acquisition, type AcquisitionBand, clearSclClasses, indicesFor } from "../../src-shared/eo/index.ts";
import { alignedGeobox, boundsOf, type GeoBox, resolutionOf } from "../../src-shared/geo/geobox.ts";
import type { Measurement } from "../../src-shared/ipc/alignment.ts";
import { type MeasuredPatch, measureShift } from "../alignment/index.ts";
import { requireGeobox, transformer, warp } from "../raster/index.ts";
import type { OpenRasters } from "./inspect-rasters.ts";
import { movedBack } from "./quality.ts";

export interface MeasureRequest {
  readonly rasters: OpenRasters;
  readonly grid: ProjectGrid;
  readonly moving: Acquisition;
  readonly reference: Acquisition;
  readonly signal: AbortSignal;
  readonly onProgress: (fraction: number) => void;
}

/** Finer images are averaged: at their own resolution, shadows and leaning houses move more than the image does. */
const finest = 10;

export async function measureBetween(request: MeasureRequest): Promise<Measurement> {
  const { rasters, grid, moving, reference, signal, onProgress } = request;
  const bands = { moving: bandOf(moving), reference: bandOf(reference) };
  const resolution = Math.max(
    finest,
    await resolutionIn(rasters, bands.moving, grid.geobox),
    await resolutionIn(rasters, bands.reference, grid.geobox),
  );
  const read = async (image: "moving" | "reference", box: GeoBox, shift: { dx: number; dy: number }) => {
    const acquisition = request[image];
    const own = acquisition.shift ?? { dx: 0, dy: 0 };
    const target = movedBack(box, { dx: own.dx + shift.dx, dy: own.dy + shift.dy });
    return patchOf(rasters, acquisition, bands[image], target, signal);
  };
  const area = alignedGeobox(grid.geobox.crs, boundsOf(grid.geobox), resolution);
  const { dx, dy, ...rest } = await measureShift({ grid: area, read, signal, onProgress });
  return {
    ...rest,
    dx,
    dy,
    resolution,
    bands: { moving: bands.moving.name, reference: bands.reference.name },
  };
}

/** Near infrared shows fields, hedges and water best and changes little from date to date; else the first band. */
function bandOf({ sensor, bands }: Acquisition): AcquisitionBand {
  const [ndvi] = indicesFor(
    sensor,
    bands.map(({ name }) => name),
  ).filter(({ name }) => name === "NDVI");
  return bands.find(({ name }) => name === ndvi?.bands[0]) ?? bands[0]!;
}

async function resolutionIn(rasters: OpenRasters, { path, crs }: AcquisitionBand, area: GeoBox): Promise<number> {
  const file = requireGeobox(await rasters.get(path, crs));
  const { forward } = transformer(file.crs, area.crs);
  if (transformer(file.crs, area.crs).identity) return resolutionOf(file).x;
  const { minX, minY, maxX, maxY } = boundsOf(file);
  const [x, y] = [(minX + maxX) / 2, (minY + maxY) / 2];
  const [px, py] = forward(x, y);
  const [qx, qy] = forward(x + resolutionOf(file).x, y);
  return Math.hypot(qx - px, qy - py);
}

async function patchOf(
  rasters: OpenRasters,
  { quality, radiometry }: Acquisition,
  band: AcquisitionBand,
  target: GeoBox,
  signal: AbortSignal,
): Promise<MeasuredPatch> {
  const raster = await rasters.get(band.path, band.crs);
  const own = requireGeobox(raster);
  const finer = transformer(own.crs, target.crs).identity && resolutionOf(own).x < 0.75 * resolutionOf(target).x;
  const read = await warp(raster, target, { bands: [band.bandIndex], method: finer ? "average" : "cubic", signal });
  const stored = read.bands[0]!;
  const valid = Uint8Array.from({ length: stored.length }, (_, at) => {
    const value = stored[at]!;
    return read.valid[0]?.[at] === 0 || value === band.nodata || Number.isNaN(value) ? 0 : 1;
  });
  const data = valid.reduce((sum, value) => sum + value, 0) / valid.length;
  if (quality) {
    const scl = await rasters.get(quality.path, quality.crs);
    const classes = await warp(scl, target, { bands: [quality.bandIndex], method: "nearest", signal });
    // Snow is bright but sharp: it hides no edges that the other winter image would not hide too.
    const usable = new Set([...clearSclClasses, 2, 11]);
    for (let at = 0; at < valid.length; at++) if (!usable.has(classes.bands[0]![at]!)) valid[at] = 0;
  }
  const linear = radiometry.quantity === "backscatter-linear";
  const values = Float64Array.from(stored, (value) => {
    const physical = value * band.scale + band.offset;
    return linear ? 10 * Math.log10(Math.max(physical, 1e-6)) : physical;
  });
  return { values, valid, data };
}
