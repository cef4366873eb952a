/** Pixels in files: open, read, warp, write. See README.md for what is supported and how much memory it takes. */

export { blockCache } from "./block-cache.ts";
export {
  convertToCog,
  suggestGeobox,
  warpToCog,
} from "./cog/convert-to-cog.ts";
export { createCog, type WriteOptions } from "./cog/create-cog.ts";
export {
  type CrsEntry,
  crsEntry,
  crsName,
  definitionOf,
  isGeographic,
  lonLatBounds,
  sameCrs,
  searchCrs,
  transformer,
} from "./crs.ts";
export { contentKey, fileState, releaseFile } from "./file-handles.ts";
export { type Npy, openNpy } from "./npy.ts";
export { pool } from "./pool/pool.ts";
export type { Work } from "./pool/work.ts";
export {
  type BandInfo,
  openRaster,
  type PixelBlock,
  Raster,
  type RasterInfo,
} from "./raster.ts";

export { requireGeobox } from "./require-geobox.ts";
export { allocate, type SampleType, sampleTypes, type TypedArray } from "./sample-type.ts";
export { statistics } from "./statistics.ts";
export { pixelsUnder, tileOf, warp } from "./warp.ts";
