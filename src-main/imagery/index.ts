/** One reading of acquisitions: where their pixels lie, what the stored numbers mean, which pixels see the ground. README.md explains the room. */

export { gridTouches, sharedPart, shareOf, touches } from "./footprint.ts";
export { type FileStates, headers } from "./headers.ts";
export {
  isAffine,
  meaningOf,
  physicalInto,
  physicalOf,
  quantityRead,
} from "./meaning.ts";
export {
  bendBeforeShift,
  boundsAfterShift,
  boundsIn,
  gridBeforeShift,
  pixelSizeIn,
  placeAfterShift,
  placeBeforeShift,
} from "./place.ts";
export { isConceivable } from "./possible.ts";
export { rasterReader } from "./raster-reader.ts";
export type { BandFacts, Pixels, RasterFacts, Reader, WarpRequest } from "./reader.ts";
export {
  type ContributingPart,
  clear,
  contributingParts,
  hasBands,
  noData,
  type Part,
  partsTouching,
  type Reading,
  readClearness,
  readMask,
  readPart,
  readPixels,
  unclear,
} from "./reading.ts";
