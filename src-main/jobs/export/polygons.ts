import { readSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { PolygonExport } from "../../../src-shared/domain/job.ts";
import { hasSourceCodes } from "../../../src-shared/domain/legend.ts";
import { percentPerStep } from "../../../src-shared/domain/stored-shares.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { apply, invert } from "../../../src-shared/geo/affine.ts";
import { boundsOf, type GeoBox, geoboxOfWindow } from "../../../src-shared/geo/geobox.ts";
import { clip, type PixelWindow } from "../../../src-shared/geo/window.ts";
import { dataRegion, type PixelSet, readingWindows } from "../../cube/index.ts";
import { openRaster, type Raster, requireGeobox } from "../../raster/index.ts";
import {
  areaOf,
  type FeatureSink,
  openFeatureSink,
  polygonize,
  polygonQml,
  polygonSld,
  sieve,
  squareMetersPerUnit,
} from "../../vector/index.ts";
import type { JobContext } from "../context.ts";
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

/** Where the map says what is uncertain or untaught: per cent of the area's pixels. */
const uncertainField = { name: "uncertain", type: "number" } as const;

/** Where the labels' source had codes of its own. */
const sourceField = { name: "source_code", type: "text" } as const;

/**
 * The areas of a map as polygons with class, mean confidence and size. Stored blocks of the map that hang together are worked on one
 * group after the other, so that places far apart cost what they hold and not the box around them. The pixels of a large group go to
 * the disk once, as rows that can be read at any time; in memory are a few rows and the outlines of areas that are not complete yet.
 */
export async function exportPolygons(
  task: PolygonExport,
  to: string,
  folder: string,
  context: JobContext,
): Promise<{ readonly paths: readonly string[]; readonly polygons: number }> {
  const { signal, phase } = context;
  const classes = await openRaster(task.classPath);
  const confidence = await openRaster(task.confidencePath).catch((error: unknown) => {
    classes.close();
    throw error;
  });
  const uncertain = await (task.uncertainPath === undefined
    ? undefined
    : openRaster(task.uncertainPath).catch((error: unknown) => {
        classes.close();
        confidence.close();
        throw error;
      }));
  const keep = task.codes ? new Set(task.codes) : undefined;
  const sources = new Map(task.legend.map(({ code, source }) => [code, source ?? String(code)]));
  const coded = hasSourceCodes(task.legend);
  const legend = keep ? task.legend.filter(({ code }) => keep.has(code)) : task.legend;
  const names = new Map(task.legend.map(({ code, name }) => [code, name]));
  let sink: FeatureSink | undefined;
  try {
    const grid = partOf(requireGeobox(classes), task.bounds, task.layer);
    const step = percentPerStep(confidence.info.dataType);
    const groups = (await dataRegion(classes, windowIn(classes, grid), signal)).places();
    const total = groups.reduce((sum, { size }) => sum + size, 0);
    sink = openFeatureSink(to, task.format, {
      name: task.layer,
      crs: grid.crs,
      fields: [...fields, ...(uncertain ? [uncertainField] : []), ...(coded ? [sourceField] : [])],
      description: "Areas of a map by OmniSat Desktop. Areas of polygons are counted pixels, not area estimates.",
      style: { name: task.layer, qml: polygonQml("code", legend), sld: polygonSld(task.layer, "code", legend) },
    });
    let count = 0;
    let done = 0;
    for (const group of groups) {
      const window = withMargin(group.bounds!, grid);
      const { minX, minY, maxX, maxY } = boundsOf(geoboxOfWindow(grid, window));
      const squareMeters = squareMetersPerUnit(grid.crs, (minX + maxX) / 2, (minY + maxY) / 2);
      const tell = (share: number) => phase("Drawing polygons", (done + share * group.size) / total);
      const own = await rowsOf(
        classes,
        grid,
        group,
        window,
        join(folder, "classes.part"),
        Uint8Array,
        signal,
        (value) => (keep && !keep.has(value) ? nothing : value),
      );
      const shares = await rowsOf(
        confidence,
        grid,
        group,
        window,
        join(folder, "confidence.part"),
        Uint16Array,
        signal,
      );
      const doubted =
        uncertain && (await rowsOf(uncertain, grid, group, window, join(folder, "uncertain.part"), Uint8Array, signal));
      try {
        tell(0.3);
        const { width, height } = window;
        const sieved = sieve({ width, height, read: own.read, nothing }, task.minimumPixels);
        const areas = polygonize(sieved, geoboxOfWindow(grid, window), {
          skip: [nothing],
          measure: shares.read,
          mark: doubted?.read,
          smoothing: task.smoothing,
        });
        let pixels = 0;
        for (const area of areas) {
          const hectares = (areaOf(area.geometry) * squareMeters) / 10_000;
          const properties = {
            code: area.value,
            class: names.get(area.value) ?? "",
            confidence: Math.round(area.mean * step * 100) / 100,
            area_ha: Math.round(hectares * 1e6) / 1e6,
            pixels: area.pixels,
            ...(doubted ? { [uncertainField.name]: Math.round((1e4 * area.marked) / area.pixels) / 100 } : {}),
            ...(coded ? { [sourceField.name]: sources.get(area.value) ?? "" } : {}),
          };
          sink.add({ geometry: area.geometry, properties });
          pixels += area.pixels;
          if (++count % polygonsAtOnce !== 0) continue;
          tell(0.3 + (0.7 * pixels) / group.size);
          await setImmediate();
          signal.throwIfAborted();
        }
      } finally {
        await own.close();
        await shares.close();
        await doubted?.close();
      }
      done += group.size;
      signal.throwIfAborted();
    }
    if (count === 0) throw new AppError("nothing-to-export", { name: task.layer });
    const paths = sink.finish();
    phase("Drawing polygons", 1);
    return { paths, polygons: count };
  } catch (error) {
    sink?.discard();
    throw error;
  } finally {
    classes.close();
    confidence.close();
    uncertain?.close();
  }
}

/** Where a grid lies in a raster of the same pixels. */
function windowIn(raster: Raster, { affine, width, height }: GeoBox): PixelWindow {
  const [col, row] = apply(invert(requireGeobox(raster).affine), affine.a, affine.d).map(Math.round) as [
    number,
    number,
  ];
  return { col, row, width, height };
}

/** One pixel more on every side that is not the grid's own edge: outlines are cut there as anywhere within the map. */
function withMargin({ col, row, width, height }: PixelWindow, grid: GeoBox): PixelWindow {
  return clip({ col: col - 1, row: row - 1, width: width + 2, height: height + 2 }, grid.width, grid.height)!;
}

type Row = Uint8Array | Uint16Array;
interface RowKind<T extends Row> {
  new (length: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

interface Rows<T extends Row> {
  readonly read: (row: number) => T;
  readonly close: () => Promise<void>;
}

/** The pixels of a group as rows of `window`, 0 beside it: in memory while that is small, else as plain numbers in a file. */
async function rowsOf<T extends Row>(
  raster: Raster,
  grid: GeoBox,
  group: PixelSet,
  window: PixelWindow,
  path: string,
  kind: RowKind<T>,
  signal: AbortSignal,
  change: (value: number) => number = (value) => value,
): Promise<Rows<T>> {
  const { width, height } = window;
  const lies = windowIn(raster, grid);
  const bytes = width * kind.BYTES_PER_ELEMENT;
  const small = bytes * height <= bytesAtOnce;
  const rowsAtOnce = small ? height : Math.max(1, Math.min(1024, Math.floor(bytesAtOnce / bytes)));
  const file = small ? undefined : await open(path, "w+");
  const close = async () => {
    await file?.close();
    if (file) await rm(path, { force: true });
  };
  try {
    let values = new kind(0);
    for (let top = 0; top < height; top += rowsAtOnce) {
      signal.throwIfAborted();
      const part = { col: window.col, row: window.row + top, width, height: Math.min(rowsAtOnce, height - top) };
      values = new kind(part.width * part.height);
      for (const piece of readingWindows(group.inside(part), bytesAtOnce)) {
        const place = { ...piece, col: piece.col + lies.col, row: piece.row + lies.row };
        const { bands } = await raster.readWindow(place, { bands: [1], signal });
        const read = bands[0]!;
        for (let y = 0; y < piece.height; y++) {
          const from = y * piece.width;
          const at = (piece.row - part.row + y) * width + piece.col - part.col;
          for (let x = 0; x < piece.width; x++) values[at + x] = change(read[from + x]!);
        }
      }
      if (file) await file.appendFile(values);
    }
    if (!file) return { read: (row) => values.subarray(row * width, (row + 1) * width) as T, close };
    const { fd } = file;
    const read = (row: number): T => {
      const one = new kind(width);
      readSync(fd, one, 0, bytes, row * bytes);
      return one;
    };
    return { read, close };
  } catch (error) {
    await close();
    throw error;
  }
}
