import { expect, test } from "vitest";
import type { LabelInput } from "../../src-shared/domain/job.ts";
import { LabelPatches } from "./label-patches.ts";
import { chosenPatches } from "./method-table.ts";

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
