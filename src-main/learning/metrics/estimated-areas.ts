/** The 97.5th percentile of the normal distribution, rounded as the paper does. */
const z = 1.96;

export interface EstimatedArea {
  readonly area: number;
  /** half of the 95 % interval, in the units of `area` */
  readonly error: number;
  readonly usersAccuracy: number;
  readonly producersAccuracy: number;
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
  const samples = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const missing = counts.map((_, i) => i).filter((i) => pixels[i]! > 0 && samples[i]! < 2);
  const all = pixels.reduce((sum, count) => sum + count, 0);
  if (missing.length > 0 || all === 0) return { missing };
  const weights = pixels.map((count) => count / all);
  const strata = counts.map((_, i) => i).filter((i) => weights[i]! > 0);
  /** share of the whole that the map calls i and that is j */
  const share = (i: number, j: number): number => (weights[i]! * counts[i]![j]!) / samples[i]!;
  const sum = (term: (i: number) => number): number => strata.reduce((total, i) => total + term(i), 0);

  const classes = counts.map((_, j): EstimatedArea => {
    const covered = sum((i) => share(i, j));
    const variance = sum((i) => (weights[i]! * share(i, j) - share(i, j) ** 2) / (samples[i]! - 1));
    return {
      area: covered * total,
      error: z * Math.sqrt(Math.max(0, variance)) * total,
      usersAccuracy: samples[j]! > 0 ? counts[j]![j]! / samples[j]! : 0,
      producersAccuracy: covered > 0 ? (strata.includes(j) ? share(j, j) : 0) / covered : 0,
    };
  });
  const variance = sum((i) => {
    const users = counts[i]![i]! / samples[i]!;
    return (weights[i]! ** 2 * users * (1 - users)) / (samples[i]! - 1);
  });
  return {
    classes,
    overallAccuracy: sum((i) => share(i, i)),
    overallAccuracyError: z * Math.sqrt(Math.max(0, variance)),
  };
}
