import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import { countCells, type PatchCells, packCells, runsOfCells } from "../../../src-shared/domain/patch-cells.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { because, reason } from "../../../src-shared/errors/reasons/index.ts";
import { apply, invert } from "../../../src-shared/geo/affine.ts";
import { type Bounds, intersection } from "../../../src-shared/geo/bounds.ts";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import { boundsOf, type GeoBox, geoboxOfWindow, resolutionOf, windowCovering } from "../../../src-shared/geo/geobox.ts";
import { clip } from "../../../src-shared/geo/window.ts";
import { transformer } from "../../raster/crs.ts";
import type { Feature, FeatureLayer, PropertyValue } from "../formats/feature.ts";
import {
  areaOf,
  areaWithin,
  boundsOfGeometry,
  type Geometry,
  isEmpty,
  isPolygonal,
  type Polygonal,
  type Position,
  partsOf,
  representativePoint,
  type Transform,
  transformPolygonal,
  withStandardWinding,
} from "../geometry/geometry.ts";
import { coverage, rasterizePolygon, type Span } from "../geometry/rasterize.ts";
import { squareMetersPerUnit } from "../geometry/true-area.ts";
import { defectOf } from "../geometry/validity.ts";
import type { RasterReport } from "./class-raster.ts";
import { type ClassTable, expectField, rulesByKey, valueKey } from "./class-table.ts";
import { type LabelledPatches, PatchClaims } from "./patch-claims.ts";
import { placeHint } from "./place-hint.ts";

/** Why a shape of the file is not used. The words complete “n are not used: …”. */
export const dropReasons = {
  "no-class": "no class value",
  ignored: "class is ignored",
  "empty-geometry": "empty geometry",
  "not-a-polygon": "neither a polygon nor a point",
  "invalid-geometry": "invalid geometry",
  outside: "outside the project's area",
  small: "smaller than a patch",
  overlap: "covered by labels of another class",
  duplicate: "covered by labels of the same class",
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
  /** a point labels the patches whose centre lies within so many metres, and always the patch that it lies in */
  readonly radius?: number;
  /** x and y of the file are exchanged before they are moved */
  readonly swap?: boolean;
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
  /** the patches that points label; `null` of a polygon */
  readonly cells: PatchCells | null;
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
  /** on the ground, of what lies inside the project */
  readonly hectares: number;
}

