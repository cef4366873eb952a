/** Acquisitions on one grid, and the batches a network learns from. In learning order; README.md explains the room. */

export {
  describeFile,
  type FileChoice,
  type FileDescription,
  type ImportedFile,
  importedFiles,
  requireMeasurement,
} from "./acquisitions.ts";
export { withAerialOrder } from "./aerial-order.ts";
export type {
  Batch,
  BatchShape,
} from "./batch.ts";
export {
  type BlendedRows,
  Blender,
  type BlendPlan,
  countTiles,
  planBlend,
  raisedCosine,
} from "./blend.ts";
export { Cube } from "./cube.ts";
export { dataRegion, type PixelSet, readingWindows } from "./data-region.ts";
export { Footprints, footprintsOf, footprintWindow } from "./footprints.ts";
export {
  type GivenMask,
  type GivenRadiometry,
  maskOf,
  withGivenRadiometry,
} from "./given.ts";
export {
  boundsOfPatches,
  commonPatches,
  type Grid,
  geoboxOfPatches,
  type PatchWindow,
  patchesCovering,
  patchesOfGeobox,
  TileRows,
  tilesCovering,
  windowAt,
} from "./grid.ts";
export {
  clearShareOf,
  factsOf,
  importFiles,
  nativeMeters,
  offsetDoubt,
  pixelMeters,
  readImported,
  reportDates,
  requireOverlap,
  samplePixels,
} from "./import-files.ts";
export { prefetched, readBatch, readBatches } from "./loader.ts";
export {
  checkModality,
  duplicateAcquisitions,
  incompletePieces,
  membersOf,
  modalityName,
  proposeModalities,
  seriesDates,
  suppliesBands,
} from "./modalities.ts";
export {
  type Joined,
  joinFiles,
  maskTouches,
  type SamePlace,
  withoutFiles,
} from "./mosaic.ts";
export {
  type Normalization,
  normalizeInPlace,
  RunningStatistics,
  StatisticsGatherer,
} from "./normalize.ts";
export { PatchSet } from "./patch-set.ts";
export { percentile } from "./radiometry.ts";
export { repairOf, storedOffset } from "./repairs.ts";
export {
  noAugmentation,
  readSample,
  type SampleOptions,
} from "./sample.ts";
export { fitSeason, type TrainingPeriod } from "./season.ts";
export { judgeStack, type StackDate } from "./stack-judgement.ts";
export {
  type DayCount,
  dayOf,
  readScene,
  runningDays,
} from "./time-series.ts";
