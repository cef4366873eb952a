import { stat } from "node:fs/promises";
import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import {
  bandNamesOf,
  maskFileOf,
  type Radiometry,
  radiometryOf,
  type SensorId,
  sclClasses,
  sensors,
} from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { Catalog } from "../../catalog/index.ts";
import { headers } from "../../imagery/index.ts";
import { contentKey } from "../../raster/index.ts";
import { legendOfFile } from "../maps-legend.ts";

/** One band of a layer: in one file, or in the pieces of a mosaic. */
export interface LayerBand {
  readonly name: string;
  readonly title: string;
  /** numbers are names of classes: never mixed with their neighbours */
  readonly classes: boolean;
  readonly sources: readonly BandSource[];
}

/** Where a band lies in one file, and what its numbers mean there. */
export interface BandSource {
  /** of the layer's pieces: bands of one piece belong together */
  readonly piece: number;
  readonly path: string;
  readonly crs?: string | undefined;
  /** of the file, from its header, when the project knows it: files that lie elsewhere are not opened */
  readonly grid?: GeoBox | undefined;
  readonly bandIndex: number;
  readonly scale: number;
  readonly offset: number;
  readonly nodata?: number | undefined;
}

/** A layer of pixels, as the map and the statistics read it. */
export interface RasterLayer {
  readonly id: string;
  readonly kind: "image" | "classes" | "confidence";
  readonly sensor: SensorId | null;
  readonly date: string | null;
  readonly quantity: Radiometry["quantity"];
  readonly bands: readonly LayerBand[];
  /** project CRS; added to where the pixels lie */
  readonly shift: { readonly dx: number; readonly dy: number };
  readonly legend: readonly LegendClass[] | null;
}

const unmoved = { dx: 0, dy: 0 };

/** The layer called `id`; what is no layer of the project is a sentence. */
export async function rasterLayer(catalog: Catalog, id: string): Promise<RasterLayer> {
  const at = id.indexOf(":");
  const kind = id.slice(0, at);
  const name = id.slice(at + 1);
  const layer = await (kind === "acquisition"
    ? ofAcquisition(catalog, id, name)
    : kind === "raster"
      ? ofRaster(catalog, id, Number(name))
      : kind === "map" || kind === "confidence"
        ? ofMap(catalog, id, kind, Number(name))
        : kind === "difference"
          ? ofDifference(catalog, id, Number(name))
          : undefined);
  if (!layer) throw new AppError("layer-not-found", { id });
  return layer;
}

function ofAcquisition(catalog: Catalog, id: string, name: string): RasterLayer | undefined {
  const acquisition = catalog.acquisitions.get(name);
  if (!acquisition) return undefined;
  const { sensor, date, shift, pieces } = acquisition;
  const known = sensors[sensor].bands;
  const bands = bandNamesOf(acquisition).map((band): LayerBand => {
    const sources = pieces.flatMap(({ files }, piece): BandSource[] => {
      const file = files.find((one) => one.bands.some((own) => own.name === band));
      const own = file?.bands.find((candidate) => candidate.name === band);
      if (!file || !own) return [];
      const { bandIndex, scale, offset, nodata } = own;
      return [{ piece, path: file.path, crs: file.crs, grid: file.grid, bandIndex, scale, offset, nodata }];
    });
    return { name: band, title: known.find((one) => one.name === band)?.title ?? band, classes: false, sources };
  });
  const maskFiles = pieces.map(maskFileOf);
  const masks = maskFiles.flatMap((file, piece): BandSource[] => {
    if (!file) return [];
    const { path, crs, grid, quality } = file;
    const none = quality.kind === "scl" ? { nodata: 0 } : {};
    return [{ piece, path, crs, grid, bandIndex: quality.bandIndex, scale: 1, offset: 0, ...none }];
  });
  const scene = maskFiles.every((file) => !file || file.quality.kind === "scl");
  if (masks.length > 0)
    bands.push({
      name: scene ? "SCL" : "mask",
      title: scene ? "Scene classification" : "Mask",
      classes: true,
      sources: masks,
    });
  return {
    id,
    kind: "image",
    sensor,
    date,
    quantity: radiometryOf(acquisition).quantity,
    bands,
    shift: shift ?? unmoved,
    legend: masks.length > 0 && scene ? sclLegend : null,
  };
}

