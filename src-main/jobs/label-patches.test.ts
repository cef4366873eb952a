import { join } from "node:path";
import { expect, test } from "vitest";
import type { LabelInput } from "../../src-shared/domain/job.ts";
import { TileRows } from "../cube/index.ts";
import { gdalBands } from "./fixtures/gdal.ts";
import { sampleFolder, sampleGrid, sampleLabels } from "./fixtures/sample.ts";
import { patchGrid, projectArea } from "./imagery.ts";
import { aroundLabels, LabelPatches } from "./label-patches.ts";

const grid = sampleGrid();
const area = projectArea(grid);
const sample = sampleLabels();
const codes = sample.legend.map(({ code }) => code);
const labelsOf = (labels: LabelInput, within = area) =>
  new LabelPatches(labels, "train", codes, patchGrid(grid), within);

test("labels of patches are the label raster that the sample's polygons were drawn from", { tags: ["gdal"] }, () => {
  const reference = gdalBands(join(sampleFolder, "labels_10m.tif"))[1]!;
  const everything = sampleLabels(() => "train");
  const { classes } = labelsOf(everything).labels(area);
  const pairs = new Map<number, Set<number>>();
  let labelled = 0;
  for (const [p, index] of classes.entries()) {
    if (index < 0) continue;
    labelled++;
    const seen = pairs.get(reference[p]!) ?? new Set();
    pairs.set(reference[p]!, seen.add(index));
  }
  expect(labelled).toBeGreaterThan(0.9 * 64 * 64);
  // One class of the raster is one class of ours, and no two share one.
  for (const indices of pairs.values()) expect(indices.size).toBe(1);
  expect(new Set([...pairs.values()].flatMap((indices) => [...indices])).size).toBe(pairs.size);
});

test("windows cut anywhere agree with the whole, and patches outside the area have no label", () => {
  const labels = labelsOf(sample);
  const whole = labels.labels(area);
  const window = { col: area.col + 55, row: area.row - 3, width: 14, height: 9 };
  const { classes, polygons } = labels.labels(window);
  for (let row = 0; row < window.height; row++)
    for (let col = 0; col < window.width; col++) {
      const [x, y] = [window.col + col - area.col, window.row + row - area.row];
      const inside = x < 64 && y >= 0;
      expect(classes[row * 14 + col]).toBe(inside ? whole.classes[y * 64 + x] : -1);
      expect(polygons[row * 14 + col]).toBe(inside ? whole.polygons[y * 64 + x] : -1);
    }
});

const square = (id: number, classCode: number, x: number, y: number, side: number): LabelInput["polygons"][number] => {
  const ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]] as const; // biome-ignore format: one ring
  return { id, classCode, part: "train", coordinates: [[ring as never]] };
};

test("a patch on which polygons of two classes meet has no label; polygons of one class may overlap", () => {
  const [x, y] = [574_700, 5_622_000];
  const polygons = [square(1, 1, x, y, 30), square(2, 2, x + 20, y, 30), square(3, 2, x + 30, y, 30)];
  const labels = labelsOf({ ...sample, polygons });
  const { classes } = labels.labels({ col: 57_470, row: -562_203, width: 7, height: 1 });
  expect([...classes]).toEqual([0, 0, -1, 1, 1, 1, -1]);
});

test("a split patch by patch gives one polygon with many patches, not its last patch alone", () => {
  const polygons = Array.from({ length: 9 }, (_, i) =>
    square(7, 3, 574_700 + 10 * (i % 3), 5_622_000 + 10 * Math.floor(i / 3), 10),
  );
  const labels = labelsOf({ ...sample, polygons });
  expect(labels.usable()).toEqual([{ id: 7, classCode: 3, patches: 9 }]);
});

test("of a polygon across the border only the part inside the area counts, and one without a centre of a patch is not usable", () => {
  const polygons = [square(1, 1, 574_660, 5_622_000, 40), square(2, 1, 574_702, 5_622_002, 2), square(3, 1, 0, 0, 100)];
  const labels = labelsOf({ ...sample, polygons });
  expect(labels.usable()).toEqual([{ id: 1, classCode: 1, patches: 8 }]);
});

test("the tiles around labels are those of the whole plan that hold a label, in its order", () => {
  const few = { ...sample, polygons: sample.polygons.filter(({ id }) => id % 9 === 0) };
  const labels = labelsOf(few);
  const tiles = new TileRows(area, 6, 3);
  const holding = [...tiles].filter((tile) => labels.labels(tile).classes.some((index) => index >= 0));
  expect(labels.tilesAround(tiles)).toEqual(holding);
  expect(holding.length).toBeLessThan(tiles.length);
});

test("a few polygons in a whole Sentinel-2 scene are found without visiting its thirteen million tiles", () => {
  const scene = { col: 50_000, row: -570_000, width: 10_980, height: 10_980 };
  const labels = labelsOf(sample, scene);
  expect(labels.tilesAround(new TileRows(scene, 6, 3)).length).toBeGreaterThan(100);
});

test("training tiles are a function of seed and draw, lie inside the area, and each holds a label", () => {
  const labels = labelsOf(sample);
  const draw = aroundLabels(labels, 6, "classes", 3);
  expect(aroundLabels(labels, 6, "classes", 3)(4, 50)).toEqual(draw(4, 50));
  expect(aroundLabels(labels, 6, "classes", 4)(4, 50)).not.toEqual(draw(4, 50));
  for (const tile of draw(0, 300)) {
    expect(tile.col >= area.col && tile.col + 6 <= area.col + 64).toBe(true);
    expect(tile.row >= area.row && tile.row + 6 <= area.row + 64).toBe(true);
    expect(labels.labels(tile).classes.some((index) => index >= 0)).toBe(true);
  }
});

test("drawn by class, a parcel of 4 patches is seen as often as a class of 400; drawn by patch, a hundredth as often; by the square root, a tenth", () => {
  const polygons = [square(1, 1, 574_700, 5_622_000, 200), square(2, 2, 575_200, 5_622_000, 20)];
  const labels = labelsOf({ ...sample, polygons });
  const share = (balance: "classes" | "patches" | "polygons" | "square-root") => {
    const tiles = aroundLabels(labels, 4, balance, 1)(0, 1000);
    return tiles.filter(({ col }) => col > 57_500).length / 1000;
  };
  // Three standard deviations of 1,000 draws are 0.047 at one half, 0.0094 at 1 in 101.
  expect(Math.abs(share("classes") - 0.5)).toBeLessThan(0.05);
  expect(Math.abs(share("polygons") - 0.5)).toBeLessThan(0.05);
  expect(share("patches")).toBeLessThan(0.02);
  // √4 / (√4 + √400)
  expect(Math.abs(share("square-root") - 1 / 11)).toBeLessThan(0.03);
});
