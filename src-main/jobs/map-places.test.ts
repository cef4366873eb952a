/** @module-tag gdal */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Imagery, MapFiles, MapSpec } from "../../src-shared/domain/job.ts";
import { geoboxOfWindow } from "../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import { patchesOfGeobox } from "../cube/index.ts";
import { openRaster } from "../raster/index.ts";
import { cogComplaints, gdalInfo, run } from "../raster/testing/gdal.ts";
import { gdalBands } from "./fixtures/gdal.ts";
import { imageryOfSquares, inWide, squares, wideGrid } from "./fixtures/places.ts";
import { quiet, randomModel, sampleLabels } from "./fixtures/sample.ts";
import { patchGrid } from "./imagery.ts";
import { map } from "./map.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-places-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const modelFolder = join(room, "model");
let imagery: Imagery;

beforeAll(async () => {
  const images = join(room, "images");
  mkdirSync(images);
  imagery = await imageryOfSquares(images);
  await randomModel(modelFolder, wideGrid, imagery, sampleLabels().legend);
});

let next = 0;
function mapSpec(more: Partial<MapSpec> = {}): MapSpec {
  const folder = join(room, `job-${next++}`);
  mkdirSync(folder);
  return {
    kind: "map",
    folder,
    seed: 1,
    provider: "cpu",
    resume: false,
    appVersion: "test",
    grid: wideGrid,
    imagery,
    modelFolder,
    modalities: imagery.modalities.map(({ name }) => name),
    area: wideGrid.geobox,
    overlapPatches: 2,
    batchSize: 4,
    probabilities: true,
    baseName: "crops",
    ...more,
  };
}

const rasters = ({ classPath, confidencePath, probabilitiesPath }: MapFiles) => [
  classPath,
  confidencePath,
  probabilitiesPath!,
];

/** A window of a file, cut by GDAL, every band of it. */
function cut(path: string, { col, row, width, height }: PixelWindow): number[][] {
  const out = join(room, "cut.tif");
  run("gdal_translate", ["-q", "-srcwin", ...[col, row, width, height].map(String), path, out]);
  return gdalBands(out);
}

test("the map of three far places in 185 million patches is the maps of the three, each alone, and next to nothing between", async () => {
  const whole = await map(mapSpec({ perPlace: true }), quiet);
  expect(gdalInfo(whole.classPath).size).toEqual([11_857, 15_604]);
  for (const path of rasters(whole)) {
    expect([path, cogComplaints(path)]).toEqual([path, ""]);
    expect(statSync(path).size).toBeLessThan(100_000);
  }
  expect(whole.places).toHaveLength(3);
  const sums: Record<string, number> = {};
  for (const [index, square] of [squares[0]!, squares[1]!, squares[2]!].entries()) {
    const window = inWide(square);
    const area = geoboxOfWindow(wideGrid.geobox, window);
    const alone = await map(mapSpec({ area, batchSize: 3 }), quiet);
    const place = whole.places![index]!;
    expect(place).toMatchObject({
      number: index + 1,
      area,
      patches: square.width * square.height,
      pixels: alone.pixels,
    });
    for (const [k, path] of rasters(alone).entries()) {
      expect(cut(rasters(whole)[k]!, window)).toEqual(gdalBands(path));
      expect(gdalBands(rasters(place.files!)[k]!)).toEqual(gdalBands(path));
    }
    for (const [code, count] of Object.entries(alone.pixels)) sums[code] = (sums[code] ?? 0) + count;
  }
  expect(whole.pixels).toEqual(sums);
  // Between the places there is nothing, in every band.
  const between = { ...inWide(squares[0]!), col: 4000, width: 600 };
  for (const path of rasters(whole)) {
    const nothing = gdalInfo(path).bands[0]!.noDataValue;
    expect(cut(path, between).every((band) => band.every((value) => value === nothing))).toBe(true);
  }
  // Our own reader, and an overview.
  const raster = await openRaster(whole.classPath);
  const { bands } = await raster.readWindow(inWide(squares[1]!), { bands: [1] });
  expect([...bands[0]!]).toEqual(cut(whole.classPath, inWide(squares[1]!))[0]);
  const far = await raster.readWindow({ col: 0, row: 0, width: 30, height: 30 }, { bands: [1], overview: 1 });
  expect(far.bands[0]!.every((value) => value === 0)).toBe(true);
  raster.close();
});

