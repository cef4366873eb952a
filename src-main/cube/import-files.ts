/** Files a person added → acquisitions and modalities, with everything that was decided on the way. */

import {
  type Acquisition,
  type AcquisitionPiece,
  clearSclClasses,
  type Modality,
  measuredPieces,
  type Remark,
  type SensorId,
} from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { reason } from "../../src-shared/errors/reasons/index.ts";
import { type Bounds, intersection } from "../../src-shared/geo/bounds.ts";
import type { Crs } from "../../src-shared/geo/crs.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import {
  boundsIn,
  clear,
  isConceivable,
  noData,
  pixelSizeIn,
  type RasterFacts,
  type Reader,
  readPart,
  readPixels,
} from "../imagery/index.ts";
import {
  describeFile,
  type FileChoice,
  type FileDescription,
  type ImportedFile,
  importedFiles,
  requireMeasurement,
} from "./acquisitions.ts";
import { withAerialOrder } from "./aerial-order.ts";
import { membersOf, modalityName } from "./modalities.ts";
import { joinFiles } from "./mosaic.ts";
import { doubtAboutSeries, type PixelSample, percentile } from "./radiometry.ts";
import { thumbnailGrid } from "./thumbnail.ts";

export interface ImportOptions {
  /** files without a CRS get this one */
  readonly crs?: Crs;
  /** a file that does not touch this area is refused */
  readonly area?: { readonly crs: Crs; readonly bounds: Bounds };
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
}

/**
 * Reads every header (and a few pixels, where only they can tell what the numbers mean) and joins files to acquisitions.
 * @throws AppError those of `readImported`
 */
export async function importFiles(
  reader: Reader,
  choices: readonly FileChoice[],
  options: ImportOptions = {},
): Promise<Acquisition[]> {
  const files: ImportedFile[] = [];
  for (const [index, choice] of choices.entries()) {
    options.signal?.throwIfAborted();
    files.push(...(await readImported(reader, choice, options)));
    options.progress?.(index + 1, choices.length);
  }
  return [...joinFiles([], files).acquisitions];
}

/**
 * One file as it is imported: what its header, name and, where they leave it open, a few pixels say.
 * @throws AppError when it cannot be used as it is: no date, no coordinate system, outside the area …
 * @throws AppError "mask-without-clear", "mask-without-sensor", "acquisition-band-count", "import-elevation", "import-class-raster", "acquisition-date-tag", "acquisition-without-date",
 * "import-format", "raster-outside-project"
 */
export async function readImported(
  reader: Reader,
  choice: FileChoice,
  options: Pick<ImportOptions, "crs" | "area" | "signal"> = {},
): Promise<ImportedFile[]> {
  const facts = await factsOf(reader, choice, options.crs);
  requireMeasurement(facts, choice);
  const file = await withAerialOrder(reader, describeFile(facts, choice), options.signal);
  if (options.area) requireOverlap(file, options.area);
  return importedFiles(file, await samplePixels(reader, file, options.signal), choice);
}

/** A file's own CRS stands unless somebody chose another for this very file; `fallback` is for files that have none. */
export async function factsOf(reader: Reader, { path, crs }: FileChoice, fallback?: Crs): Promise<RasterFacts> {
  try {
    return await reader.facts(path, crs);
  } catch (error) {
    if (
      fallback === undefined ||
      !(error instanceof AppError && /^raster-(without-crs|crs-unusable)$/.test(error.code))
    )
      throw error;
    return reader.facts(path, fallback);
  }
}

/**
 * Refuses an image whose frame does not touch `area`.
 * @throws AppError "raster-outside-project"
 */
export function requireOverlap({ facts }: FileDescription, area: { readonly crs: Crs; readonly bounds: Bounds }): void {
  const bounds = boundsIn(facts.geobox, area.crs);
  if (bounds && intersection(bounds, area.bounds)) return;
  const { minX, minY, maxX, maxY } = area.bounds;
  const [west, south, east, north] = [minX, minY, maxX, maxY].map((value) => Number(value.toFixed(4)));
  throw new AppError("raster-outside-project", {
    path: facts.path,
    area: reason("bounds-in-crs", {
      bounds: reason("bounds-from-to", { minX: west!, minY: south!, maxX: east!, maxY: north! }),
      crs: area.crs.length > 40 ? reason("own-crs") : area.crs,
    }),
  });
}

