import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Acquisition, Modality } from "../../src-shared/eo/index.ts";
import { boundsIn, clear, noData, rasterReader } from "../imagery/index.ts";
import { flandersSquare } from "./analytic-reader.ts";
import { Cube } from "./cube.ts";
import { type Grid, geoboxOfPatches, type PatchWindow, patchesCovering } from "./grid.ts";
import { importFiles, offsetDoubt, reportDates } from "./import-files.ts";
import { proposeModalities } from "./modalities.ts";
import { readScene, runningDays } from "./time-series.ts";

const sample = join(import.meta.dirname, "../../resources/sample/flanders-crops-2019");
const reader = rasterReader();
let acquisitions: Acquisition[];
let s2: Modality;

beforeAll(async () => {
  const files = ["S2_L2A_10m", "S2_L2A_20m", "S2_SCL_20m"].flatMap((kind) =>
    readdirSync(join(sample, kind))
      .filter((name) => /_2019(0[4-7])/.test(name) && name.endsWith(".tif"))
      .map((name) => ({ path: join(sample, kind, name) })),
  );
  acquisitions = await importFiles(reader, files);
  s2 = proposeModalities(acquisitions, { patchMeters: 10 })[0]!;
});
afterAll(() => reader.close());

const cubeOn = (grid: Grid, cacheBytes = 1e9) =>
  new Cube({ grid, modalities: [s2], acquisitions, days: runningDays(acquisitions.map(({ date }) => date)) }, reader, {
    cacheBytes,
  });

/** The values of one pixel, wherever the window lies. */
function at(scene: { values: Float32Array; states: Uint8Array }, window: PatchWindow, col: number, row: number) {
  const place = (row - window.row) * window.width + col - window.col;
  const pixels = window.width * window.height;
  return [scene.states[place], ...s2.bands.map((_, channel) => scene.values[channel * pixels + place])];
}

test.each([
  ["its own CRS", { crs: "EPSG:32631", patchMeters: 10 }],
  ["another CRS", { crs: "EPSG:3035", patchMeters: 10 }],
])("a real pixel has one value in every window that holds it, in %s", async (_, grid) => {
  const bounds = boundsIn(flandersSquare, grid.crs)!;
  const area = patchesCovering(grid, bounds);
  const cube = cubeOn(grid);
  const whole = await cube.scene("s2", 3, area);
  expect(whole.states.filter((state) => state === clear).length).toBeGreaterThan(1000);
  const small = cubeOn(grid, 1);
  for (const [dx, dy] of [
    [5, 7],
    [31, 30],
    [50, 2],
  ] as const) {
    const window = { col: area.col + dx, row: area.row + dy, width: 9, height: 11 };
    const part = await small.scene("s2", 3, window);
    for (let row = window.row; row < window.row + window.height; row++) {
      for (let col = window.col; col < window.col + window.width; col++) {
        expect(at(part, window, col, row)).toEqual(at(whole, area, col, row));
      }
    }
  }
});

test("windows cut from chunks hold what a direct warp of the window gives", async () => {
  const grid = { crs: "EPSG:32631", patchMeters: 10 };
  const window = { col: 57470, row: -562243, width: 60, height: 60 };
  const cut = await cubeOn(grid).scene("s2", 5, window);
  const date = { date: "", acquisitions: [acquisitions[5]!] };
  const direct = await readScene(reader, s2, date, geoboxOfPatches(grid, window));
  expect(cut).toEqual(direct);
});

test("outside the images there is no data, and asking for it costs no memory", async () => {
  const cube = cubeOn({ crs: "EPSG:32631", patchMeters: 10 });
  const far = await cube.scene("s2", 0, { col: 60000, row: -560000, width: 4, height: 4 });
  expect(far.states.every((state) => state === noData)).toBe(true);
  expect(far.values.every((value) => value === 0)).toBe(true);
});

test("a real season is not doubted, and the same with 1000 added is", async () => {
  const reports = await reportDates(reader, s2, acquisitions, flandersSquare);
  expect(reports).toHaveLength(acquisitions.length);
  expect(reports.every((report) => report.dataShare === 1)).toBe(true);
  expect(offsetDoubt(s2.sensor, reports)).toBeUndefined();
  const brighter = acquisitions.map((acquisition) => ({
    ...acquisition,
    pieces: acquisition.pieces.map(({ files }) => ({
      files: files.map((file) => ({
        ...file,
        bands: file.bands.map((band) => ({ ...band, offset: band.offset + 0.1 })),
      })),
    })),
  }));
  const doubted = offsetDoubt(s2.sensor, await reportDates(reader, s2, brighter, flandersSquare));
  expect(doubted).toMatchObject({ code: "offset-probably-in" });
});
