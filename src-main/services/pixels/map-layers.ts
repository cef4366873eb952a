import { z } from "zod";
import type { AcquisitionFile, FileBand } from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { type Bounds, union } from "../../../src-shared/geo/bounds.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { LayerSource, LayerStatistics, MapLayerCommands } from "../../../src-shared/ipc/map-layers.ts";
import type { Catalog } from "../../catalog/index.ts";
import { LoadingCache } from "../../files/index.ts";
import { boundsAfterShift, boundsIn, headers, meaningOf, physicalOf, pixelSizeIn } from "../../imagery/index.ts";
import { requireGeobox, statistics } from "../../raster/index.ts";
import type { Deps } from "../deps.ts";
import { validated } from "../validated.ts";
import { bandOf, type RasterLayer, rasterLayer, versionOf } from "./raster-layer.ts";
import { vectorFile } from "./vectors.ts";

const percents = [0, 0.5, 1, 2, 5, 10, 25, 50, 75, 90, 95, 98, 99, 99.5, 100] as const;
/** Enough samples to be representative, read in a fraction of a second. */
const maxPixels = 1 << 18;

/** Layers as the map draws them: where they lie, what their bands are, how their values spread. */
export function mapLayerService({ catalog }: Pick<Deps, "catalog">): MapLayerCommands {
  const figures = LoadingCache.ofCount<LayerStatistics>(4096);

  return {
    "layers.sources": validated(
      "layers.sources",
      z.strictObject({ ids: z.array(z.string().min(1)).max(2000) }),
      async ({ ids }) => {
        const places = new Map<string, Promise<Place>>();
        const sources: LayerSource[] = [];
        for (const id of ids) sources.push(await sourceOf(catalog, id, places));
        return sources;
      },
    ),

    "layers.statistics": validated(
      "layers.statistics",
      z.strictObject({ id: z.string().min(1), bands: z.array(z.string().min(1)).min(1).optional() }),
      async ({ id, bands }) => {
        const layer = await rasterLayer(catalog, id);
        const version = await versionOf(layer);
        const wanted = bands?.map((name) => bandOf(layer, name)) ?? layer.bands.filter((band) => !band.classes);
        const answers: LayerStatistics[] = [];
        for (const band of wanted) {
          const key = `${id}\n${version}\n${band.name}`;
          answers.push(await figures.get(key, () => figuresOf(layer, band.name)));
        }
        return answers;
      },
    ),
  };
}

interface Place {
  readonly bounds: Bounds | undefined;
  readonly resolution: number;
}

