/** @module-tag gdal */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { northUp } from "../../src-shared/geo/affine.ts";
import { blockCache } from "./block-cache.ts";
import { openRaster, type Raster } from "./raster.ts";
import type { SampleType, TypedArray } from "./sample-type.ts";
import { gdalPixels, python, run, temporaryFolder } from "./testing/gdal.ts";
import { tileOf, warp } from "./warp.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

const width = 117;
const height = 83;
const gdalTypes: Readonly<Record<string, SampleType>> = {
  Byte: "uint8",
  UInt16: "uint16",
  Int16: "int16",
  UInt32: "uint32",
  Int32: "int32",
  Float32: "float32",
  Float64: "float64",
};

beforeAll(() => {
  // Smooth and noisy parts, negative numbers, and values that need the whole range of each type.
  python(
    `
import sys, numpy as np
from osgeo import gdal
rng = np.random.default_rng(7)
y, x = np.mgrid[0:${height}, 0:${width}]
full = {"Byte": (0, 255), "UInt16": (0, 65535), "Int16": (-32768, 32767), "UInt32": (0, 2**32 - 1), "Int32": (-2**31, 2**31 - 1), "Float32": (-1e30, 1e30), "Float64": (-1e300, 1e300)}
for name, (low, high) in full.items():
    ds = gdal.GetDriverByName("GTiff").Create(sys.argv[1] + "/" + name + ".tif", ${width}, ${height}, 3, getattr(gdal, "GDT_" + name))
    ds.SetGeoTransform([500000, 10, 0, 5600000, 0, -10])
    for b in range(3):
        smooth = low / 2 + high / 2 + (high / 2 - low / 2) * np.sin(x / 9.0 + b) * np.cos(y / 7.0)
        a = np.where((x + y) % 5 == 0, low + (high / 2 - low / 2) * 2 * rng.random((${height}, ${width})), smooth)
        ds.GetRasterBand(b + 1).WriteArray(np.clip(np.floor(a) if "Float" not in name else a, low, high))
`,
    [folder.path],
  );
});

/** Equal to the bit; a failure names the first difference instead of printing thousands. */
function expectSame(bands: readonly TypedArray[], expected: readonly TypedArray[]): void {
  expect(bands.length).toBe(expected.length);
  bands.forEach((band, b) => {
    const at = band.findIndex((value, i) => !Object.is(value, expected[b]![i]));
    expect(at < 0 ? "same" : `band ${b + 1}, pixel ${at}: ${band[at]}, GDAL ${expected[b]![at]}`).toBe("same");
  });
}

const layouts: readonly (readonly [name: string, options: readonly string[]])[] = [
  ["strips", []],
  [
    "one-row strips, band by band, LZW with differences",
    ["INTERLEAVE=BAND", "BLOCKYSIZE=1", "COMPRESS=LZW", "PREDICTOR=2"],
  ],
  ["tiles, DEFLATE", ["TILED=YES", "BLOCKXSIZE=32", "BLOCKYSIZE=16", "COMPRESS=DEFLATE"]],
  [
    "tiles, band by band, ZSTD with differences",
    ["TILED=YES", "BLOCKXSIZE=48", "BLOCKYSIZE=48", "INTERLEAVE=BAND", "COMPRESS=ZSTD", "PREDICTOR=2"],
  ],
  ["big-endian PackBits", ["ENDIANNESS=BIG", "COMPRESS=PACKBITS"]],
  [
    "big-endian BigTIFF tiles, DEFLATE with differences",
    ["ENDIANNESS=BIG", "BIGTIFF=YES", "TILED=YES", "BLOCKXSIZE=32", "BLOCKYSIZE=32", "COMPRESS=DEFLATE", "PREDICTOR=2"],
  ],
  ["LERC", ["COMPRESS=LERC"]],
];

for (const [layout, options] of layouts) {
  test.each(Object.keys(gdalTypes))(`%s in ${layout} reads as GDAL reads it`, async (type) => {
    // GDAL 3.6 has no predictor 2 for 64-bit samples.
    const usable = type === "Float64" ? options.filter((o) => !o.startsWith("PREDICTOR")) : options;
    const path = folder.file(`${type}-${layout.replace(/\W+/g, "-")}.tif`);
    run("gdal_translate", ["-q", ...usable.flatMap((o) => ["-co", o]), folder.file(`${type}.tif`), path]);
    const raster = await openRaster(path);
    const { bands } = await raster.readWindow({ col: 0, row: 0, width, height });
    expect(raster.info.dataType).toBe(gdalTypes[type]);
    expectSame(bands, gdalPixels(folder.file(`${type}.tif`), folder.file("scratch"), gdalTypes[type]!));
  });
}

