import { expect, test } from "vitest";
import { analyticReader, flandersSquare } from "./analytic-reader.ts";
import { Cube } from "./cube.ts";
import { boundsOfPatches, windowAt } from "./grid.ts";
import { importFiles } from "./import-files.ts";
import { proposeModalities } from "./modalities.ts";
import { runningDays } from "./time-series.ts";

const path = "/made/S2_20190501.tif";
// Every pixel's value is its own place: east in one band, north in the other.
const reader = analyticReader([
  {
    path,
    geobox: flandersSquare,
    bands: [
      { name: "B02", scale: 1, value: (x) => x - 574_000 },
      { name: "B03", scale: 1, value: (_, y) => y - 5_622_000 },
    ],
  },
]);

async function cubeOf() {
  const acquisitions = await importFiles(reader, [{ path, sensor: "other", date: "2019-05-01", bands: ["a", "b"] }]);
  const modalities = proposeModalities(acquisitions, { patchMeters: 10, nativeMeters: { other: 10 } as never });
  const grid = { crs: "EPSG:32631", patchMeters: 10 };
  const cube = new Cube({ grid, modalities, acquisitions, days: runningDays(["2019-05-01"]) }, reader);
  return { cube, name: modalities[0]!.name, grid };
}

test("a tile that lies between the patches of the grid is read from its own corner, without a shift", async () => {
  const { cube, name, grid } = await cubeOf();
  const [x, y] = [574_703.4, 5_622_391.8];
  const window = windowAt(x, y, 3);
  expect(boundsOfPatches(grid, window)).toEqual({ minX: x, maxX: x + 30, maxY: y, minY: y - 30 });
  const { values } = await cube.scene(name, 0, window);
  const at = (band: number, row: number, col: number) => values[band * 9 + row * 3 + col]!;
  for (let row = 0; row < 3; row++) {
    for (let col = 0; col < 3; col++) {
      expect(at(0, row, col)).toBeCloseTo(x + 10 * col + 5 - 574_000, 3);
      expect(at(1, row, col)).toBeCloseTo(y - 10 * row - 5 - 5_622_000, 3);
    }
  }
});

test("two tiles half a patch apart, and the patches of the grid, are kept apart in memory", async () => {
  const { cube, name } = await cubeOf();
  const first = async (x: number) => (await cube.scene(name, 0, windowAt(x, 5_622_400, 2))).values[0]!;
  expect([await first(574_700), await first(574_705), await first(574_700)]).toEqual([705, 710, 705]);
  const onGrid = await cube.scene(name, 0, { col: 57_470, row: -562_240, width: 2, height: 2 });
  expect(onGrid.values[0]).toBe(705);
  expect((await cube.clearShares(name, windowAt(574_600, 5_622_400, 2)))[0]).toBeUndefined();
});
