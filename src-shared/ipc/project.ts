import type { Imagery, ProjectGrid } from "../domain/job.ts";
import type { Job } from "../domain/job-row.ts";
import type { Split } from "../domain/label.ts";
import type { LegendClass } from "../domain/legend.ts";
import type { MapProduct } from "../domain/map-product.ts";
import type { Model } from "../domain/model.ts";
import type { Modality } from "../eo/modality.ts";

type Nothing = Readonly<Record<string, never>>;

export interface ModalityLine
  extends Pick<Modality, "name" | "kind" | "sensor" | "bands" | "resolutionMeters" | "patchPixels"> {
  readonly dates: number;
  readonly first: string | null;
  readonly last: string | null;
}

export interface ProjectDescription {
  readonly folder: string;
  readonly name: string;
  readonly grid: ProjectGrid;
  readonly createdAt: string;
  readonly appVersion: string;
  readonly rasters: number;
  readonly missing: readonly { readonly id: number; readonly path: string }[];
  readonly modalities: readonly ModalityLine[];
  readonly legends: readonly {
    readonly name: string;
    readonly classes: readonly (LegendClass & { readonly polygons: number })[];
  }[];
  readonly split: Split | null;
  readonly models: readonly Model[];
  readonly maps: readonly MapProduct[];
  readonly jobs: readonly Job[];
}

/** The open project as a whole. */
export interface ProjectCommands {
  "project.describe"(request: Nothing): Promise<ProjectDescription>;
  /** Every modality with its acquisitions, as jobs take them. */
  "project.imagery"(request: Nothing): Promise<Imagery>;
  "project.rename"(request: { readonly name: string }): Promise<void>;
}
