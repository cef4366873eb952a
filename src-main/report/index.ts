import type { MapPlace, ReportResult, ReportSpec } from "../../src-shared/domain/job.ts";
import { rgbOf } from "../../src-shared/domain/legend.ts";
import { percentPerStep } from "../../src-shared/domain/stored-shares.ts";
import { apply, invert } from "../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import { writeWhole } from "../files/index.ts";
import { openRaster, type Raster, requireGeobox } from "../raster/index.ts";
import { type EmbeddedPicture, type MapPictures, reportDocument } from "./document.ts";
import { groundOf } from "./ground.ts";
import { encodePicture, pngUri, type Rgb, readPicture } from "./picture.ts";
import { rampColor } from "./ramp.ts";

/** What a report needs of whoever has it written; a job's context is one. */
export interface ReportContext {
  readonly signal: AbortSignal;
  /** `fraction` in [0, 1] of the phase of that name */
  phase(name: string, fraction: number): void;
}

/** Gathers what a run left into one HTML file that needs nothing else. */
export async function writeReport(spec: ReportSpec, context: ReportContext): Promise<ReportResult> {
  const { signal } = context;
  signal.throwIfAborted();
  context.phase("Reading the map", 0);
  const pictures = spec.map ? await picturesOf(spec, spec.map, context) : null;
  context.phase("Writing the report", 0.9);
  const text = reportDocument(spec, pictures);
  signal.throwIfAborted();
  await writeWhole(spec.outputPath, text, { unwritable: "report-unwritable" });
  context.phase("Writing the report", 1);
  return { path: spec.outputPath };
}

async function picturesOf(
  { legend }: ReportSpec,
  map: NonNullable<ReportSpec["map"]>,
  context: ReportContext,
): Promise<MapPictures> {
  const { signal } = context;
  const areas = pictured(map);
  const classes = await withRaster(map.classPath, async (raster) => ({
    grid: requireGeobox(raster),
    pictures: await embedAll(raster, areas, classColors(raster, legend), signal),
  }));
  context.phase("Reading the map", 0.5);
  const confidences = await withRaster(map.confidencePath, (raster) =>
    embedAll(raster, areas, confidenceColor, signal, percentPerStep(raster.info.dataType)),
  );
  return {
    ground: groundOf(classes.grid),
    parts: areas.map(({ place }, i) => ({
      place,
      ground: groundOf(place?.area ?? classes.grid),
      classes: classes.pictures[i]!,
      confidence: confidences[i]!,
    })),
  };
}

/** More pictures than this make a report too heavy to send. */
const mostPictures = 12;

/** What is shown of a map: all of it, or its largest separate places, of which nothing could be seen in the box around them. */
function pictured({ places = [] }: NonNullable<ReportSpec["map"]>): { readonly place: MapPlace | null }[] {
  if (places.length < 2) return [{ place: null }];
  const largest = places.toSorted((p, q) => q.patches - p.patches || p.number - q.number).slice(0, mostPictures);
  return largest.toSorted((p, q) => p.number - q.number).map((place) => ({ place }));
}

async function embedAll(
  raster: Raster,
  areas: readonly { readonly place: MapPlace | null }[],
  colorOf: (value: number) => Rgb | undefined,
  signal: AbortSignal,
  step = 1,
): Promise<EmbeddedPicture[]> {
  const pictures: EmbeddedPicture[] = [];
  for (const { place } of areas) {
    const window = place ? windowOf(place.area, requireGeobox(raster)) : undefined;
    pictures.push(await embed(raster, colorOf, signal, step, window));
  }
  return pictures;
}

/** The pixels of a place in its map, which has the same grid. */
function windowOf(place: GeoBox, grid: GeoBox): PixelWindow | undefined {
  const [left, top] = apply(invert(grid.affine), ...apply(place.affine, 0, 0));
  const [right, bottom] = apply(invert(grid.affine), ...apply(place.affine, place.width, place.height));
  const [col, row] = [Math.max(0, Math.round(left)), Math.max(0, Math.round(top))];
  const width = Math.min(grid.width, Math.round(right)) - col;
  const height = Math.min(grid.height, Math.round(bottom)) - row;
  return width > 0 && height > 0 ? { col, row, width, height } : undefined;
}

async function withRaster<T>(path: string, use: (raster: Raster) => Promise<T>): Promise<T> {
  const raster = await openRaster(path);
  try {
    return await use(raster);
  } finally {
    raster.close();
  }
}

async function embed(
  raster: Raster,
  colorOf: (value: number) => Rgb | undefined,
  signal: AbortSignal,
  step: number,
  window: PixelWindow | undefined,
): Promise<EmbeddedPicture> {
  const picture = await readPicture(raster, { window, signal, step });
  const { width, height } = window ?? raster.info;
  const reduced = picture.width < width || picture.height < height;
  return { uri: pngUri(encodePicture(picture, colorOf)), reduced };
}

/** The file's own colour table, so that the report shows what every other program shows; the legend where it has none. */
function classColors(raster: Raster, legend: ReportSpec["legend"]): (value: number) => Rgb | undefined {
  const table = raster.info.bands[0]?.colorTable;
  const byCode = new Map(legend.map(({ code, color }) => [code, rgbOf(color)]));
  return (value) => {
    if (!table) return byCode.get(value);
    const entry = table[value];
    return entry && entry[3] > 0 ? [entry[0], entry[1], entry[2]] : undefined;
  };
}

const confidenceColor = (value: number): Rgb | undefined => (value <= 100 ? rampColor(value / 100) : undefined);
