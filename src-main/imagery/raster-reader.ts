/** The reader of real files. */
import { releaseFile, requireGeobox, warp } from "../raster/index.ts";
import { type FileStates, headers } from "./headers.ts";
import type { RasterFacts, Reader, WarpRequest } from "./reader.ts";

/**
 * Reads each file in one state from the first question to the last: what was exchanged in between is an error.
 * @throws AppError "raster-changed" and those of `openRaster`
 */
export function rasterReader(states: FileStates = new Map()): Reader {
  return {
    async facts(path, crs): Promise<RasterFacts> {
      const raster = await headers.open(path, crs, { states });
      const { bands, metadata, crsNote } = raster.info;
      const chosen = crs ? { crs } : {};
      return { path, ...chosen, geobox: requireGeobox(raster), ...(crsNote ? { crsNote } : {}), bands, metadata };
    },
    async warp({ path, bands, target, bend, method, crs, nodata, limits }: WarpRequest, work = {}) {
      return warp(await headers.open(path, crs, { states, ...work }), target, {
        bands,
        bend,
        method,
        nodata,
        limits,
        ...work,
      });
    },
    /** Closes the files, so that they can be replaced; headers stay in the cache. */
    async close() {
      for (const path of states.keys()) releaseFile(path);
      states.clear();
    },
  };
}
