import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { countCells, outlineOfCells } from "../../../src-shared/domain/patch-cells.ts";
import type { AppError } from "../../../src-shared/errors/index.ts";
import { type Catalog, createCatalog } from "../../catalog/index.ts";
import { gdalBands } from "../../jobs/fixtures/gdal.ts";
import { patchGrid, projectArea } from "../../jobs/imagery.ts";
import { LabelPatches } from "../../jobs/label-patches.ts";
import { services } from "../services.ts";
import { describeImport } from "./labels.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-raster-labels-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const raster = join(sample, "labels_10m.tif");

const affine = { a: 574_680, b: 10, c: 0, d: 5_622_440, e: 0, f: -10 };
const settings = {
  name: "labels",
  grid: { geobox: { crs: "EPSG:32631", width: 64, height: 64, affine }, patchMeters: 10, tilePatches: 8 },
};
let catalog: Catalog;
let all: ReturnType<typeof services>;
beforeEach(() => {
  const folder = mkdtempSync(join(room, "project-"));
  rmSync(folder, { recursive: true });
  catalog = createCatalog(folder, settings, { purpose: "a test", appVersion: "0.0.0" });
  all = services({
    catalog,
    appVersion: "0.0.0",
    announce: () => {},
    runJob: () => Promise.reject(new Error("no jobs")),
  });
});

/** Pixels per value, by GDAL. */
function histogram(band: number): Map<string, number> {
  const script =
    "import sys, numpy as np; from osgeo import gdal; d = gdal.Open(sys.argv[1]); v, n = np.unique(d.GetRasterBand(int(sys.argv[2])).ReadAsArray(), return_counts=True); print(' '.join(f'{a}:{b}' for a, b in zip(v, n)))";
  const out = execFileSync("/usr/bin/python3", ["-c", script, raster, String(band)], { encoding: "utf8" });
  return new Map(
    out
      .trim()
      .split(" ")
      .map((pair): [string, number] => [pair.split(":")[0]!, Number(pair.split(":")[1])])
      .filter(([value]) => value !== "-9999"),
  );
}

test("a class raster becomes labels with as many patches as GDAL counts pixels, and keeps the source's codes", {
  tags: ["gdal"],
}, async () => {
  const { report } = await all["labels.import"]({ path: raster, band: 2, legend: "crops" });
  const expected = histogram(2);
  expect(new Map(report.classes.map(({ source, patches }) => [source ?? "", patches]))).toEqual(expected);
  expect(report.raster).toMatchObject({ band: 2, samples: 1, mixed: 0, unnamedZero: false });
  expect(catalog.legends.list()[0]!.classes.map(({ source }) => source)).toEqual([...expected.keys()]);
  const { labels } = await all["labels.list"]({});
  for (const { cells, patches, hectares } of labels) {
    expect(countCells(cells!)).toBe(patches);
    expect(hectares! / patches).toBeCloseTo(0.01, 4);
  }
  // One step of the history, which undo takes back whole.
  await all["edits.undo"]({});
  expect((await all["labels.list"]({})).total).toBe(0);
});

test("the same raster again takes the place of its first reading; a value is left out or renamed", {
  tags: ["gdal"],
}, async () => {
  await all["labels.import"]({ path: raster, band: 2 });
  const [first] = histogram(2).keys();
  const { report } = await all["labels.import"]({ path: raster, field: "band 2: CT", classes: { [first!]: null } });
  expect(report.classes.some(({ source }) => source === first)).toBe(false);
  expect(report.raster!.ignored).toBe(histogram(2).get(first!));
  const values = await all["labels.values"]({ path: raster, field: "band 2: CT" });
  expect(new Map(values.map(({ value, count }) => [value, count]))).toEqual(histogram(2));
  const file = await all["labels.inspect"]({ path: raster });
  expect(file).toMatchObject({ raster: true, crs: "EPSG:32631" });
  expect(file.fields.map(({ name }) => name)).toEqual(["band 1: LC", "band 2: CT"]);
});

test("a split by blocks gives every class of wall-to-wall labels training and test patches, and jobs get them whole", {
  tags: ["gdal"],
}, async () => {
  await all["labels.import"]({ path: raster, band: 2 });
  const split = await all["labels.split"]({});
  const weight = (code: number, part: string) =>
    split.counts.find((count) => count.classCode === code && count.part === part)?.weight ?? 0;
  for (const { code } of split.classes) {
    expect(weight(code, "train")).toBeGreaterThan(0);
    expect(weight(code, "test")).toBeGreaterThan(0);
  }
  const { polygons } = await all["labels.input"]({});
  for (const part of ["train", "validation", "test"] as const) {
    const patches = polygons
      .filter((polygon) => polygon.part === part)
      .reduce((sum, { cells }) => sum + countCells(cells!), 0);
    expect(patches).toBe(split.classes.reduce((sum, { code }) => sum + weight(code, part), 0));
  }
  // A job finds every patch where the file has it: its class is the value that GDAL reads in the pixel under it.
  const { grid } = catalog.project.get();
  const area = projectArea(grid);
  const { classes } = catalog.legends.list()[0]!;
  const codes = classes.map(({ code }) => code);
  const pixels = gdalBands(raster)[1]!;
  let found = 0;
  for (const part of ["train", "validation", "test"] as const) {
    const labels = new LabelPatches(
      { crs: grid.geobox.crs, legend: classes, polygons },
      part,
      codes,
      patchGrid(grid),
      area,
    );
    for (const [at, index] of labels.labels(area).classes.entries()) {
      if (index < 0) continue;
      found++;
      expect(classes[index]!.source).toBe(String(pixels[at]));
    }
  }
  expect(found).toBe(pixels.filter((value) => value !== -9999).length);
  const summary = await all["labels.summary"]({});
  expect(summary.classes.map(({ code, parts }) => [code, parts.train.patches])).toEqual(
    split.classes.map(({ code }) => [code, weight(code, "train")]),
  );
  // The same labels and seed: the same split.
  expect((await all["labels.split"]({})).counts).toEqual(split.counts);
  // A label drawn afterwards joins the sets of the blocks it lies in.
  const state = await all["labels.splitState"]({});
  expect(state.blocks.length).toBeGreaterThan(10);
  const legend = catalog.legends.list()[0]!;
  const [x, y] = [affine.a + 20, affine.d - 20];
  const [id] = (await all["labels.add"]({ labels: [{ classCode: legend.classes[0]!.code, point: [x, y] }] })).ids;
  const block = state.blocks.find(
    ({ bounds }) => x > bounds.minX && x < bounds.maxX && y > bounds.minY && y < bounds.maxY,
  );
  if (block) expect((await all["labels.parts"]({}))[block.part]).toContain(id);
});

