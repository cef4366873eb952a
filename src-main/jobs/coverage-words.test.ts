import { expect, test } from "vitest";
import { Footprints, PatchSet } from "../cube/index.ts";
import { coverageFindings, coverageIn } from "./coverage-words.ts";

const square = (col: number, side = 6) => PatchSet.ofWindow({ col, row: 0, width: side, height: 6 });
const area = { col: 0, row: 0, width: 10_000, height: 10_000 };
const footprints = (sets: Readonly<Record<string, PatchSet>>) =>
  new Footprints(new Map(Object.entries(sets).map(([name, set]) => [name, new Map([["a", set]])])));

test("an input that lacks images in some places is told of, with the places counted; full ones are not", () => {
  const all = PatchSet.union([square(0), square(100), square(2000), square(9000)]);
  const some = PatchSet.union([square(0), square(100), square(2000)]);
  const coverage = coverageIn(footprints({ s2: all, aerial: some }), area, ["s2", "aerial"]);
  expect(coverage.places).toHaveLength(4);
  expect(coverageFindings(coverage)).toEqual([
    { code: "modality-covers-part", details: { modality: "aerial", seen: 3, places: 4, share: 0.75 } },
  ]);
  expect(coverageFindings(coverageIn(footprints({ s2: all }), area, ["s2"]))).toEqual([]);
  // What lies outside of the area does not count.
  const inside = coverageIn(footprints({ s2: all, aerial: some }), { ...area, width: 3000 }, ["s2", "aerial"]);
  expect(coverageFindings(inside)).toEqual([]);
});

test("inputs that never see the same place are told of", () => {
  const coverage = coverageIn(footprints({ s2: square(0), s1: square(100) }), area, ["s2", "s1"]);
  expect(coverage.shared.size).toBe(0);
  expect(coverageFindings(coverage).at(-1)).toEqual({ code: "no-shared-place", details: { modalities: ["s2", "s1"] } });
});
