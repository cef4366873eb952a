import { type Calibration, type SetRule, usualLevel } from "../../../src-shared/domain/calibration.ts";
import { certain } from "../../../src-shared/domain/stored-shares.ts";

// Which classes a patch may have, and where the model is not sure enough to be believed. Both promise something of whole groups of
// patches (a parcel, a block), since patches of one group resemble each other: calibrated by patches, a few large parcels would
// decide for all others.

/** A group counts as covered when its class is possible on so many of its patches. */
export const withinShare = 0.9;

/** Of the groups that the map gets right, at most so many are called uncertain where the calibration can tell. */
const usualRightMarked = 0.05;

/** Sums of shares are not exact in binary: 20 · 0.9 is 18, and not a little more. */
const tiny = 1e-9;

/**
 * The value that the next of exchangeable values does not exceed with probability `level`: the ⌈(n + 1) · level⌉-th smallest of n
 * (Vovk, Gammerman and Shafer 2005; Angelopoulos and Bates 2021, “A gentle introduction to conformal prediction”, §1).
 * `undefined` where n values are too few to say it of any.
 */
export function conformalQuantile(values: readonly number[], level: number): number | undefined {
  const rank = Math.max(1, Math.ceil((values.length + 1) * level - tiny));
  return values.toSorted((p, q) => p - q)[rank - 1];
}

/** The number of groups from which on a level can be promised: n ≥ 1/α − 1, for α = 1 − level. */
export const groupsNeeded = (level: number): number => Math.max(1, Math.ceil(1 / (1 - level) - 1 - tiny));

/** The smallest value that at least `share` of the values do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const rank = Math.max(1, Math.ceil(values.length * share - tiny));
  return values.toSorted((p, q) => p - q)[rank - 1]!;
}

/**
 * How a calibration is applied to patches of a legend's classes.
 *
 * Sets of classes. The nonconformity of a patch to a class is how far the class's share lies below the largest one, as a part of it:
 * no set is empty, and where the answer is even several classes stay. (On 28 parcels of the sample and a forest, drawn apart sixty
 * times for 80 %: 4.6 possible classes; by 1 − share 4.5, by cumulated shares 4.6, by the difference to the largest 7.0.) That of a
 * group is the 0.9-quantile over its patches, so that the group is covered when its class is possible on nine tenths of them. Groups
 * are exchangeable where patches are not (Dunn, Wasserman and Ramdas 2022, “Distribution-free prediction sets for two-layer
 * hierarchical models”), and the conformal quantile is taken over groups. A class has a quantile of its own when five times the groups
 * that are needed have it (Ding et al. 2023, “Class-conditional conformal prediction with many classes”: with fewer, sets grow by
 * chance); the others share one, joined by the rarest of the former where they alone are too few. Too few groups in all rule out no class.
 *
 * Uncertain or untaught. The confidence that a group which the map gets right falls below with probability 0.05, by the same
 * argument for the lower end; with fewer than 19 such groups the lowest of theirs, which one of n + 1 falls below. No example of
 * an untaught class is needed. Where the map gets no group right, every patch is uncertain.
 *
 * @param codes the legend's, in the order of the shares
 * @param level promised share of groups, below 1
 */
export function setRule(calibration: Calibration, codes: readonly number[], level = usualLevel): SetRule {
  const { groups, unit, confidences, right } = calibration;
  const needed = groupsNeeded(level);
  const sure = confidences.filter((_, i) => right[i] === 1).toSorted((p, q) => p - q);
  const marked = Math.max(1, Math.floor((sure.length + 1) * usualRightMarked + tiny));
  return {
    level,
    groups,
    unit,
    calibratedOn: calibration.codes.length,
    needed,
    margins: marginsOf(calibration, codes, level, needed),
    threshold: sure[marked - 1] ?? certain + 1,
    rightMarked: sure.length > 0 ? marked / (sure.length + 1) : 1,
  };
}

/** By class, how far below the best it may lie. */
function marginsOf(calibration: Calibration, codes: readonly number[], level: number, needed: number): number[] {
  const of = (code: number) => calibration.margins.filter((_, i) => calibration.codes[i] === code);
  const byCount = codes.map((code) => ({ code, own: of(code) })).toSorted((p, q) => p.own.length - q.own.length);
  const enough = 5 * (needed + 1) - 1;
  const shared: typeof byCount = [];
  let inShared = 0;
  for (const each of byCount) {
    const joins = each.own.length < enough || (shared.length > 0 && inShared < needed);
    if (!joins) continue;
    shared.push(each);
    inShared += each.own.length;
  }
  const pooled = conformalQuantile(
    shared.flatMap(({ own }) => own),
    level,
  );
  return codes.map((code) => {
    const found = shared.some((each) => each.code === code) ? pooled : conformalQuantile(of(code), level);
    return found ?? certain;
  });
}

/** How far a share lies below the largest one, as a part of it, of 10,000: 0 for the largest, 10,000 for none. Both shares are of 10,000. */
export const marginOf = (share: number, largest: number): number => certain - Math.floor((certain * share) / largest);

/** Whether a class stays possible on a patch. */
export const isPossible = (share: number, largest: number, margin: number): boolean =>
  marginOf(share, largest) <= margin;
