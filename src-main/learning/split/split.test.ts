import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "../../../src-shared/errors/index.ts";
import {
  itemsOf,
  leaveOneGroupOut,
  type Split,
  type SplitItem,
  splitAtRandom,
  splitByBlocks,
  splitByField,
  splitByPolygons,
  usualShares,
} from "./index.ts";

const classes = [1, 2, 3, 4].map((code) => ({ code, name: `class ${code}` }));
const common = { shares: usualShares, seed: 7, classes } as const;

const item = fc.record({
  classCode: fc.constantFrom(1, 2, 3, 4),
  x: fc.integer({ min: -5000, max: 5000 }),
  y: fc.integer({ min: -5000, max: 5000 }),
  weight: fc.integer({ min: 1, max: 200 }),
});
const items = fc.array(item, { minLength: 2, maxLength: 120 });

/** The split, or `undefined` where the labels allow none. */
function attempt(make: () => Split): Split | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

test("no block is in two sets, and every polygon is in exactly one", () => {
  let made = 0;
  fc.assert(
    fc.property(items, fc.nat(), fc.constantFrom(300, 1000, 2500), (list, seed, blockSize) => {
      const split = attempt(() => splitByBlocks(list, { ...common, seed, blockSize, tooFew: "train" }));
      if (!split) return;
      made++;
      expect(split.parts.length).toBe(list.length);
      const partOfBlock = new Map<string, string>();
      split.blocks!.forEach((block, i) => {
        expect(partOfBlock.get(block) ?? split.parts[i]).toBe(split.parts[i]);
        partOfBlock.set(block, split.parts[i]!);
      });
    }),
  );
  expect(made).toBeGreaterThan(50);
});

test("a class with two blocks or more is both learned and tested, and with three also validated", () => {
  fc.assert(
    fc.property(items, fc.nat(), (list, seed) => {
      const split = attempt(() => splitByBlocks(list, { ...common, seed, blockSize: 1000, tooFew: "train" }));
      if (!split) return;
      for (const { code } of classes) {
        const own = list.flatMap((one, i) => (one.classCode === code ? [i] : []));
        const parts = new Set(own.map((i) => split.parts[i]));
        const blocks = new Set(own.map((i) => split.blocks![i]));
        if (blocks.size >= 2) expect([...parts]).toEqual(expect.arrayContaining(["train", "test"]));
        if (blocks.size >= 3) expect(parts.has("validation")).toBe(true);
        if (blocks.size === 1) expect([...parts]).toEqual(["train"]);
      }
    }),
  );
});

test("blocks are anchored to the CRS: labels added elsewhere do not move them", () => {
  const list: SplitItem[] = Array.from({ length: 30 }, (_, i) => ({
    classCode: 1 + (i % 3),
    x: 574680 + 137 * i,
    y: 5621800 + 91 * i,
    weight: 10,
  }));
  const before = splitByBlocks(list, { ...common, blockSize: 500 });
  const after = splitByBlocks([...list, { classCode: 1, x: 574003, y: 5621003, weight: 5 }], {
    ...common,
    blockSize: 500,
  });
  expect(after.blocks!.slice(0, 30)).toEqual(before.blocks);
  expect(before.blocks![0]).toBe(`${Math.floor(574680 / 500)}:${Math.floor(5621800 / 500)}`);
});

test("the same seed gives the same split, another seed another one", () => {
  const list: SplitItem[] = Array.from({ length: 60 }, (_, i) => ({
    classCode: 1 + (i % 4),
    x: (i * 7919) % 9000,
    y: (i * 104729) % 9000,
    weight: 1 + (i % 9),
  }));
  const make = (seed: number) => splitByBlocks(list, { ...common, seed, blockSize: 800 }).parts;
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
          expect(Math.abs(own / total - usualShares[part])).toBeLessThan(0.05);
        }
      }
    }),
    { numRuns: 20 },
  );
});

test("a class with one polygon stops the split with its name and its count, or is kept for training", () => {
  const list: SplitItem[] = [1, 1, 1, 2].map((classCode, i) => ({ classCode, x: i * 1000, y: 0, weight: 5 }));
  expect(() => splitByPolygons(list, common)).toThrow("The class “class 2” has 1 polygon, but the split needs 2");
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
  expect(() => splitByBlocks(list, { ...common, blockSize: 500 })).toThrow(
    "The polygons of class “class 2” lie in 1 block of the split, but 2 are needed",
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
  const list = pairs.map(([classCode, block]): SplitItem => ({ classCode, x: block * 1000 + 1, y: 1, weight: 1 }));
  const make = () =>
    splitByBlocks(list, { ...common, shares: { train: 0.5, validation: 0, test: 0.5 }, blockSize: 1000 });
  expect(make).toThrow("No assignment of blocks was found");
});

test("a field says which polygon is for what; other values are unused", () => {
  const list: SplitItem[] = [1, 1, 2, 2, 2].map((classCode) => ({ classCode, x: 0, y: 0, weight: 1 }));
  const split = splitByField(list, ["train", "Test ", "TRAIN", "too_small", null]);
  expect(split.parts).toEqual(["train", "test", "train", "unused", "unused"]);
  expect(split.missing).toEqual([{ classCode: 2, part: "test" }]);
  const mapped = splitByField(list, [2017, 2018, 2019, 2019, 2018], {
    2017: "train",
    2018: "validation",
    2019: "test",
  });
  expect(mapped.parts).toEqual(["train", "validation", "test", "test", "validation"]);
  expect(() => splitByField(list, ["a", "b", "a", "b", "a"])).toThrow(
    "No label falls into the set “train”. The field holds: “a”, “b”.",
  );
});

test("a random split is marked optimistic and says why; the others are not", () => {
  const list: SplitItem[] = Array.from({ length: 40 }, (_, i) => ({ classCode: 1 + (i % 2), x: i, y: i, weight: 1 }));
  const split = splitAtRandom(list, common);
  expect(split.optimistic).toBe(true);
  expect(split.reason).toMatch(/beside training patches/);
  expect(itemsOf(split, "test").length).toBe(12);
  expect(itemsOf(split, "validation").length).toBe(4);
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

test("leaving one group out tests every position once and never trains on its group", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 60 }), (groups) => {
      const folds = leaveOneGroupOut(groups);
      expect(folds.flatMap(({ test: own }) => own).sort((p, q) => p - q)).toEqual(groups.map((_, i) => i));
      for (const fold of folds) {
        expect(fold.train.some((i) => String(groups[i]) === fold.group)).toBe(false);
        expect(fold.train.length + fold.test.length).toBe(groups.length);
      }
    }),
  );
});
