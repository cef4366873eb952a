import type { Crs } from "../../../src-shared/geo/crs.ts";
import type { TableReading } from "../../../src-shared/ipc/labels.ts";
import type { Geometry } from "../geometry/geometry.ts";

export type PropertyValue = string | number | boolean | null;
export type FieldType = "text" | "number" | "integer" | "boolean" | "date" | "binary";

export interface Field {
  readonly name: string;
  readonly type: FieldType;
}

export interface Feature {
  /** the file's own identifier where it has one, else the position in the file from 0 */
  readonly id: string | number;
  readonly properties: Readonly<Record<string, PropertyValue>>;
  /** `null` when the file has none, or when it cannot be understood: then `problem` says why */
  readonly geometry: Geometry | null;
  readonly problem?: string;
}

export interface LayerInfo {
  readonly name: string;
  /** `undefined` for a table without shapes */
  readonly geometryType: string | undefined;
  /** as the file declares it; `undefined` when it declares none */
  readonly crs: Crs | undefined;
}

/** One layer of a vector file. `features` reads the file each time it is walked and holds one feature at a time where the format allows. */
export interface FeatureLayer {
  readonly path: string;
  readonly layer: string;
  readonly layers: readonly LayerInfo[];
  readonly crs: Crs | undefined;
  readonly fields: readonly Field[];
  readonly features: Iterable<Feature>;
  /** how a table of text was read */
  readonly table?: TableReading;
}

export interface ReadOptions {
  /** the first layer with shapes when left out */
  readonly layer?: string;
  /** takes the place of what the file says */
  readonly crs?: Crs;
  /** text encoding of a Shapefile's attributes; takes the place of .cpg */
  readonly encoding?: string;
  /** columns of a table of text that hold the coordinates */
  readonly x?: string;
  readonly y?: string;
  /** the column of a table that holds shapes as WKT */
  readonly wkt?: string;
  /** what separates the columns of a table */
  readonly delimiter?: string;
}
