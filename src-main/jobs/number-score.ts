import type { Finding } from "../../src-shared/domain/finding.ts";
import type { NumberScore, NumbersSpec } from "../../src-shared/domain/numbers.ts";
import { groupsNeeded, numberErrors, numberInterval } from "../learning/index.ts";
import { fewestBlocks, type HeldTogether } from "./number-places.ts";

/** What was told of the patches of held-out places. */
export interface HeldOut {
  /** by place: what each of its patches was told */
  readonly told: ReadonlyMap<number, readonly number[]>;
  /** by place the round in which it was held out */
  readonly foldOf: ReadonlyMap<number, number>;
  /** by round the mean of the places that were learned from */
  readonly means: ReadonlyMap<number, number>;
}

/** A place counts as held when its number lies inside the intervals of so many of its patches, as with sets of classes. */
const withinShare = 0.9;
const mostPairs = 2000;
const fewPlaces = 30;

/** The score over places: each counts once. */
export function scoreNumbers(
  values: ReadonlyMap<number, number>,
  { told, foldOf, means }: HeldOut,
  together: HeldTogether,
  { level, blockMeters }: Pick<NumbersSpec, "level" | "blockMeters">,
): NumberScore {
  const ids = [...told.keys()].sort((p, q) => p - q);
  const known = ids.map((id) => values.get(id)!);
  const means_ = ids.map((id) => told.get(id)!.reduce((sum, value) => sum + value, 0) / told.get(id)!.length);
  const folds = ids.map((id) => foldOf.get(id)!);
  const plain = numberErrors(known, folds.map((fold) => means.get(fold)!)); // biome-ignore format: one call
  const misses = ids.map((id, i) => {
    const own = told.get(id)!.map((value) => Math.abs(value - known[i]!)).sort((p, q) => p - q); // biome-ignore format: one chain
    return own[Math.max(0, Math.ceil(withinShare * own.length - 1e-9) - 1)]!;
  });
  const step = Math.max(1, ids.length / mostPairs);
  return {
    places: ids.length,
    groups: together.groups,
    groupCount: together.count,
    blockMeters: together.groups === "blocks" ? blockMeters : null,
    folds: new Set(folds).size,
    ...numberErrors(known, means_),
    baseline: { rmse: plain.rmse, mae: plain.mae },
    interval: numberInterval(misses, folds, level) ?? null,
    pairs: Array.from({ length: Math.min(ids.length, mostPairs) }, (_, i) => {
      const at = Math.floor(i * step);
      return [known[at]!, means_[at]!] as const;
    }),
  };
}

/** What a score should be doubted for. */
export function findingsOfScore(
  score: NumberScore,
  { fewBlocks }: HeldTogether,
  { level, unit }: { readonly level: number; readonly unit: string },
): Finding[] {
  const { rmse, baseline, places, interval } = score;
  return [
    ...(rmse >= baseline.rmse
      ? [{ code: "numbers-no-better", details: { rmse, baseline: baseline.rmse, unit } } as const]
      : []),
    ...(fewBlocks === null
      ? []
      : [{ code: "numbers-few-blocks", details: { blocks: fewBlocks, needed: fewestBlocks } } as const]),
    ...(places < fewPlaces ? [{ code: "numbers-few-places", details: { places } } as const] : []),
    ...(interval
      ? []
      : [{ code: "numbers-no-interval", details: { level, places, needed: groupsNeeded(level) } } as const]),
  ];
}
