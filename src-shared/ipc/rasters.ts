import type { Raster } from "../domain/raster.ts";
import type { Acquisition } from "../eo/acquisition.ts";
import type { DuplicateDates, Modality } from "../eo/modality.ts";
import type { SensorId } from "../eo/sensors.ts";
import type { ErrorMessage } from "./errors.ts";

type Nothing = Readonly<Record<string, never>>;

export interface ImportedImages {
  readonly rasters: number;
  /** those the files belong to */
  readonly acquisitions: readonly Acquisition[];
  /** all of the project */
  readonly modalities: readonly Modality[];
  readonly warnings: readonly string[];
}

/** What a person decided about one file; it wins over every guess. */
export interface ImageChoice {
  readonly path: string;
  readonly sensor?: SensorId | undefined;
  readonly date?: string | undefined;
  readonly bands?: readonly string[] | undefined;
  readonly crs?: string | undefined;
}

/** A guess and what it rests on; `chosen`: a person said so. */
export interface Guess<Value> {
  readonly value: Value | null;
  /** `“S2_L2A_10m_20190410T105032.tif”`, `the bands' descriptions`; empty when nothing was found */
  readonly evidence: string;
  readonly chosen: boolean;
}

/** One file as it would be imported. */
export interface ImagePreview {
  readonly path: string;
  readonly bytes: number;
  /** the project has this file already: it would be read anew */
  readonly known: boolean;
  readonly width: number | null;
  readonly height: number | null;
  readonly dataType: string | null;
  readonly sensor: Guess<SensorId>;
  /** several when one file holds a series */
  readonly dates: Guess<readonly string[]>;
  readonly time: string | null;
  readonly level: string | null;
  readonly bands: Guess<readonly string[]>;
  /** of the file, whatever their names */
  readonly bandCount: number;
  readonly crs: Guess<string>;
  readonly crsName: string | null;
  /** side of a pixel in units of the project's CRS */
  readonly resolution: number | null;
  /** share of the project's area inside the image's frame, 0 to 1 */
  readonly overlap: number | null;
  /** how its numbers are read, and why */
  readonly radiometry: string | null;
  /** acquisitions it becomes part of */
  readonly acquisitions: readonly string[];
  /** bands of a date that the project has from another file: this one takes their place */
  readonly replaces: readonly string[];
  /** it cannot be imported as it is */
  readonly problems: readonly ErrorMessage[];
  readonly warnings: readonly string[];
}

/** What an import would make of the project's modalities. */
export interface PlannedModality {
  readonly name: string;
  readonly kind: Modality["kind"];
  readonly sensor: SensorId;
  readonly bands: readonly string[];
  readonly resolutionMeters: number;
  readonly dates: number;
  readonly first: string;
  readonly last: string;
  readonly isNew: boolean;
  /** days with more than one product */
  readonly duplicates: readonly { readonly date: string; readonly paths: readonly string[] }[];
  /** dates without some of the modality's bands */
  readonly incomplete: readonly {
    readonly date: string;
    readonly missing: readonly string[];
    readonly path: string;
  }[];
}

export interface ImportPreview {
  readonly files: readonly ImagePreview[];
  readonly modalities: readonly PlannedModality[];
  /** what concerns several files */
  readonly problems: readonly { readonly paths: readonly string[]; readonly error: ErrorMessage }[];
}

/** Images of the project: which files, which dates, which inputs of the network. */
export interface RasterCommands {
  "rasters.list"(request: Nothing): Promise<readonly Raster[]>;
  /** A dry look: what every file is taken for and why, and what would become of it. Nothing is stored. */
  "rasters.preview"(request: {
    readonly paths: readonly string[];
    readonly choices?: readonly ImageChoice[] | undefined;
    /** the name under which it tells how far it is and can be stopped */
    readonly task?: string | undefined;
  }): Promise<ImportPreview>;
  /** Stops a preview or an import at its next file; nothing of it is kept. */
  "rasters.stop"(request: { readonly task: string }): Promise<void>;
  "rasters.import"(request: {
    /** files, or folders that are searched for images */
    readonly paths: string[];
    /** decisions about single files; those named here need not be among `paths` */
    readonly choices?: readonly ImageChoice[] | undefined;
    /** what becomes of dates without some of their modality's bands */
    readonly incomplete?: "error" | "leave-out" | undefined;
    readonly task?: string | undefined;
    readonly sensor?: SensorId | undefined;
    readonly date?: string | undefined;
    readonly bands?: string[] | undefined;
    readonly crs?: string | undefined;
    readonly duplicateDates?: DuplicateDates | undefined;
    readonly skip?: boolean | undefined;
  }): Promise<ImportedImages>;
  "rasters.relink"(request: {
    readonly from: string;
    readonly to: string;
    readonly crs?: string | undefined;
  }): Promise<Raster>;
  "rasters.relinkAll"(request: { readonly folder: string }): Promise<{
    readonly relinked: readonly Raster[];
    readonly missing: readonly Raster[];
    readonly problems: readonly string[];
  }>;
  "modalities.list"(request: Nothing): Promise<readonly Modality[]>;
}
