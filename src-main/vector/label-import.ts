import type { LegendClass } from "../../src-shared/domain/legend.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { type Bounds, intersection } from "../../src-shared/geo/bounds.ts";
import type { Crs } from "../../src-shared/geo/crs.ts";
import { boundsOf, type GeoBox, geoboxOfWindow, resolutionOf, windowCovering } from "../../src-shared/geo/geobox.ts";
import { clip } from "../../src-shared/geo/window.ts";
import { transformer } from "../raster/crs.ts";
import { type ClassTable, expectField, rulesByKey, valueKey } from "./class-table.ts";
import type { Feature, FeatureLayer, PropertyValue } from "./feature.ts";
import {
  areaOf,
  boundsOfGeometry,
  isEmpty,
  isPolygonal,
  type Polygonal,
  type Position,
  partsOf,
  representativePoint,
  type Transform,
  transformPolygonal,
  withStandardWinding,
} from "./geometry.ts";
import { type LabelledPatches, PatchClaims } from "./patch-claims.ts";
import { coverage, rasterizePolygon, type Span } from "./rasterize.ts";
import { squareMetersPerUnit } from "./true-area.ts";
import { defectOf } from "./validity.ts";

/** Why a shape of the file is not used. The words complete “n are not used: …”. */
export const dropReasons = {
  "no-class": "no class value",
  ignored: "class is ignored",
  "empty-geometry": "empty geometry",
  "not-a-polygon": "not a polygon",
  "invalid-geometry": "invalid geometry",
  outside: "outside the project's area",
  small: "smaller than a patch",
  overlap: "covered by polygons of another class",
  duplicate: "covered by polygons of the same class",
} as const;
export type DropReason = keyof typeof dropReasons;

export interface LabelImportOptions {
  /** the field that holds the class */
  readonly field: string;
  readonly table: ClassTable;
  /** what to do with values that the table does not name; `error` lists them */
  readonly unmapped?: "error" | "ignore";
  /** the project's patches: one cell, one label */
  readonly grid: GeoBox;
  /** a patch belongs to the polygon that has its centre, or that covers at least this share of it */
  readonly claim?: "centre" | { readonly share: number };
  /** moves a position of the file into the grid's CRS; found from the two CRS when left out */
  readonly transform?: Transform;
}

/** A polygon that became a label, in the project's CRS. */
export interface ImportedPolygon {
  /** its position in the file from 1 */
  readonly id: number;
  /** the file's own identifier */
  readonly sourceId: string | number;
  readonly classCode: number;
  /** parts, rings, positions: outsides counter-clockwise, holes clockwise */
  readonly coordinates: readonly (readonly (readonly Position[])[])[];
  /** a position inside of it: what a block split goes by */
  readonly point: Position;
  readonly patches: number;
  readonly hectares: number;
  readonly partlyOutside: boolean;
  readonly properties: Readonly<Record<string, PropertyValue>>;
}

export interface DroppedPolygon {
  readonly id: number;
  readonly sourceId: string | number;
  readonly reason: DropReason;
  /** more about an invalid geometry */
  readonly detail?: string;
}

export interface ClassSummary extends LegendClass {
  readonly polygons: number;
  readonly patches: number;
  /** of the polygons themselves; a part outside of the project counts too */
  readonly hectares: number;
}

export interface ImportReport {
  /** shapes in the file */
  readonly total: number;
  readonly used: number;
  readonly dropped: readonly DroppedPolygon[];
  /** used polygons of which a part lies outside of the project */
  readonly partlyOutside: number;
  /** patches that polygons of different classes claim: they get no label */
  readonly contestedPatches: number;
  /** every class of the table, also those without a polygon */
  readonly classes: readonly ClassSummary[];
}

export interface LabelImport {
  readonly crs: Crs;
  readonly legend: readonly LegendClass[];
  readonly polygons: readonly ImportedPolygon[];
  readonly patches: LabelledPatches;
  readonly report: ImportReport;
}

