/** Acquisitions on one grid, and the batches a network learns from. In learning order; README.md explains the room. */

export {
  describeFile,
  type FileChoice,
  type FileDescription,
  type ImportedFile,
  importedFiles,
  type NamedBand,
  requireMeasurement,
  type Slice,
} from "./acquisitions.ts";
export { jitterDays, keepDates, type Orientation, orient, orientations, randomOrientation } from "./augment.ts";
export {
  type Batch,
  type BatchInput,
  type BatchShape,
  collate,
  type FloatTensor,
  type IntegerTensor,
} from "./batch.ts";
export {
  type BlendedRows,
  Blender,
  type BlendPlan,
  type BlendState,
  countTiles,
  planBlend,
  raisedCosine,
} from "./blend.ts";
export { Cube, type CubeOptions, type CubeSpec } from "./cube.ts";
export { dataRegion, type PixelSet, readingWindows } from "./data-region.ts";
export { around, type FootprintRequest, Footprints, footprintOf, footprintsOf } from "./footprints.ts";
export {
  type GivenMask,
  type GivenRadiometry,
  maskOf,
  type Unit,
  withGivenRadiometry,
  withMaskBand,
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
  tilesInside,
  windowAt,
} from "./grid.ts";
export {
  clearShareOf,
  type DateReport,
  doubtOfDates,
  factsOf,
  type ImportOptions,
  importFiles,
  nativeMeters,
  pixelMeters,
  readImported,
  reportDates,
  requireOverlap,
  samplePixels,
} from "./import-files.ts";
export { batchesPerEpoch, type LoaderSpec, orderOfEpoch, prefetched, readBatches } from "./loader.ts";
export {
  checkModality,
  feeds,
  incompletePieces,
  type ModalityOptions,
  membersOf,
  modalityName,
  proposeModalities,
  type SeriesDate,
  seriesDates,
  twinsOf,
} from "./modalities.ts";
export {
  groupAcquisitions,
  type Joined,
  joinFiles,
  maskTouches,
  type Rival,
  type SamePlace,
  withoutFiles,
} from "./mosaic.ts";
export {
  type BandStatistics,
  type Normalization,
  normalizeInPlace,
  RunningStatistics,
  StatisticsGatherer,
  type StatisticsOptions,
} from "./normalize.ts";
export { type PatchBand, PatchSet } from "./patch-set.ts";
export { decideRadiometry, doubtAboutSeries, type PixelSample } from "./radiometry.ts";
export { repairOf, storedOffset } from "./repairs.ts";
export {
  type Augmentation,
  type DateChoice,
  noAugmentation,
  orderOfChoice,
  readSample,
  type Sample,
  type SampleOptions,
} from "./sample.ts";
export {
  type DayCount,
  dayOf,
  readScene,
  readTimeSeries,
  runningDays,
  type Scene,
  type TimeSeries,
} from "./time-series.ts";
