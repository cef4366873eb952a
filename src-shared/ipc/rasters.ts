import type { Raster, RasterState } from "../domain/raster.ts";
import type { Acquisition } from "../eo/acquisition.ts";
import type { EvidenceSource } from "../eo/evidence.ts";
import type { MaskMeaning } from "../eo/masks.ts";
import type { Modality } from "../eo/modality.ts";
import type { ProductKind } from "../eo/product-file.ts";
import type { Remark } from "../eo/remarks.ts";
import type { SensorId } from "../eo/sensors.ts";
import type { ErrorMessage } from "./errors.ts";
import type { MaskGiven, RadiometryGiven } from "./radiometry.ts";

type Nothing = Readonly<Record<string, never>>;

/** A file that could not be used, and why; the sentence says what would help. */
export interface UnusedFile {
  readonly path: string;
  readonly error: ErrorMessage;
}

/** What becomes of several images of one place at one overpass. */
export type PlaceChoice =
  /** both, as two dates */
  | "keep"
  /** the one that is added now stands in the place of the one before, which stays in the project outside the inputs */
  | "replace"
  /** the one with the largest clear share of this place */
  | "best"
  /** each pixel from the one that sees it */
  | "merge";

export interface ImportedImages {
  readonly rasters: number;
  /** those the files belong to */
  readonly acquisitions: readonly Acquisition[];
  /** all of the project */
  readonly modalities: readonly Modality[];
  readonly warnings: readonly Remark[];
  /** files that were named or found and could not be used */
  readonly unused: readonly UnusedFile[];
  /** files that the project had already: nothing changed for them */
  readonly unchanged: readonly string[];
  /** copies of files that are there already, byte for byte */
  readonly copies: readonly { readonly path: string; readonly of: string }[];
}

/** One of several images of a place, with what distinguishes them. */
export interface PlaceRival {
  readonly paths: readonly string[];
  readonly isNew: boolean;
  readonly time: string | null;
  readonly baseline: string | null;
  /** share of its frame that is clear, 0 to 1; without a mask the share with data */
  readonly clearShare: number | null;
  readonly bytes: number;
  readonly bands: readonly string[];
  /** 1-based: which of a stack's bands these are */
  readonly bandIndexes: readonly number[];
}

/** Several images of one place at one overpass. */
export interface PlaceQuestion {
  readonly sensor: SensorId;
  readonly date: string;
  readonly rivals: readonly PlaceRival[];
}

export interface RemovedImages {
  /** files taken out */
  readonly rasters: number;
  /** acquisitions that are no more */
  readonly acquisitions: readonly string[];
  /** acquisitions that have lost pieces or bands */
  readonly changed: readonly string[];
}

/** What a person decided about one file; it wins over every guess. */
export interface ImageChoice {
  readonly path: string;
  readonly sensor?: SensorId | undefined;
  readonly date?: string | undefined;
  readonly bands?: readonly string[] | undefined;
  readonly crs?: string | undefined;
  /** it does not change with time, and has no date */
  readonly undated?: boolean | undefined;
  /** it is a mask; without a meaning the one that its product's documentation gives */
  readonly isMask?:
    | { readonly clear?: readonly number[] | undefined; readonly bits?: readonly number[] | undefined }
    | undefined;
}

/** A guess and what it rests on; `chosen`: a person said so. */
export interface Guess<Value> {
  readonly value: Value | null;
  /** `null` when nothing was found */
  readonly evidence: EvidenceSource | null;
  readonly chosen: boolean;
}

/** One file as it would be imported. */
export interface ImagePreview {
  readonly path: string;
  readonly bytes: number;
  /** the project has this file already: nothing changes for it unless something is decided anew */
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
  readonly radiometry: Remark | null;
  /** the mask that it is, or has among its bands; evidence says who gave the meaning */
  readonly mask: (MaskMeaning & { readonly evidence: EvidenceSource | null; readonly alone: boolean }) | null;
  /** it does not change with time, as a person said */
  readonly undated: boolean;
  /** acquisitions it becomes part of */
  readonly acquisitions: readonly string[];
  /** byte for byte this file, which is there already: it adds nothing */
  readonly copyOf: string | null;
  /** it cannot be imported as it is */
  readonly problems: readonly ErrorMessage[];
  readonly warnings: readonly Remark[];
}