/** Pixels are looked at where neither name nor tags decide: radar, and Sentinel-2 without baseline, tags or statement. */
export async function samplePixels(
  reader: Reader,
  { facts, product, slices, stated }: FileDescription,
  signal?: AbortSignal,
): Promise<PixelSample | undefined> {
  if (stated?.radiometry) return undefined;
  const bands = slices[0]!.bands.filter((band) => band.name !== "SCL");
  const first = bands[0];
  if (!first) return undefined;
  const stored = facts.bands[first.bandIndex - 1]!;
  const tagged = stored.scale !== 1 || stored.offset !== 0;
  const radar = product.sensor === "sentinel-1";
  const optical = product.sensor === "sentinel-2" && !tagged && product.processingBaseline === undefined;
  if (!radar && !optical) return undefined;
  const target = thumbnailGrid(facts.geobox, 128);
  const request = { path: facts.path, bands: [first.bandIndex], target, method: "nearest" as const };
  const block = await reader.warp(facts.crs ? { ...request, crs: facts.crs } : request, { signal });
  const nodata = stored.nodata ?? (optical && !stored.dataType.startsWith("float") ? 0 : undefined);
  const values: number[] = [];
  const plane = block.bands[0]!;
  for (let i = 0; i < plane.length; i++) {
    const value = plane[i]!;
    // One number that was never measured would decide what all others mean.
    if (block.valid[0]?.[i] === 0 || value === nodata || !isConceivable(value)) continue;
    if (radar && value === 0) continue; // GRD swaths are filled with zeros
    values.push(value);
  }
  return values.length > 0 ? { sorted: Float64Array.from(values).sort() } : undefined;
}

/** Pixel size of each modality's first file in the units of the project's CRS (`area`), for `proposeModalities`. */
export async function nativeMeters(
  reader: Reader,
  acquisitions: readonly Acquisition[],
  area?: Crs,
): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number> = {};
  for (const acquisition of acquisitions) {
    const [piece] = measuredPieces(acquisition);
    const name = modalityName(acquisition);
    const file = piece?.files.find(({ bands }) => bands.length > 0);
    if (!file || found[name] !== undefined) continue;
    const grid = file.grid ?? (await reader.facts(file.path, file.crs)).geobox;
    found[name] = pixelMeters(grid, area);
  }
  return found;
}

/** Side of a pixel in the units of `crs`: an image in degrees has pixels of metres too. */
export function pixelMeters(grid: GeoBox, crs: Crs = grid.crs): number {
  const { side } = pixelSizeIn(grid, crs);
  // In another system a pixel's size varies over the image: more digits would say nothing.
  return grid.crs === crs ? side : Number(side.toPrecision(3));
}

/** What the pixels of every date show on a coarse grid: how much is clear, and how dark the darkest clear pixels are. */
export interface DateReport {
  readonly acquisition: string;
  readonly date: string;
  /** share of the area with data */
  readonly dataShare: number;
  readonly clearShare: number;
  /** 0.1 % of the clear pixels are darker, in the first band */
  readonly darkest?: number;
}

/** Looks at each acquisition of a modality on a coarse grid of the project's area. */
export async function reportDates(
  reader: Reader,
  modality: Modality,
  acquisitions: readonly Acquisition[],
  area: GeoBox,
  signal?: AbortSignal,
): Promise<DateReport[]> {
  const grid = thumbnailGrid(area, 128);
  const { clearClasses } = modality;
  const quick = { bands: modality.bands.slice(0, 1), clearClasses, method: "nearest", signal } as const;
  const reports: DateReport[] = [];
  for (const acquisition of membersOf(modality, acquisitions)) {
    signal?.throwIfAborted();
    const { values, states } = await readPixels(reader, [acquisition], grid, quick);
    const visible = Float64Array.from(values.filter((_, i) => states[i] === clear)).sort();
    const withData = states.reduce((sum, state) => sum + (state === noData ? 0 : 1), 0);
    reports.push({
      acquisition: acquisition.id,
      date: acquisition.date,
      dataShare: withData / states.length,
      clearShare: visible.length / states.length,
      ...(visible.length >= 100 ? { darkest: percentile(visible, 0.001) } : {}),
    });
  }
  return reports;
}

/** A remark when the series' offset cannot be right. */
export function offsetDoubt(sensor: SensorId, reports: readonly DateReport[]): Remark | undefined {
  const darkest = reports.flatMap((report) => (report.darkest === undefined ? [] : [report.darkest]));
  return sensor === "sentinel-2" ? doubtAboutSeries(darkest) : undefined;
}

/**
 * Share of a piece's own frame that is clear, 0 to 1, looked at on at most 128 × 128 places; without a mask, the share with
 * data. `undefined` when nothing can be read.
 */
export async function clearShareOf(
  reader: Reader,
  acquisition: Acquisition,
  piece: AcquisitionPiece,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const file = piece.files.find(({ bands }) => bands.length > 0);
  const [band] = file?.bands ?? [];
  if (!file || !band) return undefined;
  const grid = thumbnailGrid(file.grid ?? (await reader.facts(file.path, file.crs)).geobox, 128);
  const clearClasses = acquisition.sensor === "sentinel-2" ? clearSclClasses : [];
  const quick = { bands: [band.name], clearClasses, method: "nearest", signal } as const;
  const { states } = await readPart(reader, { piece, grid }, quick);
  return states.reduce((sum, state) => sum + (state === clear ? 1 : 0), 0) / states.length;
}
