// Everything known about one layer: from the catalog, and from the headers of its files as they are now.
import { basename } from "node:path";
import { mapFileKind, pathOfMapLayer } from "../../../src-shared/domain/map-files.ts";
import {
  type Acquisition,
  bandNamesOf,
  evidenceOf,
  filesOf,
  maskFileOf,
  measuredFiles,
  pathsOf,
  radiometryOf,
  sensors,
  tilesOf,
  warningsOf,
} from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { boundsOf, resolutionOf } from "../../../src-shared/geo/geobox.ts";
import { errorMessage } from "../../../src-shared/ipc/errors.ts";
import type { LayerBand, LayerFile, LayerKind, LayerProperties, ValueReading } from "../../../src-shared/ipc/layers.ts";
import type { Catalog, Raster as RasterRow } from "../../catalog/index.ts";
import { crsName, lonLatBounds, openRaster, type RasterInfo } from "../../raster/index.ts";
import { type VectorFacts, vectorFacts } from "./vectors.ts";

export async function layerProperties(catalog: Catalog, id: string): Promise<LayerProperties> {
  const colon = id.indexOf(":");
  const kind = (colon < 0 ? id : id.slice(0, colon)) as LayerKind;
  const key = colon < 0 ? "" : id.slice(colon + 1);
  const none: LayerProperties = {
    id,
    kind,
    name: null,
    sensor: null,
    date: null,
    time: null,
    platform: null,
    level: null,
    relativeOrbit: null,
    pass: null,
    tile: null,
    processingBaseline: null,
    radiometry: null,
    reading: null,
    shift: null,
    evidence: [],
    pieces: 1,
    bands: [],
    files: [],
    modalities: [],
    features: null,
  };
  if (kind === "acquisition") return { ...none, ...(await ofAcquisition(catalog, id, key)) };
  if (kind === "raster") {
    const raster = catalog.rasters.get(Number(key));
    if (!raster) throw new AppError("layer-not-found", { id });
    const { file, info } = await fileOf(raster);
    return {
      ...none,
      name: raster.name ?? basename(raster.path),
      files: [file],
      bands: bandsOfFile(raster.path, info),
    };
  }
  const drawn = mapFileKind(kind);
  if (drawn && drawn !== "probabilities") {
    const map = catalog.maps.list().find((candidate) => candidate.id === Number(key));
    const path = map && pathOfMapLayer(map.files, drawn);
    if (!map || !path) throw new AppError("layer-not-found", { id });
    const { file, info } = await fileOf(path);
    return {
      ...none,
      name: map.name,
      date: map.createdAt.slice(0, 10),
      modalities: map.modalities,
      files: [file],
      bands: bandsOfFile(file.path, info),
    };
  }
  if (kind === "difference") {
    const { name, createdAt, result } = catalog.comparisons.get(Number(key));
    const { file, info } = await fileOf(result.path);
    return { ...none, name, date: createdAt.slice(0, 10), files: [file], bands: bandsOfFile(file.path, info) };
  }
  if (kind === "surface") {
    const { name, createdAt, result } = catalog.surfaces.get(Number(key));
    const { file, info } = await fileOf(result.path);
    return { ...none, name, date: createdAt.slice(0, 10), files: [file], bands: bandsOfFile(file.path, info) };
  }
  if (kind === "vector") {
    const vector = catalog.vectors.list().find((candidate) => candidate.id === Number(key));
    if (!vector) throw new AppError("layer-not-found", { id });
    const { path, layer, crs, name } = vector;
    const { count, geometryType, fields, ...facts } = await vectorFacts(path, {
      ...(layer ? { layer } : {}),
      ...(crs ? { crs } : {}),
    });
    return { ...none, name, features: { count, geometryType, fields }, files: [vectorFile(vector.path, facts, crs)] };
  }
  const legend = kind === "labels" ? catalog.legends.list().find((entry) => entry.id === Number(key)) : undefined;
  return { ...none, name: legend?.name ?? null };
}

async function ofAcquisition(catalog: Catalog, id: string, key: string): Promise<Partial<LayerProperties>> {
  const acquisition = catalog.acquisitions.get(key);
  if (!acquisition) throw new AppError("layer-not-found", { id });
  const read = new Map<string, { file: LayerFile; info: RasterInfo | undefined }>();
  for (const path of pathsOf(acquisition)) read.set(path, await fileOf(catalog.rasters.find(path) ?? path));
  const bands = bandNamesOf(acquisition).flatMap((name): LayerBand[] => {
    const file = filesOf(acquisition).find((one) => one.bands.some((own) => own.name === name));
    const own = file?.bands.find((candidate) => candidate.name === name);
    if (!file || !own) return [];
    const { path } = file;
    const { bandIndex, scale, offset, nodata } = own;
    const band = sensors[acquisition.sensor].bands.find((candidate) => candidate.name === name);
    return [
      {
        name,
        title: band?.title ?? null,
        wavelengthNanometers: band?.wavelengthNanometers ?? null,
        path,
        bandIndex,
        scale,
        offset,
        nodata: nodata ?? null,
        dataType: read.get(path)?.info?.bands[bandIndex - 1]?.dataType ?? null,
      },
    ];
  });
  const baselines = acquisition.pieces.flatMap(({ files }) =>
    files.flatMap(({ facts }) => facts.processingBaseline ?? []),
  );
  return {
    name: acquisition.name ?? null,
    sensor: acquisition.sensor,
    date: acquisition.date,
    time: acquisition.time ?? null,
    platform: acquisition.platform ?? null,
    level: acquisition.level ?? null,
    relativeOrbit: acquisition.relativeOrbit ?? null,
    pass: acquisition.pass ?? null,
    tile: tilesOf(acquisition).join(", ") || null,
    processingBaseline: [...new Set(baselines)].sort().join(", ") || null,
    radiometry: { ...radiometryOf(acquisition), warnings: warningsOf(acquisition) },
    // Of a date with a mask alone no number is read.
    reading: measuredFiles(acquisition).length > 0 ? readingOf(acquisition) : null,
    shift: acquisition.shift ?? null,
    evidence: evidenceOf(acquisition),
    pieces: acquisition.pieces.length,
    bands,
    files: [...read.values()].map(({ file }) => file),
    modalities: catalog.modalities
      .list()
      .filter(({ acquisitions }) => acquisitions.includes(key))
      .map(({ name }) => name),
  };
}

