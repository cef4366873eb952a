import type { LegendClass } from "../domain/legend.ts";
import type { Radiometry } from "../eo/acquisition.ts";
import type { SensorId } from "../eo/sensors.ts";
import type { Bounds } from "../geo/bounds.ts";

export interface LayerSourceBand {
  /** what tile requests call it: `B04`, `SCL`, or the number of a plain raster's band */
  readonly name: string;
  readonly title: string;
  /** numbers are names of classes */
  readonly classes: boolean;
}

/** What the map has to know of a layer before it asks for tiles. */
export interface LayerSource {
  readonly id: string;
  readonly kind: "image" | "classes" | "confidence" | "vector";
  readonly sensor: SensorId | null;
  readonly date: string | null;
  /** what tiles and figures are in: backscatter is always in decibels */
  readonly quantity: Radiometry["quantity"];
  readonly bands: readonly LayerSourceBand[];
  /** project CRS, with the correction of position; `null` when no point of it is on the project's map */
  readonly bounds: Bounds | null;
  /** the finest band, map units per pixel; 0 for vectors */
  readonly resolution: number;
  /** of the pixels: part of every tile's address */
  readonly version: string;
  /** classes of a class raster, or of the scene classification that comes with an acquisition */
  readonly legend: readonly LegendClass[] | null;
  /** of a map of numbers: where its colours begin and end */
  readonly range?: readonly [low: number, high: number];
  /** the sentence why it cannot be drawn */
  readonly problem: string | null;
}

/** Figures of one band in physical values, from an overview or spread samples. */
export interface LayerStatistics {
  readonly band: string;
  readonly looked: number;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  /** [percent, value], ascending */
  readonly percentiles: readonly (readonly [percent: number, value: number])[];
  /** equal bins from `min` to `max` */
  readonly histogram: readonly number[];
  /** every pixel of the full resolution was looked at */
  readonly exact: boolean;
}

/** Layers as the map draws them. */
export interface MapLayerCommands {
  /** One per id, in the order asked; a layer that cannot be drawn says why in `problem`. */
  "layers.sources"(request: { readonly ids: readonly string[] }): Promise<readonly LayerSource[]>;
  /** A band without data has a `count` of 0, zeros for figures, and neither percentiles nor a histogram. */
  "layers.statistics"(request: {
    readonly id: string;
    /** all bands that are no classes when left out */
    readonly bands?: readonly string[] | undefined;
  }): Promise<readonly LayerStatistics[]>;
}
