import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Acquisition, AcquisitionFile, Radiometry } from "../../src-shared/eo/index.ts";
import { northUp } from "../../src-shared/geo/affine.ts";
import { boundsOf, type GeoBox } from "../../src-shared/geo/geobox.ts";
import { rawPixels, run, temporaryFolder } from "../raster/testing/gdal.ts";
import { rasterReader } from "./raster-reader.ts";
import { clear, noData, type Reading, readPixels, unclear } from "./reading.ts";

const room = temporaryFolder();
const reader = rasterReader();
const grid: GeoBox = { crs: "EPSG:32631", affine: northUp(560_000, 5_630_000, 10, 10), width: 24, height: 24 };
/** Between the pixels: every value is made of four. */
const between: GeoBox = { ...grid, affine: northUp(560_024, 5_629_977, 10, 10), width: 18, height: 18 };

beforeAll(() => {
  const script = `
import sys, numpy as np
from osgeo import gdal, osr
gdal.UseExceptions()
sr = osr.SpatialReference(); sr.ImportFromEPSG(32631)
rng = np.random.default_rng(1)
def write(name, a, kind):
    ds = gdal.GetDriverByName("GTiff").Create(sys.argv[1] + "/" + name, 24, 24, 1, kind)
    ds.SetProjection(sr.ExportToWkt()); ds.SetGeoTransform([560000, 10, 0, 5630000, 0, -10])
    ds.GetRasterBand(1).WriteArray(a)
hole = rng.integers(3000, 9000, (24, 24)); hole[8:12, 9:15] = -9999; hole[3, 20] = -9999
write("hole.tif", hole.astype("int16"), gdal.GDT_Int16)
power = rng.uniform(0.01, 0.3, (24, 24)).astype("float32"); power[:, :6] = 0
write("swath.tif", power, gdal.GDT_Float32)
decibels = rng.uniform(-20, -5, (24, 24)).astype("float32"); holes = [(9, 9), (14, 17), (14, 18)]
def broken(name, number):
    a = decibels.copy()
    for hole in holes: a[hole] = number
    write(name, a, gdal.GDT_Float32)
for name, number in (("", -25.5), ("-minus-infinity", -np.inf), ("-infinity", np.inf), ("-huge", 1e30), ("-nan", np.nan), ("-fill", -9999), ("-fill16", -32768)):
    broken("decibels" + name + ".tif", number)
a = decibels.copy(); a[:3] = 0; write("frame-a.tif", a, gdal.GDT_Float32)
b = decibels - 6; b[:3] = 0; write("frame-b.tif", b, gdal.GDT_Float32)
write("b.tif", np.full((24, 24), 4000), gdal.GDT_UInt16)
write("cloudy.tif", np.where(np.arange(24) < 12, 4, 9) * np.ones((24, 1)), gdal.GDT_Byte)
`;
  execFileSync("/usr/bin/python3", ["-c", script, room.path]);
});
afterAll(async () => {
  await reader.close();
  room.remove();
});

function fileOf(name: string, band: string, quantity: Radiometry["quantity"], nodata?: number): AcquisitionFile {
  const [scale, offset] = quantity === "reflectance" ? [1e-4, 0] : [1, 0];
  return {
    path: room.file(`${name}.tif`),
    grid,
    bands: [{ name: band, bandIndex: 1, scale, offset, ...(nodata === undefined ? {} : { nodata }) }],
    radiometry: { quantity, scale, offset, decidedBy: { code: "written", text: "" }, warnings: [] },
    facts: {},
    evidence: [],
  };
}
const acquisitionOf = (...files: AcquisitionFile[]): Acquisition => ({ id: "a", sensor: "other", date: "2024-05-01", pieces: [{ files }] }); // biome-ignore format: one value

function gdalwarp(name: string, nodata: number): Float32Array {
  const { minX, minY, maxX, maxY } = boundsOf(between);
  const target = room.file(`${name}-warped.bin`);
  const box = [minX, minY, maxX, maxY].map(String);
  run("gdalwarp", [
    ...["-q", "-overwrite", "-of", "ENVI", "-r", "bilinear", "-ot", "Float32", "-srcnodata", String(nodata)],
    ...["-dstnodata", "-1", "-te", ...box, "-ts", "18", "18", room.file(`${name}.tif`), target],
  ]);
  return rawPixels(target, "float32", 18 * 18, 1)[0] as Float32Array;
}

/** Largest difference to GDAL's value, and how many pixels both call data; fails where only one does. */
function compared({ values, states }: Reading, witness: Float32Array, physical: (stored: number) => number) {
  let largest = 0;
  let both = 0;
  for (const [i, state] of states.entries()) {
    expect([i, state !== noData]).toEqual([i, witness[i] !== -1]);
    if (state === noData) continue;
    both++;
    largest = Math.max(largest, Math.abs(values[i]! - physical(witness[i]!)));
  }
  return { largest, both };
}

