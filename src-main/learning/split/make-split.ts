import type { SplitPart } from "../../../src-shared/domain/job.ts";
import { partOfMeaning, type SplitMeaning } from "../../../src-shared/domain/split.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { randomStream, shuffled } from "../../files/index.ts";
import { assignGroups, type TooFew } from "./assign.ts";
import {
  describeSplit,
  type SplitClass,
  type SplitFolds,
  type SplitItem,
  type SplitResult,
  type SplitShares,
  usedParts,
} from "./split.ts";
import { type SplitWords, splitWords, wordKey } from "./words.ts";

interface Common {
  readonly shares: SplitShares;
  readonly seed: number;
  /** names for the sentences of errors */
  readonly classes: readonly SplitClass[];
  /** what to do with a class that has a single polygon (block) */
  readonly tooFew?: TooFew;
}

/** A tenth of the patches for choosing when to stop, a third for the score. */
export const defaultShares: SplitShares = { train: 0.6, validation: 0.1, test: 0.3 };

/**
 * Polygon by polygon, every class in every set. Neighbouring polygons may get different sets.
 * @throws AppError "split-class-too-small", "split-not-possible"
 */
export function splitByPolygons(
  items: readonly SplitItem[],
  options: Common & { readonly folds?: SplitFolds },
): SplitResult {
  const keys = items.map((_, index) => String(index));
  const assignment = assignGroups(items, keys, { ...options, tooFew: options.tooFew ?? "error", unit: "polygons" });
  const parts = keys.map((key) => assignment.get(key)!);
  return { method: "polygons", parts, optimistic: false, ...describeSplit(items, parts) };
}

/**
 * As the labels themselves say: `values` holds the split field's value per item. `given` says what words mean that are not
 * known; see `splitWords`.
 * @throws AppError "split-words-unknown" with every unknown word, "split-set-empty" when nothing trains or tests
 */
export function splitByField(
  items: readonly SplitItem[],
  field: string,
  values: readonly (string | number | boolean | null | undefined)[],
  given: Readonly<Record<string, SplitMeaning>> = {},
): SplitResult & { readonly words: SplitWords } {
  const words = splitWords(field, values, given);
  const unknown = words.words.filter(({ part }) => part === null);
  if (unknown.length > 0) {
    const shown = unknown.slice(0, 20).map(({ word, count }) => `${word} (${count})`);
    const more = unknown.length > 20 ? [`… ${unknown.length - 20} more`] : [];
    throw new AppError("split-words-unknown", { field, words: [...shown, ...more] });
  }
  const meaning = new Map(words.words.map(({ word, part }) => [wordKey(word), partOfMeaning(part!)]));
  const parts = items.map((_, index): SplitPart => meaning.get(wordKey(values[index]))!);
  for (const set of ["train", "test"] as const) {
    if (!parts.includes(set)) {
      const found = words.words
        .slice(0, 12)
        .map(({ word, part }) => (word === "" ? `(empty): ${part}` : `${word}: ${part}`));
      throw new AppError("split-set-empty", { set, values: found });
    }
  }
  return { method: "field", parts, optimistic: false, words, ...describeSplit(items, parts) };
}

/** Why a random split gives scores that are too high. */
export const optimisticReason =
  "Patches were split at random: test patches lie beside training patches of the same field, so the scores say how well known fields are recognised, not how good the map is elsewhere.";

/**
 * Patch by patch, each class by its shares. Its scores are too high, and its `reason` says so.
 * @throws AppError "split-class-too-small"
 */
export function splitAtRandom(items: readonly SplitItem[], options: Common): SplitResult {
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
