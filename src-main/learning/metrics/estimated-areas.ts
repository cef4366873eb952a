import { estimateSample } from "./sample-estimates.ts";

export interface EstimatedArea {
  readonly area: number;
  /** half of the 95 % interval, in the units of `area` */
  readonly error: number;
  /** `null` where no sample is mapped as the class */
  readonly usersAccuracy: number | null;
  /** `null` where no sample is of the class */
  readonly producersAccuracy: number | null;
}

export interface EstimatedAreas {
  readonly classes: readonly EstimatedArea[];
  readonly overallAccuracy: number;
  readonly overallAccuracyError: number;
}

/**
 * Areas of the classes as the reference has them, estimated from the map's pixels and a sample of reference labels by
 * post-stratification (Olofsson et al. 2014, Remote Sensing of Environment 148, equations 1–11): each row of the matrix
 * (what the map says) is a stratum that weighs as much as it covers.
 *
 * A mapped class needs two samples; those with fewer are named in `missing`, and nothing is estimated. The intervals
 * hold for a probability sample alone.
 */
export function estimateAreas(
  counts: readonly (readonly number[])[],
  pixels: readonly number[],
  total: number,
): EstimatedAreas | { readonly missing: readonly number[] } {
  const strata = counts.map((row, i) => ({
    size: pixels[i]!,
    counts: counts.map((_, own) => (own === i ? row : row.map(() => 0))),
  }));
  const found = estimateSample(strata, counts.length, false);
  if ("missing" in found) return found;
  return {
    classes: found.classes.map(({ share, producersAccuracy }, j) => {
      const samples = counts[j]!.reduce((sum, count) => sum + count, 0);
      return {
        area: share.value * total,
        error: share.error * total,
        usersAccuracy: samples > 0 ? counts[j]![j]! / samples : null,
        producersAccuracy: producersAccuracy?.value ?? null,
      };
    }),
    overallAccuracy: found.overallAccuracy?.value ?? 0,
    overallAccuracyError: found.overallAccuracy?.error ?? 0,
  };
}
