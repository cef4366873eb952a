import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { eachInputOf, mostSmallMapTiles } from "../../src-shared/domain/small-maps.ts";
import { boundsOf } from "../../src-shared/geo/geobox.ts";
import { type PatchWindow, planBlend } from "../cube/index.ts";
import { openRaster } from "../raster/index.ts";
import { evaluate } from "./evaluate.ts";
import { quiet, randomModel, sampleGrid, sampleImagery, sampleLabels } from "./fixtures/sample.ts";
import { map } from "./map.ts";
import { planSmallMaps } from "./small-maps.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-small-maps-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

test("small maps with each input show what the map with it shows, at the same place", async () => {
  const grid = sampleGrid(22, 8, 10);
  const labels = sampleLabels();
  const imagery = await sampleImagery(grid);
  const modelFolder = join(room, "model");
  await randomModel(modelFolder, grid, imagery, labels.legend);
  const names = imagery.modalities.map(({ name }) => name);
  const folderOf = (name: string) => {
    mkdirSync(join(room, name));
    return join(room, name);
  };
  const common = { seed: 1, provider: "cpu", resume: false, appVersion: "test", grid, imagery, modelFolder, overlapPatches: 2, batchSize: 4 } as const; // biome-ignore format: one spec
  const subsets = eachInputOf(names);
  expect(subsets).toEqual([names, [names[0]], [names[1]]]);
  const { smallMaps, subsets: scores } = await evaluate(
    { ...common, kind: "evaluate", folder: folderOf("evaluate"), labels, part: "test", subsets, classSets: [[]], smallMaps: true },
    quiet,
  ); // biome-ignore format: one spec
  expect(boundsOf(smallMaps!.area)).toEqual(boundsOf(grid.geobox));
  expect(smallMaps!.maps.map(({ modalities }) => modalities)).toEqual(subsets);
  expect(scores.map(({ modalities }) => modalities)).toEqual(subsets);
  for (const [i, { modalities, classes }] of smallMaps!.maps.entries()) {
    const { classPath } = await map({ ...common, kind: "map", folder: folderOf(`map-${i}`), modalities: [...modalities], area: grid.geobox, probabilities: false, baseName: "crops" }, quiet); // biome-ignore format: one spec
    const raster = await openRaster(classPath);
    const { bands } = await raster.readWindow({ col: 0, row: 0, width: 22, height: 22 }, { bands: [1] });
    raster.close();
    expect([...Buffer.from(classes, "base64")]).toEqual([...bands[0]!]);
  }
});

test("a small map takes a bounded number of tiles: all of a small area, of a large one where most labels are", () => {
  const tilesOf = (window: PatchWindow, overlap: number) => planBlend(window, 6, overlap).tiles.length;
  const none = { tilesAround: () => [] };
  const sample = planSmallMaps({ col: 0, row: 0, width: 64, height: 64 }, 6, 4, none);
  expect(sample.window).toEqual({ col: 0, row: 0, width: 64, height: 64 });
  expect(sample.overlap).toBeGreaterThan(0);
  expect(tilesOf(sample.window, sample.overlap)).toBeLessThanOrEqual(mostSmallMapTiles);
  // A whole scene: labels lie in two places, most of them in the second.
  const area = { col: 50_003, row: 500_005, width: 10_980, height: 10_980 };
  const tile = (col: number, row: number) => ({ col, row, width: 6, height: 6 });
  const near = [tile(50_010, 500_010), tile(55_020, 505_008), tile(55_026, 505_008)];
  const large = planSmallMaps(area, 6, 4, { tilesAround: () => near });
  expect(tilesOf(large.window, large.overlap)).toBeLessThanOrEqual(mostSmallMapTiles);
  const { col, row, width, height } = large.window;
  expect([width, height]).toEqual([90, 90]);
  for (const { col: x, row: y } of near.slice(1)) {
    expect(x >= col && x < col + width).toBe(true);
    expect(y >= row && y < row + height).toBe(true);
  }
});
