import type { Imagery, ProjectGrid } from "../domain/job.ts";
import type { Job } from "../domain/job-row.ts";
import type { Split } from "../domain/label.ts";
import type { LegendClass } from "../domain/legend.ts";
import type { MapProduct } from "../domain/map-product.ts";
import type { Model } from "../domain/model.ts";
import type { Modality } from "../eo/modality.ts";
import type { Bounds } from "../geo/bounds.ts";

type Nothing = Readonly<Record<string, never>>;

export interface ModalityLine
  extends Pick<Modality, "name" | "kind" | "sensor" | "bands" | "resolutionMeters" | "patchPixels"> {
  readonly dates: number;
  /** images of all dates: more than dates where dates are mosaics of several places */
  readonly pieces: number;
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

/** A part of the project with images that hang together. */
export interface PlaceOfProject {
  /** from 1: from the north, then from the west */
  readonly number: number;
  /** in the project's CRS */
  readonly bounds: Bounds;
  readonly squareKilometers: number;
}

/** The area of a project: the box of its patches, or less of it. */
export interface ProjectArea {
  /** some of the box does not belong to the project */
  readonly limited: boolean;
  readonly patches: number;
  readonly squareKilometers: number;
  /** of the box around all patches */
  readonly boxPatches: number;
  readonly boxSquareKilometers: number;
}

/** What the project is to end at; `null`: all of its box belongs to it. */
export type AreaLimit =
  /** polygons as their outlines, images and points as their boxes; `crs` for files that name none */
  | { readonly files: readonly string[]; readonly crs?: string | undefined }
  /** a polygon in the project's CRS: its edge, then its holes */
  | { readonly outline: readonly (readonly (readonly [x: number, y: number])[])[] }
  | null;

export interface WithheldFolder {
  readonly folder: string;
  readonly files: number;
  /** a few of their names */
  readonly names: readonly string[];
}

/** The open project as a whole. */
export interface ProjectCommands {
  "project.describe"(request: Nothing): Promise<ProjectDescription>;
  /** Separate places with images of any input; none before images are there. The first 5000. */
  "project.places"(request: Nothing): Promise<readonly PlaceOfProject[]>;
  /** Every modality with its acquisitions, as jobs take them. */
  "project.imagery"(request: Nothing): Promise<Imagery>;
  /** Folders outside of the project that it names files in, and that the person has not allowed: nothing there was read. */
  "project.withheld"(request: Nothing): Promise<readonly WithheldFolder[]>;
  /** Allows folders and what lies below them. Remembered for this project on this computer, outside of the project. */
  "project.allow"(request: { readonly folders: readonly string[] }): Promise<void>;
  "project.area"(request: Nothing): Promise<ProjectArea>;
  /**
   * Lets the project end at polygons: statistics, labels, coverage and maps keep to the patches that they touch. One step that
   * can be undone. `beyond`: some of the polygons lie outside of the box, where nothing of the project is.
   */
  "project.setArea"(request: { readonly limit: AreaLimit }): Promise<ProjectArea & { readonly beyond: boolean }>;
  "project.rename"(request: { readonly name: string }): Promise<void>;
}
