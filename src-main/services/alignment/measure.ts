// The shift between two acquisitions, at ten metres or at the coarser of the two.
import type { ProjectGrid } from "../../../src-shared/domain/job.ts";
import type { Acquisition } from "../../../src-shared/eo/index.ts";
import { alignedGeobox, boundsOf, type GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { Measurement } from "../../../src-shared/ipc/alignment.ts";
import { bandToCompare, edgesBetween, measureShift, patchOf, resolutionIn } from "../../alignment/index.ts";
import { type Reader, rasterReader } from "../../imagery/index.ts";

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
  const bands = { moving: bandToCompare(moving), reference: bandToCompare(reference) };
  const resolution = Math.max(
    finest,
    await resolutionIn(reader, moving, bands.moving, grid.geobox),
    await resolutionIn(reader, reference, bands.reference, grid.geobox),
  );
  const read = async (image: "moving" | "reference", box: GeoBox, shift: { dx: number; dy: number }) => {
    const own = request[image].shift ?? { dx: 0, dy: 0 };
    const acquisition = { ...request[image], shift: { ...own, dx: own.dx + shift.dx, dy: own.dy + shift.dy } };
    return patchOf(reader, acquisition, bands[image], box, signal);
  };
  const area = alignedGeobox(grid.geobox.crs, boundsOf(grid.geobox), resolution);
  const edges = edgesBetween(moving, reference);
  const found = await measureShift({ grid: area, read, edges, signal, onProgress });
  const { dx, dy, confidence, spread, windows, clear, refused } = found;
  return { dx, dy, resolution, confidence, spread, windows, clear, bands, refused };
}
