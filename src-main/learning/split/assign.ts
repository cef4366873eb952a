import { AppError } from "../../../src-shared/errors/index.ts";
import { randomStream, shuffled } from "../../files/index.ts";
import { type SplitClass, type SplitFolds, type SplitItem, type SplitShares, usedParts } from "./split.ts";
import { stratifiedGroups } from "./stratify.ts";

type Part = (typeof usedParts)[number];

/** What to do with a class of too few groups: `error` stops, `train` keeps it for training only. */
export type TooFew = "error" | "train";

export interface AssignOptions {
  readonly shares: SplitShares;
  readonly seed: number;
  readonly classes: readonly SplitClass[];
  readonly tooFew: TooFew;
  /** `keep`: where no assignment has every class in every set, the best there is; otherwise that is an error */
  readonly gaps?: "keep";
  /** cross-validation: the groups are dealt into folds and the shares are not asked */
  readonly folds?: SplitFolds;
  /** what the groups are, for the sentences */
  readonly unit: "polygons" | "blocks";
}

/** Groups are never divided. Each has a weight per class. */
interface Group {
  readonly key: string;
  readonly weights: ReadonlyMap<number, number>;
  readonly total: number;
}

const attempts = 64;

/**
 * The set of fold `number` (from 0) of `count` when fold `fold` (from 1) tests: the next one validates, the others train; with
 * two folds none validates.
 */
export function partOfFold(number: number, count: number, fold: number): Part {
  if (number === fold - 1) return "test";
  return count > 2 && number === fold % count ? "validation" : "train";
}

/**
 * Gives every group to one set so that each class is in every set and the shares are met as well as they can be.
 * Rare classes choose first (after Sechidis et al. 2011, “On the stratification of multi-label data”); of several seeded
 * attempts the best one is taken, and then improved by moving single groups.
 */
export function assignGroups(
  items: readonly SplitItem[],
  groupOf: readonly string[],
  options: AssignOptions,
): ReadonlyMap<string, Part> {
  const parts = usedParts.filter((part) => options.shares[part] > 0);
  if (!parts.includes("train") || parts.length < 2) {
    throw new Error(`Split: training and at least one other share must be positive: ${JSON.stringify(options.shares)}`);
  }
  const groups = gather(items, groupOf);
  const groupsOfClass = new Map<number, Group[]>();
  for (const group of groups) {
    for (const code of group.weights.keys()) {
      const members = groupsOfClass.get(code);
      if (members) members.push(group);
      else groupsOfClass.set(code, [group]);
    }
  }
  const nameOf = (code: number): string => options.classes.find((entry) => entry.code === code)?.name ?? String(code);

  // Every class must be learned and tested; it is also validated when it has a group left for that.
  const byNeed = (["train", "test", "validation"] as const).filter((part) => parts.includes(part));
  const required = new Map<number, readonly Part[]>();
  const result = new Map<string, Part>();
  for (const [code, members] of [...groupsOfClass].sort(([p], [q]) => p - q)) {
    if (members.length >= 2) {
      required.set(code, byNeed.slice(0, members.length));
    } else if (options.tooFew === "error") {
      throw new AppError("split-class-too-small", {
        className: nameOf(code),
        count: members.length,
        needed: 2,
        unit: options.unit,
      });
    } else {
      for (const { key } of members) result.set(key, "train");
    }
  }

  const free = groups.filter(({ key }) => !result.has(key));
  if (options.folds) {
    for (const [key, part] of partsOfFold(free, options.folds, options.seed)) result.set(key, part);
    return result;
  }
  const fixed = groups.filter(({ key }) => result.has(key));
  const shareSum = parts.reduce((sum, part) => sum + options.shares[part], 0);
  const targets = new Map(parts.map((part) => [part, options.shares[part] / shareSum]));
  const next = randomStream(options.seed);
  let best: { readonly assignment: ReadonlyMap<string, Part>; readonly cost: number } | undefined;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const board = new Board(parts, targets, required, groupsOfClass);
    for (const group of fixed) board.put(group, "train");
    deal(board, shuffled(free, next), [...required.keys()]);
    improve(board, free);
    const cost = board.cost();
    if (!best || cost < best.cost - 1e-12) best = { assignment: new Map(board.where), cost };
    // Most labels are divided well at the first attempt; hard cases get more attempts.
    if (best.cost < missingPenalty && (attempt >= 7 || groups.length > 2000)) break;
  }
  const gaps = new Board(parts, targets, required, groupsOfClass);
  for (const group of groups) gaps.put(group, best!.assignment.get(group.key)!);
  const lacking = gaps.lacking();
  if (lacking !== undefined && options.gaps !== "keep")
    throw new AppError("split-not-possible", { className: nameOf(lacking), unit: options.unit });
  return best!.assignment;
}

/** The folds are the same whichever of them tests: each group tests in exactly one. */
function partsOfFold(groups: readonly Group[], { count, fold }: SplitFolds, seed: number): Map<string, Part> {
  const items = groups.flatMap(({ key, weights }) =>
    [...weights].map(([code, weight]) => ({ key, classes: [code], weight })),
  );
  const keys = items.map(({ key }) => key);
  const numbers = stratifiedGroups(items, keys, Array<number>(count).fill(1), seed);
  return new Map(keys.map((key, i) => [key, partOfFold(numbers[i]!, count, fold)]));
}

