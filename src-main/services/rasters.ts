import { readdirSync, statSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import { z } from "zod";
import type { Acquisition, Modality, SensorId } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { intersection } from "../../src-shared/geo/bounds.ts";
import { boundsOf, type GeoBox, resolutionOf } from "../../src-shared/geo/geobox.ts";
import type { Catalog, RasterHeader, Raster as RasterRow } from "../catalog/index.ts";
import { describeFile, type FileChoice, type FileDescription, groupAcquisitions } from "../cube/acquisitions.ts";
import { checkModality, proposeModalities } from "../cube/modalities.ts";
import type { RasterFacts } from "../cube/reader.ts";
import { crsName, isGeographic, openRaster, type RasterInfo, requireGeobox, transformer } from "../raster/index.ts";
import type { Deps } from "./deps.ts";
import { door } from "./door.ts";

/** A CRS that transforms; anything else is a sentence. */
export function knownCrs(crs: string): string {
  const code = /^\d+$/.test(crs) ? `EPSG:${crs}` : crs;
  // Asking what kind it is reads the definition, and an unknown one throws.
  isGeographic(code);
  return code;
}

export type PlacedInfo = RasterInfo & { readonly geobox: GeoBox };

/** The header of a raster that has a place on Earth. */
export async function readRasterInfo(path: string, crs?: string): Promise<PlacedInfo> {
  const raster = await openRaster(path, { crs });
  try {
    return { ...raster.info, geobox: requireGeobox(raster) };
  } finally {
    raster.close();
  }
}

const sensorIds = ["sentinel-2", "sentinel-1", "landsat", "aerial", "other"] as const satisfies readonly SensorId[];

const importSchema = z.strictObject({
  /** files, or folders that are searched for .tif and .tiff */
  paths: z.array(z.string().min(1)).min(1),
  sensor: z.enum(sensorIds).optional(),
  date: z.iso.date().optional(),
  bands: z.array(z.string().min(1)).optional(),
  crs: z.string().min(1).optional(),
  duplicateDates: z.enum(["error", "best", "merge", "keep"]).optional(),
});

/** Images of a project: which files, which dates, which inputs of the network. */
export function rasterService({ catalog, announce }: Deps) {
  return {
    "rasters.list": door("rasters.list", z.strictObject({}), () => catalog.rasters.list()),

    /** Reads the headers, groups the files into acquisitions and proposes modalities; all or nothing is stored. */
    "rasters.import": door("rasters.import", importSchema, async (request) => {
      const crs = request.crs === undefined ? undefined : knownCrs(request.crs);
      const choices = imageFiles(request.paths).map((path): FileChoice => {
        const { sensor, date, bands } = request;
        return { path, ...(sensor ? { sensor } : {}), ...(date ? { date } : {}), ...(bands ? { bands } : {}) };
      });
      if (choices.length === 0) throw new AppError("no-images-found", { paths: request.paths });
      const { grid } = catalog.project.get();
      const read: { info: PlacedInfo; description: FileDescription }[] = [];
      for (const choice of choices) {
        const info = await readRasterInfo(choice.path, crs);
        requireOverlap(info, grid.geobox);
        read.push({ info, description: describeFile(factsOf(info), choice) });
      }
      const found = groupAcquisitions(read.map(({ description }) => description));
      return catalog.transaction(() => {
        const ids = read.map(({ info }) => catalog.rasters.add(info.path, headerOf(info)));
        for (const acquisition of found) catalog.acquisitions.put(joined(catalog, acquisition));
        const modalities = proposed(catalog, request.duplicateDates);
        for (const modality of modalities) catalog.modalities.put(modality);
        announce("catalog.changed", { table: "rasters", ids });
        const acquisitions = found.map(({ id }) => catalog.acquisitions.get(id)!);
        return { rasters: ids.length, acquisitions, modalities };
      });
    }),

    /** A raster's new place. The file has to be the same raster. */
    "rasters.relink": door(
      "rasters.relink",
      z.strictObject({ from: z.string().min(1), to: z.string().min(1), crs: z.string().optional() }),
      async ({ from, to, crs }) => {
        const raster = catalog.rasters.find(from) ?? catalog.rasters.list().find(({ path }) => path === from);
        if (!raster) throw new AppError("raster-not-in-project", { path: from });
        const info = await readRasterInfo(to, crs);
        catalog.rasters.relink(raster.id, to, headerOf(info));
        announce("catalog.changed", { table: "rasters", ids: [raster.id] });
        return catalog.rasters.get(raster.id)!;
      },
    ),

    /** Looks for every missing raster by name below `folder`, and re-links those whose header fits. */
    "rasters.relinkAll": door(
      "rasters.relinkAll",
      z.strictObject({ folder: z.string().min(1) }),
      async ({ folder }) => {
        const found = Map.groupBy(imageFiles([folder]), (path) => basename(path));
        const relinked: RasterRow[] = [];
        const problems: string[] = [];
        for (const raster of catalog.rasters.missing()) {
          const candidates = found.get(basename(raster.path)) ?? [];
          for (const candidate of candidates) {
            try {
              const info = await readRasterInfo(candidate, raster.header.crs ?? undefined);
              catalog.rasters.relink(raster.id, candidate, headerOf(info));
              relinked.push(catalog.rasters.get(raster.id)!);
              break;
            } catch (error) {
              if (!(error instanceof AppError)) throw error;
              problems.push(error.message);
            }
          }
        }
        announce("catalog.changed", { table: "rasters", ids: relinked.map(({ id }) => id) });
        return { relinked, missing: catalog.rasters.missing(), problems };
      },
    ),

    "modalities.list": door("modalities.list", z.strictObject({}), () => catalog.modalities.list()),
  };
}

/** The network's inputs that follow from all acquisitions. */
function proposed(catalog: Catalog, duplicateDates: Modality["duplicateDates"] | undefined): Modality[] {
  const acquisitions = catalog.acquisitions.list();
  const before = new Map(catalog.modalities.list().map((modality) => [modality.name, modality]));
  const { patchMeters } = catalog.project.get().grid;
  const nativeMeters = nativeResolutions(catalog, acquisitions);
  return proposeModalities(acquisitions, { patchMeters, nativeMeters }).map((modality) => {
    const choice = duplicateDates ?? before.get(modality.name)?.duplicateDates ?? modality.duplicateDates;
    const settled = { ...modality, duplicateDates: choice };
    checkModality(settled, acquisitions);
    return settled;
  });
}

/** Files of one acquisition may come in several imports: what is new joins what is known. */
function joined(catalog: Catalog, found: Acquisition): Acquisition {
  const known = catalog.acquisitions.get(found.id);
  if (!known) return found;
  const names = new Set(found.bands.map(({ name }) => name));
  const quality = found.quality ?? known.quality;
  return {
    ...(found.bands.length ? found : known),
    bands: [...found.bands, ...known.bands.filter(({ name }) => !names.has(name))].sort((p, q) =>
      p.name < q.name ? -1 : 1,
    ),
    ...(quality ? { quality } : {}),
    evidence: [...new Set([...known.evidence, ...found.evidence])],
  };
}

/** The pixel size of aerial images, which no sensor table knows. */
function nativeResolutions(catalog: Catalog, acquisitions: readonly Acquisition[]): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const { sensor, bands } of acquisitions) {
    const affine = bands[0] && catalog.rasters.find(bands[0].path)?.header.affine;
    if (affine) sizes[sensor] = Math.min(sizes[sensor] ?? Number.POSITIVE_INFINITY, Math.hypot(affine.b, affine.e));
  }
  return sizes;
}

