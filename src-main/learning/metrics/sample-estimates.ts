/** The 97.5th percentile of the normal distribution, rounded as the papers do. */
export const z95 = 1.96;

/** What was found in one stratum of a probability sample. */
export interface SampledStratum {
  /** units (pixels) in the stratum, sampled or not */
  readonly size: number;
  /**
   * sampled units, [class on the map][class of the reference]. The first `classes` rows and columns are the same classes; a further
   * column is a reference class that the map does not know; a further row is `elsewise`, one more `unmapped`.
   */
  readonly counts: readonly (readonly number[])[];
}

/** A figure with half of its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

export interface SampleEstimates {
  /** `null` where the map says nothing of any sampled unit */
  readonly overallAccuracy: Estimate | null;
  readonly classes: readonly {
    /** of all units, by the reference */
    readonly share: Estimate;
    /** `null` where no sampled unit is mapped as the class */
    readonly usersAccuracy: Estimate | null;
    /** `null` where no sampled unit is of the class */
    readonly producersAccuracy: Estimate | null;
  }[];
  /** [class on the map][class of the reference], shares of all units */
  readonly matrix: readonly (readonly number[])[];
}

type Indicator = (row: number, column: number) => boolean;

/**
 * Accuracy of a map and the area of each reference class, from a simple or stratified random sample: means and ratios of indicators
 * over strata, which need not be the classes of the map (Stehman 2014, Int. J. Remote Sensing 35, equations 3 and 25–28). Where they are, and
 * without `finite`, the figures are those of Olofsson et al. 2014 (equations 1–11).
 *
 * A stratum with fewer than two sampled units says nothing of its variance: these are named in `missing`, and nothing is estimated. Of one
 * that was sampled whole (with `finite`) everything is known: it adds nothing to the intervals, also where it is a single unit.
 * @param classes how many of the columns are classes with the same row; `counts` may have one row for other classes of the map after
 * these, and one for units that the map says nothing of, which count for areas alone
 * @param finite narrows the intervals by the share of each stratum that was sampled
 */
export function estimateSample(
  strata: readonly SampledStratum[],
  classes: number,
  finite = true,
): SampleEstimates | { readonly missing: readonly number[] } {
  const sampled = strata.map(({ counts }) => counts.reduce((all, row) => row.reduce((sum, n) => sum + n, all), 0));
  const whole = (size: number, n: number): boolean => finite && n >= size;
  const missing = strata.flatMap(({ size }, h) =>
    sampled[h]! < 2 && !whole(size, sampled[h]!) && size > 0 ? [h] : [],
  );
  const all = strata.reduce((sum, { size }) => sum + size, 0);
  if (missing.length > 0 || all === 0) return { missing };
  const used = strata.flatMap((stratum, h) => (stratum.size > 0 ? [{ ...stratum, sampled: sampled[h]! }] : []));
  const rows = Math.max(...used.map(({ counts }) => counts.length));
  const columns = Math.max(...used.flatMap(({ counts }) => counts.map((row) => row.length)));

  /** Share of a stratum's sampled units of which `is` holds. */
  const mean = ({ counts, sampled: n }: (typeof used)[number], is: Indicator): number =>
    counts.reduce((sum, row, i) => row.reduce((own, count, j) => own + (is(i, j) ? count : 0), sum), 0) / n;

  /** Of the units of which `of` holds, the share of which `is` holds too. */
  const ratio = (is: Indicator, of: Indicator): Estimate | null => {
    const both: Indicator = (i, j) => is(i, j) && of(i, j);
    const parts = used.map((stratum) => ({ ...stratum, y: mean(stratum, both), x: mean(stratum, of) }));
    const total = parts.reduce((sum, { size, x }) => sum + size * x, 0);
    if (total === 0) return null;
    const value = parts.reduce((sum, { size, y }) => sum + size * y, 0) / total;
    const variance = parts.reduce((sum, { size, sampled: n, x, y }) => {
      if (whole(size, n)) return sum;
      // Variances and covariance of indicators, of which one is part of the other.
      const [varianceY, varianceX, covariance] = [y * (1 - y), x * (1 - x), y * (1 - x)];
      const residual = varianceY + value ** 2 * varianceX - 2 * value * covariance;
      return sum + (size ** 2 * (finite ? 1 - n / size : 1) * residual) / (n - 1);
    }, 0);
    return { value, error: (z95 * Math.sqrt(Math.max(0, variance))) / total };
  };

  const anything: Indicator = () => true;
  const mapped: Indicator = (i) => i <= classes;
  return {
    overallAccuracy: ratio((i, j) => i === j && i < classes, mapped),
    classes: Array.from({ length: columns }, (_, k) => ({
      share: ratio((_i, j) => j === k, anything)!,
      usersAccuracy:
        k < classes
          ? ratio(
              (_i, j) => j === k,
              (i) => i === k,
            )
          : null,
      producersAccuracy: ratio(
        (i) => i === k && k < classes,
        (i, j) => j === k && mapped(i, j),
      ),
    })),
    matrix: Array.from({ length: rows }, (_, i) =>
      Array.from(
        { length: columns },
        (_none, j) =>
          used.reduce((sum, { size, sampled: n, counts }) => sum + (size * (counts[i]?.[j] ?? 0)) / n, 0) / all,
      ),
    ),
  };
}
