import type { LabelInput, LabelPolygon, ProjectGrid, SplitPart } from "../../../src-shared/domain/job.ts";
import { type LabelUnit, unitOf } from "../../../src-shared/domain/label-unit.ts";
import { type CellRun, type PatchCells, packCells, runsOfCells } from "../../../src-shared/domain/patch-cells.ts";
import { isUndated } from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { apply } from "../../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { Catalog, Label, LabelPart } from "../../catalog/index.ts";
import { projectArea } from "../../jobs/imagery.ts";
import { isTiff, rasterizePolygon } from "../../vector/index.ts";
import { labelledLegend } from "./active.ts";
import { multi } from "./shape.ts";

/** First and last day of imagery. */
export interface Season {
  readonly from: string;
  readonly to: string;
}

/** From the first to the last date of the project's imagery; `null` while there is none. */
export function seasonOf(catalog: Catalog): Season | null {
  const dates = catalog.acquisitions.list().flatMap((one) => (isUndated(one) ? [] : [one.date]));
  if (dates.length === 0) return null;
  return { from: dates.reduce((p, q) => (q < p ? q : p)), to: dates.reduce((p, q) => (q > p ? q : p)) };
}

/** Is the label valid on some day of the season? */
export const isInSeason = ({ validFrom, validTo }: Pick<Label, "validFrom" | "validTo">, season: Season | null) =>
  season === null || ((validFrom === null || validFrom <= season.to) && (validTo === null || validTo >= season.from));

/**
 * The labels of a project with their parts, as a job takes them. Labels that are valid on no date of the imagery would teach
 * what no image shows: they are left out, and counted.
 */
export function labelInput(catalog: Catalog): {
  readonly labels: LabelInput;
  readonly splitId: number;
  readonly outOfSeason: number;
} {
  const legend = labelledLegend(catalog);
  const split = catalog.splits.current(legend.id);
  if (!split) throw new AppError("no-split", { folder: catalog.folder });
  const parts = catalog.splits.parts(split.id);
  // Labels that were imported since have no part yet; when no label has one, the split belongs to deleted labels.
  const found = labelsInParts(catalog, ({ id }) => parts.get(id));
  if (!found.divided) throw new AppError("no-split", { folder: catalog.folder });
  return { labels: found.labels, outOfSeason: found.outOfSeason, splitId: split.id };
}

/** The same where there are labels and a split of them; else `undefined`. */
export function presentLabels(catalog: Catalog): ReturnType<typeof labelInput> | undefined {
  try {
    return labelInput(catalog);
  } catch (error) {
    if (error instanceof AppError && (error.code === "no-split" || error.code === "no-labels")) return undefined;
    throw error;
  }
}

/**
 * The labels of the active legend with the parts that `partOf` gives them; those it gives none are unused. `divided`: it gives one to any label.
 * @throws AppError "no-labels", "no-legend"
 */
export function labelsInParts(
  catalog: Catalog,
  partOf: (label: Label) => LabelPart | undefined,
): { readonly labels: LabelInput; readonly outOfSeason: number; readonly divided: boolean } {
  const legend = labelledLegend(catalog);
  const { grid } = catalog.project.get();
  const season = seasonOf(catalog);
  const all = catalog.labels.list(legend.id);
  const current = all.filter((label) => isInSeason(label, season));
  const polygons = current.flatMap((label) => labelPolygons(label, partOf(label), grid));
  const used = new Set(polygons.map(({ classCode }) => classCode));
  return {
    labels: {
      crs: grid.geobox.crs,
      legend: legend.classes.filter(({ code }) => used.has(code)),
      polygons,
      unit: labelUnit(catalog, current),
    },
    outOfSeason: all.length - current.length,
    divided: all.some((label) => partOf(label) !== undefined),
  };
}

/** A label as a job takes it: one polygon, or one for each set that its patches are in. Without a part it is unused. */
export function labelPolygons(label: Label, own: LabelPart | undefined, grid: ProjectGrid): LabelPolygon[] {
  const { id, classCode } = label;
  const corner = projectArea(grid);
  if (own?.patches) return piecesOf(label, own.patches, grid.geobox).map((piece) => ofJob(piece, corner));
  const part = own?.part ?? "unused";
  return label.cells
    ? [ofJob({ id, classCode, part, coordinates: [], cells: label.cells }, corner)]
    : [{ id, classCode, part, coordinates: label.coordinates }];
}

/** What the labels are: polygons and points of files and of the drawing tools, or what class rasters label. */
function labelUnit(catalog: Catalog, labels: readonly Label[]): LabelUnit {
  const rasters = new Set(catalog.labels.imports().flatMap(({ id, path }) => (isTiff(path) ? [id] : [])));
  return unitOf(
    labels.map(({ cells, importId, properties }) => {
      if (importId === null) return properties.drawn === "point" ? "points" : "polygons";
      return rasters.has(importId) ? "patches" : cells ? "points" : "polygons";
    }),
  );
}

/** The project counts patches from the corner of its area, jobs count from the origin of its CRS. */
function ofJob<Piece extends { readonly cells: PatchCells }>(
  piece: Piece,
  corner: { col: number; row: number },
): Piece {
  const { cells } = piece;
  return { ...piece, cells: { ...cells, col: cells.col + corner.col, row: cells.row + corner.row } };
}

/** A label that a split divides patch by patch, as one list of patches per set. */
function piecesOf(label: Label, parts: readonly SplitPart[], grid: GeoBox): (LabelPolygon & { cells: PatchCells })[] {
  const runs = runsOf(label, grid);
  const window = windowAround(runs);
  if (!window) return [];
  const setOf = new Uint8Array(window.width * window.height);
  let next = 0;
  for (const [row, start, end] of runs) {
    for (let col = start; col < end; col++) {
      const part = parts[next++] ?? "unused";
      setOf[(row - window.row) * window.width + col - window.col] = 1 + sets.indexOf(part);
    }
  }
  return sets.flatMap((part, i) => {
    const cells = packCells(window, (index) => setOf[index] === i + 1);
    return cells ? [{ id: label.id, classCode: label.classCode, part, coordinates: [], cells }] : [];
  });
}

const sets = ["train", "validation", "test", "unused"] as const;

function windowAround(runs: readonly CellRun[]) {
  if (runs.length === 0) return undefined;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [row, start, end] of runs) {
    left = Math.min(left, start);
    right = Math.max(right, end);
    top = Math.min(top, row);
    bottom = Math.max(bottom, row + 1);
  }
  return { col: left, row: top, width: right - left, height: bottom - top };
}

/** The patches that a label names, or whose centre lies in it, as stretches row by row. */
export function runsOf(label: Pick<Label, "coordinates" | "cells">, grid: GeoBox): CellRun[] {
  if (label.cells) return runsOfCells(label.cells);
  const runs: CellRun[] = [];
  rasterizePolygon(multi(label.coordinates), grid, (row, start, end) => runs.push([row, start, end]));
  return runs;
}

/** The centres of patches, row by row. */
export function patchesOfRuns(runs: readonly CellRun[], grid: GeoBox): { x: number; y: number }[] {
  return runs.flatMap(([row, start, end]) =>
    Array.from({ length: end - start }, (_, i) => {
      const [x, y] = apply(grid.affine, start + i + 0.5, row + 0.5);
      return { x, y };
    }),
  );
}