export interface ImportReport {
  /** of a class raster */
  readonly raster?: RasterReport & { readonly purity: number; readonly unnamedZero: boolean };
  /** shapes in the file */
  readonly total: number;
  readonly used: number;
  /** of the used ones, how many are points */
  readonly points: number;
  /** of all of them */
  readonly pointsTotal: number;
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

/**
 * The same in steps, shape by shape, so that a caller may rest between them; yields how many shapes were looked at.
 * @throws AppError "labels-unmapped-values"
 */
export function* importingLabels(layer: FeatureLayer, options: LabelImportOptions): Generator<number, LabelImport> {
  const { field, grid, table } = options;
  expectField(layer, field);
  const toGrid = options.transform ?? transformOf(layer, grid);
  const transform: Transform = options.swap ? (x, y) => toGrid(y, x) : toGrid;
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
  let pointsTotal = 0;

  for (const feature of layer.features) {
    if (total > 0) yield total;
    const id = ++total;
    if (isOfPoints(feature.geometry)) pointsTotal++;
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
    const placed = place(feature, transform, { area, slack, grid, radius: options.radius ?? 0 });
    if ("reason" in placed) {
      drop(placed.reason, placed.detail);
      continue;
    }
    classOf.set(id, classCode);
    // A patch may be reported twice; handling it twice changes nothing.
    const ask: Span = (row, start, end) => {
      asked.add(id);
      claims.claim(row, start, end, id);
    };
    const { cells } = placed;
    if (cells) for (const run of runsOfCells(cells)) ask(...run);
    else forEachPatch(placed.geometry, grid, options.claim ?? "centre", ask);
    const [x, y] = placed.point;
    const units = cells ? countCells(cells) * Math.abs(grid.affine.b * grid.affine.f) : areaInside(placed, grid);
    kept.push({
      id,
      sourceId: feature.id,
      classCode,
      coordinates: cells ? [] : partsOf(placed.geometry),
      cells,
      point: placed.point,
      patches: 0,
      hectares: (units * squareMetersPerUnit(grid.crs, x, y)) / 10_000,
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
    if (patches > 0) polygons.push(withOwnPatches({ ...polygon, patches }));
    else {
      dropped.push({ id: polygon.id, sourceId: polygon.sourceId, reason: reasonWithoutPatches(polygon) });
    }
  }
  dropped.sort((p, q) => p.id - q.id);

  /** Points keep the patches that no other label has: where two discs of one class meet, a patch is taught once. */
  function withOwnPatches(polygon: ImportedPolygon): ImportedPolygon {
    const { cells, patches, hectares, id } = polygon;
    if (!cells) return polygon;
    const before = countCells(cells);
    if (before === patches) return polygon;
    const own = packCells(cells, (index) => {
      const row = cells.row + Math.floor(index / cells.width);
      return claims.ownerOf(row, cells.col + (index % cells.width)) === id;
    });
    return { ...polygon, cells: own, hectares: (hectares * patches) / before };
  }

  function reasonWithoutPatches({ id, coordinates }: ImportedPolygon): DropReason {
    if (asked.has(id)) return claims.lostToOthers.has(id) ? "overlap" : "duplicate";
    return touchesGrid({ type: "MultiPolygon", coordinates }, grid) ? "small" : "outside";
  }

  const report: ImportReport = {
    total,
    used: polygons.length,
    dropped,
    points: polygons.filter(({ cells }) => cells !== null).length,
    pointsTotal,
    partlyOutside: polygons.filter((polygon) => polygon.partlyOutside).length,
    contestedPatches: claims.contested,
    classes: summaries(table.legend, polygons),
  };
  if (polygons.length === 0) throw nothingUsable(layer, field, report, valued, grid);
  return { crs: grid.crs, legend: table.legend, polygons, patches: claims.patches(), report };
}

export function transformOf(layer: FeatureLayer, grid: GeoBox): Transform {
  if (layer.crs === undefined) {
    throw new AppError("labels-without-crs", { path: layer.path, hint: placeHint(layer, grid) ?? null });
  }
  return transformer(layer.crs, grid.crs).forward;
}

interface Inside {
  readonly geometry: Polygonal;
  readonly point: Position;
  readonly partlyOutside: boolean;
  /** the patches of points; `null` of a polygon */
  readonly cells: PatchCells | null;
}
type Placed = Inside | { readonly reason: DropReason; readonly detail?: string };

interface Project {
  readonly area: Bounds;
  /** rounding of a transform: positions this far past the edge are not outside */
  readonly slack: number;
  readonly grid: GeoBox;
  /** metres around a point */
  readonly radius: number;
}

/** The polygon or the points in the project's CRS, or why they cannot be used. */
function place(feature: Feature, transform: Transform, project: Project): Placed {
  const { area, slack } = project;
  const { problem } = feature;
  const geometry = feature.geometry && ofOneKind(feature.geometry);
  if (problem !== undefined) return { reason: "invalid-geometry", detail: problem };
  if (!geometry || isEmpty(geometry)) return { reason: "empty-geometry" };
  if (geometry.type === "Point") return placePoints([geometry.coordinates], transform, project);
  if (geometry.type === "MultiPoint") return placePoints(geometry.coordinates, transform, project);
  if (!isPolygonal(geometry)) return { reason: "not-a-polygon" };
  const defect = defectOf(geometry);
  if (defect) {
    const at = defect.at ? ` near (${defect.at.map((value) => Number(value.toPrecision(9))).join(", ")})` : "";
    return { reason: "invalid-geometry", detail: `${because(defect.problem)}${at}` };
  }
  const moved = withStandardWinding(transformPolygonal(geometry, transform));
  const bounds = boundsOfGeometry(moved)!;
  // Outside the transform's domain coordinates become NaN: such a place is certainly not in the project.
  if (!bounds || !intersection(bounds, area) || [...partsOf(moved).flat(2)].some(([x, y]) => Number.isNaN(x + y))) {
    return { reason: "outside" };
  }
  const inside =
    bounds.minX >= area.minX - slack &&
    bounds.maxX <= area.maxX + slack &&
    bounds.minY >= area.minY - slack &&
    bounds.maxY <= area.maxY + slack;
  return { geometry: moved, point: representativePoint(moved), partlyOutside: !inside, cells: null };
}

const isOfPoints = (geometry: Geometry | null): boolean => {
  const type = geometry ? ofOneKind(geometry).type : undefined;
  return type === "Point" || type === "MultiPoint";
};

/** A collection of polygons is a multipolygon, one of points a multipoint; others are kept. */
function ofOneKind(geometry: Geometry): Geometry {
  if (geometry.type !== "GeometryCollection" || geometry.geometries.length === 0) return geometry;
  const members = geometry.geometries.map(ofOneKind);
  if (members.every(isPolygonal)) return { type: "MultiPolygon", coordinates: members.flatMap(partsOf) };
  const points = members.flatMap((member) =>
    member.type === "Point" ? [member.coordinates] : member.type === "MultiPoint" ? member.coordinates : [],
  );
  const all = members.every(({ type }) => type === "Point" || type === "MultiPoint");
  return all ? { type: "MultiPoint", coordinates: points } : geometry;
}

/** The patches that points lie in, and those whose centre lies within the radius. */
function placePoints(points: readonly Position[], transform: Transform, { grid, radius }: Project): Placed {
  const toPatch = invert(grid.affine);
  const found: { readonly col: number; readonly row: number; readonly at: Position }[] = [];
  let outside = 0;
  for (const [x, y] of points) {
    const at = transform(x, y);
    const [col, row] = apply(toPatch, ...(at as [number, number])).map(Math.floor) as [number, number];
    if (col >= 0 && row >= 0 && col < grid.width && row < grid.height) found.push({ col, row, at });
    else outside++;
  }
  const [first] = found;
  if (!first) return { reason: "outside" };
  // Metres on the ground, in map units at this place.
  const reach = radius / Math.sqrt(squareMetersPerUnit(grid.crs, ...first.at));
  const [stepX, stepY] = [Math.abs(grid.affine.b), Math.abs(grid.affine.f)];
  const [cols, rows] = [
    Math.min(grid.width, Math.ceil(reach / stepX)),
    Math.min(grid.height, Math.ceil(reach / stepY)),
  ];
  const named = new Set<number>();
  for (const { col, row, at } of found) {
    named.add(row * grid.width + col);
    if (reach <= 0) continue;
    for (let y = Math.max(0, row - rows); y <= Math.min(grid.height - 1, row + rows); y++) {
      for (let x = Math.max(0, col - cols); x <= Math.min(grid.width - 1, col + cols); x++) {
        const [cx, cy] = apply(grid.affine, x + 0.5, y + 0.5);
        if (Math.hypot(cx - at[0], cy - at[1]) <= reach) named.add(y * grid.width + x);
      }
    }
  }
  const patches = [...named];
  const left = patches.reduce((p, index) => Math.min(p, index % grid.width), grid.width);
  const right = patches.reduce((p, index) => Math.max(p, index % grid.width), 0);
  const top = patches.reduce((p, index) => Math.min(p, Math.floor(index / grid.width)), grid.height);
  const bottom = patches.reduce((p, index) => Math.max(p, Math.floor(index / grid.width)), 0);
  // Points far apart in one shape would be a large window of few patches.
  if ((right - left + 1) * (bottom - top + 1) > largestShape) {
    return {
      reason: "invalid-geometry",
      detail: "its points lie too far apart for one label; split it into single points",
    };
  }
  const window = { col: left, row: top, width: right - left + 1, height: bottom - top + 1 };
  const cells = packCells(window, (index) =>
    named.has((top + Math.floor(index / window.width)) * grid.width + left + (index % window.width)),
  )!;
  return { geometry: { type: "MultiPolygon", coordinates: [] }, point: first.at, partlyOutside: outside > 0, cells };
}

/** Patches in the window around the points of one shape. */
const largestShape = 1 << 26;

/** Square map units of the part of a polygon that lies over the grid. */
function areaInside({ geometry, partlyOutside }: Inside, grid: GeoBox): number {
  return partlyOutside ? areaWithin(geometry, boundsOf(grid)) : areaOf(geometry);
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

function nothingUsable(
  layer: FeatureLayer,
  field: string,
  report: ImportReport,
  valued: number,
  grid: GeoBox,
): AppError {
  const { path } = layer;
  if (report.total > 0 && valued === 0) return new AppError("labels-without-class-values", { path, field });
  const counts = droppedByReason(report);
  if (counts.length === 1 && counts[0]!.reason === "outside") {
    return new AppError("labels-outside", { path, count: report.total, hint: placeHint(layer, grid) ?? null });
  }
  const reasons = counts.map(({ count, reason: why }) =>
    reason("counted-drop", { count, why: reason(`shape-${why}`) }),
  );
  return new AppError("labels-none-usable", {
    path,
    count: report.total,
    reasons: reasons.length > 0 ? reasons : [reason("file-is-empty")],
  });
}

/** How many shapes are not used for which reason, in the order of `dropReasons`. */
function droppedByReason(
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

function describeRaster(raster: NonNullable<ImportReport["raster"]>): string[] {
  const { band, covered, labelled, mixed, ignored, samples, purity, unnamedZero } = raster;
  return [
    `Band ${band} covers ${covered} patches with classes; ${labelled} are used.`,
    ...(samples > 1 ? [`A patch has the class of most of its ${samples} × ${samples} pixels.`] : []),
    ...(mixed > 0 ? [`${mixed} not used: no class has ${Math.round(purity * 100)} % of them.`] : []),
    ...(ignored > 0 ? [`${ignored} not used: most of them is ignored or without data.`] : []),
    ...(unnamedZero
      ? [
          "The value 0 has no name in the file and became a class; where it stands for nothing, leave it out with --map 0=ignore.",
        ]
      : []),
  ];
}

/** What came in: points where all shapes of the file are, shapes where some are. */
const kindOf = ({ total, pointsTotal }: ImportReport): string =>
  pointsTotal === 0 ? "polygons" : pointsTotal === total ? "points" : "shapes";

/** The report as lines for people. */
export function describeImport(report: ImportReport): string[] {
  if (report.raster) return describeRaster(report.raster);
  const all = kindOf(report);
  const lines = [`${report.total} ${all} came in, ${report.used} are used.`];
  for (const { reason, words, count } of droppedByReason(report)) {
    const details = report.dropped.filter((polygon) => polygon.reason === reason && polygon.detail !== undefined);
    const shown = details.slice(0, 3).map(({ sourceId, detail }) => `${sourceId}: ${detail}`);
    const more = details.length > 3 ? `; … ${details.length - 3} more` : "";
    lines.push(`${count} not used: ${words}${shown.length > 0 ? ` (${shown.join("; ")}${more})` : ""}.`);
  }
  if (report.partlyOutside > 0)
    lines.push(
      `${report.partlyOutside} reach past the project's area; only the part inside is used, and its hectares are counted.`,
    );
  if (report.contestedPatches > 0) {
    lines.push(`${report.contestedPatches} patches lie in labels of different classes and get no label.`);
  }
  return lines;
}