test("killed again and again on its way through the places, a map ends with the files of an undisturbed one", async () => {
  const undisturbed = mapSpec({ perPlace: true });
  const { tiles } = await map(undisturbed, quiet);
  const disturbed = mapSpec({ perPlace: true, resume: true });
  const path = join(disturbed.folder, "spec.json");
  writeFileSync(path, JSON.stringify(disturbed));
  const work = join(import.meta.dirname, "fixtures/work.ts");
  for (const says of [9, 30, 25]) {
    const { signal, stderr } = spawnSync(process.execPath, [work, path, "phase:Mapping", String(says)], {
      encoding: "utf8",
    });
    expect([signal, stderr]).toEqual(["SIGKILL", ""]);
    writeFileSync(join(disturbed.folder, "rows.part"), "half", { flag: "a" });
  }
  let said = 0;
  const done = await map(disturbed, { ...quiet, phase: (name) => void (name === "Mapping" && said++) });
  expect([said < tiles, done.tiles]).toEqual([true, tiles]);
  rmSync(path);
  const filesOf = (folder: string) =>
    readdirSync(folder)
      .sort()
      .map((name) => [basename(name), readFileSync(join(folder, name)).toString("base64")]);
  expect(filesOf(disturbed.folder)).toEqual(filesOf(undisturbed.folder));
});

test("a place without images is refused, and an outline takes in only the places it holds", async () => {
  const nowhere = geoboxOfWindow(wideGrid.geobox, { col: 100, row: 100, width: 300, height: 200 });
  const refusal = { code: "map-without-imagery" };
  await expect(map(mapSpec({ area: nowhere }), quiet)).rejects.toMatchObject(refusal);
  const { a, d } = wideGrid.geobox.affine;
  const { col, row } = inWide(squares[2]!);
  const [x, y] = [a + 10 * col, d - 10 * row];
  const ring = [[x - 5000, y - 20], [x + 60, y - 20], [x + 60, y - 90], [x - 5000, y - 90], [x - 5000, y - 20]] as const; // biome-ignore format: one ring
  const { pixels, places } = await map(mapSpec({ outline: [ring] }), quiet);
  expect(Object.values(pixels).reduce((sum, count) => sum + count, 0)).toBe(6 * 7);
  expect(places).toBeUndefined();
});

test("where the project's area ends, its map ends, with the values of a map without that limit", async () => {
  const grid = patchesOfGeobox(patchGrid(wideGrid), wideGrid.geobox);
  const inCrs = (window: PixelWindow) => ({ ...window, col: window.col + grid.col, row: window.row + grid.row });
  const [first, , third] = squares.map(inWide);
  // A part of the first square, all of the third and more, nothing of the second.
  const part = { ...first!, col: first!.col + 3, width: 4 };
  const limit = [inCrs(part), inCrs({ ...third!, height: third!.height + 500 })];
  const whole = await map(mapSpec(), quiet);
  const ended = await map(mapSpec({ grid: { ...wideGrid, limit } }), quiet);
  expect(ended.places!.map(({ patches }) => patches)).toEqual([4 * first!.height, third!.width * third!.height]);
  for (const [k, path] of rasters(ended).entries()) {
    expect(cut(path, part)).toEqual(cut(rasters(whole)[k]!, part));
    expect(cut(path, third!)).toEqual(cut(rasters(whole)[k]!, third!));
    const nothing = gdalInfo(path).bands[0]!.noDataValue;
    for (const beside of [{ ...first!, width: 3 }, inWide(squares[1]!)])
      expect(cut(path, beside).every((band) => band.every((value) => value === nothing))).toBe(true);
  }
});
