import type { LabelInput, LabelPolygon } from "../../src-shared/domain/job.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { apply } from "../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import type { Catalog, Label } from "../catalog/index.ts";
import { rasterizePolygon } from "../vector/index.ts";
import { labelledLegend } from "./labels-active.ts";
import { multi, patchSquare } from "./labels-shape.ts";

/** First and last day of imagery. */
export interface Season {
  readonly from: string;
  readonly to: string;
}

/** From the first to the last date of the project's imagery; `null` while there is none. */
export function seasonOf(catalog: Catalog): Season | null {
  const dates = catalog.acquisitions.list().map(({ date }) => date);
  if (dates.length === 0) return null;
  return { from: dates.reduce((p, q) => (q < p ? q : p)), to: dates.reduce((p, q) => (q > p ? q : p)) };
}

/** Is the label true on some day of the season? */
export const isInSeason = ({ validFrom, validTo }: Pick<Label, "validFrom" | "validTo">, season: Season | null) =>
  season === null || ((validFrom === null || validFrom <= season.to) && (validTo === null || validTo >= season.from));

/**
 * The labels of a project with their parts, as a job takes them. Labels that are true at no date of the imagery would teach
 * what cannot be seen: they are left out, and counted.
 */
export function labelInput(catalog: Catalog): {
  readonly labels: LabelInput;
  readonly splitId: number;
  readonly outOfSeason: number;
} {
  const legend = labelledLegend(catalog);
  const split = catalog.splits.current();
  if (!split) throw new AppError("no-split", { folder: catalog.folder });
  const parts = catalog.splits.parts(split.id);
  // Labels that were imported since have no part yet; a split without any label is a split of what is gone.
  if (parts.size === 0) throw new AppError("no-split", { folder: catalog.folder });
  const { geobox } = catalog.project.get().grid;
  const season = seasonOf(catalog);
  const all = catalog.labels.list(legend.id);
  const current = all.filter((label) => isInSeason(label, season));
  const polygons = current.flatMap((label): LabelPolygon[] => {
    const { id, classCode, coordinates } = label;
    const own = parts.get(id);
    if (!own?.patches) return [{ id, classCode, part: own?.part ?? "unused", coordinates }];
    // A random split goes patch by patch: each patch is a square of its own.
    return patchesOf(label, geobox).map(({ square }, i) => ({
      id,
      classCode,
      part: own.patches?.[i] ?? "unused",
      coordinates: square,
    }));
  });
  const used = new Set(polygons.map(({ classCode }) => classCode));
  return {
    labels: { crs: geobox.crs, legend: legend.classes.filter(({ code }) => used.has(code)), polygons },
    splitId: split.id,
    outOfSeason: all.length - current.length,
  };
}

interface Patch {
  readonly x: number;
  readonly y: number;
  readonly square: LabelPolygon["coordinates"];
}

/** The patches whose centre lies in the label, row by row. */
export function patchesOf({ coordinates }: Pick<Label, "coordinates">, grid: GeoBox): Patch[] {
  const patches: Patch[] = [];
  rasterizePolygon(multi(coordinates), grid, (row, start, end) => {
    for (let col = start; col < end; col++) {
      const [x, y] = apply(grid.affine, col + 0.5, row + 0.5);
      patches.push({ x, y, square: patchSquare(col, row, grid) });
    }
  });
  return patches;
}
