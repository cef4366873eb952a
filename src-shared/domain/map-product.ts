import type { GeoBox } from "../geo/geobox.ts";
import type { MapResult } from "./job.ts";

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
}
