import type { GeoBox } from "../geo/geobox.ts";
import type { Finding } from "./finding.ts";
import type { CompareResult, MapResult } from "./job.ts";
import type { LegendClass } from "./legend.ts";

/** A map that a model drew, and its files. */
export interface MapProduct {
  readonly id: number;
  readonly name: string;
  readonly modelId: number | null;
  readonly jobId: number | null;
  readonly modalities: readonly string[];
  readonly area: GeoBox;
  readonly files: MapResult;
  readonly createdAt: string;
  /** what is known by now of it and of its model, where it was asked for */
  readonly findings?: readonly Finding[];
}

/** A comparison of two maps: the class changes, and the layer that shows them. */
export interface MapComparison {
  readonly id: number;
  readonly name: string;
  /** `null` when the map was deleted since */
  readonly fromMap: number | null;
  readonly toMap: number | null;
  readonly jobId: number | null;
  readonly result: CompareResult;
  readonly createdAt: string;
  /** what of it may be the difference between the maps, where it was asked for */
  readonly findings?: readonly Finding[];
}

/** How far a map is that is being drawn, as a small picture of class codes. */
export interface PartialMap {
  readonly jobId: number;
  readonly area: GeoBox;
  /** of the picture; rows from the top */
  readonly width: number;
  readonly height: number;
  /** class codes, base64; 0: not there yet, or nothing to see */
  readonly classes: string;
  readonly legend: readonly LegendClass[];
  readonly rowsDone: number;
  readonly tilesDone: number;
}
