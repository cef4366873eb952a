import { AppError } from "../../../src-shared/errors/index.ts";
import { northUp } from "../../../src-shared/geo/affine.ts";
import { boundsOfPoints } from "../../../src-shared/geo/bounds.ts";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import { alignedGeobox, type GeoBox, positionsOver, resolutionOf } from "../../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../../src-shared/geo/window.ts";
import { exactTransform } from "../lattice.ts";
import { openRaster, type PixelBlock, type Raster } from "../raster.ts";
import { requireGeobox } from "../require-geobox.ts";
import type { ResampleMethod } from "../resample.ts";
import { allocate, sampleTypes, storable, type TypedArray } from "../sample-type.ts";
import { tileOf, warp } from "../warp.ts";
import { type CogSpec, createCog, type WriteOptions } from "./create-cog.ts";
import type { OverviewMethod } from "./encode-tile.ts";

/** Making COGs of files: as they are, or warped onto another grid. */
export interface ConvertOptions extends WriteOptions {
  /** 1-based; all bands by default */
  readonly bands?: readonly number[] | undefined;
  /** names the CRS of a source that has none */
  readonly sourceCrs?: Crs | undefined;
  /** by default "mode" for classes (a colour table or category names), else "average" */
  readonly overviewMethod?: OverviewMethod | undefined;
  readonly blockSize?: number | undefined;
  readonly level?: number | undefined;
  readonly nodata?: number | undefined;
}

export interface WarpToCogOptions extends ConvertOptions {
  readonly method: ResampleMethod;
  /** the output grid; or give `crs`, and `resolution` if it should not follow from the source */
  readonly target?: GeoBox | undefined;
  readonly crs?: Crs | undefined;
  /** map units per pixel; the grid's edges then lie on multiples of it */
  readonly resolution?: number | undefined;
  readonly overviews?: "auto" | "none" | undefined;
}

/**
 * The same pixels, grid, nodata, scales, names and colours, as a COG. A mask becomes an alpha band. What the source does not say, such as
 * its place or its coordinate system, the result does not say either.
 * @throws raster-result-too-large before anything is written
 * @throws AppError "crs-unknown", "crs-unusable"
 */
export async function convertToCog(
  sourcePath: string,
  targetPath: string,
  options: ConvertOptions = {},
): Promise<void> {
  const source = await openRaster(sourcePath, { crs: options.sourceCrs });
  try {
    const { width, height, geobox } = source.info;
    const grid = geobox ?? { crs: "", affine: northUp(0, 0, 1, 1), width, height };
    requireSensibleSize(grid, targetPath);
    const bands = options.bands ?? source.info.bands.map((_, i) => i + 1);
    const { signal } = options;
    const size = options.blockSize ?? 512;
    const { tiled, blockWidth, blockHeight } = source.info;
    // Whole blocks fit into our tiles: each is needed once.
    const once = tiled && size % blockWidth === 0 && size % blockHeight === 0;
    const spec = { ...specOf(source, grid, bands, options), placed: geobox !== undefined };
    await createCog(
      targetPath,
      spec,
      async (window) => {
        const absent = (await source.absence(window, { bands })) !== undefined;
        const block = await source.readWindow(window, { bands, signal, once });
        return unlessEmpty(pixelsOf(source, block, options.nodata), absent, spec.nodata);
      },
      options,
    );
  } finally {
    source.close();
  }
}

/**
 * Warps a file onto another grid, tile by tile, into a COG.
 * @throws raster-result-too-large before anything is written
 * @throws AppError "raster-without-transform", "raster-without-crs", "raster-outside-crs", "crs-unknown", "crs-unusable"
 */
export async function warpToCog(sourcePath: string, targetPath: string, options: WarpToCogOptions): Promise<void> {
  const source = await openRaster(sourcePath, { crs: options.sourceCrs });
  try {
    const grid = requireGeobox(source);
    const target = options.target ?? suggestGeobox(grid, options.crs ?? grid.crs, options.resolution);
    requireSensibleSize(target, targetPath);
    const bands = options.bands ?? source.info.bands.map((_, i) => i + 1);
    const { method, overviews, signal } = options;
    // Floating-point results without a nodata value use NaN; integers have no such value.
    const floating = !sampleTypes[source.info.dataType].integer && source.info.bands[0]?.nodata === undefined;
    const nodata = options.nodata ?? (floating && !addsAlpha(source) ? Number.NaN : undefined);
    const spec = specOf(source, target, bands, { ...options, nodata });
    const read = async (window: PixelWindow): Promise<readonly TypedArray[] | undefined> => {
      const tile = tileOf(target, window);
      const block = await warp(source, tile, { bands, method, overviews, signal, whole: target });
      return unlessEmpty(pixelsOf(source, block, nodata), block.absent === true, spec.nodata);
    };
    await createCog(targetPath, spec, read, options);
  } finally {
    source.close();
  }
}

/** 300,000 × 300,000 pixels and some more; the largest images that people have reported are 260,000 × 280,000. */
const mostResultPixels = 1e11;