test("a number that a person calls no data is not mixed into its neighbours: gdalwarp -srcnodata", async () => {
  const options = { bands: ["B"], clearClasses: [], method: "bilinear" } as const;
  const named = acquisitionOf(fileOf("hole", "B", "reflectance", -9999));
  const { largest, both } = compared(
    await readPixels(reader, [named], between, options),
    gdalwarp("hole", -9999),
    (stored) => stored * 1e-4,
  );
  expect(both).toBeGreaterThan(280);
  expect(both).toBeLessThan(18 * 18);
  expect(largest).toBeLessThan(1.01e-4);
});

test("numbers that nobody can have measured are no data without being named, and not mixed into their neighbours", async () => {
  const options = { bands: ["B02"], clearClasses: [], method: "bilinear" } as const;
  const read = (name: string, quantity: Radiometry["quantity"], nodata?: number) =>
    readPixels(reader, [acquisitionOf(fileOf(name, "B02", quantity, nodata))], between, options);
  // −9999 in a band of reflectance, and in numbers of which nothing is known.
  for (const quantity of ["reflectance", "unknown"] as const)
    expect(await read("hole", quantity)).toEqual(await read("hole", quantity, -9999));
  const named = await read("decibels", "backscatter-db", -25.5);
  expect(named.states.filter((state) => state === noData).length).toBeGreaterThan(0);
  for (const broken of ["minus-infinity", "infinity", "huge", "nan", "fill", "fill16"]) expect(await read(`decibels-${broken}`, "backscatter-db")).toEqual(named); // biome-ignore format: one line
  // A number that can be measured is: nothing is lost of an ordinary image.
  expect((await read("decibels", "backscatter-db")).states).not.toContain(noData);
});

test("where every band holds exactly 0 there is a frame and no measurement; one band alone may be 0", async () => {
  const frame = (bands: readonly string[]) =>
    readPixels(reader, [acquisitionOf(fileOf("frame-a", "VV", "backscatter-db"), fileOf("frame-b", "VH", "backscatter-db"))], grid, { bands, clearClasses: [], method: "nearest" }); // biome-ignore format: one call
  const { states } = await frame(["VV", "VH"]);
  expect([states[0], states[24 * 24 - 1]]).toEqual([noData, clear]);
  expect(states.filter((state) => state === noData)).toHaveLength(24 * 3);
  expect((await frame(["VV"])).states).not.toContain(noData);
});

test("the black edge of a swath of power takes no part in the power beside it", async () => {
  const options = { bands: ["VV"], clearClasses: [], method: "bilinear" } as const;
  const { largest, both } = compared(
    await readPixels(reader, [acquisitionOf(fileOf("swath", "VV", "backscatter-linear"))], between, options),
    gdalwarp("swath", 0),
    (stored) => 10 * Math.log10(stored),
  );
  expect(both).toBeGreaterThan(200);
  expect(both).toBeLessThan(18 * 18);
  expect(largest).toBeLessThan(1e-3);
});

test("a pixel is one vector of bands; each band alone is asked for by name", async () => {
  const both = acquisitionOf(fileOf("b", "B", "reflectance"), fileOf("hole", "C", "reflectance", -9999));
  const place: GeoBox = { ...grid, affine: northUp(560_090, 5_629_920, 10, 10), width: 2, height: 1 };
  const options = { bands: ["B", "C"], clearClasses: [], method: "nearest" } as const;
  const whole = await readPixels(reader, [both], place, options);
  expect([...whole.states]).toEqual([noData, noData]);
  expect([...whole.values].map((value) => Number(value.toFixed(4)))).toEqual([0.4, 0.4, Number.NaN, Number.NaN]);
  const each = await readPixels(reader, [both], place, { ...options, vector: "each" });
  expect([...each.states]).toEqual([clear, clear]);
});

test("the clearer of two products gives a pixel, and a mask is not read where nobody needs it", async () => {
  const cloudy: AcquisitionFile = {
    ...fileOf("cloudy", "none", "unknown"),
    bands: [],
    quality: { kind: "scl", bandIndex: 1 },
  };
  const low = acquisitionOf(fileOf("b", "B", "reflectance"), cloudy);
  const hole = acquisitionOf(fileOf("hole", "B", "reflectance", -9999));
  const read: string[] = [];
  const counting = {
    ...reader,
    warp: (...asked: Parameters<typeof reader.warp>) => {
      read.push(asked[0].path);
      return reader.warp(...asked);
    },
  };
  const options = { bands: ["B"], clearClasses: [4], method: "nearest" } as const;
  const one = await readPixels(counting, [low], grid, { ...options, states: "data" });
  expect([...new Set(one.states)]).toEqual([clear]);
  expect(read).toEqual([room.file("b.tif")]);
  const two = await readPixels(counting, [low, hole], grid, { ...options, states: "data" });
  const at = (col: number, row: number) => [two.states[row * 24 + col], Number(two.values[row * 24 + col]!.toFixed(4))];
  expect(at(2, 2)).toEqual([clear, 0.4]);
  // Cloudy in the first, missing in the second: the cloud stays.
  expect(at(13, 9)).toEqual([unclear, 0.4]);
  expect(at(20, 20)[0]).toBe(clear);
  expect(at(20, 20)[1]).not.toBe(0.4);
});
