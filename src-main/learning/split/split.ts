import type { SplitPart } from "../../../src-shared/domain/job.ts";

/** What is divided: a polygon (or, for a random split, a patch) with its class and place. */
export interface SplitItem {
  readonly classCode: number;
  /** a position inside of it, in the project's CRS */
  readonly x: number;
  readonly y: number;
  /** patches it holds: the shares of a split are shares of patches */
  readonly weight: number;
}

/** Which shares the sets get; a share of 0 leaves a set out. They need not sum to 1. */
export interface SplitShares {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** Cross-validation: of `count` folds, number `fold` (from 1) tests. */
export interface SplitFolds {
  readonly count: number;
  readonly fold: number;
}

/** The shares that folds have: one tests, one validates where there are more than two. */
export const sharesOfFolds = (count: number): SplitShares =>
  count > 2
    ? { train: (count - 2) / count, validation: 1 / count, test: 1 / count }
    : { train: 0.5, validation: 0, test: 0.5 };

export interface SplitClass {
  readonly code: number;
  readonly name: string;
}

export type SplitMethod = "blocks" | "polygons" | "field" | "random";

/** The result: one word per item, in the order of the items. */
export interface SplitResult {
  readonly method: SplitMethod;
  readonly parts: readonly SplitPart[];
  /** true when scores on its test set will look better than the map is; `reason` says why */
  readonly optimistic: boolean;
  readonly reason?: string;
  /** classes that are in the labels but not in this set */
  readonly missing: readonly { readonly classCode: number; readonly part: "train" | "validation" | "test" }[];
  /** items and patches per class and set */
  readonly counts: readonly SplitCount[];
}

export interface SplitCount {
  readonly classCode: number;
  readonly part: SplitPart;
  readonly items: number;
  readonly weight: number;
}

export const usedParts = ["train", "validation", "test"] as const;
const allParts = ["train", "validation", "test", "unused"] as const;

/** Counts and gaps of an assignment. */
export function describeSplit(
  items: readonly SplitItem[],
  parts: readonly SplitPart[],
): Pick<SplitResult, "missing" | "counts"> {
  const codes = [...new Set(items.map(({ classCode }) => classCode))].sort((p, q) => p - q);
  const counts = codes.flatMap((classCode) =>
    allParts.flatMap((part) => {
      const own = items.filter((item, i) => item.classCode === classCode && parts[i] === part);
      return own.length === 0
        ? []
        : [{ classCode, part, items: own.length, weight: own.reduce((sum, { weight }) => sum + weight, 0) }];
    }),
  );
  const present = new Set(parts);
  const missing = codes.flatMap((classCode) =>
    usedParts
      .filter((part) => present.has(part))
      .filter((part) => !counts.some((count) => count.classCode === classCode && count.part === part))
      .map((part) => ({ classCode, part })),
  );
  return { counts, missing };
}
