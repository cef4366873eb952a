/** Vector files in and out, labels from polygons, polygons from maps, styles for maps. */

export { bandOfField, ClassRaster, isTiff, type RasterReport, type RasterValue } from "./class-raster.ts";
export {
  type ClassRule,
  type ClassTable,
  countValues,
  suggestClasses,
  type ValueCount,
  valueKey,
} from "./class-table.ts";
export { cooperative } from "./cooperative.ts";
export { tableExtensions } from "./csv.ts";
export { readCsvRows } from "./csv-table.ts";
export { divide } from "./divide.ts";
export type {
  Feature,
  FeatureLayer,
  Field,
  FieldType,
  LayerInfo,
  PropertyValue,
  ReadOptions,
} from "./feature.ts";
export { type FeatureSink, openFeatureSink, type SinkFormat } from "./feature-sink.ts";
export { writeGeoJson } from "./geojson-write.ts";
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
} from "./geometry.ts";
export { type NewFeature, type NewLayer, writeGeoPackage } from "./geopackage-write.ts";
export { doubtOf } from "./inspect-layer.ts";
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
} from "./label-import.ts";
export type { LayerFacts } from "./layer-facts.ts";
export { subtract, tidied, translated, unite } from "./operations.ts";
export { type Overlap, overlaps } from "./overlaps.ts";
export type { LabelledPatches } from "./patch-claims.ts";
export { type PolygonizeOptions, polygonize, type RowReader, type ValuePolygon } from "./polygonize.ts";
export { burn, type Coverage, coverage, type RasterizeOptions, rasterizePolygon } from "./rasterize.ts";
export { openFeatures, readFeatures } from "./read.ts";
export { launchReadersWith } from "./reader/launcher.ts";
export { eachFeatureApart, fieldsApart, readApart, readingLimits, whenRead, workApart } from "./reader/read-apart.ts";
export type { Telling } from "./reader/tasks.ts";
export { type SieveSource, sieve } from "./sieve.ts";
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
export { readTileShares, type TileEntry, type TileShares, type TileSharesOptions } from "./tile-shares.ts";
export { squareMetersPerUnit } from "./true-area.ts";
export { type Defect, defectOf } from "./validity.ts";
