import { expect, test } from "vitest";
import type { LabelInput } from "../../src-shared/domain/job.ts";
import { planBlend } from "../cube/index.ts";
import { LabelPatches } from "./label-patches.ts";
import { chosenPatches, tilesOfSome } from "./method-table.ts";

test("where tiles are dear, some are read: every class in turn, other places first, the same ones again", () => {
  // 40 × 40 fields of 4 × 4 patches, one of each tile; every hundredth is of another class.
  const labels: LabelInput = {
    crs: "EPSG:32631",
    legend: [],
    polygons: Array.from({ length: 1600 }, (_, i) => {
      const [x, y] = [40 * (i % 40), 40 * Math.floor(i / 40)];
      const ring = [[x + 1, y + 1], [x + 39, y + 1], [x + 39, y + 39], [x + 1, y + 39], [x + 1, y + 1]] as const; // biome-ignore format: one ring
      return { id: i + 1, classCode: i % 100 === 0 ? 2 : 1, part: "train", coordinates: [[ring]] };
    }),
  };
  const area = { col: 0, row: -160, width: 160, height: 160 };
  const patches = new LabelPatches(labels, "train", [1, 2], { crs: "EPSG:32631", patchMeters: 10 }, area);
  const { tiles } = planBlend(area, 4, 0);
  expect(tilesOfSome(patches, tiles, 1600, 1)).toEqual(patches.tilesAround(tiles));
  const some = tilesOfSome(patches, tiles, 60, 1);
  expect(some).toHaveLength(60);
  expect(new Set(some.map(({ col, row }) => `${col} ${row}`)).size).toBe(60);
  expect(some).toEqual(some.toSorted((p, q) => p.row - q.row || p.col - q.col));
  const classes = some.map((tile) => patches.labels(tile).classes[0]);
  expect(classes.filter((own) => own === 1)).toHaveLength(16);
  expect(tilesOfSome(patches, tiles, 60, 1)).toEqual(some);
  expect(tilesOfSome(patches, tiles, 60, 2)).not.toEqual(some);
});

test("of more labels than rows some of each class are learned from, and a rare class keeps all of its own", () => {
  // 50 × 50 labels of one patch; the first three are of another class.
  const at = (i: number) => [10 * (i % 50), 10 * Math.floor(i / 50)] as const;
  const labels: LabelInput = {
    crs: "EPSG:32631",
    legend: [],
    polygons: Array.from({ length: 2500 }, (_, i) => {
      const [x, y] = at(i);
      const ring = [[x + 1, y + 1], [x + 9, y + 1], [x + 9, y + 9], [x + 1, y + 9], [x + 1, y + 1]] as const; // biome-ignore format: one ring
      return { id: i + 1, classCode: i < 3 ? 2 : 1, part: "train", coordinates: [[ring]] };
    }),
  };
  const area = { col: 0, row: -50, width: 50, height: 50 };
  const patches = new LabelPatches(labels, "train", [1, 2], { crs: "EPSG:32631", patchMeters: 10 }, area);
  const taken = (most: number) => {
    const counts = [0, 0];
    for (const { told, wanted } of chosenPatches(patches, [area], most, 0))
      for (const [p, one] of wanted.entries()) if (one === 1) counts[told.classes[p]!]!++;
    return counts;
  };
  expect(taken(5000)).toEqual([2497, 3]);
  const [common, rare] = taken(400) as [number, number];
  expect(rare).toBe(3);
  expect(common).toBeGreaterThan(330);
  expect(common).toBeLessThan(470);
});
