import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { BlockOptions } from "./blocks.ts";
import {
  type BlockLabel,
  type BlockSplit,
  blockKey,
  defaultShares,
  type SplitItem,
  splitAtRandom,
  splitByBestBlocks,
  splitByField,
  splitByPolygons,
  splitLabelsByBlocks,
} from "./index.ts";

const classes = [1, 2, 3, 4].map((code) => ({ code, name: `class ${code}` }));
const common = { shares: defaultShares, seed: 7, classes } as const;

const item = fc.record({
  classCode: fc.constantFrom(1, 2, 3, 4),
  x: fc.integer({ min: -5000, max: 5000 }),
  y: fc.integer({ min: -5000, max: 5000 }),
  weight: fc.integer({ min: 1, max: 200 }),
});
const items = fc.array(item, { minLength: 2, maxLength: 120 });

/** Patches of one map unit. */
const affine = { a: 0, b: 1, c: 0, d: 0, e: 0, f: 1 };
const blockOptions: BlockOptions = { ...common, affine, buffer: 0, tooFew: "train" };

/** Labels of one patch each. */
const onePatch = (list: readonly Pick<SplitItem, "classCode" | "x" | "y">[]): BlockLabel[] =>
  list.map(({ classCode, x, y }) => ({ classCode, runs: [[y, x, x + 1]] }));

/** A label that covers a rectangle of patches. */
const rectangle = (classCode: number, x: number, y: number, width: number, height: number): BlockLabel => ({
  classCode,
  runs: Array.from({ length: height }, (_, row) => [y + row, x, x + width] as const),
});

const weightOf = (split: BlockSplit, classCode: number, part: string): number =>
  split.counts.find((count) => count.classCode === classCode && count.part === part)?.weight ?? 0;