/** Refuses grids that are too large to be meant: a mistake in the resolution or a unit asks for petabytes, and for the memory to plan them. */
function requireSensibleSize({ width, height }: GeoBox, path: string): void {
  if (width * height <= mostResultPixels && width < 2 ** 31 && height < 2 ** 31) return;
  throw new AppError("raster-result-too-large", { path, width, height, most: mostResultPixels });
}

function specOf(source: Raster, geobox: GeoBox, bands: readonly number[], options: ConvertOptions): CogSpec {
  const { info } = source;
  const chosen = bands.map((n) => {
    const band = info.bands[n - 1];
    if (!band) throw new AppError("raster-without-band", { path: info.path, band: n, count: info.bands.length });
    return band;
  });
  const first = chosen[0]!;
  const alphaAdded = addsAlpha(source);
  const classes = chosen.length === 1 && (first.colorTable !== undefined || first.categoryNames !== undefined);
  const nodata = options.nodata === undefined ? first.nodata : storable(info.dataType, options.nodata);
  const colors = chosen.map((band) => band.colorInterpretation);
  const rgb = colors[0] === "red" && colors[1] === "green" && colors[2] === "blue";
  const alpha = alphaAdded || (colors.length > 1 && colors.at(-1) === "alpha");
  return {
    geobox,
    bandCount: chosen.length + (alphaAdded ? 1 : 0),
    dataType: info.dataType,
    nodata: alphaAdded ? undefined : nodata,
    scale: chosen.map((band) => band.scale),
    offset: chosen.map((band) => band.offset),
    bandNames: chosen.map((band) => band.name ?? ""),
    ...(classes && first.categoryNames ? { categoryNames: first.categoryNames } : {}),
    ...(classes && first.colorTable && sampleTypes[info.dataType].bytes <= 2 ? { colorTable: first.colorTable } : {}),
    overviewMethod: options.overviewMethod ?? (classes ? "mode" : "average"),
    blockSize: options.blockSize,
    level: options.level,
    metadata: info.metadata,
    color: rgb ? "rgb" : "gray",
    alpha,
    order: info.tiled ? "blocks" : "rows",
  };
}

/** What the source does not store is not stored either, as long as an absent tile reads as the same values. */
function unlessEmpty(
  bands: readonly TypedArray[],
  absent: boolean,
  nodata: number | undefined,
): readonly TypedArray[] | undefined {
  if (!absent) return bands;
  const value = nodata ?? 0;
  for (const band of bands) for (let i = 0; i < band.length; i++) if (!Object.is(band[i], value)) return bands;
  return undefined;
}

/** A mask is written as an alpha band. */
const addsAlpha = ({ info }: Raster) => info.validity === "mask" && info.bands[0]?.nodata === undefined;

function pixelsOf(source: Raster, block: PixelBlock, nodata: number | undefined): readonly TypedArray[] {
  const { info } = source;
  if (addsAlpha(source)) {
    const alpha = allocate(info.dataType, block.width * block.height);
    const { max, integer } = sampleTypes[info.dataType];
    const opaque = integer ? max : 255;
    const mask = block.valid[0];
    if (mask) for (let i = 0; i < mask.length; i++) alpha[i] = mask[i] ? opaque : 0;
    else alpha.fill(opaque);
    return [...block.bands, alpha];
  }
  if (nodata === undefined) return block.bands;
  block.bands.forEach((band, k) => {
    const mask = block.valid[k];
    if (mask) for (let i = 0; i < mask.length; i++) if (mask[i] === 0) band[i] = nodata;
  });
  return block.bands;
}

/**
 * The grid in `crs` that holds all of `source`. Its pixels are square and as many along the diagonal as the source's,
 * as gdalwarp chooses; with a `resolution` its edges lie on multiples of it.
 * @throws AppError "raster-outside-crs", "crs-unknown", "crs-unusable"
 */
export function suggestGeobox(source: GeoBox, crs: Crs, resolution?: number): GeoBox {
  const toTarget = exactTransform(source, { crs, affine: northUp(0, 0, 1, 1), width: 1, height: 1 }).transform;
  const bounds = boundsOfPoints(
    positionsOver(source, 40).map(([col, row]) => {
      const [x, negativeY] = toTarget(col, row);
      return [x, -negativeY];
    }),
  );
  if (!bounds) throw new AppError("raster-outside-crs", { crs });
  if (resolution !== undefined) return alignedGeobox(crs, bounds, resolution);
  if (crs === source.crs && source.affine.c === 0 && source.affine.e === 0) return source;
  const corner = (col: number, row: number) => toTarget(col, row);
  const diagonal = [corner(0, 0), corner(source.width, source.height)];
  const across = Math.hypot(diagonal[1]![0] - diagonal[0]![0], diagonal[1]![1] - diagonal[0]![1]);
  const size =
    Number.isFinite(across) && across > 0 ? across / Math.hypot(source.width, source.height) : resolutionOf(source).x;
  return {
    crs,
    affine: northUp(bounds.minX, bounds.maxY, size, size),
    width: Math.max(1, Math.floor((bounds.maxX - bounds.minX) / size + 0.5)),
    height: Math.max(1, Math.floor((bounds.maxY - bounds.minY) / size + 0.5)),
  };
}
