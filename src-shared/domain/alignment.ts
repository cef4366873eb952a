import type { Acquisition } from "../eo/acquisition.ts";
import type { CommonSpec, Imagery, ProjectGrid } from "./job.ts";

/** Why no shift could be measured, or why it should not be relied on. */
export type MeasureRefusal = "texture" | "clouds" | "overlap" | "ambiguous" | "inconsistent" | "too-far";

/** What each date is corrected by: one shift, an affine displacement, or one that differs from place to place. */
export const alignModels = ["shift", "affine", "local"] as const;
export type AlignModel = (typeof alignModels)[number];

/** Measures how far the dates of a modality lie beside a reference. Changes nothing. */
export interface AlignSpec extends CommonSpec {
  readonly kind: "align";
  readonly grid: ProjectGrid;
  /** the modality, and that of the reference */
  readonly imagery: Imagery;
  /** whose dates are measured */
  readonly modality: string;
  /** ids of acquisitions: one image, or several whose median is the reference */
  readonly reference: readonly string[];
  readonly model: AlignModel;
}

/** How one date lies. */
export interface AlignedDate {
  readonly acquisition: string;
  readonly date: string;
  /** the correction it had when it was measured */
  readonly before: Acquisition["shift"] | null;
  /** the correction that would put it on the reference, in all; `null` where none could be measured */
  readonly correction: Acquisition["shift"] | null;
  /** how far it lies off, in pixels of the comparison, as a mean over the area where that differs; `null` where that could not be measured */
  readonly off: number | null;
  /** standard error of that, in pixels, from how parts of the image scatter; `null` where too few parts can be told */
  readonly error: number | null;
  /** root mean square distance of the parts from the common shift, in pixels */
  readonly residual: number | null;
  /** 0 … 1: how far the peak stands out, and how well parts agree */
  readonly confidence: number;
  readonly windows: { readonly used: number; readonly all: number };
  /** share of the windows that both see clearly */
  readonly clear: number;
  /** pixels each way in which it was looked for */
  readonly reach: number;
  readonly refused: MeasureRefusal | null;
}

export interface AlignResult {
  readonly modality: string;
  readonly reference: readonly string[];
  readonly model: AlignModel;
  readonly bands: { readonly moving: string; readonly reference: string };
  /** metres per pixel of the comparison */
  readonly resolution: number;
  /** in order of time; without an image that is the reference itself */
  readonly dates: readonly AlignedDate[];
}

/** Shorter distances are not told from none, however well parts agree: kernels that resample leave up to 0.06 pixels. */
const leastOff = 0.1;
/** times the standard error */
const certain = 3;

/** Does the date lie off by more than what a measurement of nothing gives? */
export const isOff = ({ off, error, refused }: Pick<AlignedDate, "off" | "error" | "refused">): boolean =>
  refused === null && off !== null && error !== null && off > leastOff && off > certain * error;

/** The dates that are worth correcting: off by at least `pixels`, for certain. */
export const datesBeyond = (dates: readonly AlignedDate[], pixels: number): AlignedDate[] =>
  dates.filter((date) => isOff(date) && date.off! >= pixels);
