import { expect, test } from "vitest";
import { seededRandom } from "../files/index.ts";
import { jitterDays, keepDates, orient, orientations, randomOrientation, upright } from "./augment.ts";

const image = Int32Array.from([1, 2, 3, 4, 5, 6]); // two rows of three

test("flips and the transpose are what their names say", () => {
  const turn = (change: Partial<typeof upright>) => [...orient(image, 2, 3, { ...upright, ...change })];
  expect(turn({ flipX: true })).toEqual([3, 2, 1, 6, 5, 4]);
  expect(turn({ flipY: true })).toEqual([4, 5, 6, 1, 2, 3]);
  expect(turn({ transpose: true })).toEqual([1, 4, 2, 5, 3, 6]);
  // A transpose and a flip are a quarter turn: numpy.rot90([[1,2,3],[4,5,6]], -1) is [[4,1],[5,2],[6,3]].
  expect(turn({ transpose: true, flipX: true })).toEqual([4, 1, 5, 2, 6, 3]);
});

test("the eight orientations are eight different pictures, each plane turned alike", () => {
  const square = Int32Array.from({ length: 9 }, (_, i) => i);
  const pictures = orientations.map((orientation) => orient(square, 3, 3, orientation).join());
  expect(new Set(pictures).size).toBe(8);
  const two = orient(Int32Array.from([...square, ...square.map((v) => v + 100)]), 3, 3, orientations[5]!);
  const first = orient(square, 3, 3, orientations[5]!);
  expect([...two]).toEqual([...first, ...first.map((v) => v + 100)]);
});

test("a picture that is not square is never transposed", () => {
  const random = seededRandom("test");
  for (let i = 0; i < 50; i++) expect(randomOrientation(random, false).transpose).toBe(false);
});

test("date dropout keeps the order and at least one date", () => {
  const kept = keepDates(1000, 0.3, seededRandom("dropout"));
  expect(kept).toEqual([...kept].sort((p, q) => p - q));
  expect(Math.abs(kept.length - 700)).toBeLessThan(60);
  expect(keepDates(5, 1, seededRandom("all"))).toHaveLength(1);
  expect(keepDates(5, 1, seededRandom("all"), 3)).toHaveLength(3);
  expect(keepDates(0, 0.5, seededRandom("none"))).toEqual([]);
});

test("jitter stays within its days and reaches both ends", () => {
  const random = seededRandom("jitter");
  const seen = new Set(Array.from({ length: 500 }, () => jitterDays(2, random)));
  expect([...seen].sort((p, q) => p - q)).toEqual([-2, -1, 0, 1, 2]);
});
