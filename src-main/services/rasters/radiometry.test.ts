// What a person says about numbers and masks reaches everything that reads them: training, timeline, inspector, statistics.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { bandsOfPiece, qualityOfPiece, radiometryOf } from "../../../src-shared/eo/index.ts";
import type { Catalog } from "../../catalog/index.ts";
import { rasterReader } from "../../imagery/index.ts";
import { projectFolders } from "../projects/projects.ts";
import { type Services, services } from "../services.ts";
import { imageryOf } from "./imagery.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-radiometry-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
let number = 0;
let folder: string;
let catalog: Catalog;
let all: Services;

/** An image of 40 × 40 pixels of 10 m in Flanders, its values from a formula in x and y of numpy; GDAL writes it. */
function image(
  name: string,
  formula: string,
  more: { type?: string; bands?: number; srs?: string; meta?: string[]; size?: number } = {},
): string {
  const { type = "UInt16", bands = 1, srs = "EPSG:32631", meta = [], size = 40 } = more;
  const path = join(folder, name);
  const program = `
import sys, numpy as np
from osgeo import gdal, osr
path, formula, kind, bands, srs, size = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5], int(sys.argv[6])
d = gdal.GetDriverByName("GTiff").Create(path, size, size, bands, gdal.GetDataTypeByName(kind))
s = osr.SpatialReference(); s.SetFromUserInput(srs); s.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER); d.SetProjection(s.ExportToWkt())
left, top, right, bottom = 575000, 5622400, 575400, 5622000
if srs != "EPSG:32631":
    u = osr.SpatialReference(); u.ImportFromEPSG(32631); t = osr.CoordinateTransformation(u, s)
    c = [t.TransformPoint(x, y) for x, y in ((left - 60, top + 60), (right + 60, bottom - 60), (left - 60, bottom - 60), (right + 60, top + 60))]
    left, right = min(p[0] for p in c), max(p[0] for p in c); bottom, top = min(p[1] for p in c), max(p[1] for p in c)
d.SetGeoTransform([left, (right - left) / size, 0, top, 0, (bottom - top) / size])
y, x = np.mgrid[0:size, 0:size]
for b in range(bands):
    d.GetRasterBand(b + 1).WriteArray(np.asarray(eval(formula, {"x": x, "y": y, "b": b, "np": np, "n": size}), dtype=float))
for item in sys.argv[7:]:
    key, value = item.split("=", 1); d.SetMetadataItem(key, value)
d = None
`;
  execFileSync("/usr/bin/python3", ["-c", program, path, formula, type, String(bands), srs, String(size), ...meta]);
  return path;
}

const dark = "1300 + 20 * x + 5 * y + 10 * b";
const names = ["B02", "B03", "B04", "B08"];

beforeEach(async () => {
  folder = join(room, String(number++));
  mkdirSync(folder);
  catalog = await projectFolders({ appVersion: "0.1.0" })["project.create"]({
    folder: join(folder, "project"),
    area: { crs: "EPSG:32631", bounds: { minX: 575000, minY: 5622000, maxX: 575400, maxY: 5622400 } },
  });
  all = services({
    catalog,
    appVersion: "0.1.0",
    runJob: () => Promise.reject(new Error("no jobs")),
    announce: () => {},
  });
  return () => catalog.close();
});