/** Turns the polygons of a file into labelled patches of the project and says what became of each. */
export function importLabels(layer: FeatureLayer, options: LabelImportOptions): LabelImport {
  const steps = importingLabels(layer, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same in steps, shape by shape, so that a caller may rest between them; yields how many shapes were looked at. */
export function* importingLabels(layer: FeatureLayer, options: LabelImportOptions): Generator<number, LabelImport> {
  const { field, grid, table } = options;
  expectField(layer, field);
  const transform = options.transform ?? transformOf(layer, grid);
  const rules = rulesByKey(table);
  const area = boundsOf(grid);
  const slack = resolutionOf(grid).x / 100;

  const kept: ImportedPolygon[] = [];
  const dropped: DroppedPolygon[] = [];
  const unmapped = new Map<string, string>();
  const classOf = new Map<number, number>();
  const claims = new PatchClaims(grid.width, (polygon) => classOf.get(polygon)!);
  const asked = new Set<number>();
  let valued = 0;
  let total = 0;

  for (const feature of layer.features) {
    if (total > 0) yield total;
    const id = ++total;
    const drop = (reason: DropReason, detail?: string): void => {
      dropped.push({ id, sourceId: feature.id, reason, ...(detail === undefined ? {} : { detail }) });
    };
    const value = feature.properties[field];
    const key = valueKey(value);
    if (key === undefined) {
      drop("no-class");
      continue;
    }
    valued++;
    const classCode = rules.get(key);
    if (classCode === undefined) unmapped.set(key, String(value).trim());
    if (classCode === undefined || classCode === null) {
      drop("ignored");
      continue;
    }
    const placed = place(feature, transform, area, slack);
    if ("reason" in placed) {
      drop(placed.reason, placed.detail);
      continue;
    }
    classOf.set(id, classCode);
    // A patch may be told twice; asking twice changes nothing.
    forEachPatch(placed.geometry, grid, options.claim ?? "centre", (row, start, end) => {
      asked.add(id);
      claims.claim(row, start, end, id);
    });
    const [x, y] = placed.point;
    kept.push({
      id,
      sourceId: feature.id,
      classCode,
      coordinates: partsOf(placed.geometry),
      point: placed.point,
      patches: 0,
      hectares: (areaOf(placed.geometry) * squareMetersPerUnit(grid.crs, x, y)) / 10_000,
      partlyOutside: placed.partlyOutside,
      properties: feature.properties,
    });
  }

  if (options.unmapped !== "ignore" && unmapped.size > 0) {
    const values = [...unmapped.values()];
    const shown = values.length > 12 ? [...values.slice(0, 12), `… ${values.length - 12} more`] : values;
    throw new AppError("labels-unmapped-values", { path: layer.path, field, values: shown });
  }
  const polygons: ImportedPolygon[] = [];
  for (const polygon of kept) {
    const patches = claims.owned.get(polygon.id) ?? 0;
    if (patches > 0) polygons.push({ ...polygon, patches });
    else {
      dropped.push({ id: polygon.id, sourceId: polygon.sourceId, reason: reasonWithoutPatches(polygon) });
    }
  }
  dropped.sort((p, q) => p.id - q.id);

  function reasonWithoutPatches({ id, coordinates }: ImportedPolygon): DropReason {
    if (asked.has(id)) return claims.lostToOthers.has(id) ? "overlap" : "duplicate";
    return touchesGrid({ type: "MultiPolygon", coordinates }, grid) ? "small" : "outside";
  }

  const report: ImportReport = {
    total,
    used: polygons.length,
    dropped,
    partlyOutside: polygons.filter((polygon) => polygon.partlyOutside).length,
    contestedPatches: claims.contested,
    classes: summaries(table.legend, polygons),
  };
  if (polygons.length === 0) throw nothingUsable(layer, field, report, valued);
  return { crs: grid.crs, legend: table.legend, polygons, patches: claims.patches(), report };
}

function transformOf(layer: FeatureLayer, grid: GeoBox): Transform {
  if (layer.crs === undefined) throw new AppError("labels-without-crs", { path: layer.path });
  return transformer(layer.crs, grid.crs).forward;
}

type Placed =
  | { readonly geometry: Polygonal; readonly point: Position; readonly partlyOutside: boolean }
  | { readonly reason: DropReason; readonly detail?: string };

/** The polygon in the project's CRS, or why it cannot be used. */
function place(feature: Feature, transform: Transform, area: Bounds, slack: number): Placed {
  const { geometry, problem } = feature;
  if (problem !== undefined) return { reason: "invalid-geometry", detail: problem };
  if (!geometry || isEmpty(geometry)) return { reason: "empty-geometry" };
  if (!isPolygonal(geometry)) return { reason: "not-a-polygon" };
  const defect = defectOf(geometry);
  if (defect) {
    const at = defect.at ? ` near (${defect.at.map((value) => Number(value.toPrecision(9))).join(", ")})` : "";
    return { reason: "invalid-geometry", detail: `${defect.problem}${at}` };
  }
  const moved = withStandardWinding(transformPolygonal(geometry, transform));
  const bounds = boundsOfGeometry(moved)!;
  // Outside the transform's domain coordinates become NaN: such a place is certainly not in the project.
  if (!bounds || !intersection(bounds, area) || [...partsOf(moved).flat(2)].some(([x, y]) => Number.isNaN(x + y))) {
    return { reason: "outside" };
  }
  // A transform leaves a hair: a hundredth of a pixel past the edge is not outside.
  const inside =
    bounds.minX >= area.minX - slack &&
    bounds.maxX <= area.maxX + slack &&
    bounds.minY >= area.minY - slack &&
    bounds.maxY <= area.maxY + slack;
  return { geometry: moved, point: representativePoint(moved), partlyOutside: !inside };
}

/** At most so many cells of shares at once. */
const stripCells = 1 << 20;

function forEachPatch(
  geometry: Polygonal,
  grid: GeoBox,
  claim: "centre" | { readonly share: number },
  span: Span,
): void {
  if (claim === "centre") {
    rasterizePolygon(geometry, grid, span);
    return;
  }
  const box = clip(windowCovering(grid, boundsOfGeometry(geometry)!), grid.width, grid.height);
  if (!box) return;
  const rows = Math.max(1, Math.floor(stripCells / box.width));
  for (let row = box.row; row < box.row + box.height; row += rows) {
    const height = Math.min(rows, box.row + box.height - row);
    const strip = { col: box.col, row, width: box.width, height };
    const covered = coverage(geometry, geoboxOfWindow(grid, strip));
    if (!covered) continue;
    const { window, fractions } = covered;
    for (let at = 0; at < fractions.length; at++) {
      if (fractions[at]! >= claim.share && fractions[at]! > 0) {
        const col = strip.col + window.col + (at % window.width);
        span(row + window.row + Math.floor(at / window.width), col, col + 1);
      }
    }
  }
}

/** A polygon around a corner of the project can overlap its rectangle and still touch none of its patches. */
function touchesGrid(geometry: Polygonal, grid: GeoBox): boolean {
  let touched = false;
  rasterizePolygon(
    geometry,
    grid,
    () => {
      touched = true;
    },
    { allTouched: true },
  );
  return touched;
}

function summaries(legend: readonly LegendClass[], polygons: readonly ImportedPolygon[]): ClassSummary[] {
  return legend.map((entry) => {
    const own = polygons.filter(({ classCode }) => classCode === entry.code);
    return {
      ...entry,
      polygons: own.length,
      patches: own.reduce((sum, { patches }) => sum + patches, 0),
      hectares: own.reduce((sum, { hectares }) => sum + hectares, 0),
    };
  });
}

function nothingUsable(layer: FeatureLayer, field: string, report: ImportReport, valued: number): AppError {
  const { path } = layer;
  if (report.total > 0 && valued === 0) return new AppError("labels-without-class-values", { path, field });
  const counts = droppedByReason(report);
  if (counts.length === 1 && counts[0]!.reason === "outside") {
    return new AppError("labels-outside", { path, count: report.total });
  }
  const reasons = counts.map(({ count, words }) => `${count} ${words}`).join(", ") || "the file is empty";
  return new AppError("labels-none-usable", { path, count: report.total, reasons });
}

/** How many shapes are not used for which reason, in the order of `dropReasons`. */
export function droppedByReason(
  report: ImportReport,
): readonly { readonly reason: DropReason; readonly words: string; readonly count: number }[] {
  return (Object.keys(dropReasons) as DropReason[])
    .map((reason) => ({
      reason,
      words: dropReasons[reason],
      count: report.dropped.filter((polygon) => polygon.reason === reason).length,
    }))
    .filter(({ count }) => count > 0);
}

/** The report as lines for people. */
export function describeImport(report: ImportReport): string[] {
  const lines = [`${report.total} polygons came in, ${report.used} are used.`];
  for (const { reason, words, count } of droppedByReason(report)) {
    const details = report.dropped.filter((polygon) => polygon.reason === reason && polygon.detail !== undefined);
    const shown = details.slice(0, 3).map(({ sourceId, detail }) => `${sourceId}: ${detail}`);
    const more = details.length > 3 ? `; … ${details.length - 3} more` : "";
    lines.push(`${count} not used: ${words}${shown.length > 0 ? ` (${shown.join("; ")}${more})` : ""}.`);
  }
  if (report.partlyOutside > 0)
    lines.push(`${report.partlyOutside} reach past the project's area; the part inside is used.`);
  if (report.contestedPatches > 0) {
    lines.push(`${report.contestedPatches} patches lie in polygons of different classes and get no label.`);
  }
  return lines;
}
