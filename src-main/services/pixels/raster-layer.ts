import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import { isOfClasses, type MapLayerKind, mapFileKind, pathOfMapLayer } from "../../../src-shared/domain/map-files.ts";
import {
  type AcquisitionFile,
  type AcquisitionPiece,
  bandNamesOf,
  clearSclClasses,
  type FileBand,
  maskFileOf,
  type Radiometry,
  radiometryOf,
  type SensorId,
  type Shift,
  sclClasses,
  sensors,
} from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { Catalog } from "../../catalog/index.ts";
import { holderState } from "../../files/index.ts";
import { headers, quantityRead } from "../../imagery/index.ts";
import { contentKey } from "../../raster/index.ts";
import { legendOfFile } from "../maps/legend.ts";
import { clearClassesOf } from "../rasters/imagery.ts";

export interface LayerBand {
  readonly name: string;
  readonly title: string;
  /** numbers are names of classes: never mixed with their neighbours */
  readonly classes: boolean;
}

/** A layer of pixels, as the map and the statistics read it. */
export interface RasterLayer {
  readonly id: string;
  readonly kind: "image" | "classes" | "confidence";
  readonly sensor: SensorId | null;
  readonly date: string | null;
  /** what values are once they are read */
  readonly quantity: Radiometry["quantity"];
  readonly bands: readonly LayerBand[];
  /** as those of an acquisition; the bands of classes are bands of files of their own */
  readonly pieces: readonly AcquisitionPiece[];
  readonly shift?: Shift;
  /** where pieces overlap, clear pixels are drawn: see `ReadingOptions` */
  readonly clearClasses: readonly number[];
  readonly legend: readonly LegendClass[] | null;
  /** of a map of numbers: where its colours begin and end */
  readonly range?: readonly [low: number, high: number];
}

/** A file that belongs to no acquisition, or the classes of one: numbers as they are. */
const plainFile = (
  { path, crs, grid }: { readonly path: string; readonly crs?: Crs | undefined; readonly grid?: GeoBox | undefined },
  bands: readonly FileBand[],
): AcquisitionFile => ({
  path,
  ...(crs ? { crs } : {}),
  ...(grid ? { grid } : {}),
  bands,
  radiometry: { quantity: "unknown", scale: 1, offset: 0, decidedBy: { code: "written", text: "" }, warnings: [] },
  facts: {},
  evidence: [],
});

/** The layer called `id`; what is no layer of the project is a sentence. */
export async function rasterLayer(catalog: Catalog, id: string): Promise<RasterLayer> {
  const at = id.indexOf(":");
  const kind = id.slice(0, at);
  const name = id.slice(at + 1);
  const drawn = mapFileKind(kind);
  const layer = await (kind === "acquisition"
    ? ofAcquisition(catalog, id, name)
    : kind === "raster"
      ? ofRaster(catalog, id, Number(name))
      : drawn && drawn !== "probabilities"
        ? ofMap(catalog, id, drawn, Number(name))
        : kind === "difference"
          ? ofDifference(catalog, id, Number(name))
          : kind === "surface"
            ? ofSurface(catalog, id, Number(name))
            : undefined);
  if (!layer) throw new AppError("layer-not-found", { id });
  return layer;
}