test("scale, offset, unit and nodata that are given at import win over every guess", { tags: ["gdal"] }, async () => {
  image("S2_L2A_10m_20190610T105703.tif", dark, { bands: 4 });
  await all["rasters.import"]({ paths: [folder], sensor: "sentinel-2", bands: names, radiometry: { scale: 0.0002, offset: -0.05, unit: "reflectance", nodata: 1300 } }); // biome-ignore format: one call
  const [acquisition] = catalog.acquisitions.list();
  expect(radiometryOf(acquisition!)).toMatchObject({ quantity: "reflectance", scale: 0.0002, offset: -0.05 });
  expect(radiometryOf(acquisition!).decidedBy).toEqual({
    code: "values-chosen",
    scale: 0.0002,
    offset: -0.05,
    unit: "reflectance",
    nodata: 1300,
  });
  for (const band of bandsOfPiece(acquisition!.pieces[0]!))
    expect(band).toMatchObject({ scale: 0.0002, offset: -0.05, nodata: 1300 });
  await all["radiometry.set"]({ radiometry: { nodata: null, unit: "brightness" } });
  const [changed] = catalog.acquisitions.list();
  expect(bandsOfPiece(changed!.pieces[0]!).some(({ nodata }) => nodata !== undefined)).toBe(false);
  expect(radiometryOf(changed!)).toMatchObject({ quantity: "brightness", scale: 0.0002 });
  await all["edits.undo"]({});
  expect(radiometryOf(catalog.acquisitions.list()[0]!).quantity).toBe("reflectance");
});

test("the date comes from the metadata item that is named", { tags: ["gdal"] }, async () => {
  for (const [n, value] of [
    "2020-07-15T10:20:30Z",
    "20200716",
    "17/07/2020",
    "2020:07:18 01:02:03",
    "1595203200",
  ].entries())
    image(`ortho_${n}.tif`, dark, { bands: 3, type: "Byte", meta: [`FLIGHT_DAY=${value}`] });
  image("bad.tif", dark, { bands: 3, type: "Byte", meta: ["FLIGHT_DAY=soon"] });
  const { unused } = await all["rasters.import"]({ paths: [folder], sensor: "aerial", bands: ["R", "G", "B"], dateTag: "flight_day" }); // biome-ignore format: one call
  expect(catalog.acquisitions.list().map(({ date }) => date)).toEqual(
    [15, 16, 17, 18, 20].map((day) => `2020-07-${day}`),
  );
  expect(unused.map(({ error }) => error.code)).toContain("acquisition-date-tag");
});

// The left quarter is cloud: 10 of 40 columns.
for (const [what, mask, given] of [
  ["0 and 1 in another file, 20 m", { formula: "x < n / 4", type: "Byte", size: 20 }, { clear: [0] }],
  [
    "Fmask classes, in degrees",
    { formula: "np.where((x + 0.5) / n * 520 - 60 < 100, 4, 1)", type: "Byte", size: 130, srs: "EPSG:4326" },
    { clear: [0, 1, 3] },
  ],
  [
    "bits of Landsat's QA_PIXEL",
    { formula: "np.where(x < n / 4, 1 << 3 | 1 << 15, 1 << 6)", type: "UInt16" },
    { bits: [1, 3, 4] },
  ],
] as const) {
  test(`a mask of any kind hides the same pixels everywhere: ${what}`, { tags: ["gdal"] }, async () => {
    image("S2_L2A_10m_20190610T105703.tif", dark, { bands: 4 });
    const { formula, ...more } = mask;
    const file = image("the_mask.tif", formula, more);
    const clear = "clear" in given ? { clear: [...given.clear] } : { bits: [...given.bits] };
    await all["rasters.import"]({ paths: [join(folder, "S2_L2A_10m_20190610T105703.tif")], bands: [...names], mask: { file, ...clear } }); // biome-ignore format: one call
    const [acquisition] = catalog.acquisitions.list();
    expect(qualityOfPiece(acquisition!.pieces[0]!)).toMatchObject({ path: file, ...clear });
    for (const share of await sharesOf()) expect(share).toBeCloseTo(0.75, 1);
    // Taken away again nothing is hidden; said of the images in the project, it is as before.
    await all["radiometry.set"]({ mask: null });
    expect(qualityOfPiece(catalog.acquisitions.list()[0]!.pieces[0]!)).toBeUndefined();
    await all["radiometry.set"]({ mask: { file, ...clear } });
    for (const share of await sharesOf()) expect(share).toBeCloseTo(0.75, 1);
  });
}

