// How every acquisition lies on the project's grid, from the catalog's headers alone: no file is opened.

import type { ProjectGrid } from "../../../src-shared/domain/job.ts";
import { type Acquisition, filesOf } from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { isAxisAligned } from "../../../src-shared/geo/affine.ts";
import type { Bounds } from "../../../src-shared/geo/bounds.ts";
import { boundsOf, type GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { AlignedFile, AlignmentEntry, AlignmentProblem } from "../../../src-shared/ipc/alignment.ts";
import type { Catalog, Raster } from "../../catalog/index.ts";
import { statHolder } from "../../files/index.ts";
import { boundsAfterShift, boundsIn, pixelSizeIn, placeAfterShift } from "../../imagery/index.ts";
import { crsName, transformer } from "../../raster/index.ts";

/** Less of a pixel than this is where decimals of a coordinate end. */
const slack = 0.01;

export function alignmentReport(catalog: Catalog): AlignmentEntry[] {
  const { grid } = catalog.project.get();
  const rasters = new Map(catalog.rasters.list().map((raster) => [raster.path, raster]));
  // Dates of one sensor mostly share a header: it is looked at once.
  const placed = new Map<string, ReturnType<typeof place>>();
  return catalog.acquisitions.list().map((acquisition) => entryOf(acquisition, grid, rasters, placed));
}

function entryOf(
  acquisition: Acquisition,
  grid: ProjectGrid,
  rasters: ReadonlyMap<string, Raster>,
  placed: Map<string, ReturnType<typeof place>>,
): AlignmentEntry {
  const { id, name = null, sensor, pass = null, date, shift = null } = acquisition;
  const problems: AlignmentProblem[] = [];
  const files = bandsByFile(acquisition).map(([path, bands]): AlignedFile => {
    const nothing = { path, bands, crs: null, resolution: null, overlap: null, offset: null };
    const raster = rasters.get(path);
    if (!raster || !statHolder(path)) {
      problems.push({ code: "missing", path });
      return nothing;
    }
    const { header } = raster;
    const crs = raster.crs ?? header.crs;
    if (!header.affine || !crs) {
      problems.push({ code: "unreadable", path, reason: header.affine ? "crs" : "transform" });
      return nothing;
    }
    const geobox: GeoBox = { crs, affine: header.affine, width: header.width, height: header.height };
    const key = JSON.stringify([geobox, shift, acquisition.pieces.length > 1]);
    let known = placed.get(key);
    if (!known) {
      try {
        known = place(geobox, grid, shift, acquisition.pieces.length > 1);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        problems.push({ code: "unreadable", path, reason: error.message });
        return nothing;
      }
      placed.set(key, known);
    }
    problems.push(...known.problems);
    return { path, bands, ...known.facts };
  });
  if (shift) problems.push({ code: "shifted", ...shift });
  return { acquisition: id, name, sensor, pass, date, files, shift, problems: distinct(problems) };
}

/** The files of an acquisition and the bands in each, the quality band among them. */
function bandsByFile(acquisition: Acquisition): [path: string, bands: string[]][] {
  const files = new Map<string, Set<string>>();
  for (const { path, bands, quality } of filesOf(acquisition)) {
    const names = files.get(path) ?? new Set<string>();
    for (const { name } of bands) names.add(name);
    if (quality) names.add(quality.kind.toUpperCase());
    files.set(path, names);
  }
  return [...files].map(([path, names]) => [path, [...names]]);
}

/** A piece of a mosaic is expected to cover only a part. */
function place(
  file: GeoBox,
  { geobox: area, patchMeters }: ProjectGrid,
  shift: AlignmentEntry["shift"],
  mosaic: boolean,
) {
  const problems: AlignmentProblem[] = [];
  const { identity } = transformer(file.crs, area.crs);
  const bounds = boundsIn(file, area.crs);
  const overlap = bounds ? overlapOf(boundsAfterShift(bounds, shift ?? undefined), boundsOf(area)) : 0;
  if (overlap === 0) problems.push({ code: "outside" });
  else if (overlap < 0.999 && !mosaic) problems.push({ code: "partial", overlap });
  if (!identity) problems.push({ code: "other-crs", crs: crsName(file.crs) });
  if (!isAxisAligned(file.affine)) problems.push({ code: "rotated" });
  const resolution = pixelSizeIn(file, area.crs).side;
  if (resolution > patchMeters * 1.001) problems.push({ code: "coarse", resolution, patch: patchMeters });
  else if (Math.abs(patchMeters / resolution - Math.round(patchMeters / resolution)) > slack)
    problems.push({ code: "uneven", resolution, patch: patchMeters });
  const offset = identity && isAxisAligned(file.affine) ? offsetOf(file, shift) : null;
  // A correction lies between pixels on purpose: only the file's own place is a problem.
  const own = offset && shift ? offsetOf(file, null) : offset;
  if (own && (Math.abs(own.x) > slack || Math.abs(own.y) > slack)) problems.push({ code: "off-grid", ...own });
  return { facts: { crs: crsName(file.crs), resolution, overlap, offset }, problems };
}

function overlapOf(p: Bounds, area: Bounds): number {
  const width = Math.min(p.maxX, area.maxX) - Math.max(p.minX, area.minX);
  const height = Math.min(p.maxY, area.maxY) - Math.max(p.minY, area.minY);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / ((area.maxX - area.minX) * (area.maxY - area.minY));
}

/** Pixel edges of the project lie on multiples of the resolution, counted from the origin of the CRS. */
function offsetOf({ affine }: GeoBox, shift: AlignmentEntry["shift"]): { x: number; y: number } {
  const rest = (start: number, size: number) => {
    const pixels = start / Math.abs(size);
    const away = pixels - Math.round(pixels);
    return Math.abs(away) < 1e-6 ? 0 : away;
  };
  const [left, top] = placeAfterShift(affine.a, affine.d, shift ?? undefined);
  return {
    x: rest(left, affine.b),
    y: rest(top, affine.f),
  };
}

const distinct = (problems: readonly AlignmentProblem[]): AlignmentProblem[] => [
  ...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values(),
];
