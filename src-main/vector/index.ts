/** Vector files in and out, labels from polygons, polygons from maps, styles for maps. */

export { cooperative } from "./cooperative.ts";
export { tableExtensions } from "./formats/csv.ts";
export { readCsvRows } from "./formats/csv-table.ts";
export type {
  Feature,
  Field,
  PropertyValue,
} from "./formats/feature.ts";
export { type FeatureSink, openFeatureSink } from "./formats/feature-sink.ts";
export { writeGeoPackage } from "./formats/geopackage-write.ts";
export { datumDoubtOf } from "./formats/inspect-layer.ts";
export { vectorFormats } from "./formats/known.ts";
export type { LayerFacts } from "./formats/layer-facts.ts";
export { openFeatures, readFeatures } from "./formats/read.ts";
export { divide } from "./geometry/divide.ts";
export {
  areaOf,
  areaWithin,
  boundsOfGeometry,
  type Geometry,
  isPolygonal,
  type MultiPolygon,
  type Polygonal,
  type Position,
  representativePoint,
  signedRingArea,
  type Transform,
  transformGeometry,
  withStandardWinding,
} from "./geometry/geometry.ts";
export { subtract, translated, unite, withoutLoops } from "./geometry/operations.ts";
export { type Overlap, overlaps } from "./geometry/overlaps.ts";
export { polygonize } from "./geometry/polygonize.ts";
export { rasterizePolygon } from "./geometry/rasterize.ts";
export { sieve } from "./geometry/sieve.ts";
export { squareMetersPerUnit } from "./geometry/true-area.ts";
export { defectOf } from "./geometry/validity.ts";
export { bandOfField, ClassRaster, isTiff, type RasterValue } from "./labels/class-raster.ts";
export {
  type ClassTable,
  suggestClasses,
  valueKey,
} from "./labels/class-table.ts";
export { declaredClasses } from "./labels/declared-classes.ts";
export {
  describeImport,
  type ImportedPolygon,
} from "./labels/label-import.ts";
export type { ImportedNumber } from "./labels/number-import.ts";
export { readTileShares, type TileEntry } from "./labels/tile-shares.ts";
export {
  eachFeatureInSubprocess,
  fieldsInSubprocess,
  onReadingCost,
  readInSubprocess,
  readingLimits,
  runInSubprocess,
} from "./reader/subprocess.ts";
export type { TaskProgress } from "./reader/tasks.ts";
export { jsonCheck } from "./structure/json.ts";
export { StructureProblem } from "./structure/problem.ts";
export {
  classesFromColorTable,
  classesFromStyle,
  classQml,
  classSld,
  polygonQml,
  polygonSld,
} from "./styles/index.ts";