function gather(items: readonly SplitItem[], groupOf: readonly string[]): Group[] {
  const weights = new Map<string, Map<number, number>>();
  items.forEach((item, i) => {
    const own = weights.get(groupOf[i]!) ?? new Map<number, number>();
    own.set(item.classCode, (own.get(item.classCode) ?? 0) + item.weight);
    weights.set(groupOf[i]!, own);
  });
  return [...weights].map(([key, own]) => ({ key, weights: own, total: [...own.values()].reduce((p, q) => p + q, 0) }));
}

/** Outweighs every deviation from the shares. */
const missingPenalty = 1000;

/** Where each group is, and what that costs. */
class Board {
  readonly where = new Map<string, Part>();
  readonly #sums = new Map<number, Map<Part, number>>();
  readonly #counts = new Map<number, Map<Part, number>>();
  readonly #totals = new Map<number, number>();
  readonly #parts: readonly Part[];
  readonly #targets: ReadonlyMap<Part, number>;
  readonly #required: ReadonlyMap<number, readonly Part[]>;

  constructor(
    parts: readonly Part[],
    targets: ReadonlyMap<Part, number>,
    required: ReadonlyMap<number, readonly Part[]>,
    groupsOfClass: ReadonlyMap<number, readonly Group[]>,
  ) {
    this.#parts = parts;
    this.#targets = targets;
    this.#required = required;
    for (const [code, groups] of groupsOfClass) {
      this.#sums.set(code, new Map(parts.map((part) => [part, 0])));
      this.#counts.set(code, new Map(parts.map((part) => [part, 0])));
      this.#totals.set(
        code,
        groups.reduce((sum, group) => sum + group.weights.get(code)!, 0),
      );
    }
  }

  put(group: Group, part: Part): void {
    const before = this.where.get(group.key);
    for (const [code, weight] of group.weights) {
      const sums = this.#sums.get(code)!;
      const counts = this.#counts.get(code)!;
      if (before) {
        sums.set(before, sums.get(before)! - weight);
        counts.set(before, counts.get(before)! - 1);
      }
      sums.set(part, sums.get(part)! + weight);
      counts.set(part, counts.get(part)! + 1);
    }
    this.where.set(group.key, part);
  }

  /** What `part` still lacks of a class to reach its share; an empty set lacks more than any other. */
  lack(code: number, part: Part): number {
    const lack = this.#targets.get(part)! - this.#sums.get(code)!.get(part)! / this.#totals.get(code)!;
    return this.#isGap(code, part) ? lack + 10 : lack;
  }

  /**
   * Squared deviations from the shares over the classes that are spread, and a penalty for every class that a set lacks;
   * of all classes, or of some of them.
   */
  cost(codes: Iterable<number> = this.#required.keys()): number {
    let cost = 0;
    for (const code of codes) {
      if (!this.#required.has(code)) continue;
      for (const part of this.#parts) {
        const share = this.#sums.get(code)!.get(part)! / this.#totals.get(code)!;
        cost += (share - this.#targets.get(part)!) ** 2;
        if (this.#isGap(code, part)) cost += missingPenalty;
      }
    }
    return cost;
  }

  /** The class should be in the set, and is not. */
  #isGap(code: number, part: Part): boolean {
    return this.#counts.get(code)!.get(part) === 0 && (this.#required.get(code)?.includes(part) ?? false);
  }

  /** A class that some set lacks. */
  lacking(): number | undefined {
    return [...this.#required.keys()].find((code) => this.#parts.some((part) => this.#isGap(code, part)));
  }

  get parts(): readonly Part[] {
    return this.#parts;
  }
}

/** Group by group, the class with the fewest groups left chooses the set that lacks it most. */
function deal(board: Board, groups: readonly Group[], spread: readonly number[]): void {
  const waiting = new Map(spread.map((code) => [code, groups.filter(({ weights }) => weights.has(code))]));
  const remaining = new Map([...waiting].map(([code, members]) => [code, members.length]));
  const dealt = new Set<Group>();
  const give = (group: Group, part: Part): void => {
    board.put(group, part);
    dealt.add(group);
    for (const member of group.weights.keys()) {
      if (remaining.has(member)) remaining.set(member, remaining.get(member)! - 1);
    }
  };
  for (;;) {
    let rarest: number | undefined;
    for (const [code, count] of remaining) {
      if (count > 0 && (rarest === undefined || count < remaining.get(rarest)!)) rarest = code;
    }
    if (rarest === undefined) break;
    const code = rarest;
    const queue = waiting.get(code)!;
    while (dealt.has(queue.at(-1)!)) queue.pop();
    const part = board.parts.reduce((best, candidate) =>
      board.lack(code, candidate) > board.lack(code, best) + 1e-12 ? candidate : best,
    );
    give(queue.pop()!, part);
  }
  for (const group of groups) if (!dealt.has(group)) give(group, "train");
}

/** Moves single groups as long as that helps. Above a few thousand groups chance has already met the shares. */
function improve(board: Board, groups: readonly Group[]): void {
  if (groups.length > 5000) return;
  for (let round = 0; round < 4; round++) {
    let better = false;
    for (const group of groups) {
      // A group's move changes the cost of its own classes alone.
      const codes = [...group.weights.keys()];
      let cost = board.cost(codes);
      let best = board.where.get(group.key)!;
      for (const part of board.parts) {
        board.put(group, part);
        const candidate = board.cost(codes);
        if (candidate < cost - 1e-9) {
          cost = candidate;
          best = part;
          better = true;
        }
      }
      board.put(group, best);
    }
    if (!better) return;
  }
}
