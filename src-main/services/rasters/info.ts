// What services ask of single image files: a CRS that is known, a header with a place, a file that is whole.
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { endingOf, imageEndings } from "../../../src-shared/domain/file-endings.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { RasterHeader } from "../../catalog/index.ts";
import { filesBelow } from "../../files/index.ts";
import { isGeographic, openRaster, type RasterInfo, requireGeobox } from "../../raster/index.ts";

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
export async function readWhole(path: string, crs: string | undefined): Promise<PlacedInfo> {
  const raster = await openRaster(path, { crs });
  try {
    const { width, height } = raster.info;
    await raster.readWindow({ col: width - 1, row: height - 1, width: 1, height: 1 });
    return { ...raster.info, geobox: requireGeobox(raster) };
  } finally {
    raster.close();
  }
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
    return filesBelow(full).filter((file) => imageEndings.includes(endingOf(file)));
  });
  return [...new Set(files)].sort();
}