/** Over all files with something measured in them, whichever piece they belong to. */
function readingOf(acquisition: Acquisition): ValueReading {
  const measured = measuredFiles(acquisition);
  const bands = measured.flatMap((file) => file.bands);
  const agreed = <Value>(values: readonly Value[], none: Value): Value | "several" => {
    const different = new Set(values).size;
    return different > 1 ? "several" : different === 1 ? values[0]! : none;
  };
  return {
    quantity: agreed(
      measured.map(({ radiometry }) => radiometry.quantity),
      radiometryOf(acquisition).quantity,
    ),
    scale: agreed(
      bands.map(({ scale }) => scale),
      1,
    ),
    offset: agreed(
      bands.map(({ offset }) => offset),
      0,
    ),
    nodata: agreed(
      bands.map(({ nodata }) => nodata ?? null),
      null,
    ),
    masks: distinct(
      acquisition.pieces.flatMap((piece) => {
        const file = maskFileOf(piece);
        if (!file) return [];
        const { chosen: _, ...quality } = file.quality;
        return [{ path: file.path, ...quality }];
      }),
    ),
  };
}

const distinct = <Value>(values: readonly Value[]): Value[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];

const bandsOfFile = (path: string, info: RasterInfo | undefined): LayerBand[] =>
  (info?.bands ?? []).map(({ name, dataType, nodata, scale, offset }, index) => ({
    name: name ?? String(index + 1),
    title: null,
    wavelengthNanometers: null,
    path,
    bandIndex: index + 1,
    scale,
    offset,
    nodata: nodata ?? null,
    dataType,
  }));

/** A file that cannot be read keeps what the catalog knows of it, and says why. */
async function fileOf(raster: RasterRow | string): Promise<{ file: LayerFile; info: RasterInfo | undefined }> {
  const row = typeof raster === "string" ? undefined : raster;
  const path = typeof raster === "string" ? raster : raster.path;
  let info: RasterInfo | undefined;
  let problem: LayerFile["problem"] = null;
  try {
    const opened = await openRaster(path, { crs: row?.crs ?? undefined });
    info = opened.info;
    opened.close();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    problem = errorMessage(error);
  }
  const header = row?.header;
  const width = info?.width ?? header?.width ?? 0;
  const height = info?.height ?? header?.height ?? 0;
  const affine = info?.geobox?.affine ?? header?.affine ?? null;
  const crs = info?.geobox?.crs || header?.crs || null;
  const grid = affine && crs ? { crs, affine, width, height } : null;
  const file: LayerFile = {
    rasterId: row?.id ?? null,
    path,
    bytes: row?.bytes ?? null,
    addedAt: row?.addedAt ?? null,
    state: problem ? "missing" : (row?.state ?? "present"),
    width,
    height,
    affine,
    crs,
    crsName: crs ? crsName(crs) : null,
    crsChosen: (row?.crs ?? null) !== null,
    resolution: grid ? resolutionOf(grid) : null,
    bounds: grid ? boundsOf(grid) : null,
    lonLat: grid ? (lonLatBounds(grid) ?? null) : null,
    dataType: info?.dataType ?? header?.dataType ?? "",
    compression: info?.compression ?? null,
    blocks: info ? { width: info.blockWidth, height: info.blockHeight, tiled: info.tiled } : null,
    overviews: info?.overviews ?? [],
    validity: info?.validity ?? null,
    metadata: info?.metadata ?? {},
    problem,
  };
  return { file, info };
}

function vectorFile(
  path: string,
  { bounds, crs }: Pick<VectorFacts, "bounds" | "crs">,
  chosen: string | null,
): LayerFile {
  return {
    rasterId: null,
    path,
    bytes: null,
    addedAt: null,
    state: "present",
    width: 0,
    height: 0,
    affine: null,
    crs,
    crsName: crsName(crs),
    crsChosen: chosen !== null,
    resolution: null,
    bounds,
    lonLat: null,
    dataType: "",
    compression: null,
    blocks: null,
    overviews: [],
    validity: null,
    metadata: {},
    problem: null,
  };
}
