import { existsSync } from "node:fs";
import { z } from "zod";
import { AppError } from "../../../src-shared/errors/index.ts";
import { alignedGeobox, boundsOf, type GeoBox, resolutionOf } from "../../../src-shared/geo/geobox.ts";
import {
  convertToCog,
  crsName,
  lonLatBounds,
  openRaster,
  requireGeobox,
  statistics,
  suggestGeobox,
  warpToCog,
} from "../../raster/index.ts";
import { filePath } from "../path-gate.ts";
import { knownCrs, readRasterInfo } from "../rasters/rasters.ts";
import { validated } from "../validated.ts";

const file = filePath;
const text = z.string().min(1);
const bandList = z.array(z.int().positive()).min(1).optional();

/** Progress and cancelling of a long conversion: not part of the request, since functions cannot be serialised. */
export interface ProgressOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

/** Single image files; no project needed. */
export function fileService(watch: ProgressOptions = {}) {
  return {
    "raster.info": validated(
      "raster.info",
      z.strictObject({ path: file, crs: text.optional(), statistics: z.boolean().default(false) }),
      async ({ path, crs, statistics: wanted }) => {
        const raster = await openRaster(path, { crs: crs === undefined ? undefined : knownCrs(crs) });
        try {
          const { info } = raster;
          const { geobox, width, height } = info;
          // A file that was truncated while it was copied has a good header: reading its last pixel shows it.
          await raster.readWindow({ col: width - 1, row: height - 1, width: 1, height: 1 });
          return {
            ...info,
            crsName: geobox?.crs ? crsName(geobox.crs) : null,
            bounds: geobox ? boundsOf(geobox) : null,
            lonLat: geobox?.crs ? (lonLatBounds(geobox) ?? null) : null,
            resolution: geobox ? resolutionOf(geobox) : null,
            statistics: wanted ? await statistics(raster, { signal: watch.signal }) : null,
          };
        } finally {
          raster.close();
        }
      },
    ),

    /** What a file, a folder or an archive is, whatever its kind. */
    "file.info": validated(
      "file.info",
      z.strictObject({ path: file, crs: text.optional(), layer: text.optional(), appVersion: text }),
      async ({ path, crs, layer, appVersion }) => {
        const { fileInfo } = await import("../info/info.ts");
        const chosen = crs === undefined ? {} : { crs: knownCrs(crs) };
        return fileInfo(path, { appVersion, ...chosen, ...(layer === undefined ? {} : { layer }) });
      },
    ),

    /** The same pixels as a Cloud Optimized GeoTIFF. */
    "raster.convert": validated(
      "raster.convert",
      z.strictObject({
        from: file,
        to: file,
        bands: bandList,
        crs: text.optional(),
        nodata: z.number().optional(),
        overwrite: z.boolean().default(false),
      }),
      async ({ from, to, bands, crs, nodata, overwrite }) => {
        refuseOverwriting(from, to, overwrite);
        await convertToCog(from, to, {
          ...watch,
          bands,
          nodata,
          sourceCrs: crs === undefined ? undefined : knownCrs(crs),
        });
        const written = await openRaster(to);
        written.close();
        const { width, height, geobox } = written.info;
        // What the source does not say, the copy does not say either: that is for the person to know.
        return { width, height, missing: geobox ? (geobox.crs ? null : "crs") : "place" } as const;
      },
    ),

    /** Onto another grid: a CRS, a pixel size, an area, or the grid of another image. */
    "raster.warp": validated(
      "raster.warp",
      z.strictObject({
        from: file,
        to: file,
        like: file.optional(),
        crs: text.optional(),
        sourceCrs: text.optional(),
        resolution: z.number().positive().optional(),
        bounds: z.strictObject({ minX: z.number(), minY: z.number(), maxX: z.number(), maxY: z.number() }).optional(),
        method: z.enum(["nearest", "bilinear", "cubic", "average", "mode"]).default("nearest"),
        bands: bandList,
        nodata: z.number().optional(),
        overwrite: z.boolean().default(false),
      }),
      async ({ from, to, like, crs, sourceCrs, resolution, bounds, method, bands, nodata, overwrite }) => {
        refuseOverwriting(from, to, overwrite);
        const source = sourceCrs === undefined ? undefined : knownCrs(sourceCrs);
        const targetCrs = crs === undefined ? undefined : knownCrs(crs);
        let target: GeoBox | undefined = like === undefined ? undefined : (await readRasterInfo(like)).geobox;
        if (bounds) {
          const suggested = await suggestedGrid(from, source, targetCrs, resolution);
          target = alignedGeobox(suggested.crs, bounds, resolution ?? resolutionOf(suggested).x);
        }
        await warpToCog(from, to, {
          ...watch,
          method,
          target,
          crs: targetCrs,
          resolution,
          bands,
          nodata,
          sourceCrs: source,
        });
        return readRasterInfo(to);
      },
    ),
  };
}

async function suggestedGrid(
  path: string,
  sourceCrs: string | undefined,
  crs: string | undefined,
  resolution: number | undefined,
): Promise<GeoBox> {
  const raster = await openRaster(path, { crs: sourceCrs });
  try {
    const grid = requireGeobox(raster);
    return suggestGeobox(grid, crs ?? grid.crs, resolution);
  } finally {
    raster.close();
  }
}

function refuseOverwriting(from: string, to: string, overwrite: boolean): void {
  if (!existsSync(from)) throw new AppError("file-missing", { path: from });
  if (existsSync(to) && !overwrite) throw new AppError("file-exists", { path: to });
}