test("a band of the stack is its mask, and clear values of an input can be changed", { tags: ["gdal"] }, async () => {
  image("S2_L2A_10m_20190610T105703.tif", `np.where(b == 4, np.where(x < 10, 7, 2), ${dark})`, { bands: 5 });
  await all["rasters.import"]({ paths: [folder], sensor: "sentinel-2", bands: [...names, "cloud"], mask: { band: "cloud", clear: [2] } }); // biome-ignore format: one call
  const [modality] = catalog.modalities.list();
  expect(modality!.bands).toEqual(names);
  expect((await sharesOf())[0]).toBeCloseTo(0.75, 6);
  await all["modalities.change"]({ name: modality!.name, change: { clearClasses: [7] } });
  expect((await sharesOf())[0]).toBeCloseTo(0.25, 6);
  await all["edits.undo"]({});
  expect((await sharesOf())[0]).toBeCloseTo(0.75, 6);
  await expect(all["radiometry.set"]({ mask: { band: "cloud" } })).rejects.toMatchObject({
    code: "mask-without-clear",
  });
});

test("a mask that is named at import is read instead of the scene classification, whichever came first, and the last one named of several", {
  tags: ["gdal"],
}, async () => {
  const paths = [image("S2_L2A_10m_20190610T105703.tif", dark, { bands: 4 })];
  const scl = image("S2_SCL_20m_20190610T105703.tif", "np.full((n, n), 4)", { type: "Byte", size: 20 });
  const quarter = image("clouds.tif", "x < n / 4", { type: "Byte", size: 20 });
  const half = image("more_clouds.tif", "x < n / 2", { type: "Byte", size: 20 });
  const read = () =>
    catalog.acquisitions.list().map(({ pieces }) => pieces.map((piece) => qualityOfPiece(piece)?.path));
  const add = (paths: string[], file?: string, clear = [0]) =>
    all["rasters.import"]({ paths, ...(file ? { mask: { file, clear } } : { bands: undefined }) } as never);
  await all["rasters.import"]({ paths: [...paths, scl], choices: [{ path: paths[0]!, bands: [...names] }] });
  expect(read()).toEqual([[scl]]);
  const masked = () => all["rasters.import"]({ paths, bands: [...names], mask: { file: quarter, clear: [0] } });
  await masked();
  expect(read()).toEqual([[quarter]]);
  for (const share of await sharesOf()) expect(share).toBeCloseTo(0.75, 1);
  // Files that are in the project and did not change are not passed over when a mask is named with them.
  expect((await add(paths, half)).unchanged).toEqual([]);
  expect(read()).toEqual([[half]]);
  // The same file with another meaning.
  await add(paths, half, [1]);
  expect(qualityOfPiece(catalog.acquisitions.list()[0]!.pieces[0]!)).toMatchObject({ path: half, clear: [1] });
  // What was there comes back when the chosen ones are taken out, and when the step is undone.
  await all["rasters.remove"]({ paths: [half] });
  expect(read()).toEqual([[quarter]]);
  await all["rasters.remove"]({ paths: [quarter] });
  expect(read()).toEqual([[scl]]);
  // The classification that comes later takes nothing from the mask a person chose.
  await all["rasters.remove"]({ paths: [scl] });
  await masked();
  await add([scl]);
  expect(read()).toEqual([[quarter]]);
  expect(catalog.acquisitions.list()).toHaveLength(1);
});

test("a mask stays with the images it was named for when it is named for others, and one that reaches no image is refused", {
  tags: ["gdal"],
}, async () => {
  const first = image("S2_L2A_10m_20190610T105703.tif", dark, { bands: 4 });
  const second = image("S2_L2A_10m_20190620T105703.tif", dark, { bands: 4 });
  const mask = { file: image("clouds.tif", "x < n / 4", { type: "Byte", size: 20 }), clear: [0] };
  for (const path of [first, second]) await all["rasters.import"]({ paths: [path], bands: [...names], mask });
  const read = () => catalog.acquisitions.list().map(({ pieces }) => qualityOfPiece(pieces[0]!)?.path);
  expect(read()).toEqual([mask.file, mask.file]);
  const away = image("away.tif", "x < n / 4", { type: "Byte", size: 20 });
  execFileSync("gdal_edit.py", ["-a_ullr", "600000", "5622400", "600400", "5622000", away]);
  await expect(all["radiometry.set"]({ mask: { file: away, clear: [0] } })).rejects.toMatchObject({ code: "mask-beside-images" }); // biome-ignore format: one call
  await expect(all["rasters.import"]({ paths: [first], bands: [...names], mask: { file: away, clear: [0] } })).rejects.toMatchObject({ code: "mask-beside-images" }); // biome-ignore format: one call
  expect(read()).toEqual([mask.file, mask.file]);
});

