import type { SplitPart } from "../../../src-shared/domain/job.ts";
import type { CellRun } from "../../../src-shared/domain/patch-cells.ts";
import { type Affine, apply, isAxisAligned } from "../../../src-shared/geo/affine.ts";
import { type AssignOptions, assignGroups } from "./assign.ts";
import { type SplitCount, type SplitItem, usedParts } from "./split.ts";

type Part = (typeof usedParts)[number];

/** A label as its patches: stretches in rows and columns of the grid. */
export interface BlockLabel {
  readonly classCode: number;
  readonly runs: readonly CellRun[];
}

export interface BlockOptions extends Omit<AssignOptions, "unit" | "gaps"> {
  /** of the grid whose cells are the patches */
  readonly affine: Affine;
  /** patches whose centre lies this close to a block of another set are left out, in map units */
  readonly buffer: number;
}

/** What a split by blocks gives: the set of every block, and of every patch of a label that lies in several sets. */
export interface BlockSplit {
  readonly side: number;
  readonly blocks: ReadonlyMap<string, Part>;
  /** per label its set, or the set of each of its patches in the order of its stretches */
  readonly parts: readonly (SplitPart | readonly SplitPart[])[];
  /** labels and patches per class and set; a label counts in every set that has a patch of it */
  readonly counts: readonly SplitCount[];
  /** classes whose patches all lie in one block: they can only train */
  readonly inOneBlock: readonly number[];
  /** patches left out beside borders between sets */
  readonly beside: number;
}

/**
 * Squares of `side` map units, counted from the origin of the CRS, each given to one set. **A label is cut at their borders**:
 * every patch belongs to the block that holds its centre, so that a large polygon or a class raster trains here and tests there.
 * The same labels, options and seed give the same split.
 * @throws AppError "split-class-too-small", "split-not-possible" with `tooFew: "error"`
 */
export function splitLabelsByBlocks(labels: readonly BlockLabel[], side: number, options: BlockOptions): BlockSplit {
  const place = placer(options.affine, side);
  const items: SplitItem[] = [];
  const keys: string[] = [];
  const blocksOfClass = new Map<number, Set<string>>();
  for (const { classCode, runs } of labels) {
    const weights = new Map<string, number>();
    for (const [row, start, end] of runs) {
      place.stretches(row, start, end, (key, from, to) => weights.set(key, (weights.get(key) ?? 0) + to - from));
    }
    const own = blocksOfClass.get(classCode) ?? new Set<string>();
    blocksOfClass.set(classCode, own);
    for (const [key, weight] of weights) {
      items.push({ classCode, x: 0, y: 0, weight });
      keys.push(key);
      own.add(key);
    }
  }
  const gaps = options.tooFew === "train" ? { gaps: "keep" as const } : {};
  const blocks = assignGroups(items, keys, { ...options, ...gaps, unit: "blocks" });
  return { ...dividedByBlocks(labels, blocks, side, options), side, blocks, inOneBlock: onlyOne(blocksOfClass) };
}

const onlyOne = (blocks: ReadonlyMap<number, ReadonlySet<string>>): number[] =>
  [...blocks].filter(([, own]) => own.size === 1).map(([code]) => code);

/** The sets of labels in blocks whose sets are known. A patch in a block that is not known is unused. */
export function dividedByBlocks(
  labels: readonly BlockLabel[],
  blocks: ReadonlyMap<string, Part>,
  side: number,
  options: Pick<BlockOptions, "affine" | "buffer">,
): Pick<BlockSplit, "parts" | "counts" | "beside"> {
  const place = placer(options.affine, side);
  const counts = new Map<string, { classCode: number; part: SplitPart; items: number; weight: number }>();
  let beside = 0;
  const parts = labels.map(({ classCode, runs }): SplitPart | readonly SplitPart[] => {
    const perPatch: SplitPart[] = [];
    const seen = new Map<SplitPart, number>();
    for (const [row, start, end] of runs) {
      place.stretches(row, start, end, (key, from, to) => {
        const part = blocks.get(key);
        for (let col = from; col < to; col++) {
          const near =
            part !== undefined && options.buffer > 0 && place.nearOther(row, col, part, options.buffer, blocks);
          if (near) beside++;
          const own = near ? "unused" : (part ?? "unused");
          perPatch.push(own);
          seen.set(own, (seen.get(own) ?? 0) + 1);
        }
      });
    }
    for (const [part, weight] of seen) {
      const key = `${classCode} ${part}`;
      const sum = counts.get(key) ?? { classCode, part, items: 0, weight: 0 };
      counts.set(key, { ...sum, items: sum.items + 1, weight: sum.weight + weight });
    }
    return seen.size > 1 ? perPatch : (perPatch[0] ?? "unused");
  });
  return { parts, counts: [...counts.values()].toSorted((p, q) => p.classCode - q.classCode), beside };
}

