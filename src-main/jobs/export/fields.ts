import { closeSync, openSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { csv } from "../../../src-shared/domain/csv.ts";
import type { FieldExport } from "../../../src-shared/domain/job.ts";
import { percentPerStep } from "../../../src-shared/domain/stored-shares.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { apply, invert } from "../../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import { discard, onDiskSync, placeTogetherSync, temporaryBeside, writeAllSync } from "../../files/index.ts";
import { openRaster, type Raster, requireGeobox, transformer } from "../../raster/index.ts";
import {
  areaOf,
  boundsOfGeometry,
  type Field,
  isPolygonal,
  openFeatureSink,
  openFeatures,
  type Polygonal,
  type PropertyValue,
  polygonQml,
  polygonSld,
  rasterizePolygon,
  representativePoint,
  squareMetersPerUnit,
  transformGeometry,
} from "../../vector/index.ts";
import type { JobContext } from "../context.ts";

/** Pixels of the map that are read at once: a field larger than that is read in strips. */
const pixelsAtOnce = 1 << 20;
const fieldsAtOnce = 200;

/** What the pixels of one field say together. */
interface Sum {
  /** per class code */
  readonly counts: Map<number, number>;
  pixels: number;
  confidence: number;
  margin: number;
}

/**
 * One answer per polygon of a file: the class that most of its pixels have on the map (those whose centres lie inside, as gdal_rasterize
 * burns them; of equals the lower code), its share, the mean confidence and margin, and its hectares. A field too small for any centre gets the
 * class of the pixel that it lies in. Fields come one by one, and of the map the pixels around one of them are in memory.
 * Writes a GeoPackage and the same table as CSV beside it; the fields of the file go along.
 * @throws AppError "fields-apart-from-map", "vector-without-polygons", "export-unwritable", "no-disk-space", and what reading the files throws
 */
export async function exportFields(
  task: FieldExport,
  to: string,
  { signal, phase }: JobContext,
): Promise<{ readonly paths: readonly string[]; readonly polygons: number }> {
  const rasters: Raster[] = [];
  const open = async (path: string | null): Promise<Raster | null> => {
    if (path === null) return null;
    const raster = await openRaster(path);
    rasters.push(raster);
    return raster;
  };
  const table = to.replace(/\.[^.\\/]+$/, ".csv");
  const temporary = temporaryBeside(table);
  let file: number | undefined;
  let sink: ReturnType<typeof openFeatureSink> | undefined;
  try {
    const classes = (await open(task.classPath))!;
    const confidence = await open(task.confidencePath);
    const probabilities = await open(task.probabilitiesPath);
    const grid = requireGeobox(classes);
    const layer = await openFeatures(task.fieldsPath, { layer: task.fieldsLayer, crs: task.fieldsCrs });
    const move = layer.crs && layer.crs !== grid.crs ? transformer(layer.crs, grid.crs).forward : undefined;
    const own = ownFields(layer.fields, probabilities !== null);
    const names = new Map(task.legend.map(({ code, name }) => [code, name]));
    const code = own.at(0)!.name;
    sink = openFeatureSink(to, "gpkg", {
      name: task.title,
      crs: grid.crs,
      fields: [...layer.fields, ...own],
      description: "One class per field, by the majority of the map's pixels in it. OmniSat Desktop.",
      style: {
        name: task.title,
        qml: polygonQml(code, task.legend),
        sld: polygonSld(task.title, code, task.legend),
      },
    });
    const columns = [...layer.fields, ...own].map(({ name }) => name);
    onDiskSync(
      table,
      () => {
        file = openSync(temporary, "w");
        writeAllSync(file, Buffer.from(csv([["field", ...columns]])));
      },
      "export-unwritable",
    );
    let done = 0;
    let written = 0;
    let met = 0;
    for (const { id, geometry, properties } of layer.features) {
      if (++done % fieldsAtOnce === 0) {
        phase("Asking fields", Math.min(0.99, done / Math.max(1, task.features)));
        await setImmediate();
      }
      signal.throwIfAborted();
      if (!geometry || !isPolygonal(geometry)) continue;
      const placed = (move ? transformGeometry(geometry, move) : geometry) as Polygonal;
      const sum = await sumOf(placed, grid, classes, confidence, probabilities, signal);
      const hectares = hectaresOf(placed, grid);
      const answer = answerOf(sum, names, { confidence: stepOf(confidence), margin: stepOf(probabilities) });
      if (answer.code !== null) met++;
      const given: PropertyValue[] = [
        answer.code,
        answer.name,
        answer.share,
        answer.confidence,
        round(hectares, 6),
        sum.pixels,
        ...(probabilities ? [answer.margin] : []),
      ];
      const all = { ...properties, ...Object.fromEntries(own.map(({ name }, k) => [name, given[k]!])) };
      sink.add({ geometry: placed, properties: all });
      written++;
      const line = csv([[typeof id === "number" ? id : String(id), ...columns.map((name) => cell(all[name] ?? null))]]);
      onDiskSync(table, () => writeAllSync(file!, Buffer.from(line)), "export-unwritable");
    }
    if (written === 0) throw new AppError("vector-without-polygons", { path: task.fieldsPath });
    if (met === 0) throw new AppError("fields-apart-from-map", { path: task.fieldsPath, map: task.title });
    closeSync(file!);
    file = undefined;
    const paths = sink.finish();
    placeTogetherSync([[temporary, table]]);
    phase("Asking fields", 1);
    return { paths: [...paths, table], polygons: written };
  } catch (error) {
    sink?.discard();
    throw error;
  } finally {
    if (file !== undefined) closeSync(file);
    discard(temporary);
    for (const raster of rasters) raster.close();
  }
}

/** What a stored share of the raster is in per cent; `null` without one. */
const stepOf = (raster: Raster | null): number | null => raster && percentPerStep(raster.info.dataType);

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
const cell = (value: PropertyValue): string | number | null => (typeof value === "boolean" ? String(value) : value);

/** Our columns, with a number behind where the file has one of that name. */
function ownFields(theirs: readonly Field[], margin: boolean): Field[] {
  const taken = new Set(theirs.map(({ name }) => name.toLowerCase()));
  const free = (name: string): string => {
    for (let n = 1; ; n++) {
      const wanted = n === 1 ? name : `${name}_${n}`;
      if (!taken.has(wanted)) return wanted;
    }
  };
  const fields: Field[] = [
    { name: "map_code", type: "integer" },
    { name: "map_class", type: "text" },
    { name: "map_share", type: "number" },
    { name: "map_confidence", type: "number" },
    { name: "field_ha", type: "number" },
    { name: "map_pixels", type: "integer" },
    ...(margin ? [{ name: "map_margin", type: "number" } as const] : []),
  ];
  return fields.map((field) => ({ ...field, name: free(field.name) }));
}

async function sumOf(
  geometry: Polygonal,
  grid: GeoBox,
  classes: Raster,
  confidence: Raster | null,
  probabilities: Raster | null,
  signal: AbortSignal,
): Promise<Sum> {
  const sum: Sum = { counts: new Map(), pixels: 0, confidence: 0, margin: 0 };
  const spans: (readonly [row: number, from: number, to: number])[] = [];
  let [left, right] = [grid.width, 0];
  const take = async () => {
    if (spans.length === 0) return;
    const [top, bottom] = [spans[0]![0], spans.at(-1)![0] + 1];
    const window = { col: left, row: top, width: right - left, height: bottom - top };
    const { bands } = await classes.readWindow(window, { bands: [1], signal });
    const sure = await confidence?.readWindow(window, { bands: [1], signal });
    const shares = await probabilities?.readWindow(window, { signal });
    for (const [row, from, to] of spans)
      for (let col = from; col < to; col++) {
        const at = (row - top) * window.width + col - left;
        const value = bands[0]![at]!;
        if (value === 0) continue;
        sum.counts.set(value, (sum.counts.get(value) ?? 0) + 1);
        sum.pixels++;
        sum.confidence += sure?.bands[0]?.[at] ?? 0;
        if (shares) sum.margin += marginOf(shares.bands, at);
      }
    spans.length = 0;
    [left, right] = [grid.width, 0];
  };
  const all: (readonly [row: number, from: number, to: number])[] = [];
  rasterizePolygon(geometry, grid, (row, from, to) => all.push([row, from, to]));
  for (const span of all) {
    const [first] = spans;
    const wide = Math.max(right, span[2]) - Math.min(left, span[1]);
    if (first && wide * (span[0] + 1 - first[0]) > pixelsAtOnce) await take();
    left = Math.min(left, span[1]);
    right = Math.max(right, span[2]);
    spans.push(span);
  }
  await take();
  if (all.length > 0) return sum;
  // No pixel has its centre in the field: that in which it lies answers, and is not counted.
  const point = representativePoint(geometry);
  const [col, row] = apply(invert(grid.affine), point[0], point[1]).map(Math.floor) as [number, number];
  if (col < 0 || row < 0 || col >= grid.width || row >= grid.height) return sum;
  left = col;
  right = col + 1;
  spans.push([row, col, col + 1]);
  await take();
  return sum;
}

/** How far the commonest class is ahead of the next one, in the units of the stored shares. */
function marginOf(bands: readonly ArrayLike<number>[], at: number): number {
  let [first, second] = [0, 0];
  for (const band of bands) {
    const own = band[at]!;
    if (own > first) [first, second] = [own, first];
    else if (own > second) second = own;
  }
  return first - second;
}

function answerOf(
  sum: Sum,
  names: ReadonlyMap<number, string>,
  steps: { readonly confidence: number | null; readonly margin: number | null },
): {
  readonly code: number | null;
  readonly name: string | null;
  readonly share: number | null;
  readonly confidence: number | null;
  readonly margin: number | null;
} {
  if (sum.pixels === 0) return { code: null, name: null, share: null, confidence: null, margin: null };
  const [code, count] = [...sum.counts].sort(([p, a], [q, b]) => b - a || p - q)[0]!;
  const percent = (total: number, step: number | null) =>
    step === null ? null : round((total / sum.pixels) * step, 2);
  return {
    code,
    name: names.get(code) ?? "",
    share: round((100 * count) / sum.pixels, 2),
    confidence: percent(sum.confidence, steps.confidence),
    margin: percent(sum.margin, steps.margin),
  };
}

/** True hectares, by the scale of the projection in the middle of the field. */
function hectaresOf(geometry: Polygonal, { crs }: GeoBox): number {
  const box = boundsOfGeometry(geometry);
  if (!box) return 0;
  const scale = squareMetersPerUnit(crs, (box.minX + box.maxX) / 2, (box.minY + box.maxY) / 2);
  return (areaOf(geometry) * scale) / 10_000;
}
