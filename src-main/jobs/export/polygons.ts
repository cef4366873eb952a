import { closeSync, openSync, readSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { PolygonExport } from "../../../src-shared/domain/job.ts";
import { hasSourceCodes } from "../../../src-shared/domain/legend.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { apply, invert } from "../../../src-shared/geo/affine.ts";
import { boundsOf, type GeoBox } from "../../../src-shared/geo/geobox.ts";
import { openRaster, requireGeobox } from "../../raster/index.ts";
import {
  areaOf,
  openFeatureSink,
  polygonize,
  polygonQml,
  polygonSld,
  sieve,
  squareMetersPerUnit,
} from "../../vector/index.ts";
import type { JobContext } from "../context.ts";
import { percentPerStep } from "../map-values.ts";
import { partOf } from "./raster.ts";

const nothing = 0;
const bytesAtOnce = 1 << 22;
const polygonsAtOnce = 500;

const fields = [
  { name: "code", type: "integer" },
  { name: "class", type: "text" },
  { name: "confidence", type: "number" },
  { name: "area_ha", type: "number" },
  { name: "pixels", type: "integer" },
] as const;

/** Where the labels' source had codes of its own. */
const sourceField = { name: "source_code", type: "text" } as const;

/**
 * The areas of a map as polygons with class, mean confidence and size. The pixels go to the disk once, as rows that can be
 * read at any time; in memory are a few rows and the outlines of areas that are not complete yet.
 */
export async function exportPolygons(
  task: PolygonExport,
  to: string,
  folder: string,
  context: JobContext,
): Promise<{ readonly paths: readonly string[]; readonly polygons: number }> {
  const { signal, phase } = context;
  const classRows = join(folder, "classes.part");
  const confidenceRows = join(folder, "confidence.part");
  const keep = task.codes ? new Set(task.codes) : undefined;
  const { grid } = await spool(
    task,
    task.classPath,
    classRows,
    (value) => (keep && !keep.has(value) ? nothing : value),
    {
      ...context,
      phase: (_, fraction) => phase("Reading the map", fraction / 2),
    },
  );
  const { step } = await spool(
    task,
    task.confidencePath,
    confidenceRows,
    (value) => value,
    { ...context, phase: (_, fraction) => phase("Reading the map", 0.5 + fraction / 2) },
    Uint16Array,
  );
  const classes = openRows(classRows, grid.width, Uint8Array);
  const confidence = openRows(confidenceRows, grid.width, Uint16Array);
  const sources = new Map(task.legend.map(({ code, source }) => [code, source ?? String(code)]));
  const coded = hasSourceCodes(task.legend);
  const legend = keep ? task.legend.filter(({ code }) => keep.has(code)) : task.legend;
  const sink = openFeatureSink(to, task.format, {
    name: task.layer,
    crs: grid.crs,
    fields: coded ? [...fields, sourceField] : fields,
    description: "Areas of a map by OmniSat Desktop. Areas of polygons are counted pixels, not area estimates.",
    style: { name: task.layer, qml: polygonQml("code", legend), sld: polygonSld(task.layer, "code", legend) },
  });
  try {
    const { minX, minY, maxX, maxY } = boundsOf(grid);
    const squareMeters = squareMetersPerUnit(grid.crs, (minX + maxX) / 2, (minY + maxY) / 2);
    const { width, height } = grid;
    const sieved = sieve({ width, height, read: classes.read, nothing }, task.minimumPixels);
    const names = new Map(task.legend.map(({ code, name }) => [code, name]));
    const all = polygonize(sieved, grid, {
      skip: [nothing],
      measure: confidence.read,
      smoothing: task.smoothing,
    });
    let count = 0;
    let pixels = 0;
    for (const { value, geometry, mean, pixels: own } of all) {
      const hectares = (areaOf(geometry) * squareMeters) / 10_000;
      const properties = {
        code: value,
        class: names.get(value) ?? "",
        confidence: Math.round(mean * step * 100) / 100,
        area_ha: Math.round(hectares * 1e6) / 1e6,
        pixels: own,
        ...(coded ? { [sourceField.name]: sources.get(value) ?? "" } : {}),
      };
      sink.add({ geometry, properties });
      pixels += own;
      if (++count % polygonsAtOnce !== 0) continue;
      phase("Drawing polygons", pixels / (width * height));
      await setImmediate();
      signal.throwIfAborted();
    }
    if (count === 0) throw new AppError("nothing-to-export", { name: task.layer });
    const paths = sink.finish();
    phase("Drawing polygons", 1);
    return { paths, polygons: count };
  } catch (error) {
    sink.discard();
    throw error;
  } finally {
    classes.close();
    confidence.close();
    await rm(classRows, { force: true });
    await rm(confidenceRows, { force: true });
  }
}

type Row = Uint8Array | Uint16Array;
interface RowKind<T extends Row> {
  new (length: number): T;
  from(values: ArrayLike<number>, change: (value: number) => number): T;
  readonly BYTES_PER_ELEMENT: number;
}

/** Writes the pixels of the wanted part as plain rows of numbers. `step`: what one of them is in per cent. */
async function spool(
  task: PolygonExport,
  from: string,
  to: string,
  change: (value: number) => number,
  { signal, phase }: Pick<JobContext, "signal" | "phase">,
  kind: RowKind<Row> = Uint8Array,
): Promise<{ readonly grid: GeoBox; readonly step: number }> {
  const raster = await openRaster(from);
  const file = await open(to, "w");
  try {
    const whole = requireGeobox(raster);
    const grid = partOf(whole, task.bounds, task.layer);
    const [col, row] = apply(invert(whole.affine), grid.affine.a, grid.affine.d).map(Math.round) as [number, number];
    const step = Math.max(1, Math.min(1024, Math.floor(bytesAtOnce / grid.width)));
    for (let top = 0; top < grid.height; top += step) {
      signal.throwIfAborted();
      const height = Math.min(step, grid.height - top);
      const window = { col, row: row + top, width: grid.width, height };
      const { bands } = await raster.readWindow(window, { bands: [1], signal });
      await file.appendFile(kind.from(bands[0]!, change));
      phase("Reading the map", (top + height) / grid.height);
    }
    return { grid, step: percentPerStep(raster.info.dataType) };
  } finally {
    raster.close();
    await file.close();
  }
}

function openRows<T extends Row>(
  path: string,
  width: number,
  kind: RowKind<T>,
): { readonly read: (row: number) => T; close(): void } {
  const file = openSync(path, "r");
  const bytes = width * kind.BYTES_PER_ELEMENT;
  return {
    read(row) {
      const values = new kind(width);
      readSync(file, values, 0, bytes, row * bytes);
      return values;
    },
    close: () => closeSync(file),
  };
}
