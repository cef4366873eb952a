import { AppError } from "../../src-shared/errors/index.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import type { Raster } from "./raster.ts";

/**
 * The grid of a raster that must be on a map; otherwise one sentence that says what is missing.
 * @throws AppError "raster-without-transform", "raster-without-crs"
 */
export function requireGeobox({ info }: Raster): GeoBox {
  if (!info.geobox) throw new AppError("raster-without-transform", { path: info.path });
  if (!info.crs) throw new AppError("raster-without-crs", { path: info.path });
  return info.geobox;
}