/** The split, or `undefined` where the labels allow none. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

test("no block is in two sets, and every patch has the set of its block", () => {
  let made = 0;
  fc.assert(
    fc.property(items, fc.nat(), fc.constantFrom(300, 1000, 2500), (list, seed, side) => {
      const split = splitLabelsByBlocks(onePatch(list), side, { ...blockOptions, seed });
      made++;
      expect(split.parts).toEqual(list.map(({ x, y }) => split.blocks.get(blockKey(x + 0.5, y + 0.5, side))));
    }),
  );
  expect(made).toBeGreaterThan(50);
});

test("a class with two blocks is both learned and tested wherever that can be, and with one block it only trains", () => {
  fc.assert(
    fc.property(items, fc.nat(), (list, seed) => {
      const split = attempt(() => splitLabelsByBlocks(onePatch(list), 1000, { ...blockOptions, seed }));
      for (const { code } of split ? classes : []) {
        const own = list.filter(({ classCode }) => classCode === code);
        const blocks = new Set(own.map(({ x, y }) => blockKey(x + 0.5, y + 0.5, 1000)));
        if (blocks.size >= 4) {
          expect(weightOf(split!, code, "train")).toBeGreaterThan(0);
          expect(weightOf(split!, code, "test")).toBeGreaterThan(0);
        }
        if (blocks.size === 1) {
          expect(weightOf(split!, code, "train")).toBe(own.length);
          expect(split!.inOneBlock).toContain(code);
        }
      }
    }),
  );
});

test("polygons are cut at block borders: a class of one large polygon trains and tests near its shares", () => {
  // One polygon of 44,336 patches, as a class raster or a lake gives it, beside small ones of another class.
  const labels = [
    rectangle(1, 0, 0, 326, 136),
    ...Array.from({ length: 12 }, (_, i) => rectangle(2, 330 + 20 * i, 10, 12, 12)),
  ];
  const split = splitLabelsByBlocks(labels, 16, blockOptions);
  const total = 326 * 136;
  for (const part of ["train", "validation", "test"] as const) {
    expect(Math.abs(weightOf(split, 1, part) / total - defaultShares[part])).toBeLessThan(0.03);
    expect(weightOf(split, 2, part)).toBeGreaterThan(0);
  }
  expect(split.parts[0]).toHaveLength(total);
  expect(split.counts.reduce((sum, { weight }) => sum + weight, 0)).toBe(total + 12 * 144);
});

test("blocks that would leave a class untested are made smaller, and only then", () => {
  // Class 2 lies in one block of 64 and in four of 32.
  const labels = [rectangle(1, 0, 0, 640, 640), rectangle(2, 66, 66, 60, 60)];
  const options = { ...blockOptions, shares: { train: 0.5, validation: 0, test: 0.5 } };
  expect(splitLabelsByBlocks(labels, 64, options).inOneBlock).toEqual([2]);
  const best = splitByBestBlocks(labels, [64, 32, 16], options);
  expect(best.side).toBe(32);
  expect(weightOf(best, 2, "train")).toBeGreaterThan(900);
  expect(weightOf(best, 2, "test")).toBeGreaterThan(900);
  expect(splitByBestBlocks(labels.slice(0, 1), [64, 32, 16], options).side).toBe(64);
});

test("a buffer leaves out the patches beside borders between sets, and no others", () => {
  const labels = [rectangle(1, 0, 0, 200, 100), rectangle(2, 0, 100, 200, 100)];
  const split = splitLabelsByBlocks(labels, 50, { ...blockOptions, buffer: 4 });
  const partAt = (x: number, y: number) => split.blocks.get(blockKey(x + 0.5, y + 0.5, 50));
  let left = 0;
  labels.forEach((_, i) => {
    const parts = split.parts[i] as readonly string[];
    parts.forEach((part, at) => {
      const [x, y] = [at % 200, Math.floor(at / 200) + 100 * i];
      // By trying every patch within the distance: the centres of 4 patches away lie 4 units away.
      const near = [-4, -3, -2, -1, 0, 1, 2, 3, 4].some((dy) =>
        [-4, -3, -2, -1, 0, 1, 2, 3, 4].some((dx) => {
          const other = partAt(x + dx, y + dy);
          // To the nearest edge of that patch.
          const gap = Math.hypot(Math.max(0, Math.abs(dx) - 0.5), Math.max(0, Math.abs(dy) - 0.5));
          return other !== undefined && other !== partAt(x, y) && gap < 4;
        }),
      );
      expect(part === "unused").toBe(near);
      if (near) left++;
    });
  });
  expect(split.beside).toBe(left);
  expect(left).toBeGreaterThan(1000);
});

test("blocks are anchored to the CRS: labels added elsewhere do not move them", () => {
  const list = Array.from({ length: 30 }, (_, i) => ({
    classCode: 1 + (i % 3),
    x: 574680 + 137 * i,
    y: 5621800 + 91 * i,
  }));
  const before = splitLabelsByBlocks(onePatch(list), 500, blockOptions);
  const after = splitLabelsByBlocks(onePatch([...list, { classCode: 1, x: 574003, y: 5621003 }]), 500, blockOptions);
  for (const key of before.blocks.keys()) expect(after.blocks.has(key)).toBe(true);
  expect(before.blocks.has(`${Math.floor(574680 / 500)}:${Math.floor(5621800 / 500)}`)).toBe(true);
});

test("the same seed gives the same split, another seed another one", () => {
  const list = Array.from({ length: 60 }, (_, i) => ({
    classCode: 1 + (i % 4),
    x: (i * 7919) % 9000,
    y: (i * 104729) % 9000,
  }));
  const make = (seed: number) => splitLabelsByBlocks(onePatch(list), 800, { ...blockOptions, seed }).parts;
  expect(make(1)).toEqual(make(1));
  expect(make(1)).not.toEqual(make(2));
});

test("shares of patches are met within a polygon or two when there are many polygons", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const list: SplitItem[] = Array.from({ length: 200 }, (_, i) => ({
        classCode: 1 + (i % 4),
        x: i,
        y: i,
        weight: 1 + ((i * 37) % 20),
      }));
      const split = splitByPolygons(list, { ...common, seed });
      for (const { code } of classes) {
        const total = list.reduce((sum, one) => sum + (one.classCode === code ? one.weight : 0), 0);
        for (const part of ["train", "validation", "test"] as const) {
          const own = split.counts.find((count) => count.classCode === code && count.part === part)!.weight;
          expect(Math.abs(own / total - defaultShares[part])).toBeLessThan(0.05);
        }
      }
    }),
    { numRuns: 20 },
  );
});

test("of folds every polygon tests exactly once, whichever fold is asked for, and the next fold validates", () => {
  fc.assert(
    fc.property(items, fc.nat(), fc.integer({ min: 2, max: 7 }), (list, seed, count) => {
      const perFold = Array.from(
        { length: count },
        (_, i) => splitByPolygons(list, { ...common, seed, tooFew: "train", folds: { count, fold: i + 1 } }).parts,
      );
      const alone = (code: number) => list.filter(({ classCode }) => classCode === code).length === 1;
      for (const [i, { classCode }] of list.entries()) {
        const parts = perFold.map((own) => own[i]!);
        if (alone(classCode)) {
          expect(new Set(parts)).toEqual(new Set(["train"]));
          continue;
        }
        expect(parts.filter((part) => part === "test")).toHaveLength(1);
        const tested = parts.indexOf("test");
        // Fold number `tested` tests; it validates when the fold before it tests.
        if (count > 2) expect(parts[(tested - 1 + count) % count]).toBe("validation");
        expect(parts.filter((part) => part === "validation")).toHaveLength(count > 2 ? 1 : 0);
      }
    }),
    { numRuns: 60 },
  );
});

test("a class with as many equal polygons as there are folds tests in each of them, and weights are even among many", () => {
  const list: SplitItem[] = Array.from({ length: 205 }, (_, i) => ({
    classCode: i < 5 ? 1 : 2,
    x: i,
    y: 0,
    weight: i < 5 ? 10 : 1 + ((i * 37) % 20),
  }));
  const all = list.reduce((sum, { classCode, weight }) => sum + (classCode === 2 ? weight : 0), 0);
  for (const fold of [1, 2, 3, 4, 5]) {
    const { counts } = splitByPolygons(list, { ...common, folds: { count: 5, fold } });
    const tested = (code: number) => counts.find(({ classCode, part }) => classCode === code && part === "test");
    expect(tested(1)!.items).toBe(1);
    expect(Math.abs(tested(2)!.weight / all - 0.2)).toBeLessThan(0.02);
  }
});

test("all folds of a split by blocks have the same blocks, also where their side is chosen", () => {
  const labels = Array.from({ length: 12 }, (_, i) =>
    rectangle(1 + (i % 3), 40 * (i % 4), 40 * Math.floor(i / 4), 30, 30),
  );
  const made = [1, 2, 3].map((fold) =>
    splitByBestBlocks(labels, [160, 80, 40, 20], { ...blockOptions, folds: { count: 3, fold } }),
  );
  expect(new Set(made.map(({ side }) => side)).size).toBe(1);
  for (const key of made[0]!.blocks.keys()) {
    expect(made.filter(({ blocks }) => blocks.get(key) === "test")).toHaveLength(1);
  }
});

test("a class with one polygon stops the split with its name and its count, or is kept for training", () => {
  const list: SplitItem[] = [1, 1, 1, 2].map((classCode, i) => ({ classCode, x: i * 1000, y: 0, weight: 5 }));
  expect(() => splitByPolygons(list, common)).toThrow("The class “class 2” has 1 label, but the split needs 2");
  const kept = splitByPolygons(list, { ...common, tooFew: "train" });
  expect(kept.parts[3]).toBe("train");
  expect(kept.missing).toContainEqual({ classCode: 2, part: "test" });
});

test("a class that lies in one block stops the block split and says what helps", () => {
  const list: SplitItem[] = [1, 1, 2, 2].map((classCode, i) => ({
    classCode,
    x: i < 2 ? i * 1000 : 10 * i,
    y: 0,
    weight: 5,
  }));
  expect(() => splitLabelsByBlocks(onePatch(list), 500, { ...blockOptions, tooFew: "error" })).toThrow(
    "The labels of class “class 2” lie in 1 block of the split, but 2 are needed",
  );
});

test("classes that exclude each other's split are an error and not a set without a class", () => {
  // Three blocks, three classes, each class in two of them: whatever is chosen, one class is not in both sets.
  const pairs = [
    [1, 0],
    [1, 1],
    [2, 0],
    [2, 2],
    [3, 1],
    [3, 2],
  ] as const;
  const list = onePatch(pairs.map(([classCode, block]) => ({ classCode, x: block * 1000 + 1, y: 1 })));
  const options = { ...blockOptions, shares: { train: 0.5, validation: 0, test: 0.5 } };
  expect(() => splitLabelsByBlocks(list, 1000, { ...options, tooFew: "error" })).toThrow(
    "No assignment of blocks was found",
  );
  // Where rare classes may only train, the best there is is kept; its counts show the gap.
  const kept = splitLabelsByBlocks(list, 1000, options);
  expect(
    [1, 2, 3].filter((code) => weightOf(kept, code, "test") > 0 && weightOf(kept, code, "train") > 0),
  ).toHaveLength(2);
});

test("a field says which polygon is for what; words that nobody knows are asked about", () => {
  const list: SplitItem[] = [1, 1, 2, 2, 2].map((classCode) => ({ classCode, x: 0, y: 0, weight: 1 }));
  const split = splitByField(list, "split", ["train", "Test ", "TRAIN", "too_small", null]);
  expect(split.parts).toEqual(["train", "test", "train", "unused", "unused"]);
  expect(split.missing).toEqual([{ classCode: 2, part: "test" }]);
  const years = { 2017: "train", 2018: "validation", 2019: "test" } as const;
  const mapped = splitByField(list, "year", [2017, 2018, 2019, 2019, 2018], years);
  expect(mapped.parts).toEqual(["train", "validation", "test", "test", "validation"]);
  expect(() => splitByField(list, "split", ["train", "b", "test", "b", "zone A"])).toThrow(
    "The field “split” holds words that are not known here: “b (2)”, “zone A (1)”.",
  );
  expect(() => splitByField(list, "split", ["train", "train", "val", "val", "val"])).toThrow(
    "No label falls into the set “test”. The field holds: “train: train”, “val: validation”.",
  );
});

test("a random split is marked optimistic and says why; the others are not", () => {
  const list: SplitItem[] = Array.from({ length: 40 }, (_, i) => ({ classCode: 1 + (i % 2), x: i, y: i, weight: 1 }));
  const split = splitAtRandom(list, common);
  expect(split.optimistic).toBe(true);
  expect(split.reason).toMatch(/beside training patches/);
  const countOf = (part: string) => split.parts.filter((own) => own === part).length;
  expect([countOf("test"), countOf("validation")]).toEqual([12, 4]);
  expect(splitByPolygons(list, common).optimistic).toBe(false);
});

test("a random split of few patches leaves every class something to learn and something to test", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 12 }), fc.nat(), (count, seed) => {
      const list: SplitItem[] = Array.from({ length: count }, () => ({ classCode: 1, x: 0, y: 0, weight: 1 }));
      const { parts } = splitAtRandom(list, { ...common, seed });
      expect(parts).toContain("train");
      expect(parts).toContain("test");
    }),
  );
});
