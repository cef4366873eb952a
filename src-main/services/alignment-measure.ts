// The shift between two acquisitions, at ten metres or at the coarser of the two.
import type { ProjectGrid } from "../../src-shared/domain/job.ts";
import {
  type Acquisition,
  type AcquisitionFile,
  bandNamesOf,
  clearSclClasses,
  clearTest,
  indicesFor,
  qualityOfPiece,
} from "../../src-shared/eo/index.ts";
import { alignedGeobox, boundsOf, type GeoBox, resolutionOf } from "../../src-shared/geo/geobox.ts";
import type { Measurement } from "../../src-shared/ipc/alignment.ts";
import { type MeasuredPatch, measureShift } from "../alignment/index.ts";
import { gridInImage, headers, pixelSizeIn } from "../imagery/index.ts";
import { requireGeobox, transformer, warp } from "../raster/index.ts";
import { shareInside } from "./raster-info.ts";

export interface MeasureRequest {
  readonly grid: ProjectGrid;
  readonly moving: Acquisition;
  readonly reference: Acquisition;
  readonly signal: AbortSignal;
  readonly onProgress: (fraction: number) => void;
}

/** Finer images are averaged: at their own resolution, shadows and leaning houses move more than the image does. */
const finest = 10;

export async function measureBetween(request: MeasureRequest): Promise<Measurement> {
  const { grid, moving, reference, signal, onProgress } = request;
  const bands = { moving: bandOf(moving), reference: bandOf(reference) };
  const resolution = Math.max(
    finest,
    await resolutionIn(moving, bands.moving, grid.geobox),
    await resolutionIn(reference, bands.reference, grid.geobox),
  );
  const read = async (image: "moving" | "reference", box: GeoBox, shift: { dx: number; dy: number }) => {
    const acquisition = request[image];
    const own = acquisition.shift ?? { dx: 0, dy: 0 };
    const target = gridInImage(box, { dx: own.dx + shift.dx, dy: own.dy + shift.dy });
    return patchOf(acquisition, bands[image], target, signal);
  };
  const area = alignedGeobox(grid.geobox.crs, boundsOf(grid.geobox), resolution);
  const { dx, dy, ...rest } = await measureShift({ grid: area, read, signal, onProgress });
  return {
    ...rest,
    dx,
    dy,
    resolution,
    bands,
  };
}

/** Near infrared shows fields, hedges and water best and changes little from date to date; else the first band. */
function bandOf(acquisition: Acquisition): string {
  const names = bandNamesOf(acquisition);
  const [ndvi] = indicesFor(acquisition.sensor, names).filter(({ name }) => name === "NDVI");
  return names.find((name) => name === ndvi?.bands[0]) ?? names[0]!;
}

/** Pixel size of the first piece that has the band, in units of the project's CRS. */
async function resolutionIn(acquisition: Acquisition, band: string, area: GeoBox): Promise<number> {
  const piece = acquisition.pieces.find(({ files }) => files.some((file) => has(file, band)))!;
  const { path, crs, grid } = piece.files.find((file) => has(file, band))!;
  const file = grid ?? requireGeobox(await headers.open(path, crs));
  return pixelSizeIn(file, area.crs).side;
}

const has = ({ bands }: AcquisitionFile, name: string): boolean => bands.some((band) => band.name === name);

/** One band of a mosaic on `target`; of overlapping pieces the first with data counts. */
async function patchOf(
  acquisition: Acquisition,
  name: string,
  target: GeoBox,
  signal: AbortSignal,
): Promise<MeasuredPatch> {
  const length = target.width * target.height;
  const values = new Float64Array(length);
  const valid = new Uint8Array(length);
  const filled = new Uint8Array(length);
  for (const piece of acquisition.pieces) {
    const file = piece.files.find((one) => has(one, name));
    const band = file?.bands.find((one) => one.name === name);
    if (!file || !band) continue;
    const { grid } = file;
    if (grid && acquisition.pieces.length > 1 && shareInside(target, grid) === 0 && shareInside(grid, target) === 0)
      continue;
    const raster = await headers.open(file.path, file.crs);
    const own = requireGeobox(raster);
    const finer = transformer(own.crs, target.crs).identity && resolutionOf(own).x < 0.75 * resolutionOf(target).x;
    const read = await warp(raster, target, { bands: [band.bandIndex], method: finer ? "average" : "cubic", signal });
    const quality = qualityOfPiece(piece);
    const scl = quality ? await headers.open(quality.path, quality.crs) : undefined;
    const classes = scl && (await warp(scl, target, { bands: [quality!.bandIndex], method: "nearest", signal }));
    // Snow is bright but sharp: it hides no edges that the other winter image would not hide too.
    const usable = quality && clearTest(quality, [...clearSclClasses, 2, 11]);
    const linear = file.radiometry.quantity === "backscatter-linear";
    read.bands[0]!.forEach((stored, at) => {
      if (filled[at] || read.valid[0]?.[at] === 0 || stored === band.nodata || Number.isNaN(stored)) return;
      filled[at] = 1;
      valid[at] = !classes || !usable || (classes.valid[0]?.[at] !== 0 && usable(classes.bands[0]![at]!)) ? 1 : 0;
      const physical = stored * band.scale + band.offset;
      values[at] = linear ? 10 * Math.log10(Math.max(physical, 1e-6)) : physical;
    });
  }
  return { values, valid, data: filled.reduce((sum, value) => sum + value, 0) / length };
}
