import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { extname } from "node:path";
import { AppError } from "../../src-shared/errors/index.ts";
import { readCsv, tableExtensions } from "./csv.ts";
import type { FeatureLayer, ReadOptions } from "./feature.ts";
import { readGeoJson } from "./geojson.ts";
import { readGeoPackage } from "./geopackage.ts";
import { readKml } from "./kml.ts";
import { readShapefile } from "./shapefile.ts";
import { readZipped } from "./zipped.ts";

/** One layer of a GeoPackage, Shapefile, GeoJSON, KML or CSV file. What the file holds decides where the ending leaves a doubt. */
export function readFeatures(path: string, options: ReadOptions = {}): FeatureLayer {
  if (!existsSync(path) || !statSync(path).isFile()) throw new AppError("vector-missing", { path });
  const extension = extname(path).toLowerCase();
  if (isSqlite(path)) return readGeoPackage(path, options);
  if (extension === ".shp") return readShapefile(path, options);
  if (extension === ".geojson" || extension === ".json") return readGeoJson(path, options);
  if (extension === ".kml" || extension === ".kmz") return readKml(path, options);
  if (extension === ".zip") return readZipped(path, options, readFeatures);
  if (extension === ".gpkg")
    throw new AppError("vector-damaged", { path, problem: "it does not begin like a GeoPackage" });
  if (tableExtensions.includes(extension)) return readCsv(path, options);
  if (spreadsheets.includes(extension)) throw new AppError("table-spreadsheet", { path });
  throw new AppError("vector-unknown-format", { path });
}

const spreadsheets = [".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers"];

function isSqlite(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(16);
    return readSync(file, head, 0, 16, 0) === 16 && head.toString("latin1") === "SQLite format 3\0";
  } finally {
    closeSync(file);
  }
}