function ofAcquisition(catalog: Catalog, id: string, wanted: string): RasterLayer | undefined {
  const acquisition = catalog.acquisitions.get(wanted);
  if (!acquisition) return undefined;
  const { sensor, date, shift } = acquisition;
  const known = sensors[sensor].bands;
  const bands = bandNamesOf(acquisition).map(
    (name): LayerBand => ({ name, title: known.find((one) => one.name === name)?.title ?? name, classes: false }),
  );
  const masks = acquisition.pieces.flatMap((piece) => maskFileOf(piece) ?? []);
  const scene = masks.every(({ quality }) => quality.kind === "scl");
  const name = scene ? "SCL" : "mask";
  if (masks.length > 0) bands.push({ name, title: scene ? "Scene classification" : "Mask", classes: true });
  const pieces = acquisition.pieces.map((piece): AcquisitionPiece => {
    const mask = maskFileOf(piece);
    if (!mask) return piece;
    const { bandIndex, kind } = mask.quality;
    const band = { name, bandIndex, scale: 1, offset: 0, ...(kind === "scl" ? { nodata: 0 } : {}) };
    return { files: [...piece.files, plainFile(mask, [band])] };
  });
  return {
    id,
    kind: "image",
    sensor,
    date,
    quantity: quantityRead(radiometryOf(acquisition).quantity),
    bands,
    pieces,
    ...(shift ? { shift } : {}),
    clearClasses: clearClassesOf(catalog).get(acquisition.id) ?? clearSclClasses,
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
  const shown = info.bands
    .map((band, i) => ({ band, bandIndex: i + 1 }))
    .filter(({ band }) => band.colorInterpretation !== "alpha");
  return {
    id,
    kind: classes ? "classes" : "image",
    sensor: null,
    date: null,
    quantity: "unknown",
    bands: shown.map(({ band, bandIndex }) => ({
      name: String(bandIndex),
      title: band.name ?? `Band ${bandIndex}`,
      classes,
    })),
    pieces: [
      {
        files: [
          plainFile(
            { path: row.path, crs },
            shown.map(({ band: { scale, offset }, bandIndex }) => ({
              name: String(bandIndex),
              bandIndex,
              scale,
              offset,
            })),
          ),
        ],
      },
    ],
    clearClasses: [],
    legend: classes ? await legendOfFile(row.path) : null,
  };
}

async function ofMap(
  catalog: Catalog,
  id: string,
  kind: MapLayerKind,
  number: number,
): Promise<RasterLayer | undefined> {
  const map = catalog.maps.list().find((one) => one.id === number);
  const path = map && pathOfMapLayer(map.files, kind);
  if (!path) return undefined;
  const { info } = await headers.open(path);
  const [only] = info.bands;
  if (!only) return undefined;
  const { scale, offset } = only;
  const classes = isOfClasses(kind);
  return {
    id,
    kind: classes ? "classes" : "confidence",
    sensor: null,
    date: null,
    quantity: "unknown",
    bands: [{ name: "1", title: only.name ?? map.name, classes }],
    pieces: [{ files: [plainFile({ path }, [{ name: "1", bandIndex: 1, scale, offset }])] }],
    clearClasses: [],
    legend: classes ? await legendOfFile(path) : null,
  };
}

/** The difference layer of two maps: its classes are changes. */
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
    bands: [{ name: "1", title: comparison.name, classes: true }],
    pieces: [{ files: [plainFile({ path }, [{ name: "1", bandIndex: 1, scale: 1, offset: 0 }])] }],
    clearClasses: [],
    legend: classes.map(({ code, name, color }) => ({ code, name, color })),
  };
}

/** A map of numbers: the number alone; the ends of its interval are told where somebody clicks. */
async function ofSurface(catalog: Catalog, id: string, number: number): Promise<RasterLayer | undefined> {
  const surface = catalog.surfaces.list().find((one) => one.id === number);
  if (!surface) return undefined;
  const { path, bands, stretch } = surface.result;
  const { info } = await headers.open(path);
  if (!info.bands[0]) return undefined;
  return {
    id,
    kind: "confidence",
    sensor: null,
    date: null,
    quantity: "unknown",
    bands: [{ name: "1", title: bands[0] ?? surface.name, classes: false }],
    pieces: [{ files: [plainFile({ path }, [{ name: "1", bandIndex: 1, scale: 1, offset: 0, nodata: Number.NaN }])] }],
    clearClasses: [],
    legend: null,
    range: stretch,
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

/** Changes whenever pixels of the layer may have: which file, its size and times, what its numbers mean, and the correction of position. */
export async function versionOf({ pieces, shift, clearClasses }: RasterLayer): Promise<string> {
  const files = pieces.flatMap((piece) => piece.files);
  const paths = [...new Set(files.map(({ path }) => path))];
  const marks = await Promise.all(paths.map((path) => holderState(path).then(contentKey, () => "missing")));
  const meaning = files.flatMap(({ path, crs, bands, radiometry: { quantity } }) =>
    bands.map(({ name, bandIndex, scale, offset, nodata }) =>
      [name, path, bandIndex, scale, offset, nodata ?? "", crs ?? "", quantity].join(" "),
    ),
  );
  // Of several pieces the clearest is drawn.
  const masks = pieces.length > 1 ? [JSON.stringify([clearClasses, files.map(({ quality }) => quality)])] : [];
  return hash([...marks, ...meaning, ...masks, JSON.stringify(shift ?? null)].join("|"));
}

/** FNV-1a of 64 bits, as text: short addresses; it need not be secure. */
function hash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    value = BigInt.asUintN(64, (value ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  }
  return value.toString(36);
}
