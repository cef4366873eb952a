import type { SensorId } from "./sensors.ts";

/** What several products of one day become in a series. */
export type DuplicateDates =
  /** stop and say so */
  | "error"
  /** the product with the largest clear share */
  | "best"
  /** one step: each pixel from the first product that sees it clearly */
  | "merge"
  /** two steps with the same date (ascending and descending passes in one series) */
  | "keep";

export type ResamplingMethod = "nearest" | "bilinear" | "cubic" | "average" | "mode";

/** What the network takes as one input: an image of one date, or a series of dates. */
export interface Modality {
  /** `s2`, `s1-asc`, `aerial`: becomes part of the weights' names */
  readonly name: string;
  readonly kind: "image" | "series";
  readonly sensor: SensorId;
  readonly bands: readonly string[];
  /** what the images call the bands that are read for `bands`, in the same order, where another sensor stands in for this one */
  readonly readAs?: readonly string[];
  /** of the grid the network sees, not of the files */
  readonly resolutionMeters: number;
  /** pixels along one side of a patch: patch size ÷ resolution */
  readonly patchPixels: number;
  /** ids in order of time; an image has one or more (pixels from the first that has data) */
  readonly acquisitions: readonly string[];
  readonly duplicateDates: DuplicateDates;
  readonly resampling: ResamplingMethod;
  /** SCL classes that count as clear; empty: the quality band is not used */
  readonly clearClasses: readonly number[];
}

/** What the images of a modality call its bands. */
export const bandsRead = ({ bands, readAs }: Pick<Modality, "bands" | "readAs">): readonly string[] => readAs ?? bands;

/** Pixels along one side of a patch; a resolution that does not divide the patch throws. */
export function patchPixels(patchMeters: number, resolutionMeters: number): number {
  const pixels = patchMeters / resolutionMeters;
  const whole = Math.round(pixels);
  if (whole < 1 || Math.abs(pixels - whole) > 1e-6) {
    throw new Error(`Patch of ${patchMeters} m is not a whole number of pixels of ${resolutionMeters} m`);
  }
  return whole;
}
