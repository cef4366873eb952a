// The shift between two acquisitions, at ten metres or at the coarser of the two.
import type { ProjectGrid } from "../../../src-shared/domain/job.ts";
import {
  type Acquisition,
  type AcquisitionFile,
  bandNamesOf,
  clearSclClasses,
  indicesFor,
} from "../../../src-shared/eo/index.ts";
import { alignedGeobox, boundsOf, type GeoBox, resolutionOf } from "../../../src-shared/geo/geobox.ts";
import type { Measurement } from "../../../src-shared/ipc/alignment.ts";
import { type MeasuredPatch, measureShift } from "../../alignment/index.ts";
import { clear, noData, pixelSizeIn, type Reader, rasterReader, readPixels } from "../../imagery/index.ts";

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
  const reader = rasterReader();
  try {
    return await measured(reader, request);
  } finally {
    await reader.close();
  }
}

async function measured(reader: Reader, request: MeasureRequest): Promise<Measurement> {
  const { grid, moving, reference, signal, onProgress } = request;
  const bands = { moving: bandOf(moving), reference: bandOf(reference) };
  const resolution = Math.max(
    finest,
    await resolutionIn(reader, moving, bands.moving, grid.geobox),
    await resolutionIn(reader, reference, bands.reference, grid.geobox),
  );
  const read = async (image: "moving" | "reference", box: GeoBox, shift: { dx: number; dy: number }) => {
    const own = request[image].shift ?? { dx: 0, dy: 0 };
    const acquisition = { ...request[image], shift: { dx: own.dx + shift.dx, dy: own.dy + shift.dy } };
    return patchOf(reader, acquisition, bands[image], box, signal);
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
async function resolutionIn(reader: Reader, acquisition: Acquisition, band: string, area: GeoBox): Promise<number> {
  const piece = acquisition.pieces.find(({ files }) => files.some((file) => has(file, band)))!;
  const { path, crs, grid } = piece.files.find((file) => has(file, band))!;
  const file = grid ?? (await reader.facts(path, crs)).geobox;
  return pixelSizeIn(file, area.crs).side;
}

const has = ({ bands }: AcquisitionFile, name: string): boolean => bands.some((band) => band.name === name);

/** What shifts are measured on: one band of an acquisition, 0 where it has no data. */
export async function patchOf(
  reader: Reader,
  acquisition: Acquisition,
  band: string,
  grid: GeoBox,
  signal?: AbortSignal,
): Promise<MeasuredPatch> {
  const { values, states } = await readPixels(reader, [acquisition], grid, {
    bands: [band],
    // Snow is bright but sharp: it hides no edges that the other winter image would not hide too.
    clearClasses: [...clearSclClasses, 2, 11],
    method: (file) => (pixelSizeIn(file, grid.crs).side < 0.75 * resolutionOf(grid).x ? "average" : "cubic"),
    signal,
  });
  let data = 0;
  for (const [i, state] of states.entries()) {
    if (state === noData) values[i] = 0;
    else data++;
  }
  return { values, valid: states.map((state) => (state === clear ? 1 : 0)), data: data / states.length };
}
