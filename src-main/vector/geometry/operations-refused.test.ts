import { expect, test, vi } from "vitest";
import { areaOf, type Polygon } from "./geometry.ts";
import { common, subtract, unite, withoutLoops } from "./operations.ts";
import { overlaps } from "./overlaps.ts";

// What the library throws on some inputs, by its open issues; which inputs these are differs from version to version.
const faults = vi.hoisted(() => ({ left: 0, seen: [] as unknown[], error: new Error("") }));
vi.mock("polyclip-ts", async (original) => {
  const real = await original<typeof import("polyclip-ts")>();
  const failing =
    (work: typeof real.union): typeof real.union =>
    (...inputs) => {
      faults.seen.push(inputs);
      if (faults.left-- > 0) throw faults.error;
      return work(...inputs);
    };
  return { ...real, union: failing(real.union), difference: failing(real.difference), intersection: failing(real.intersection) }; // biome-ignore format: one line
});
const fail = (times: number, error: Error) => Object.assign(faults, { left: times, error, seen: [] });
const ring = new Error(
  "Unable to complete output ring starting at [1, 2]. Last matching segment found ends at [3, 4].",
);
const stack = new RangeError("Maximum call stack size exceeded");

const box = (x: number, y: number, side: number): Polygon => ({
  type: "Polygon",
  coordinates: [[[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]], // biome-ignore format: one ring
});
const [p, q] = [box(500_000.1, 5_600_000.3, 10), box(500_005.1, 5_600_005.3, 10)];

test.for([ring, stack])("%s, twice, is a sentence for each operation, with the fault as its cause", (error) => {
  const works = [
    ["united", () => unite([p, q])],
    ["cleaned", () => withoutLoops(p, 0)],
    ["cut", () => subtract(p, q)],
    ["compared", () => common(p, q)],
  ] as const;
  for (const [word, work] of works) {
    fail(2, error);
    expect(work).toThrow(expect.objectContaining({ code: "shapes-not-computed", cause: error }));
    fail(2, error);
    expect(work).toThrow(`could not be ${word}`);
  }
});

test("what fails once is computed with the corners on a lattice, less than a micrometre away", () => {
  const exact = subtract(p, q);
  fail(1, ring);
  const again = subtract(p, q);
  expect(faults.seen).toHaveLength(2);
  expect(faults.seen[1]).not.toEqual(faults.seen[0]);
  expect(areaOf(again)).toBeCloseTo(areaOf(exact), 4);
  const [first, second] = faults.seen.map((inputs) => (inputs as number[][][][][]).flat(4));
  const moved = Math.max(...first!.map((value, i) => Math.abs(value - second![i]!)));
  expect(moved).toBeGreaterThan(0);
  expect(moved).toBeLessThan(1e-5);
});

test("of overlaps a pair that cannot be computed is counted, and the others are found", () => {
  fail(2, stack);
  const found = [...overlaps([p, q, box(500_012, 5_600_012, 10)].map((geometry, id) => ({ id, geometry })), 0.01)].filter(Boolean); // biome-ignore format: one line
  expect(found.map((each) => [each!.first, each!.second])).toEqual([[0, 1], [1, 2]]); // biome-ignore format: pairs
  expect(found[0]!.area).toBeCloseTo(25, 0);
  const [x, y] = found[0]!.at;
  expect(x > 500_005.1 && x < 500_010.1 && y > 5_600_005.3 && y < 5_600_010.3).toBe(true);
});

test("numbers that are none are refused by the library itself, in the same sentence", () => {
  fail(0, ring);
  const broken: Polygon = { type: "Polygon", coordinates: [[[0, 0], [Number.NaN, 1], [1, 1], [0, 0]]] }; // biome-ignore format: one ring
  expect(() => unite([broken, p])).toThrow(expect.objectContaining({ code: "shapes-not-computed" }));
});

test("more polygons than a call takes words are united all the same", () => {
  fail(0, ring);
  // Far more arguments than a stack holds would be a RangeError at once.
  const many = Array.from({ length: 150_000 }, () => p);
  faults.left = 2;
  expect(() => unite(many)).toThrow(expect.objectContaining({ cause: ring }));
  expect((faults.seen[0] as unknown[]).length).toBe(1);
});
