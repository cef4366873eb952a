import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { openRaster, type Raster } from "../raster.ts";
import type { TypedArray } from "../sample-type.ts";

/** What GDAL says of a file: the layout of `expected.json` beside products and fixtures. */
export interface Expected {
  readonly width?: number;
  readonly height?: number;
  readonly bands?: number;
  readonly crs?: string | null;
  readonly geotransform?: readonly number[] | null;
  readonly band?: readonly {
    readonly type?: string;
    readonly checksum?: number;
    readonly mean?: number;
    readonly min?: number;
    readonly max?: number;
    readonly nodata?: number | string | null;
    readonly palette_entries?: number;
  }[];
  readonly gdal_error?: string;
}

export const expectedIn = (path: string): Readonly<Record<string, Expected>> => JSON.parse(readFileSync(path, "utf8"));

const primes = [7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43];

/** `Band.Checksum()` of GDAL for whole numbers: each pixel by one of eleven primes in turn, summed in 16 bits. */
function gdalChecksum(pixels: TypedArray): number {
  let sum = 0;
  for (let i = 0; i < pixels.length; i++) sum += pixels[i]! % primes[i % 11]!;
  return sum & 0xffff;
}

const meanOf = (pixels: TypedArray, valid: Uint8Array | undefined): number => {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < pixels.length; i++) {
    if (valid && !valid[i]) continue;
    sum += pixels[i]!;
    count++;
  }
  return sum / count;
};

/** How exactly values must be GDAL's: the same number by number, or so far apart on average. */
export type Exactness = "same" | { readonly mean: number };

/** Opens a file and compares its size, place, system and all pixels with what GDAL says. */
export async function expectAsGdal(path: string, expected: Expected, exactness: Exactness): Promise<Raster> {
  const raster = await openRaster(path);
  const { info } = raster;
  expect([info.width, info.height, info.bands.length]).toEqual([expected.width, expected.height, expected.bands]);
  if (expected.crs === null || expected.crs?.startsWith("EPSG:")) expect(info.crs ?? null).toBe(expected.crs);
  const affine = info.geobox?.affine;
  const found = affine && [affine.a, affine.b, affine.c, affine.d, affine.e, affine.f];
  if (!expected.geotransform) expect(found).toBeUndefined();
  // The file gives nine digits.
  else for (const [i, number] of expected.geotransform.entries()) expect(found?.[i]).toBeCloseTo(number, 2);
  const { bands, valid } = await raster.readWindow({ col: 0, row: 0, width: info.width, height: info.height });
  for (const [i, band] of (expected.band ?? []).entries()) {
    if (band.palette_entries !== undefined) expect(info.bands[i]!.colorTable).toHaveLength(band.palette_entries);
    if (exactness === "same" && band.checksum !== undefined) expect(gdalChecksum(bands[i]!)).toBe(band.checksum);
    else if (band.mean !== undefined) {
      const most = exactness === "same" ? 1e-3 : exactness.mean;
      expect(Math.abs(meanOf(bands[i]!, info.validity === "alpha" ? undefined : valid[i]) - band.mean)).toBeLessThan(
        most,
      );
    }
  }
  return raster;
}
