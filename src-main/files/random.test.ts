import { expect, test } from "vitest";
import { randomStream, seededRandom, seedOf, shuffled } from "./random.ts";

test("the same words give the same numbers, and other words others", () => {
  const take = (random: () => number) => Array.from({ length: 4 }, random);
  expect(take(seededRandom("sample", 1, 2))).toEqual(take(seededRandom("sample", 1, 2)));
  expect(take(seededRandom("sample", 1, 2))).not.toEqual(take(seededRandom("sample", 12)));
  // FNV-1a's published value of “a”, and mulberry32's first number of seed 1.
  expect(seedOf("a")).toBe(0xe40c292c);
  expect(randomStream(1)()).toBeCloseTo(0.6270739405881613, 15);
});

test("a shuffled list holds the same things, each order about as often", () => {
  const counts = new Map<string, number>();
  const random = seededRandom("orders");
  for (let i = 0; i < 6000; i++) {
    const order = shuffled(["a", "b", "c"], random).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(["abc", "acb", "bac", "bca", "cab", "cba"]);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
});
