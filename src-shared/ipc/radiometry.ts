import type { Remark } from "../eo/remarks.ts";
import type { SensorId } from "../eo/sensors.ts";

export type RepairKind =
  | "offset-still-in"
  | "offset-taken-twice"
  | "not-divided"
  | "decibels-not-linear"
  | "linear-not-decibels";

/** In physical units: reflectance, or the backscatter's own; the middle of the dates that were looked at. */
export interface RepairFigures {
  /** one pixel in a thousand is darker */
  readonly darkest: number | null;
  readonly middle: number | null;
  /** one pixel in a hundred is brighter */
  readonly brightest: number | null;
}

/** A change of how numbers are read that the pixels ask for. */
export interface Repair {
  readonly kind: RepairKind;
  readonly modality: string;
  /** that were looked at */
  readonly dates: number;
  /** dates of the input that stay as they are: they do not have the fault */
  readonly others: number;
  readonly acquisitions: readonly string[];
  readonly before: RepairFigures;
  readonly after: RepairFigures;
}

/** Which images are meant; what is left out does not narrow. */
export interface ImageSelection {
  readonly acquisitions?: readonly string[] | undefined;
  readonly sensor?: SensorId | undefined;
  readonly modality?: string | undefined;
  readonly dates?: readonly string[] | undefined;
}

export interface RadiometryGiven {
  /** value = stored × scale + offset */
  readonly scale?: number | undefined;
  readonly offset?: number | undefined;
  readonly unit?: "reflectance" | "db" | "linear" | "amplitude" | "brightness" | "unknown" | undefined;
  /** `null`: every number is data */
  readonly nodata?: number | null | undefined;
}

/**
 * A mask: another file, of any resolution and coordinate system, or a band of the images themselves. With neither `file` nor
 * `band` the masks of classes or bits that the images have are read with these clear values or bits.
 */
export interface MaskGiven {
  readonly file?: string | undefined;
  /** by name or number; of `file` its first when left out */
  readonly band?: string | undefined;
  readonly clear?: readonly number[] | undefined;
  /** of a bit field: a pixel is clear when none of these is set */
  readonly bits?: readonly number[] | undefined;
}

/** How the numbers of images are read, after they were imported. Each is one step of the history. */
export interface RadiometryCommands {
  /** `mask: null` takes masks away. Answers how many acquisitions have changed. */
  "radiometry.set"(
    request: ImageSelection & {
      readonly radiometry?: RadiometryGiven | undefined;
      readonly mask?: MaskGiven | null | undefined;
    },
  ): Promise<{ readonly acquisitions: number; readonly warnings: readonly Remark[] }>;
  /** What the pixels say against the meaning that was decided for them. Looks at a few dates of every input. */
  "radiometry.repairs"(request: { readonly modality?: string | undefined }): Promise<readonly Repair[]>;
  /** Makes a repair that `radiometry.repairs` proposes. */
  "radiometry.repair"(request: { readonly modality: string; readonly kind: RepairKind }): Promise<Repair>;
}
