/** The cube's reader over real files: few of them open at once, headers kept. */

import { apply } from "../../src-shared/geo/affine.ts";
import { type Bounds, boundsOfPoints } from "../../src-shared/geo/bounds.ts";
import type { Crs } from "../../src-shared/geo/crs.ts";
import { type GeoBox, positionsOver } from "../../src-shared/geo/geobox.ts";
import { openRaster, type Raster, requireGeobox, transformer, warp } from "../raster/index.ts";
import type { RasterFacts, Reader, WarpRequest } from "./reader.ts";

export interface RasterReaderOptions {
  /** headers kept; a raster is reopened when it is needed again */
  readonly openAtOnce?: number;
}

export function rasterReader({ openAtOnce = 512 }: RasterReaderOptions = {}): Reader {
  const open = new Map<string, Promise<Raster>>();

  const rasterOf = (path: string, crs?: Crs): Promise<Raster> => {
    const key = `${path}\n${crs ?? ""}`;
    const known = open.get(key);
    const raster = known ?? openRaster(path, crs ? { crs } : {});
    open.delete(key);
    open.set(key, raster);
    if (!known) {
      raster.catch(() => open.delete(key));
      const [oldest] = open.keys();
      // A warp under way keeps its raster; dropping it here only forgets the header.
      if (open.size > openAtOnce && oldest !== undefined) open.delete(oldest);
    }
    return raster;
  };

  return {
    async facts(path, crs): Promise<RasterFacts> {
      const raster = await rasterOf(path, crs);
      const { bands, metadata, crsNote } = raster.info;
      const chosen = crs ? { crs } : {};
      return { path, ...chosen, geobox: requireGeobox(raster), ...(crsNote ? { crsNote } : {}), bands, metadata };
    },
    async warp({ path, bands, target, method, crs }: WarpRequest, signal) {
      return warp(await rasterOf(path, crs), target, { bands, method, signal });
    },
    boundsIn,
    async close() {
      const rasters = await Promise.allSettled(open.values());
      for (const raster of rasters) if (raster.status === "fulfilled") raster.value.close();
      open.clear();
    },
  };
}

/** Edges are curved in another projection, so they are followed in 20 steps. */
function boundsIn(grid: GeoBox, crs: Crs): Bounds | undefined {
  const { forward } = transformer(grid.crs, crs);
  return boundsOfPoints(positionsOver(grid, 20).map(([col, row]) => forward(...apply(grid.affine, col, row))));
}