async function sourceOf(catalog: Catalog, id: string, places: Map<string, Promise<Place>>): Promise<LayerSource> {
  const common = { id, sensor: null, date: null, quantity: "unknown", bands: [], legend: null } as const;
  const nowhere = { bounds: null, resolution: 0, version: "" };
  try {
    if (id.startsWith("vector:")) {
      const { bounds, version } = await vectorFile(catalog, id);
      return { ...common, ...nowhere, kind: "vector", bounds, version, problem: null };
    }
    const layer = await rasterLayer(catalog, id);
    const { kind, sensor, date, quantity, bands, legend, range } = layer;
    const about = {
      id,
      kind,
      sensor,
      date,
      quantity,
      legend,
      ...(range ? { range } : {}),
      bands: bands.map(({ name, title, classes }) => ({ name, title, classes })),
    };
    try {
      const { bounds, resolution } = await placeOf(catalog, layer, places);
      return { ...about, bounds, resolution, version: await versionOf(layer), problem: null };
    } catch (error) {
      return { ...about, ...nowhere, problem: sentenceOf(error) };
    }
  } catch (error) {
    return { ...common, ...nowhere, kind: "image", problem: sentenceOf(error) };
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  throw error;
}

async function placeOf(
  catalog: Catalog,
  { pieces, shift }: RasterLayer,
  places: Map<string, Promise<Place>>,
): Promise<{ readonly bounds: Bounds | null; readonly resolution: number }> {
  const { crs } = catalog.project.get().grid.geobox;
  let bounds: Bounds | undefined;
  let resolution = Number.POSITIVE_INFINITY;
  const files = pieces.flatMap((piece) => piece.files).filter(({ bands }) => bands.length > 0);
  for (const { path, crs: given, grid } of files) {
    const key = grid ? JSON.stringify(grid) : `${path}\n${given ?? ""}`;
    const known = places.get(key) ?? placeOfFile(path, given, grid, crs);
    places.set(key, known);
    const place = await known;
    resolution = Math.min(resolution, place.resolution);
    if (place.bounds) bounds = bounds ? union(bounds, place.bounds) : place.bounds;
  }
  return {
    bounds: bounds ? boundsAfterShift(bounds, shift) : null,
    resolution: Number.isFinite(resolution) ? resolution : 0,
  };
}

/** The header in the project says where a file lies; one without is opened. */
async function placeOfFile(
  path: string,
  given: string | undefined,
  known: GeoBox | undefined,
  crs: string,
): Promise<Place> {
  const grid = known ?? requireGeobox(await headers.open(path, given));
  const { x, y } = pixelSizeIn(grid, crs);
  return { bounds: boundsIn(grid, crs), resolution: Math.min(x, y) };
}

interface BandSource {
  readonly file: AcquisitionFile;
  readonly band: FileBand;
}

/** Pieces of a mosaic that are looked at for the figures of a band: hundreds of tiles need no more to be represented. */
const mostSources = 24;

async function figuresOf({ pieces }: RasterLayer, name: string): Promise<LayerStatistics> {
  const sources = pieces.flatMap(({ files }): BandSource[] => {
    const file = files.find(({ bands }) => bands.some((band) => band.name === name));
    const band = file?.bands.find((candidate) => candidate.name === name);
    return file && band ? [{ file, band }] : [];
  });
  const step = Math.max(1, sources.length / mostSources);
  const some = sources.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
  const parts: LayerStatistics[] = [];
  for (const source of some) parts.push(await figuresOfSource(name, source, Math.ceil(maxPixels / some.length)));
  const [only] = parts;
  return parts.length === 1 && only ? only : joinedFigures(name, parts, some.length === sources.length);
}

async function figuresOfSource(name: string, { file, band }: BandSource, pixels: number): Promise<LayerStatistics> {
  const raster = await headers.open(file.path, file.crs);
  const meaning = meaningOf(file, band);
  const [found] = await statistics(raster, {
    bands: [band.bandIndex],
    value: (stored) => physicalOf(stored, meaning),
    maxPixels: pixels,
    percentiles: percents,
    bins: 256,
  });
  if (!found || found.count === 0) {
    const none = { min: 0, max: 0, mean: 0, std: 0, percentiles: [], histogram: [] };
    return { band: name, looked: found?.looked ?? 0, count: 0, ...none, exact: found?.exact ?? false };
  }
  const { percentiles, ...figures } = found;
  return { band: name, ...figures, percentiles: percents.map((percent) => [percent, percentiles.get(percent)!]) };
}

/** Figures of several pieces together: percentiles by the sum of the pieces' distributions, each a line between its own. */
function joinedFigures(band: string, parts: readonly LayerStatistics[], all: boolean): LayerStatistics {
  const looked = parts.reduce((sum, part) => sum + part.looked, 0);
  const withData = parts.filter(({ count }) => count > 0);
  const count = withData.reduce((sum, part) => sum + part.count, 0);
  const exact = all && parts.every((part) => part.exact);
  if (count === 0)
    return { band, looked, count, min: 0, max: 0, mean: 0, std: 0, percentiles: [], histogram: [], exact };
  const min = Math.min(...withData.map((part) => part.min));
  const max = Math.max(...withData.map((part) => part.max));
  const mean = withData.reduce((sum, part) => sum + part.mean * part.count, 0) / count;
  const square = withData.reduce((sum, part) => sum + (part.std ** 2 + (part.mean - mean) ** 2) * part.count, 0);
  const shareBelow = (value: number) =>
    withData.reduce((sum, part) => sum + part.count * below(part.percentiles, value), 0) / count;
  const quantile = (percent: number) => {
    let [low, high] = [min, max];
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      if (shareBelow(middle) < percent) low = middle;
      else high = middle;
    }
    return percent === 0 ? min : percent === 100 ? max : (low + high) / 2;
  };
  const histogram = new Array<number>(256).fill(0);
  const width = (max - min) / histogram.length;
  for (const part of withData) {
    const own = (part.max - part.min) / part.histogram.length;
    part.histogram.forEach((n, i) => {
      const place = width > 0 ? Math.floor((part.min + (i + 0.5) * own - min) / width) : 0;
      histogram[Math.min(histogram.length - 1, Math.max(0, place))]! += n;
    });
  }
  return {
    band,
    looked,
    count,
    min,
    max,
    mean,
    std: Math.sqrt(square / count),
    percentiles: percents.map((percent) => [percent, quantile(percent)]),
    histogram,
    exact,
  };
}

/** Percent of the values below `value`, between the known percentiles in a straight line. */
function below(percentiles: LayerStatistics["percentiles"], value: number): number {
  for (let i = 1; i < percentiles.length; i++) {
    const [[p, from], [q, to]] = [percentiles[i - 1]!, percentiles[i]!];
    if (value < from) return i === 1 ? 0 : p;
    if (value < to) return p + ((q - p) * (value - from)) / (to - from);
  }
  return 100;
}