test("clear values and bits of masks that are there can be said anew, for an input at once; the shares seen follow", {
  tags: ["gdal"],
}, async () => {
  const stack = image("S2_L2A_10m_20190610T105703.tif", dark, { bands: 4 });
  const file = image("the_mask.tif", "np.where(x < 10, 2, 4)", { type: "Byte" });
  await all["rasters.import"]({ paths: [stack], bands: [...names] });
  const [modality] = catalog.modalities.list();
  const set = (mask: { clear?: number[]; bits?: number[] }) =>
    all["radiometry.set"]({ modality: modality!.name, mask });
  // Without a mask there is nothing whose meaning could be said.
  await expect(set({ clear: [4] })).rejects.toMatchObject({ code: "mask-nothing-to-read" });
  await all["radiometry.set"]({ mask: { file, clear: [4] } });
  const clearNow = async () => (await all["modalities.coverage"]({ name: modality!.name })).clear;
  expect(await clearNow()).toBeCloseTo(0.75, 1);
  await set({ clear: [2] });
  expect(await clearNow()).toBeCloseTo(0.25, 1);
  // Bit 1 is set in 2 only: the same pixels as the value 4.
  await set({ bits: [1] });
  expect(await clearNow()).toBeCloseTo(0.75, 1);
  expect((await sharesOf())[0]).toBeCloseTo(0.75, 6);
  const meaning = { kind: "bits", bits: [1] };
  expect((await all["modalities.facts"]({}))[0]!.masks).toEqual([meaning]);
  const id = `acquisition:${catalog.acquisitions.list()[0]!.id}`;
  const { reading } = await all["layers.properties"]({ id });
  expect(reading).toMatchObject({ quantity: "reflectance", scale: 0.0001, masks: [{ path: file, bandIndex: 1, ...meaning }] }); // biome-ignore format: one value
  await all["edits.undo"]({});
  await all["edits.undo"]({});
  expect((await all["modalities.facts"]({}))[0]!.masks).toEqual([{ kind: "classes", clear: [4] }]);
});

/** Clear pixels as training and statistics read them, as the inspector and the timeline see them. */
async function sharesOf(): Promise<number[]> {
  const [modality] = catalog.modalities.list();
  const { modalities, acquisitions } = imageryOf(catalog, [modality!.name]);
  const reader = rasterReader();
  const { readScene } = await import("../../cube/time-series.ts");
  const { clear } = await import("../../imagery/index.ts");
  const grid = {
    crs: "EPSG:32631",
    affine: { a: 575000, b: 10, c: 0, d: 5622400, e: 0, f: -10 },
    width: 40,
    height: 40,
  };
  const date = { date: acquisitions[0]!.date, acquisitions: [acquisitions[0]!] };
  const { states } = await readScene(reader, modalities[0]!, date, grid);
  await reader.close();
  const trained = states.filter((state) => state === clear).length / states.length;
  const ring: [number, number][] = [[575000, 5622000], [575400, 5622000], [575400, 5622400], [575000, 5622400], [575000, 5622000]]; // biome-ignore format: one ring
  const { places } = await all["inspect.series"]({ places: [{ kind: "polygon", coordinates: [[ring]] }], token: "t" });
  const [clouds] = await all["timeline.clouds"]({});
  return [trained, places[0]!.groups[0]!.observations[0]!.clearShare!, 1 - clouds!.cloud!];
}

