/** A reader for tests: rasters defined by formulas, so that the right value of every pixel is known without a file. */
import { apply, northUp } from "../../src-shared/geo/affine.ts";
import { boundsOf, type GeoBox } from "../../src-shared/geo/geobox.ts";
import type { BandFacts, Pixels, RasterFacts, Reader, WarpRequest } from "../imagery/index.ts";

export interface FormulaRaster {
  readonly path: string;
  readonly geobox?: GeoBox;
  readonly bands: readonly (Partial<BandFacts> & { readonly value: (x: number, y: number) => number | undefined })[];
  readonly metadata?: Readonly<Record<string, string>>;
}

export const flandersSquare: GeoBox = {
  crs: "EPSG:32631",
  affine: northUp(574680, 5622440, 10, 10),
  width: 64,
  height: 64,
};

export interface AnalyticReader extends Reader {
  readonly warps: WarpRequest[];
}

/** Values at pixel centres; `undefined` is no data, and so is everything outside the raster. */
export function analyticReader(rasters: readonly FormulaRaster[], delayMilliseconds = 0): AnalyticReader {
  const find = (path: string) => {
    const raster = rasters.find((candidate) => candidate.path === path);
    if (!raster) throw new Error(`No raster ${path}`);
    return raster;
  };
  const warps: WarpRequest[] = [];
  return {
    warps,
    async facts(path): Promise<RasterFacts> {
      const { geobox = flandersSquare, bands, metadata = {} } = find(path);
      const facts = bands.map(({ value: _, ...band }) => ({ dataType: "uint16", scale: 1, offset: 0, ...band }));
      return { path, geobox, bands: facts, metadata };
    },
    async warp(request, { signal } = {}): Promise<Pixels> {
      warps.push(request);
      if (delayMilliseconds > 0) await new Promise((resolve) => setTimeout(resolve, delayMilliseconds));
      signal?.throwIfAborted();
      const { geobox = flandersSquare, bands } = find(request.path);
      const { minX, maxX, minY, maxY } = boundsOf(geobox);
      const { target } = request;
      const planes = request.bands.map((number) => {
        const plane = new Float32Array(target.width * target.height);
        const valid = new Uint8Array(plane.length);
        for (let row = 0; row < target.height; row++) {
          for (let col = 0; col < target.width; col++) {
            const [x, y] = apply(target.affine, col + 0.5, row + 0.5);
            const inside = x > minX && x < maxX && y > minY && y < maxY;
            const value = inside ? bands[number - 1]!.value(x, y) : undefined;
            if (value === undefined) continue;
            plane[row * target.width + col] = value;
            valid[row * target.width + col] = 1;
          }
        }
        return { plane, valid };
      });
      return { bands: planes.map(({ plane }) => plane), valid: planes.map(({ valid }) => valid) };
    },
    async close() {},
  };
}