test("a buffer leaves patches out, and one that is too wide is refused", async () => {
  await all["labels.import"]({ path: raster, band: 2 });
  const split = await all["labels.split"]({ blockMeters: 160, bufferMeters: 15 });
  const note = split.notes.find(({ kind }) => kind === "buffer");
  const unused = split.counts.filter(({ part }) => part === "unused").reduce((sum, { weight }) => sum + weight, 0);
  expect(note).toMatchObject({ meters: 15, patches: unused });
  expect(unused).toBeGreaterThan(100);
  const refused = await all["labels.split"]({ blockMeters: 160, bufferMeters: 80 }).catch((error: unknown) => error);
  expect((refused as AppError).code).toBe("split-buffer-too-wide");
});

test("jobs are told what the labels are: points, groups of patches, or labels of several kinds", async () => {
  const points = join(room, "points.csv");
  const at = (col: number, row: number) => `${574_680 + 10 * col + 5},${5_622_440 - 10 * row - 5}`;
  const rows = Array.from({ length: 20 }, (_, i) => `${at(3 * i, 3 * i)},${i % 2 === 0 ? "wheat" : "maize"}`);
  writeFileSync(points, ["x,y,crop", ...rows].join("\n"));
  const request = { path: points, field: "crop", crs: "EPSG:32631", legend: "crops" };
  const { report } = await all["labels.import"](request);
  expect(report).toMatchObject({ total: 20, pointsTotal: 20, points: 20 });
  expect(describeImport(report)[0]).toBe("20 points came in, 20 are used.");
  await all["labels.split"]({ method: "random" });
  expect((await all["labels.input"]({})).unit).toBe("points");
  await all["labels.import"]({ path: raster, band: 2, legend: "crops" });
  expect((await all["labels.input"]({})).unit).toBe("labels");
  await all["labels.import"]({ path: raster, band: 2, legend: "crops", replace: true });
  await all["labels.split"]({});
  expect((await all["labels.input"]({})).unit).toBe("patches");
});

test("a window is told of a class raster patch by patch, without outlines: half a million patches in less than two bytes each", {
  tags: ["gdal"],
}, async () => {
  // Noise of four classes has an edge around nearly every patch.
  const side = 700;
  const path = join(room, "noise.tif");
  const script = `
import sys, numpy as np
from osgeo import gdal, osr
rng = np.random.default_rng(5)
sr = osr.SpatialReference(); sr.ImportFromEPSG(32631)
ds = gdal.GetDriverByName("GTiff").Create(sys.argv[1], ${side}, ${side}, 1, gdal.GDT_Byte)
ds.SetProjection(sr.ExportToWkt()); ds.SetGeoTransform([574680, 10, 0, 5622440, 0, -10])
ds.GetRasterBand(1).WriteArray(rng.integers(1, 5, (${side}, ${side})).astype(np.uint8))`;
  execFileSync("/usr/bin/python3", ["-c", script, path]);
  const folder = join(room, "noise");
  const grid = { geobox: { ...settings.grid.geobox, width: side, height: side }, patchMeters: 10, tilePatches: 8 };
  const wide = createCatalog(folder, { name: "noise", grid }, { purpose: "a test", appVersion: "0.0.0" });
  const own = services({ catalog: wide, appVersion: "0.0.0", announce: () => {}, runJob: () => Promise.reject(new Error("no jobs")) }); // biome-ignore format: one call
  await own["labels.import"]({ path });
  const page = await own["labels.list"]({});
  expect(page.labels.reduce((sum, { patches }) => sum + patches, 0)).toBe(side * side);
  expect(page.labels.every(({ coordinates }) => coordinates.length === 0)).toBe(true);
  expect(JSON.stringify(page).length).toBeLessThan(2 * side * side);
  // What outlines are needed for is still done with them, here and in the window.
  const [label] = wide.labels.find({ ids: [page.labels[5]!.id] });
  expect(outlineOfCells(page.labels[5]!.cells!, affine)).toEqual(label!.coordinates);
  expect(label!.coordinates.length).toBeGreaterThan(100);
  wide.close();
});