test("of a series that is mixed only the dates that hold +1000 are repaired", { tags: ["gdal"] }, async () => {
  // Without baselines: since 2022 nothing is darker than 0.13, before that pixels go down to 0.03.
  const plain = "300 + 20 * x + 5 * y + 10 * b";
  for (let day = 1; day <= 5; day++) image(`S2_L2A_10m_2021060${day}T105703.tif`, plain, { bands: 4 });
  // A date among the later ones cannot hold it either: it would fall far below 0.
  for (let day = 10; day <= 22; day++)
    image(`S2_L2A_10m_202206${day}T105703.tif`, day === 11 ? plain : dark, { bands: 4 });
  await all["rasters.import"]({ paths: [folder], bands: [...names], radiometry: { scale: 0.0001, offset: 0, unit: "reflectance" } }); // biome-ignore format: one call
  const [repair] = await all["radiometry.repairs"]({});
  expect(repair).toMatchObject({ kind: "offset-still-in", dates: 12, others: 6 });
  expect(repair!.before.darkest).toBeCloseTo(0.13, 2);
  await all["radiometry.repair"]({ modality: repair!.modality, kind: "offset-still-in" });
  for (const one of catalog.acquisitions.list())
    expect([one.date, radiometryOf(one).offset]).toEqual([one.date, one.date < "2022-06-10" || one.date === "2022-06-11" ? 0 : -0.1]); // biome-ignore format: one call
  expect(await all["radiometry.repairs"]({})).toEqual([]);
});

test("+1000 that is still in is proposed with figures, repaired in one step, and undone", {
  tags: ["gdal"],
}, async () => {
  // Dates before 2022 without a baseline: nothing is taken off, yet no pixel is darker than 0.13.
  for (let day = 1; day <= 6; day++) image(`S2_L2A_10m_2019060${day}T105703.tif`, dark, { bands: 4 });
  await all["rasters.import"]({ paths: [folder], bands: [...names], radiometry: { scale: 0.0001, offset: 0, unit: "reflectance" } }); // biome-ignore format: one call
  const [repair] = await all["radiometry.repairs"]({});
  expect(repair).toMatchObject({ kind: "offset-still-in", dates: 6 });
  expect(repair!.before.darkest).toBeCloseTo(0.13, 2);
  expect(repair!.after.darkest).toBeCloseTo(0.03, 2);
  expect(repair!.before.middle! - repair!.after.middle!).toBeCloseTo(0.1, 6);
  await all["radiometry.repair"]({ modality: repair!.modality, kind: "offset-still-in" });
  for (const one of catalog.acquisitions.list()) expect(radiometryOf(one).offset).toBe(-0.1);
  expect(await all["radiometry.repairs"]({})).toEqual([]);
  await expect(all["radiometry.repair"]({ modality: repair!.modality, kind: "offset-still-in" })).rejects.toMatchObject({ code: "repair-not-needed" }); // biome-ignore format: one call
  await all["edits.undo"]({});
  for (const one of catalog.acquisitions.list()) expect(radiometryOf(one).offset).toBe(0);
});

test("decibels read as linear and linear read as decibels are found; what fits is left alone", {
  tags: ["gdal"],
}, async () => {
  for (const [unit, formula, kind] of [
    ["linear", "-18 + x / 10", "decibels-not-linear"],
    ["db", "0.01 + x / 400", "linear-not-decibels"],
    ["db", "-18 + x / 10", null],
    ["linear", "0.01 + x / 400", null],
  ] as const) {
    for (let day = 1; day <= 3; day++)
      image(`S1_GRD_ASC_20m_2019060${day}T173151.tif`, formula, { type: "Float32", bands: 2 });
    await all["rasters.import"]({ paths: [folder], bands: ["VV", "VH"], sensor: "sentinel-1", radiometry: { unit } });
    const found = await all["radiometry.repairs"]({});
    expect(found.map((one) => one.kind)).toEqual(kind === null ? [] : [kind]);
    if (kind === "linear-not-decibels")
      expect(found[0]!.after.middle).toBeCloseTo(10 * Math.log10(found[0]!.before.middle!), 1);
    await all["rasters.remove"]({ sensor: "sentinel-1", dates: ["2019-06-01", "2019-06-02", "2019-06-03"] });
  }
});
