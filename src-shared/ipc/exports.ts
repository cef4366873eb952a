import type { ResultTable } from "../domain/result-tables.ts";
import type { Bounds } from "../geo/bounds.ts";
import type { StartedJob } from "./jobs.ts";

/** What an export is of, for its name. */
export type ExportSubject =
  | "class"
  | "confidence"
  | "set-size"
  | "uncertain"
  | "probabilities"
  | "difference"
  | "polygons"
  | "fields"
  | ResultTable
  | "picture"
  | "report"
  | "model";

export interface ExportTarget {
  readonly to: string;
  readonly overwrite?: boolean | undefined;
}

export interface MapPart {
  /** classes that are written; all when left out */
  readonly codes?: number[] | undefined;
  /** a part of the map, in the project's CRS */
  readonly bounds?: Bounds | undefined;
}

/** Results as files that other programs read. */
export interface ExportCommands {
  /** A folder and a name by convention: `<project>_<model>_<what>_<YYYYMMDD>_<epsg>.<extension>`. */
  "exports.propose"(request: {
    readonly subject: ExportSubject;
    /** of the map, comparison, run or model */
    readonly id?: number | undefined;
    readonly extension: string;
    readonly crs?: string | undefined;
  }): Promise<{ readonly folder: string; readonly name: string; readonly path: string }>;
  /** A Cloud Optimized GeoTIFF with its styles for QGIS and GeoServer beside it. */
  "exports.raster"(
    request: ExportTarget &
      MapPart & {
        /** `map:<id>`, `confidence:<id>`, `probabilities:<id>`, `set-size:<id>`, `uncertain:<id>` or `difference:<id>` */
        readonly layer: string;
        readonly crs?: string | undefined;
        readonly resolution?: number | undefined;
        /** of maps: smaller areas get the class of their largest neighbour */
        readonly minimumSquareMeters?: number | undefined;
      },
  ): Promise<StartedJob>;
  /** One class per polygon of a file, by majority: a GeoPackage, and the same table as CSV beside it. */
  "exports.fields"(
    request: ExportTarget & {
      readonly map: number;
      readonly path: string;
      readonly layer?: string | undefined;
      readonly crs?: string | undefined;
    },
  ): Promise<StartedJob>;
  "exports.polygons"(
    request: ExportTarget &
      MapPart & {
        readonly map: number;
        readonly format: "gpkg" | "geojson" | "shp";
        readonly minimumSquareMeters?: number | undefined;
        readonly smoothing?: number | undefined;
      },
  ): Promise<StartedJob>;
  /** A table as CSV: UTF-8, comma, point. `id` is that of the map, run, comparison or model of numbers. */
  "exports.table"(
    request: ExportTarget & {
      readonly table: ResultTable;
      readonly id: number;
    },
  ): Promise<{ readonly path: string; readonly bytes: number }>;
  /** Bytes that the window drew (PNG or PDF), base64. */
  "exports.picture"(
    request: ExportTarget & { readonly bytes: string },
  ): Promise<{ readonly path: string; readonly bytes: number }>;
}

/** Reports as files. */
export interface ReportCommands {
  "reports.write"(request: {
    readonly to: string;
    readonly title?: string | undefined;
    readonly overwrite?: boolean | undefined;
    /** the last one when left out, none when `null` */
    readonly map?: number | null | undefined;
    /** runs of evaluations; the last one when left out */
    readonly evaluations?: number[] | undefined;
    /** runs of trainings, for their curves; all when left out */
    readonly runs?: number[] | undefined;
    readonly notes?: string[] | undefined;
  }): Promise<StartedJob>;
}
