import type { KnownVectorFormat } from "../../../src-shared/domain/known-format.ts";
import { tableFormat } from "./csv.ts";
import { flatGeobufFormat } from "./flatgeobuf.ts";
import { geoJsonFormat } from "./geojson.ts";
import { geoPackageFormat } from "./geopackage.ts";
import { geoParquetFormat } from "./geoparquet.ts";
import { kmlFormat } from "./kml.ts";
import { shapefileFormat } from "./shapefile.ts";
import { zippedFormat } from "./zipped.ts";

/** The vector files that are read, as their readers know them. */
export const vectorFormats: readonly KnownVectorFormat[] = [
  geoPackageFormat,
  shapefileFormat,
  geoJsonFormat,
  kmlFormat,
  flatGeobufFormat,
  geoParquetFormat,
  tableFormat,
  zippedFormat,
];
