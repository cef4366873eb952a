import type { Allocation, SampleMethod } from "../../../src-shared/domain/area-sample.ts";
import { z95 } from "./sample-estimates.ts";

/** A stratum before it is sampled. */
export interface PlannedStratum {
  /** units (pixels) in it */
  readonly size: number;
  /** the user's accuracy that is expected of it, 0 … 1 */
  readonly expected: number;
}

/** What the wanted interval is of: the overall accuracy, or the share of the class of one stratum. */
export type PlannedFigure = "overall" | number;

export interface SamplePlan {
  /** of each stratum; for a design without strata what is to be expected in it */
  readonly units: readonly number[];
  readonly total: number;
  /** half of the 95 % interval that is to be expected */
  readonly error: number;
}

/** Fewer places of a class say nothing of its variance, so that nothing could be estimated. */
const fewest = 2;

/** Accuracies of 0 and 1 would leave no variance to plan with. */
const believable = (expected: number): number => Math.min(0.99, Math.max(0.01, expected));

/** Standard deviation of what is counted in a stratum: the class was mapped right, or the place is of the class `figure`. */
function deviation(strata: readonly PlannedStratum[], h: number, figure: PlannedFigure): number {
  const expected = believable(strata[h]!.expected);
  // What is mapped wrong is taken to be of all other classes alike.
  const share =
    figure === "overall" || figure === h || strata.length < 2 ? expected : (1 - expected) / (strata.length - 1);
  return Math.sqrt(share * (1 - share));
}

/**
 * Half of the 95 % interval that a sample will give: Σ W² (1 − n/N) S² / n over the strata (Cochran 1977, equation 5.6). A simple or
 * systematic sample is divided by the classes of the map afterwards, with about as many units in each as it has of the area.
 */
export function predictedError(
  strata: readonly PlannedStratum[],
  units: readonly number[],
  figure: PlannedFigure = "overall",
): number {
  const all = strata.reduce((sum, { size }) => sum + size, 0);
  const variance = strata.reduce((sum, { size }, h) => {
    if (size === 0) return sum;
    const n = Math.min(size, units[h]!);
    if (n === 0) return Number.POSITIVE_INFINITY;
    return sum + ((size / all) ** 2 * (1 - n / size) * deviation(strata, h, figure) ** 2) / n;
  }, 0);
  return z95 * Math.sqrt(variance);
}

/**
 * Divides `total` units among strata, by area (`proportional`), alike (`equal`), or by area times standard deviation (`optimal`: Neyman,
 * Cochran 1977, equation 5.26), each with at least `minimum`, and two, where it has as many. More than `total` where the minima ask for it.
 */
export function allocate(
  strata: readonly PlannedStratum[],
  total: number,
  how: Allocation,
  minimum: number,
  figure: PlannedFigure = "overall",
): number[] {
  const wanted = strata.map(({ size }, h) =>
    size === 0 ? 0 : how === "equal" ? 1 : how === "proportional" ? size : size * deviation(strata, h, figure),
  );
  const least = strata.map(({ size }) => Math.min(size, Math.max(fewest, minimum)));
  const fixed = new Map<number, number>();
  // What its share would put below the minimum, or above what there is, is set; the others divide the rest.
  for (;;) {
    const free = strata.flatMap((_, h) => (fixed.has(h) || strata[h]!.size === 0 ? [] : [h]));
    const rest = Math.max(0, total - [...fixed.values()].reduce((sum, n) => sum + n, 0));
    const weight = free.reduce((sum, h) => sum + wanted[h]!, 0);
    const share = (h: number) => (weight === 0 ? 0 : (rest * wanted[h]!) / weight);
    const low = free.filter((h) => share(h) < least[h]!);
    const high = free.filter((h) => share(h) > strata[h]!.size);
    if (low.length > 0) for (const h of low) fixed.set(h, least[h]!);
    else if (high.length > 0) for (const h of high) fixed.set(h, strata[h]!.size);
    else {
      const counts = strata.map((_, h) => fixed.get(h) ?? (free.includes(h) ? Math.floor(share(h)) : 0));
      let left = Math.round(free.reduce((sum, h) => sum + share(h), 0)) - free.reduce((sum, h) => sum + counts[h]!, 0);
      for (const h of free.toSorted((p, q) => (share(q) % 1) - (share(p) % 1))) if (left-- > 0) counts[h]! += 1;
      return counts;
    }
  }
}

/**
 * The smallest sample whose expected interval is not wider than wanted, or what a number of units is to be expected to give.
 * Without strata (`simple`, `systematic`) units fall into the classes by their area.
 * @see Olofsson et al. 2014, equation 13 (Cochran 1977, equation 5.25), which is this with `optimal` allocation and no minimum
 */
export function planSample(
  strata: readonly PlannedStratum[],
  settings: {
    readonly method: SampleMethod;
    readonly allocation: Allocation;
    readonly minimum: number;
    /** units, or half of the 95 % interval of `figure` */
    readonly wanted: { readonly units: number } | { readonly error: number };
    readonly figure?: PlannedFigure;
  },
): SamplePlan {
  const { method, allocation, minimum, wanted, figure = "overall" } = settings;
  const all = strata.reduce((sum, { size }) => sum + size, 0);
  const planned = (total: number): SamplePlan => {
    const stratified = method === "stratified";
    const units = stratified
      ? allocate(strata, Math.min(all, total), allocation, minimum, figure)
      : strata.map(({ size }) => (Math.min(all, total) * size) / all);
    const sum = stratified ? units.reduce((n, own) => n + own, 0) : Math.min(all, total);
    return { units, total: sum, error: predictedError(strata, units, figure) };
  };
  if ("units" in wanted) return planned(wanted.units);
  let [low, high] = [1, all];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (planned(middle).error <= wanted.error) high = middle;
    else low = middle + 1;
  }
  return planned(low);
}