test.each(["Float32", "Float64"])("%s with the floating-point predictor reads as GDAL reads it", async (type) => {
  // Little-endian only: what GDAL 3.6 writes with this predictor as big-endian, it cannot read back itself.
  const path = folder.file(`${type}-predictor3.tif`);
  run("gdal_translate", ["-q", "-co", "COMPRESS=DEFLATE", "-co", "PREDICTOR=3", folder.file(`${type}.tif`), path]);
  const { bands } = await (await openRaster(path)).readWindow({ col: 0, row: 0, width, height });
  expectSame(bands, gdalPixels(folder.file(`${type}.tif`), folder.file("scratch"), gdalTypes[type]!));
});

test.each([1, 2, 4, 7, 12, 15])("samples of %i bits are unpacked", async (bits) => {
  const type = bits > 8 ? "UInt16" : "Byte";
  const path = folder.file(`bits-${bits}.tif`);
  run("gdal_translate", [
    "-q",
    "-ot",
    type,
    "-scale",
    "0",
    "65535",
    "0",
    String(2 ** bits - 1),
    "-co",
    `NBITS=${bits}`,
    folder.file("UInt16.tif"),
    path,
  ]);
  const { bands } = await (await openRaster(path)).readWindow({ col: 0, row: 0, width, height });
  expectSame(bands, gdalPixels(path, folder.file("scratch"), gdalTypes[type]!));
});

test("half floats and signed bytes are read", async () => {
  const half = folder.file("half.tif");
  run("gdal_translate", [
    "-q",
    "-ot",
    "Float32",
    "-scale",
    "0",
    "255",
    "-3",
    "60000",
    "-co",
    "NBITS=16",
    folder.file("Byte.tif"),
    half,
  ]);
  const read = await (await openRaster(half)).readWindow({ col: 0, row: 0, width, height });
  expectSame(read.bands, gdalPixels(half, folder.file("scratch"), "float32"));
  const signed = folder.file("signed.tif");
  run("gdal_translate", ["-q", "-co", "PIXELTYPE=SIGNEDBYTE", folder.file("Byte.tif"), signed]);
  const raster = await openRaster(signed);
  expect(raster.info.dataType).toBe("int8");
  const { bands } = await raster.readWindow({ col: 0, row: 0, width, height });
  expect(Math.min(...bands[0]!)).toBeLessThan(0);
});

/** The window cut out of the whole image by hand. */
function cut(whole: ArrayLike<number>, col: number, row: number, w: number, h: number, fill: number): number[] {
  return Array.from({ length: w * h }, (_, i) => {
    const c = col + (i % w);
    const r = row + Math.floor(i / w);
    return c >= 0 && r >= 0 && c < width && r < height ? whole[r * width + c]! : fill;
  });
}

async function expectWindows(raster: Raster, fill: number): Promise<void> {
  const whole = await raster.readWindow({ col: 0, row: 0, width, height });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: -40, max: width + 10 }),
      fc.integer({ min: -40, max: height + 10 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 60 }),
      fc.shuffledSubarray([1, 2, 3], { minLength: 1 }),
      fc.boolean(),
      async (col, row, w, h, bands, cold) => {
        if (cold) blockCache.clear();
        const block = await raster.readWindow({ col, row, width: w, height: h }, { bands });
        bands.forEach((band, i) => {
          expect(Array.from(block.bands[i]!)).toEqual(cut(whole.bands[band - 1]!, col, row, w, h, fill));
          const inside = cut(new Uint8Array(width * height).fill(1), col, row, w, h, 0);
          const data = block.bands[i]!;
          const expected = inside.map((v, k) => (v === 1 && !(fill !== 0 && data[k] === fill) ? 1 : 0));
          expect(Array.from(block.valid[i] ?? new Uint8Array(w * h).fill(1))).toEqual(expected);
        });
      },
    ),
    { numRuns: 60 },
  );
}

test("any window of any bands is that part of the image, and nothing past its edges", async () => {
  await expectWindows(await openRaster(folder.file("Int16.tif")), 0);
  const path = folder.file("tiled-nodata.tif");
  run("gdal_translate", [
    "-q",
    "-a_nodata",
    "-777",
    "-co",
    "TILED=YES",
    "-co",
    "BLOCKXSIZE=32",
    "-co",
    "BLOCKYSIZE=32",
    "-co",
    "INTERLEAVE=BAND",
    "-co",
    "COMPRESS=DEFLATE",
    folder.file("Int16.tif"),
    path,
  ]);
  await expectWindows(await openRaster(path), -777);
});

test("a large uncompressed strip is read in parts, not whole", async () => {
  const path = folder.file("one-strip.tif");
  run("gdal_translate", [
    "-q",
    "-outsize",
    "1500",
    "1100",
    "-b",
    "1",
    "-co",
    "BLOCKYSIZE=1100",
    folder.file("UInt16.tif"),
    path,
  ]);
  const raster = await openRaster(path);
  expect(raster.info.blockHeight).toBeLessThan(200);
  const { bands } = await raster.readWindow({ col: 0, row: 0, width: 1500, height: 1100 });
  expectSame(bands, gdalPixels(path, folder.file("scratch"), "uint16"));
});

