/** Vector files in and out, labels from polygons, polygons from maps, styles for maps. */

export { cooperative } from "./cooperative.ts";
export { tableExtensions } from "./formats/csv.ts";
export { readCsvRows } from "./formats/csv-table.ts";
export type {
  Feature,
  FeatureLayer,
  Field,
  FieldType,
  LayerInfo,
  PropertyValue,
  ReadOptions,
} from "./formats/feature.ts";
export { type FeatureSink, openFeatureSink, type SinkFormat } from "./formats/feature-sink.ts";
export { writeGeoJson } from "./formats/geojson-write.ts";
export { type NewFeature, type NewLayer, writeGeoPackage } from "./formats/geopackage-write.ts";
export { doubtOf } from "./formats/inspect-layer.ts";
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
  type Polygon,
  type Polygonal,
  type Position,
  representativePoint,
  signedRingArea,
  type Transform,
  transformGeometry,
  withStandardWinding,
} from "./geometry/geometry.ts";
export { subtract, tidied, translated, unite } from "./geometry/operations.ts";
export { type Overlap, overlaps } from "./geometry/overlaps.ts";
export { type PolygonizeOptions, polygonize, type RowReader, type ValuePolygon } from "./geometry/polygonize.ts";
export { burn, type Coverage, coverage, type RasterizeOptions, rasterizePolygon } from "./geometry/rasterize.ts";
export { type SieveSource, sieve } from "./geometry/sieve.ts";
export { squareMetersPerUnit } from "./geometry/true-area.ts";
export { type Defect, defectOf } from "./geometry/validity.ts";
export { bandOfField, ClassRaster, isTiff, type RasterReport, type RasterValue } from "./labels/class-raster.ts";
export {
  type ClassRule,
  type ClassTable,
  countValues,
  suggestClasses,
  type ValueCount,
  valueKey,
} from "./labels/class-table.ts";
export {
  type ClassSummary,
  type DroppedPolygon,
  type DropReason,
  describeImport,
  droppedByReason,
  dropReasons,
  type ImportedPolygon,
  type ImportReport,
  importingLabels,
  importLabels,
  type LabelImport,
  type LabelImportOptions,
} from "./labels/label-import.ts";
export type { LabelledPatches } from "./labels/patch-claims.ts";
export { readTileShares, type TileEntry, type TileShares, type TileSharesOptions } from "./labels/tile-shares.ts";
export { launchReadersWith } from "./reader/launcher.ts";
export { eachFeatureApart, fieldsApart, readApart, readingLimits, whenRead, workApart } from "./reader/read-apart.ts";
export type { Telling } from "./reader/tasks.ts";
export { jsonCheck } from "./structure/json.ts";
export { StructureProblem } from "./structure/problem.ts";
export {
  classesFromStyle,
  classQml,
  classSld,
  confidenceRamp,
  polygonQml,
  polygonSld,
  type RampStop,
  rampQml,
  rampSld,
} from "./styles/index.ts";