async function ofRaster(catalog: Catalog, id: string, number: number): Promise<RasterLayer | undefined> {
  const row = Number.isInteger(number) ? catalog.rasters.get(number) : undefined;
  if (!row) return undefined;
  const crs = row.header.crs ?? undefined;
  const { info } = await headers.open(row.path, crs);
  const [only] = info.bands;
  const classes = info.bands.length === 1 && Boolean(only?.colorTable ?? only?.categoryNames);
  return {
    id,
    kind: classes ? "classes" : "image",
    sensor: null,
    date: null,
    quantity: "unknown",
    bands: info.bands
      .map((band, i) => ({ band, bandIndex: i + 1 }))
      .filter(({ band }) => band.colorInterpretation !== "alpha")
      .map(({ band, bandIndex }) => ({
        name: String(bandIndex),
        title: band.name ?? `Band ${bandIndex}`,
        classes,
        sources: [{ piece: 0, path: row.path, crs, bandIndex, scale: band.scale, offset: band.offset }],
      })),
    shift: unmoved,
    legend: classes ? await legendOfFile(row.path) : null,
  };
}

async function ofMap(
  catalog: Catalog,
  id: string,
  kind: "map" | "confidence",
  number: number,
): Promise<RasterLayer | undefined> {
  const map = catalog.maps.list().find((one) => one.id === number);
  if (!map) return undefined;
  const path = kind === "map" ? map.files.classPath : map.files.confidencePath;
  const { info } = await headers.open(path);
  const [only] = info.bands;
  if (!only) return undefined;
  const { scale, offset } = only;
  const classes = kind === "map";
  return {
    id,
    kind: classes ? "classes" : "confidence",
    sensor: null,
    date: null,
    quantity: "unknown",
    bands: [
      { name: "1", title: only.name ?? map.name, classes, sources: [{ piece: 0, path, bandIndex: 1, scale, offset }] },
    ],
    shift: unmoved,
    legend: classes ? await legendOfFile(path) : null,
  };
}

/** What became what between two maps: its classes are changes. */
async function ofDifference(catalog: Catalog, id: string, number: number): Promise<RasterLayer | undefined> {
  const comparison = catalog.comparisons.list().find((one) => one.id === number);
  if (!comparison) return undefined;
  const { path, classes } = comparison.result;
  const { info } = await headers.open(path);
  if (!info.bands[0]) return undefined;
  return {
    id,
    kind: "classes",
    sensor: null,
    date: null,
    quantity: "unknown",
    bands: [
      {
        name: "1",
        title: comparison.name,
        classes: true,
        sources: [{ piece: 0, path, bandIndex: 1, scale: 1, offset: 0 }],
      },
    ],
    shift: unmoved,
    legend: classes.map(({ code, name, color }) => ({ code, name, color })),
  };
}

/** ESA's colours of the scene classification. */
const sclColors = [
  "#000000",
  "#ff0000",
  "#2f2f2f",
  "#643200",
  "#00a000",
  "#ffe65a",
  "#0000ff",
  "#808080",
  "#c0c0c0",
  "#ffffff",
  "#64c8ff",
  "#ff96ff",
];
const sclLegend: readonly LegendClass[] = sclClasses
  .map((name, code) => ({ code, name, color: sclColors[code]! }))
  .slice(1);

/** The band called `name`; another one is a sentence that says which file would have to hold it. */
export function bandOf(layer: RasterLayer, name: string): LayerBand {
  const band = layer.bands.find((one) => one.name === name);
  if (band) return band;
  throw new AppError("layer-not-found", { id: `${layer.id}, ${name}` });
}

/** Changes whenever pixels of the layer may have: which file, its size and times, and the correction of position. */
export async function versionOf(layer: RasterLayer): Promise<string> {
  const paths = [...new Set(layer.bands.flatMap(({ sources }) => sources.map(({ path }) => path)))];
  const marks = await Promise.all(paths.map((path) => stat(path, { bigint: true }).then(contentKey, () => "missing")));
  const meaning = layer.bands.flatMap(({ name, sources }) =>
    sources.map(({ path, bandIndex, scale, offset, nodata, crs }) =>
      [name, path, bandIndex, scale, offset, nodata ?? "", crs ?? ""].join(" "),
    ),
  );
  return hash([...marks, ...meaning, layer.shift.dx, layer.shift.dy].join("|"));
}

/** FNV-1a of 64 bits, as text: short addresses, and no secret behind them. */
function hash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    value = BigInt.asUintN(64, (value ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  }
  return value.toString(36);
}
