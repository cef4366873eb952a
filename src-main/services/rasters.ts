import { readdirSync, statSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import { z } from "zod";
import { type Acquisition, type Modality, type SensorId, sensors } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { boundsOf, type GeoBox } from "../../src-shared/geo/geobox.ts";
import type { RasterHeader, Raster as RasterRow } from "../catalog/index.ts";
import {
  checkModality,
  type FileChoice,
  type ImportOptions,
  importFiles,
  nativeMeters,
  proposeModalities,
  type Reader,
  rasterReader,
  reportDates,
  settleSeries,
} from "../cube/index.ts";
import { isGeographic, openRaster, type RasterInfo, requireGeobox } from "../raster/index.ts";
import type { Deps } from "./deps.ts";
import { door } from "./door.ts";
import { filePath } from "./path-gate.ts";

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

/** The same, after reading the last pixel: a file that was cut off while it was copied has a good header. */
async function readWhole(path: string, crs: string | undefined): Promise<PlacedInfo> {
  const raster = await openRaster(path, { crs });
  try {
    const { width, height } = raster.info;
    await raster.readWindow({ col: width - 1, row: height - 1, width: 1, height: 1 });
    return { ...raster.info, geobox: requireGeobox(raster) };
  } finally {
    raster.close();
  }
}

const sensorIds = ["sentinel-2", "sentinel-1", "landsat", "aerial", "other"] as const satisfies readonly SensorId[];

const importSchema = z.strictObject({
  /** files, or folders that are searched for .tif and .tiff */
  paths: z.array(filePath).min(1),
  sensor: z.enum(sensorIds).optional(),
  date: z.iso.date().optional(),
  bands: z.array(z.string().min(1)).optional(),
  crs: z.string().min(1).optional(),
  duplicateDates: z.enum(["error", "best", "merge", "keep"]).optional(),
  /** leaves out what cannot be imported, and says so, instead of stopping */
  skip: z.boolean().default(false),
});

/** Images of a project: which files, which dates, which inputs of the network. */
export function rasterService({ catalog, announce }: Deps) {
  return {
    "rasters.list": door("rasters.list", z.strictObject({}), () => catalog.rasters.list()),

    /**
     * Reads the headers, joins the files to acquisitions and proposes modalities. All of it is stored, or nothing.
     * Every date of an optical series is looked at on a coarse grid, since a wrong offset shows only in the pixels.
     */
    "rasters.import": door("rasters.import", importSchema, async (request): Promise<ImportedImages> => {
      const crs = request.crs === undefined ? undefined : knownCrs(request.crs);
      const { sensor, date, bands } = request;
      const all = imageFiles(request.paths).map(
        (path): FileChoice => ({
          path,
          ...(sensor ? { sensor } : {}),
          ...(date ? { date } : {}),
          ...(bands ? { bands } : {}),
        }),
      );
      if (all.length === 0) throw new AppError("no-images-found", { paths: request.paths });
      const { geobox, patchMeters } = catalog.project.get().grid;
      const reader = rasterReader();
      try {
        const area = { crs: geobox.crs, bounds: boundsOf(geobox) };
        const progress = (done: number, total: number) =>
          announce("work", { name: "Reading images", fraction: done / total });
        const placing = { area, ...(crs === undefined ? {} : { crs }) };
        const { choices, skipped } = request.skip ? await usable(reader, all, placing) : { choices: all, skipped: [] };
        if (choices.length === 0) throw skipped[0];
        const found = await importFiles(reader, choices, { ...placing, progress });
        const headers: PlacedInfo[] = [];
        for (const { path } of choices) headers.push(await readWhole(path, crs));
        const known = new Map(catalog.acquisitions.list().map((acquisition) => [acquisition.id, acquisition]));
        for (const acquisition of found) known.set(acquisition.id, joined(known.get(acquisition.id), acquisition));
        const acquisitions = [...known.values()];
        const before = new Map(catalog.modalities.list().map((modality) => [modality.name, modality]));
        const native = await nativeMeters(reader, acquisitions);
        const warnings = new Set(found.flatMap(({ radiometry }) => radiometry.warnings));
        const modalities: Modality[] = [];
        for (const proposal of proposeModalities(acquisitions, { patchMeters, nativeMeters: native })) {
          const choice = request.duplicateDates ?? before.get(proposal.name)?.duplicateDates ?? "error";
          const modality = { ...proposal, duplicateDates: choice };
          checkModality(modality, acquisitions);
          const looks = modality.kind === "series" && (modality.sensor === "sentinel-2" || choice === "best");
          const reports = looks ? await reportDates(reader, modality, acquisitions, geobox) : [];
          const settled = settleSeries(modality, acquisitions, reports);
          if (settled.warning) warnings.add(settled.warning);
          modalities.push(settled.modality);
        }
        return catalog.transaction(() => {
          const ids = headers.map((info) => catalog.rasters.add(info.path, headerOf(info)));
          for (const { id } of found) catalog.acquisitions.put(known.get(id)!);
          for (const modality of modalities) catalog.modalities.put(modality);
          announce("catalog.changed", { table: "rasters", ids });
          const messages = [...skipped.map(({ message }) => `Left out: ${message}`), ...warnings];
          return { rasters: ids.length, acquisitions: found, modalities, warnings: messages };
        });
      } finally {
        await reader.close();
      }
    }),

    /** A raster's new place. The file has to be the same raster. */
    "rasters.relink": door(
      "rasters.relink",
      z.strictObject({ from: z.string().min(1), to: filePath, crs: z.string().optional() }),
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
    "rasters.relinkAll": door("rasters.relinkAll", z.strictObject({ folder: filePath }), async ({ folder }) => {
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
    }),

    "modalities.list": door("modalities.list", z.strictObject({}), () => catalog.modalities.list()),
  };
}

/** Which files can be imported by themselves, and why the others cannot. */
async function usable(
  reader: Reader,
  all: readonly FileChoice[],
  options: ImportOptions,
): Promise<{ readonly choices: readonly FileChoice[]; readonly skipped: readonly AppError[] }> {
  const choices: FileChoice[] = [];
  const skipped: AppError[] = [];
  for (const choice of all) {
    try {
      await importFiles(reader, [choice], options);
      await readWhole(choice.path, options.crs);
      choices.push(choice);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      skipped.push(error);
    }
  }
  return { choices, skipped };
}

export interface ImportedImages {
  readonly rasters: number;
  /** those the files belong to */
  readonly acquisitions: readonly Acquisition[];
  /** all of the project */
  readonly modalities: readonly Modality[];
  readonly warnings: readonly string[];
}

/** Files of one acquisition may come in several imports: what is new joins what is known. */
function joined(known: Acquisition | undefined, found: Acquisition): Acquisition {
  if (!known) return found;
  const names = new Set(found.bands.map(({ name }) => name));
  const quality = found.quality ?? known.quality;
  const { bands } = sensors[found.sensor];
  const order = (name: string) => bands.findIndex((band) => band.name === name);
  return {
    ...(found.bands.length ? found : known),
    bands: [...known.bands.filter(({ name }) => !names.has(name)), ...found.bands].sort(
      (p, q) => order(p.name) - order(q.name),
    ),
    ...(quality ? { quality } : {}),
    evidence: [...new Set([...known.evidence, ...found.evidence])],
  };
}

export const headerOf = (info: PlacedInfo): RasterHeader => ({
  width: info.width,
  height: info.height,
  bands: info.bands.length,
  dataType: info.dataType,
  crs: info.geobox.crs,
  affine: info.geobox.affine,
});

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
