import type { SplitPart } from "../../../src-shared/domain/job.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { assignGroups, type TooFew } from "./assign.ts";
import { randomStream, shuffled } from "./random.ts";
import { describeSplit, type Split, type SplitClass, type SplitItem, type SplitShares, usedParts } from "./split.ts";

interface Common {
  readonly shares: SplitShares;
  readonly seed: number;
  /** names for the sentences of errors */
  readonly classes: readonly SplitClass[];
  /** what to do with a class that has a single polygon (block) */
  readonly tooFew?: TooFew;
}

/** A tenth of the patches for choosing when to stop, a third for the score. */
export const usualShares: SplitShares = { train: 0.6, validation: 0.1, test: 0.3 };

/**
 * The default: squares of `blockSize` map units, counted from the origin of the CRS (not from the data, so that more
 * labels do not move them), each given to one set. A polygon belongs whole to the block of a point inside of it: it never
 * straddles two sets, though it may reach into a neighbouring square.
 */
export function splitByBlocks(items: readonly SplitItem[], options: Common & { readonly blockSize: number }): Split {
  if (!(options.blockSize > 0)) throw new Error(`Split: block size ${options.blockSize}`);
  const blocks = items.map(({ x, y }) => `${Math.floor(x / options.blockSize)}:${Math.floor(y / options.blockSize)}`);
  const assignment = assignGroups(items, blocks, { ...options, tooFew: options.tooFew ?? "error", unit: "blocks" });
  const parts = blocks.map((block) => assignment.get(block)!);
  return { method: "blocks", parts, blocks, optimistic: false, ...describeSplit(items, parts) };
}

/** Polygon by polygon, every class in every set. Neighbouring polygons may land in different sets. */
export function splitByPolygons(items: readonly SplitItem[], options: Common): Split {
  const keys = items.map((_, index) => String(index));
  const assignment = assignGroups(items, keys, { ...options, tooFew: options.tooFew ?? "error", unit: "polygons" });
  const parts = keys.map((key) => assignment.get(key)!);
  return { method: "polygons", parts, optimistic: false, ...describeSplit(items, parts) };
}

/** What the words of a split field mean, in lower case, when nobody says otherwise. */
export const usualWords: Readonly<Record<string, SplitPart>> = {
  train: "train",
  training: "train",
  val: "validation",
  valid: "validation",
  validation: "validation",
  dev: "validation",
  test: "test",
  testing: "test",
};

/**
 * As the labels themselves say: `values` holds the split field's value per item. `mapping` says which value (compared
 * without case and blanks) means which set; without it the usual words are known. All other values are unused.
 */
export function splitByField(
  items: readonly SplitItem[],
  values: readonly (string | number | boolean | null | undefined)[],
  mapping: Readonly<Record<string, SplitPart>> = usualWords,
): Split {
  const word = (value: unknown): string =>
    String(value ?? "")
      .trim()
      .toLowerCase();
  const meaning = new Map(Object.entries(mapping).map(([value, part]) => [word(value), part]));
  const parts = items.map((_, index): SplitPart => meaning.get(word(values[index])) ?? "unused");
  for (const set of ["train", "test"] as const) {
    if (!parts.includes(set)) {
      const found = [...new Set(values.map((value) => String(value ?? "")))].slice(0, 12);
      throw new AppError("split-set-empty", { set, values: found });
    }
  }
  return { method: "field", parts, optimistic: false, ...describeSplit(items, parts) };
}

/** Why a random split flatters. */
export const optimisticReason =
  "Patches were split at random: test patches lie beside training patches of the same field, so the scores say how well known fields are recognised, not how good the map is elsewhere.";

/** Patch by patch, each class by its shares. This is the split that flatters, and it says so. */
export function splitAtRandom(items: readonly SplitItem[], options: Common): Split {
  const next = randomStream(options.seed);
  const parts: SplitPart[] = items.map(() => "train");
  const used = usedParts.filter((part) => options.shares[part] > 0);
  const sum = used.reduce((total, part) => total + options.shares[part], 0);
  const byClass = [...Map.groupBy(items.keys(), (index) => items[index]!.classCode)].sort(([p], [q]) => p - q);
  for (const [code, members] of byClass) {
    if (members.length < 2) {
      if (options.tooFew === "train") continue;
      const className = options.classes.find((entry) => entry.code === code)?.name ?? String(code);
      throw new AppError("split-class-too-small", { className, count: members.length, needed: 2, unit: "patches" });
    }
    const order = shuffled(members, next);
    // One for testing first, so that rounding leaves no set of a small class empty; the rest of the order is for training.
    let from = 0;
    for (const part of used.filter((name) => name !== "train").reverse()) {
      const wanted = Math.max(from === 0 ? 1 : 0, Math.round((members.length * options.shares[part]) / sum));
      const until = Math.min(from + wanted, members.length - 1);
      for (; from < until; from++) parts[order[from]!] = part;
    }
  }
  return { method: "random", parts, optimistic: true, reason: optimisticReason, ...describeSplit(items, parts) };
}

/** One round of a leave-one-group-out test: positions in the list of groups. */
export interface Fold {
  readonly group: string;
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** Each group once as the test set, all others for training; groups in order of first appearance. */
export function leaveOneGroupOut(groups: readonly (string | number)[]): Fold[] {
  return [...new Set(groups.map(String))].map((group) => {
    const positions = groups.map((_, index) => index);
    return {
      group,
      train: positions.filter((index) => String(groups[index]) !== group),
      test: positions.filter((index) => String(groups[index]) === group),
    };
  });
}

/** Positions of the items of one set. */
export function itemsOf(split: Split, part: (typeof usedParts)[number]): number[] {
  return split.parts.flatMap((own, index) => (own === part ? [index] : []));
}
