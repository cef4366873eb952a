import type { ReportResult, ReportSpec } from "../../../src-shared/domain/job.ts";
import { rgbOf } from "../../../src-shared/domain/legend.ts";
import { openRaster, type Raster, requireGeobox } from "../../raster/index.ts";
import type { JobContext } from "../context.ts";
import { percentPerStep } from "../map-values.ts";
import { type EmbeddedPicture, type MapPictures, reportDocument } from "./document.ts";
import { groundOf } from "./ground.ts";
import { encodePicture, pngUri, type Rgb, readPicture } from "./picture.ts";
import { rampColor } from "./ramp.ts";
import { writeText } from "./write-text.ts";

/** What the report job needs of whoever runs it. */
export type ReportContext = Pick<JobContext, "signal" | "phase">;

/** Gathers what a run left into one HTML file that needs nothing else. */
export async function writeReport(spec: ReportSpec, context: ReportContext): Promise<ReportResult> {
  const { signal } = context;
  signal.throwIfAborted();
  context.phase("Reading the map", 0);
  const pictures = spec.map ? await picturesOf(spec, spec.map, context) : null;
  context.phase("Writing the report", 0.9);
  const text = reportDocument(spec, pictures);
  signal.throwIfAborted();
  await writeText(spec.outputPath, text);
  context.phase("Writing the report", 1);
  return { path: spec.outputPath };
}

async function picturesOf(
  { legend }: ReportSpec,
  map: NonNullable<ReportSpec["map"]>,
  context: ReportContext,
): Promise<MapPictures> {
  const { signal } = context;
  const classes = await withRaster(map.classPath, async (raster) => {
    const ground = groundOf(requireGeobox(raster));
    return { ground, picture: await embed(raster, classColors(raster, legend), signal) };
  });
  context.phase("Reading the map", 0.5);
  const confidence = await withRaster(map.confidencePath, (raster) =>
    embed(raster, confidenceColor, signal, percentPerStep(raster.info.dataType)),
  );
  return { ground: classes.ground, classes: classes.picture, confidence };
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
  step = 1,
): Promise<EmbeddedPicture> {
  const picture = await readPicture(raster, { signal, step });
  const reduced = picture.width < raster.info.width || picture.height < raster.info.height;
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