/** What an import would make of the project's modalities. */
export interface PlannedModality {
  readonly name: string;
  readonly kind: Modality["kind"];
  readonly sensor: SensorId;
  readonly bands: readonly string[];
  readonly resolutionMeters: number;
  readonly dates: number;
  /** images side by side and one after the other: more than dates where dates are mosaics */
  readonly pieces: number;
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

/** Files that were delivered as one product, as its own metadata say. */
export interface ProductPreview {
  readonly kind: ProductKind;
  /** as its producer calls it */
  readonly name: string;
  /** its folder, its archive or its metadata file */
  readonly path: string;
  readonly sensor: SensorId | null;
  readonly level: string | null;
  readonly date: string | null;
  readonly time: string | null;
  readonly tiles: readonly string[];
  readonly baseline: string | null;
  /** the files of it that are read */
  readonly files: readonly string[];
  /** bands that its metadata list and that are not there */
  readonly missing: readonly string[];
  /** layers that are there and are not read, as the producer calls them */
  readonly leftOut: readonly string[];
  /** nothing of it can be read */
  readonly problem: ErrorMessage | null;
}

export interface ImportPreview {
  /** products among the files, in order of name */
  readonly products: readonly ProductPreview[];
  readonly files: readonly ImagePreview[];
  readonly modalities: readonly PlannedModality[];
  /** what concerns several files */
  readonly problems: readonly { readonly paths: readonly string[]; readonly error: ErrorMessage }[];
  /** files of the folders that are no images, each with its reason */
  readonly unused: readonly UnusedFile[];
  /** places that several images show at one overpass: somebody has to say what becomes of them */
  readonly questions: readonly PlaceQuestion[];
}

/** One place of an acquisition: the files of one footprint. */
export interface PieceFacts {
  readonly tile: string | null;
  readonly time: string | null;
  readonly files: readonly {
    readonly path: string;
    readonly bands: readonly string[];
    readonly mask: boolean;
    readonly state: RasterState;
  }[];
}

/** An acquisition as people see it: a mosaic of so many pieces, and what of it is there. */
export interface AcquisitionFacts {
  readonly id: string;
  readonly name: string | null;
  readonly sensor: SensorId;
  readonly level: string | null;
  readonly date: string;
  readonly time: string | null;
  /** `S2A · ascending · 31UFS`: what distinguishes acquisitions of one date */
  readonly detail: string | null;
  readonly bands: readonly string[];
  readonly pieces: readonly PieceFacts[];
  readonly files: number;
  /** which of its pieces have a classification of clouds */
  readonly mask: "all" | "some" | "none";
  readonly state: RasterState;
  readonly missing: readonly string[];
  /** inputs of the network it feeds */
  readonly modalities: readonly string[];
}

/** Images of the project: which files, which dates, which inputs of the network. */
export interface RasterCommands {
  "rasters.list"(request: Nothing): Promise<readonly Raster[]>;
  "acquisitions.list"(request: Nothing): Promise<readonly AcquisitionFacts[]>;
  /** A preview: what every file is taken for and why, and what an import would do with it. Nothing is stored. */
  "rasters.preview"(request: {
    readonly paths: readonly string[];
    readonly choices?: readonly ImageChoice[] | undefined;
    /** the name under which it reports its progress and can be stopped */
    readonly task?: string | undefined;
  }): Promise<ImportPreview>;
  /** A small picture of what files would be imported as: a `data:` address, `null` when they cannot be shown. Nothing is stored. */
  "rasters.quickLook"(request: { readonly paths: readonly string[] }): Promise<{ readonly picture: string | null }>;
  /** Stops a preview or an import at its next file; nothing of it is kept. */
  "rasters.stop"(request: { readonly task: string }): Promise<void>;
  "rasters.import"(request: {
    /** files, or folders that are searched for images */
    readonly paths: string[];
    /** decisions about single files; those named here need not be among `paths` */
    readonly choices?: readonly ImageChoice[] | undefined;
    readonly task?: string | undefined;
    readonly sensor?: SensorId | undefined;
    readonly date?: string | undefined;
    /** these files do not change with time */
    readonly undated?: boolean | undefined;
    readonly bands?: string[] | undefined;
    readonly crs?: string | undefined;
    readonly duplicates?: PlaceChoice | undefined;
    /** what the numbers of all these files mean */
    readonly radiometry?: RadiometryGiven | undefined;
    readonly mask?: MaskGiven | undefined;
    /** the metadata item that holds the date */
    readonly dateTag?: string | undefined;
  }): Promise<ImportedImages>;
  /**
   * Takes files, acquisitions or whole dates out of the project: one step of the history. The files stay on the disk. With
   * `sensor` only what belongs to it.
   */
  "rasters.remove"(request: {
    readonly paths?: readonly string[] | undefined;
    readonly acquisitions?: readonly string[] | undefined;
    readonly dates?: readonly string[] | undefined;
    readonly sensor?: SensorId | undefined;
  }): Promise<RemovedImages>;
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
}
