import { closeSync, openSync, readSync, statSync } from "node:fs";
import { extname } from "node:path";
import { AppError } from "../../../src-shared/errors/index.ts";
import { reason } from "../../../src-shared/errors/reasons/index.ts";
import { readCsv, tableExtensions } from "./csv.ts";
import type { FeatureLayer, ReadOptions } from "./feature.ts";
import { readFlatGeobuf } from "./flatgeobuf.ts";
import { foreignKindOf } from "./foreign.ts";
import { readGeoJson } from "./geojson.ts";
import { readGeoPackage } from "./geopackage.ts";
import { readGeoParquet } from "./geoparquet.ts";
import { readKml, readKmz } from "./kml.ts";
import { readShapefile } from "./shapefile.ts";
import { readZipped } from "./zipped.ts";

/**
 * One layer of a GeoPackage, Shapefile, GeoJSON, KML, FlatGeobuf, GeoParquet or CSV file, or of such files in a ZIP archive (KMZ among them). What the file
 * holds decides where the ending leaves a doubt.
 * @throws AppError "vector-missing", "vector-unknown-format", "vector-not-read", "vector-damaged", "table-spreadsheet",
 * "vector-layer-missing", "vector-unknown-encoding", "labels-unknown-crs", "labels-not-lon-lat", "table-unreadable",
 * "file-missing", "table-one-coordinate", "table-ambiguous", "table-degrees-minutes", "table-without-coordinates",
 * "table-not-degrees" and what the format's reader throws
 */
export async function openFeatures(path: string, options: ReadOptions = {}): Promise<FeatureLayer> {
  const extension = extensionOf(path);
  const archived = (extension === ".zip" || extension === ".kml" || extension === ".kmz") && beginsWith(path, "PK");
  if (!archived && extension !== ".zip") return readFeatures(path, options);
  return extension === ".zip" ? readZipped(path, options, readFeatures, readKmz) : readKmz(path, options);
}

/**
 * The same of a file that is no archive, at once.
 * @throws AppError "vector-damaged", "table-spreadsheet", "vector-unknown-format", "vector-not-read"
 * @throws AppError "vector-missing", and those of `openFeatures`
 */
export function readFeatures(path: string, options: ReadOptions = {}): FeatureLayer {
  const extension = extensionOf(path);
  if (beginsWith(path, "SQLite format 3\0")) return readGeoPackage(path, options);
  if (extension === ".shp") return readShapefile(path, options);
  if (extension === ".geojson" || extension === ".json") return readGeoJson(path, options);
  if (extension === ".kml" || extension === ".kmz") return readKml(path, options);
  if (extension === ".fgb") return readFlatGeobuf(path, options);
  if (extension === ".parquet" || extension === ".geoparquet") return readGeoParquet(path, options);
  if (extension === ".zip") throw new Error(`readFeatures: “${path}” is an archive; openFeatures reads it`);
  if (extension === ".gpkg")
    throw new AppError("vector-damaged", { path, problem: reason("does-not-begin-like-geopackage") });
  if (tableExtensions.includes(extension)) return readCsv(path, options);
  if (spreadsheets.includes(extension)) throw new AppError("table-spreadsheet", { path });
  const kind = foreignKindOf(path);
  throw kind ? new AppError("vector-not-read", { path, kind }) : new AppError("vector-unknown-format", { path });
}

function extensionOf(path: string): string {
  const facts = statSync(path, { throwIfNoEntry: false });
  // A geodatabase is a folder.
  if (facts?.isDirectory() && foreignKindOf(path) === "fileGdb")
    throw new AppError("vector-not-read", { path, kind: "fileGdb" });
  if (!facts?.isFile()) throw new AppError("vector-missing", { path });
  return extname(path).toLowerCase();
}

const spreadsheets = [".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers"];

function beginsWith(path: string, text: string): boolean {
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(text.length);
    return readSync(file, head, 0, text.length, 0) === text.length && head.toString("latin1") === text;
  } finally {
    closeSync(file);
  }
}
