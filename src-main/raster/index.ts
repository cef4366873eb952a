/** Pixels in files: open, read, warp, write. See README.md for what is supported and how much memory it takes. */

export { blockCache } from "./block-cache.ts";
export {
  type ConvertOptions,
  convertToCog,
  suggestGeobox,
  type WarpToCogOptions,
  warpToCog,
} from "./cog/convert-to-cog.ts";
export { type CogSpec, createCog, type ReadPixels, type WriteOptions } from "./cog/create-cog.ts";
export type { OverviewMethod } from "./cog/encode-tile.ts";
export {
  type CrsEntry,
  crsEntry,
  crsName,
  definitionOf,
  isGeographic,
  lonLatBounds,
  sameCrs,
  searchCrs,
  type Transformer,
  transformer,
} from "./crs.ts";
export { contentKey, fileState, releaseFile } from "./file-handles.ts";
export { pool } from "./pool/pool.ts";
export type { Work } from "./pool/work.ts";
export {
  type BandInfo,
  openRaster,
  type PixelBlock,
  Raster,
  type RasterInfo,
  type ReadOptions,
  requireGeobox,
} from "./raster.ts";
export type { ResampleMethod } from "./resample.ts";
export { allocate, type SampleType, sampleTypeOf, sampleTypes, type TypedArray } from "./sample-type.ts";
export { type BandStatistics, type StatisticsOptions, statistics } from "./statistics.ts";
export { tileOf, type WarpOptions, warp } from "./warp.ts";