test("bands and overviews that do not exist are refused", async () => {
  const raster = await openRaster(folder.file("Byte.tif"));
  const window = { col: 0, row: 0, width: 4, height: 4 };
  await expect(raster.readWindow(window, { bands: [4] })).rejects.toThrow(/has 3 bands; band 4/);
  await expect(raster.readWindow(window, { bands: [0] })).rejects.toThrow(/band 0/);
  await expect(raster.readWindow(window, { overview: 0 })).rejects.toThrow(/overviews/);
  await expect(raster.readWindow({ ...window, width: 0 })).rejects.toThrow(/window/);
});

test("a read that is cancelled says so and leaves the raster usable", async () => {
  const raster = await openRaster(folder.file("Float64-strips.tif"));
  blockCache.clear();
  const controller = new AbortController();
  const reading = raster.readWindow({ col: 0, row: 0, width, height }, { signal: controller.signal });
  controller.abort();
  await expect(reading).rejects.toThrow(/abort/i);
  const { bands } = await raster.readWindow({ col: 0, row: 0, width: 3, height: 3 });
  expect(bands[0]).toHaveLength(9);
});

test("more rasters than may be open at once can be read in turn and together", async () => {
  const rasters = await Promise.all(Array.from({ length: 150 }, () => openRaster(folder.file("Byte.tif"))));
  const all = await Promise.all(rasters.map((r) => r.readWindow({ col: 3, row: 4, width: 5, height: 6 })));
  for (const { bands } of all) expect(bands).toEqual(all[0]!.bands);
});

test("nodata, NaN and masks say which pixels are data", async () => {
  const path = folder.file("masks.tif");
  python(
    `
import sys, numpy as np
from osgeo import gdal
gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
ds = gdal.GetDriverByName("GTiff").Create(sys.argv[1], 10, 10, 1, gdal.GDT_Float32)
a = np.arange(100, dtype=np.float32).reshape(10, 10); a[0, 0] = np.nan
ds.GetRasterBand(1).WriteArray(a)
ds.CreateMaskBand(gdal.GMF_PER_DATASET)
m = np.full((10, 10), 255, np.uint8); m[5] = 0
ds.GetRasterBand(1).GetMaskBand().WriteArray(m)
`,
    [path],
  );
  const raster = await openRaster(path);
  const { valid } = await raster.readWindow({ col: 0, row: 0, width: 10, height: 10 });
  const expected = Array.from({ length: 100 }, (_, i) => (i === 0 || (i >= 50 && i < 60) ? 0 : 1));
  expect(Array.from(valid[0]!)).toEqual(expected);
  expect(raster.info.validity).toBe("mask");
});

test("a sparse raster of 300,000 × 300,000 pixels is opened and read in bounded memory", async () => {
  const path = folder.file("sparse.tif");
  python(
    `
import sys, numpy as np
from osgeo import gdal
ds = gdal.GetDriverByName("GTiff").Create(sys.argv[1], 300000, 300000, 1, gdal.GDT_Byte, ["TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512", "COMPRESS=DEFLATE", "SPARSE_OK=YES", "BIGTIFF=YES"])
ds.SetGeoTransform([0, 1, 0, 300000, 0, -1])
ds.GetRasterBand(1).SetNoDataValue(9)
ds.GetRasterBand(1).WriteArray(np.full((700, 700), 42, np.uint8), 299000, 299200)
`,
    [path],
  );
  const before = process.memoryUsage().rss;
  const raster = await openRaster(path);
  const far = await raster.readWindow({ col: 298900, row: 299100, width: 1100, height: 900 });
  expect(far.bands[0]!.filter((v) => v === 42)).toHaveLength(490000);
  expect(far.valid[0]!.filter((v) => v === 1)).toHaveLength(490000);
  for (let i = 0; i < 100; i++) {
    const empty = await raster.readWindow({ col: i * 2900, row: i * 2800, width: 512, height: 512 });
    expect(empty.valid[0]?.indexOf(1)).toBe(-1);
  }
  const map = { crs: "EPSG:32631", affine: northUp(0, 300000, 600, 600), width: 3, height: 2 };
  const named = await openRaster(path, { crs: "EPSG:32631" });
  const { valid } = await warp(named, tileOf(map, { col: 0, row: 0, width: 3, height: 2 }), { method: "average" });
  expect(valid[0]?.indexOf(1)).toBe(-1);
  const whole = { ...map, affine: northUp(0, 300000, 300000, 300000), width: 1, height: 1 };
  await expect(warp(named, whole, { method: "average" })).rejects.toThrow(/no overviews/);
  expect((await warp(named, whole, { method: "nearest" })).valid[0]?.[0]).toBe(0);
  expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
});