export const headerOf = (info: PlacedInfo): RasterHeader => ({
  width: info.width,
  height: info.height,
  bands: info.bands.length,
  dataType: info.dataType,
  crs: info.geobox.crs,
  affine: info.geobox.affine,
});

export const factsOf = ({ path, geobox, bands, metadata }: PlacedInfo): RasterFacts => ({
  path,
  geobox,
  bands,
  metadata,
});

/** The image touches the project's area; compared in the project's CRS along the image's edges. */
function requireOverlap(info: PlacedInfo, project: GeoBox): void {
  const { geobox, path } = info;
  const to = transformer(geobox.crs, project.crs);
  const own = boundsOf(geobox);
  const points = Array.from({ length: 9 }, (_, i) => i / 8).flatMap((t) => {
    const [x, y] = [own.minX + t * (own.maxX - own.minX), own.minY + t * (own.maxY - own.minY)];
    return [to.forward(x, own.minY), to.forward(x, own.maxY), to.forward(own.minX, y), to.forward(own.maxX, y)];
  });
  const finite = points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  const bounds = {
    minX: Math.min(...finite.map(([x]) => x)),
    minY: Math.min(...finite.map(([, y]) => y)),
    maxX: Math.max(...finite.map(([x]) => x)),
    maxY: Math.max(...finite.map(([, y]) => y)),
  };
  const area = boundsOf(project);
  if (finite.length && intersection(bounds, area)) return;
  const text = `${area.minX}, ${area.minY} to ${area.maxX}, ${area.maxY} in ${crsName(project.crs)}`;
  throw new AppError("raster-outside-project", { path, area: text });
}

/** Image files among `paths` and below the folders among them, each once, in order of name. */
export function imageFiles(paths: readonly string[]): string[] {
  const files = paths.flatMap((path) => {
    const full = resolve(path);
    const stats = statSync(full, { throwIfNoEntry: false });
    if (!stats) throw new AppError("file-missing", { path });
    if (!stats.isDirectory()) return [full];
    return readdirSync(full, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && [".tif", ".tiff"].includes(extname(entry.name).toLowerCase()))
      .map((entry) => join(entry.parentPath, entry.name));
  });
  return [...new Set(files)].sort();
}

/** Headers and conversions of single files; no project needed. */
export function fileService() {
  return {
    "raster.info": door(
      "raster.info",
      z.strictObject({ path: z.string().min(1), crs: z.string().optional() }),
      async ({ path, crs }) => {
        const raster = await openRaster(path, { crs });
        const { info } = raster;
        raster.close();
        const placed = info.geobox;
        return {
          ...info,
          crsName: placed?.crs ? crsName(placed.crs) : null,
          bounds: placed ? boundsOf(placed) : null,
          resolution: placed ? resolutionOf(placed) : null,
        };
      },
    ),
  };
}
