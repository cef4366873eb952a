import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Acquisition, type Modality, type Radiometry, withPieces } from "../../src-shared/eo/index.ts";
import { boundsOf } from "../../src-shared/geo/geobox.ts";
import { clear, noData, rasterReader, unclear } from "../imagery/index.ts";
import { analyticReader, flandersSquare } from "./analytic-reader.ts";
import { geoboxOfPatches, patchesCovering } from "./grid.ts";
import { clearShareOf, importFiles, reportDates } from "./import-files.ts";
import { proposeModalities } from "./modalities.ts";
import { dayOf, readTimeSeries, runningDays } from "./time-series.ts";

const sample = join(import.meta.dirname, "../../resources/sample/flanders-crops-2019");
const twoProducts = join(import.meta.dirname, "fixtures/two-products");
const grid = { crs: "EPSG:32631", patchMeters: 10 };
const reader = rasterReader();
afterAll(() => reader.close());

const filesOf = (moment: string) =>
  ["S2_L2A_10m", "S2_L2A_20m", "S2_SCL_20m"].map((kind) => ({ path: join(sample, kind, `${kind}_${moment}.tif`) }));

/** gdalwarp's own answer, band after band, in the file's own numbers. */
function gdalwarp(
  path: string,
  method: string,
  bounds: { minX: number; minY: number; maxX: number; maxY: number },
  size: number,
) {
  const target = join(tmpdir(), `cube-${process.pid}-${method}.bin`);
  const { minX, minY, maxX, maxY } = bounds;
  const args = ["-q", "-overwrite", "-of", "ENVI", "-co", "INTERLEAVE=BSQ", "-r", method];
  execFileSync("gdalwarp", [
    ...args,
    "-te",
    ...[minX, minY, maxX, maxY].map(String),
    "-ts",
    `${size}`,
    `${size}`,
    path,
    target,
  ]);
  const bytes = readFileSync(target);
  for (const end of ["", ".aux.xml"]) rmSync(target + end, { force: true });
  rmSync(target.replace(/\.bin$/, ".hdr"), { force: true });
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

test("20 m bands come onto the 10 m grid as gdalwarp puts them there", { tags: ["gdal"] }, async () => {
  const files = filesOf("20190630T105704");
  const acquisitions = await importFiles(reader, files);
  const [s2] = proposeModalities(acquisitions, { patchMeters: 10 });
  // A window off the image's corner, so that a mistake of half a pixel shows.
  const window = { col: 57475, row: -562231, width: 40, height: 40 };
  const target = geoboxOfPatches(grid, window);
  const series = await readTimeSeries(reader, s2!, acquisitions, target, runningDays(["2019-06-30"]));
  expect(series.shape).toEqual([1, 10, 40, 40]);
  const b05 = new Uint16Array(gdalwarp(files[1]!.path, "bilinear", boundsOf(target), 40)).subarray(0, 1600);
  const ours = series.values.subarray(3 * 1600, 4 * 1600);
  const differences = Array.from(ours, (value, i) => Math.abs(Math.round(value * 10000) - b05[i]!));
  expect(Math.max(...differences)).toBeLessThanOrEqual(1);
  expect(differences.filter((difference) => difference > 0).length).toBeLessThan(16);
  expect(new Set(b05).size).toBeGreaterThan(300);
  const b02 = new Uint16Array(gdalwarp(files[0]!.path, "nearest", boundsOf(target), 40)).subarray(0, 1600);
  expect(Array.from(series.values.subarray(0, 1600), (value) => Math.round(value * 10000))).toEqual(Array.from(b02));
});

test("clear pixels are those whose class GDAL reads as vegetation, bare soil, water or unclassified", {
  tags: ["gdal"],
}, async () => {
  const files = filesOf("20180819T105124");
  const acquisitions = await importFiles(reader, files);
  const [s2] = proposeModalities(acquisitions, { patchMeters: 10 });
  const series = await readTimeSeries(reader, s2!, acquisitions, flandersSquare, runningDays(["2018-08-19"]));
  const classes = new Uint8Array(gdalwarp(files[2]!.path, "near", boundsOf(flandersSquare), 64));
  const expected = classes.map((value) => (value >= 4 && value <= 7 ? clear : unclear));
  expect(series.states).toEqual(expected);
  const share = expected.filter((state) => state === clear).length / 4096;
  expect(share).toBeGreaterThan(0.05);
  expect(share).toBeLessThan(0.95);
  expect(series.clearShares[0]).toBeCloseTo(share, 6);
});

test("the radar series keeps its decibels and its days count from 1 January of the first year", async () => {
  const folder = join(sample, "S1_GRD_ASC_20m");
  const names = readdirSync(folder).filter((name) => /_2018080|_201911/.test(name) && name.endsWith(".tif"));
  const acquisitions = await importFiles(
    reader,
    names.map((name) => ({ path: join(folder, name) })),
  );
  const [s1] = proposeModalities(acquisitions, { patchMeters: 10 });
  expect(s1!.name).toBe("s1-asc");
  const count = runningDays(acquisitions.map((acquisition) => acquisition.date));
  expect(count).toEqual({ kind: "running", referenceYear: 2018, period: 734 });
  const target = geoboxOfPatches(grid, { col: 57470, row: -562240, width: 4, height: 4 });
  const series = await readTimeSeries(reader, s1!, acquisitions, target, count);
  // date -u -d 2018-08-02 +%j is 214; 2019-11-25 is 365 days and 329 more.
  expect(series.days[0]).toBe(214);
  expect(series.days.at(-1)).toBe(365 + 329);
  expect(Math.max(...series.values)).toBeLessThan(5);
  expect(Math.min(...series.values)).toBeLessThan(-15);
  expect(series.clearShares.every((share) => share === 1)).toBe(true);
});

test("of two real products of one day the clearer is kept, or both are merged", async () => {
  const choices = readdirSync(twoProducts).map((name) => ({ path: join(twoProducts, name) }));
  const acquisitions = await importFiles(reader, choices);
  expect(acquisitions.map(({ id }) => id)).toEqual(["s2-20190114T110647", "s2-20190114T110653"]);
  const area = (await reader.facts(choices[0]!.path)).geobox;
  const propose = (duplicateDates: Modality["duplicateDates"]) =>
    proposeModalities(acquisitions, { patchMeters: 20, duplicateDates })[0]!;
  const undecided = { ...propose("error"), kind: "series" as const };
  const read = (modality: Modality) =>
    readTimeSeries(reader, modality, acquisitions, area, runningDays(["2019-01-14"]));
  await expect(read(undecided)).rejects.toMatchObject({ code: "acquisition-duplicate-date" });

  const reports = await reportDates(reader, undecided, acquisitions, area);
  // Counted by numpy in the SCL files: 479 and 415 of 1024 pixels are of the classes 4 to 7.
  expect(reports.map((report) => report.clearShare * 1024)).toEqual([479, 415]);
  const shares = acquisitions.map((one) => clearShareOf(reader, one, one.pieces[0]!));
  expect((await Promise.all(shares)).map((share) => share! * 1024)).toEqual([479, 415]);
  const best: Modality = { ...undecided, duplicateDates: "best", acquisitions: ["s2-20190114T110647"] };
  const merged = await read({ ...undecided, duplicateDates: "merge" });
  const one = await read(best);
  expect(merged.shape[0]).toBe(1);
  expect(merged.clearShares[0]).toBeGreaterThanOrEqual(one.clearShares[0]!);
  const both = await read({ ...undecided, duplicateDates: "keep" });
  expect(both.shape[0]).toBe(2);
  expect(both.days[0]).toBe(both.days[1]);
});

const formula = (x: number, y: number) => (x - 574000) / 10 + (y - 5621000) * 2;

function acquisition(
  path: string,
  date: string,
  more: Partial<Acquisition> = {},
  radiometry?: Radiometry,
): Acquisition {
  return {
    ...withPieces({
      id: path,
      sensor: "sentinel-1",
      date,
      bands: [{ name: "VV", path, bandIndex: 1, scale: 1, offset: 0 }],
      radiometry: radiometry ?? {
        quantity: "unknown",
        scale: 1,
        offset: 0,
        decidedBy: { code: "written", text: "test" },
        warnings: [],
      },
      evidence: [],
    }),
    ...more,
  };
}

const modalityOf = (acquisitions: readonly Acquisition[]): Modality => ({
  ...proposeModalities(acquisitions, { patchMeters: 10 })[0]!,
  kind: "series",
});

test("a co-registration shift moves the image by its amount", async () => {
  const fake = analyticReader([{ path: "a", bands: [{ value: formula }] }]);
  const moved = [acquisition("a", "2019-01-01", { shift: { dx: 30, dy: -20 } })];
  const target = geoboxOfPatches(grid, { col: 57480, row: -562230, width: 2, height: 2 });
  const series = await readTimeSeries(fake, modalityOf(moved), moved, target, runningDays(["2019-01-01"]));
  // What lies at (x, y) in the file belongs at (x + 30, y − 20): the pixel at x shows the file's value of x − 30, y + 20.
  expect(series.values[0]).toBeCloseTo(formula(574805 - 30, 5622295 + 20), 2);
});

test("linear power becomes decibels, and what is not above zero is no data", async () => {
  const fake = analyticReader([{ path: "a", bands: [{ value: (x) => (x < 574700 ? 0.1 : x < 574720 ? 0 : 1) }] }]);
  const radiometry = {
    quantity: "backscatter-linear",
    scale: 1,
    offset: 0,
    decidedBy: { code: "written", text: "" },
    warnings: [],
  } as const;
  const members = [acquisition("a", "2019-01-01", {}, radiometry)];
  const target = geoboxOfPatches(grid, { col: 57468, row: -562240, width: 6, height: 1 });
  const series = await readTimeSeries(fake, modalityOf(members), members, target, runningDays(["2019-01-01"]));
  expect(Array.from(series.values, (value) => Math.round(value * 1e4) / 1e4)).toEqual([-10, -10, 0, 0, 0, 0]);
  expect([...series.states]).toEqual([clear, clear, noData, noData, clear, clear]);
});

test("a date without any pixel here is dropped and named", async () => {
  const fake = analyticReader([
    { path: "a", bands: [{ value: formula }] },
    { path: "b", bands: [{ value: () => undefined }] },
  ]);
  const members = [acquisition("a", "2019-01-01"), acquisition("b", "2019-01-13")];
  const target = geoboxOfPatches(grid, patchesCovering(grid, boundsOf(flandersSquare)));
  const series = await readTimeSeries(fake, modalityOf(members), members, target, runningDays(["2019-01-01"]));
  expect(series.dates).toEqual(["2019-01-01"]);
  expect(series.dropped).toEqual(["2019-01-13"]);
});

test("days that the model cannot count are refused with both dates", () => {
  const count = runningDays(["2018-08-01", "2019-11-30"]);
  expect(dayOf("2018-08-01", count, "s2")).toBe(213);
  expect(() => dayOf("2021-01-01", count, "s2")).toThrow(
    /^The model counts 733 days from 2018-01-01; 2021-01-01 of “s2” does not lie in them/,
  );
  expect(dayOf("2021-12-31", { kind: "of-year", period: 367 }, "s2")).toBe(365);
  expect(runningDays(["2018-01-01", "2020-12-31"]).period).toBe(1101);
});

test("a file that does not touch the project's area is refused", async () => {
  const area = { crs: "EPSG:32631", bounds: { minX: 600000, minY: 5600000, maxX: 601000, maxY: 5601000 } };
  const files = filesOf("20190630T105704").slice(0, 1);
  await expect(importFiles(reader, files, { area })).rejects.toThrow(
    /S2_L2A_10m_20190630T105704.tif” does not overlap the project's area \(600000, 5600000 to 601000, 5601000 in EPSG:32631\)/,
  );
  const lonLat = { crs: "EPSG:4326", bounds: { minX: 4.05, minY: 50.74, maxX: 4.06, maxY: 50.75 } };
  await expect(importFiles(reader, files, { area: lonLat })).resolves.toHaveLength(1);
});