/** The blocks that hold a patch of a label. */
export function blocksOfLabel({ runs }: BlockLabel, side: number, affine: Affine): Set<string> {
  const found = new Set<string>();
  const place = placer(affine, side);
  for (const [row, start, end] of runs) place.stretches(row, start, end, (key) => found.add(key));
  return found;
}

/**
 * The largest of several sides with which every class trains and tests, near its shares; where none does, the one that comes
 * closest. Blocks should be wide: a test patch beside training patches is not a new place. With folds it is the largest side
 * with which the fewest classes lie in one block, whichever fold tests.
 * @throws AppError "split-class-too-small", "split-not-possible"
 */
export function splitByBestBlocks(
  labels: readonly BlockLabel[],
  sides: readonly number[],
  options: BlockOptions,
): BlockSplit {
  let best: { readonly split: BlockSplit; readonly cost: number } | undefined;
  for (const side of sides.toSorted((p, q) => q - p)) {
    const split = splitLabelsByBlocks(labels, side, { ...options, tooFew: "train" });
    // A class need not be in every fold: over all of them it tests wherever it is, if only it trains elsewhere.
    const cost = options.folds ? split.inOneBlock.length : shortfall(split, options);
    if (cost === 0) return split;
    if (!best || cost < best.cost - 0.05) best = { split, cost };
  }
  return best!.split;
}

/** How far classes stay below half of a share that they should have, summed; an absent class counts ten. */
function shortfall({ counts }: BlockSplit, { shares }: BlockOptions): number {
  const sum = usedParts.reduce((total, part) => total + shares[part], 0);
  const needed = (["train", "test"] as const).filter((part) => shares[part] > 0);
  const codes = new Set(counts.map(({ classCode }) => classCode));
  let cost = 0;
  for (const code of codes) {
    const own = counts.filter(({ classCode }) => classCode === code);
    const all = own.reduce((total, { weight }) => total + weight, 0);
    // One patch cannot be in two sets, whatever the blocks are.
    if (all < 2) continue;
    for (const part of needed) {
      const weight = own.find((count) => count.part === part)?.weight ?? 0;
      const wanted = (0.5 * shares[part]) / sum;
      cost += weight === 0 ? 10 : Math.max(0, wanted - weight / all);
    }
  }
  return cost;
}

/** Which block a patch lies in, and what is around it. */
function placer(affine: Affine, side: number) {
  const aligned = isAxisAligned(affine);
  const rowOf = (row: number) => Math.floor((affine.d + affine.f * (row + 0.5)) / side);
  const colOf = (col: number) => Math.floor((affine.a + affine.b * (col + 0.5)) / side);
  const cellOf = (row: number, col: number): [number, number] => {
    if (aligned) return [colOf(col), rowOf(row)];
    const [x, y] = apply(affine, col + 0.5, row + 0.5);
    return [Math.floor(x / side), Math.floor(y / side)];
  };
  return {
    /** The parts of a stretch that lie in one block each. */
    stretches(row: number, start: number, end: number, tell: (key: string, from: number, to: number) => void): void {
      for (let from = start; from < end; ) {
        const [bx, by] = cellOf(row, from);
        let to = from + 1;
        for (; to < end; to++) {
          const [x, y] = cellOf(row, to);
          if (x !== bx || y !== by) break;
        }
        tell(`${bx}:${by}`, from, to);
        from = to;
      }
    },

    /** Does a block of another set lie within `distance` of the patch's centre? */
    nearOther(row: number, col: number, own: Part, distance: number, blocks: ReadonlyMap<string, Part>): boolean {
      const [x, y] = apply(affine, col + 0.5, row + 0.5);
      const [bx, by] = [Math.floor(x / side), Math.floor(y / side)];
      const reach = Math.ceil(distance / side);
      for (let dy = -reach; dy <= reach; dy++) {
        for (let dx = -reach; dx <= reach; dx++) {
          const part = blocks.get(`${bx + dx}:${by + dy}`);
          if (part === undefined || part === own) continue;
          const gapX = dx === 0 ? 0 : dx < 0 ? x - (bx + dx + 1) * side : (bx + dx) * side - x;
          const gapY = dy === 0 ? 0 : dy < 0 ? y - (by + dy + 1) * side : (by + dy) * side - y;
          if (gapX * gapX + gapY * gapY < distance * distance) return true;
        }
      }
      return false;
    },
  };
}

/** The block that a position lies in. */
export const blockKey = (x: number, y: number, side: number): string =>
  `${Math.floor(x / side)}:${Math.floor(y / side)}`;
