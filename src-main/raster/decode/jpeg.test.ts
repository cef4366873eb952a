/** @module-tag gdal */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openRaster } from "../raster.ts";
import type { TypedArray } from "../sample-type.ts";
import { gdalInfo, gdalPixels, python, run, temporaryFolder } from "../testing/gdal.ts";
import { decodeJpeg } from "./jpeg.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const fixtures = join(import.meta.dirname, "../fixtures/jpeg");

/** The largest difference between pixels of ours, interleaved, and bands of libjpeg's, read through GDAL. */
function worst(ours: Uint8Array, theirs: readonly TypedArray[]): number {
  let most = 0;
  theirs.forEach((band, i) => {
    band.forEach((value, k) => {
      most = Math.max(most, Math.abs(value - ours[k * theirs.length + i]!));
    });
  });
  return most;
}

describe("pixels are libjpeg's:", () => {
  test.each(readdirSync(fixtures))("%s", (name) => {
    const path = join(fixtures, name);
    const { size, bands } = gdalInfo(path);
    const [width, height] = size;
    const theirs = gdalPixels(path, folder.file(`${name}.raw`), "uint8");
    const block = { width, height, mostRows: height, components: bands.length, tables: undefined };
    const ours = decodeJpeg(new Uint8Array(readFileSync(path)), { ...block, toRgb: bands.length === 3 });
    expect(ours).toHaveLength(width * height * bands.length);
    expect(worst(ours, theirs)).toBeLessThanOrEqual(2);
    // Not only near: bit for bit, with the libjpeg-turbo that GDAL is built with here.
    expect(worst(ours, theirs)).toBe(0);
  });
});

const colours = folder.file("colours.tif");
python(
  `import sys
from osgeo import gdal
import numpy as np
y, x = np.mgrid[0:203, 0:331]
d = gdal.GetDriverByName("GTiff").Create(sys.argv[1], 331, 203, 4, gdal.GDT_Byte)
for i in range(4):
    d.GetRasterBand(i + 1).WriteArray(((np.sin(x / (3.0 + 5 * i)) * 60 + np.cos(y / (7.0 + i)) * 60 + 128) + (x * y * (i + 1)) % 17).clip(0, 255).astype(np.uint8))
`,
  [colours],
);

describe("a TIFF of JPEGs holds the pixels that GDAL reads:", () => {
  const ways: readonly (readonly [string, readonly string[]])[] = [
    ["YCbCr in tiles, halved chroma", ["-b", "1", "-b", "2", "-b", "3", "-co", "PHOTOMETRIC=YCBCR", "-co", "TILED=YES", "-co", "BLOCKXSIZE=64", "-co", "BLOCKYSIZE=48"]], // biome-ignore format: one line
    ["YCbCr in strips whose last is short", ["-b", "1", "-b", "2", "-b", "3", "-co", "PHOTOMETRIC=YCBCR", "-co", "BLOCKYSIZE=32"]], // biome-ignore format: one line
    ["RGB as three bands of a JPEG", ["-b", "1", "-b", "2", "-b", "3", "-co", "PHOTOMETRIC=RGB", "-co", "TILED=YES", "-co", "BLOCKXSIZE=32", "-co", "BLOCKYSIZE=32"]], // biome-ignore format: one line
    ["grey", ["-b", "1", "-co", "TILED=YES"]],
    [
      "bands in JPEGs of their own",
      ["-b", "1", "-b", "2", "-b", "3", "-co", "INTERLEAVE=BAND", "-co", "BLOCKYSIZE=16"],
    ],
  ];
  test.each(ways)("%s", async (name, options) => {
    const path = folder.file(`${name.replace(/\W+/g, "-")}.tif`);
    run("gdal_translate", ["-q", "-co", "COMPRESS=JPEG", "-co", "JPEG_QUALITY=60", ...options, colours, path]);
    const theirs = gdalPixels(path, `${path}.raw`, "uint8");
    const raster = await openRaster(path);
    const { bands } = await raster.readWindow({ col: 0, row: 0, width: 331, height: 203 });
    raster.close();
    expect(bands.map((band, i) => worst(band as Uint8Array, [theirs[i]!]))).toEqual(theirs.map(() => 0));
  });
});

test("inks are no colours, and are refused", async () => {
  const path = folder.file("inks.tif");
  run("gdal_translate", ["-q", "-co", "COMPRESS=JPEG", "-co", "PHOTOMETRIC=CMYK", colours, path]);
  await expect(openRaster(path)).rejects.toMatchObject({ code: "raster-unsupported-layout", message: expect.stringContaining("CMYK") }); // biome-ignore format: one line
  run("gdal_translate", ["-q", "-b", "1", "-b", "2", "-b", "3", "-co", "PHOTOMETRIC=CIELAB", colours, path]);
  await expect(openRaster(path)).rejects.toMatchObject({ code: "raster-unsupported-layout", message: expect.stringContaining("CIELAB") }); // biome-ignore format: one line
});

/** A grey JPEG whose blocks are flat, with a restart mark after every three: written here, because no encoder at hand sets any. */
function withRestarts(levels: readonly number[], across: number): Uint8Array {
  const down = levels.length / across;
  const bytes: number[] = [0xff, 0xd8, 0xff, 0xdb, 0, 67, 0, ...new Array<number>(64).fill(8)];
  bytes.push(0xff, 0xc0, 0, 11, 8, 0, down * 8, 0, across * 8, 1, 1, 0x11, 0);
  // Categories 0 to 11 as codes of four bits; one AC code, “nothing more”, of one bit.
  bytes.push(
    0xff,
    0xc4,
    0,
    31,
    0,
    0,
    0,
    0,
    12,
    ...new Array<number>(12).fill(0),
    ...Array.from({ length: 12 }, (_, i) => i),
  );
  bytes.push(0xff, 0xc4, 0, 20, 0x10, 1, ...new Array<number>(15).fill(0), 0);
  bytes.push(0xff, 0xdd, 0, 4, 0, 3, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0);
  let bits = "";
  const flush = () => {
    while (bits.length % 8 !== 0) bits += "1";
    for (let i = 0; i < bits.length; i += 8) {
      const byte = Number.parseInt(bits.slice(i, i + 8), 2);
      bytes.push(byte, ...(byte === 0xff ? [0] : []));
    }
    bits = "";
  };
  let before = 0;
  levels.forEach((level, i) => {
    if (i > 0 && i % 3 === 0) {
      flush();
      bytes.push(0xff, 0xd0 + ((i / 3 - 1) % 8));
      before = 0;
    }
    const value = level - 128;
    const difference = value - before;
    before = value;
    const size = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
    bits += size.toString(2).padStart(4, "0");
    if (size > 0) bits += (difference > 0 ? difference : difference + 2 ** size - 1).toString(2).padStart(size, "0");
    bits += "0";
  });
  flush();
  bytes.push(0xff, 0xd9);
  return Uint8Array.from(bytes);
}

test("restart marks are gone over as libjpeg does", () => {
  const levels = Array.from({ length: 77 }, (_, i) => (i * 37) % 256);
  const bytes = withRestarts(levels, 11);
  const path = folder.file("restarts.jpg");
  writeFileSync(path, bytes);
  const block = { width: 88, height: 56, mostRows: 56, components: 1, tables: undefined, toRgb: false };
  const ours = decodeJpeg(bytes, block);
  expect(worst(ours, gdalPixels(path, folder.file("restarts.raw"), "uint8"))).toBe(0);
  expect([ours[0], ours[8], ours[16]]).toEqual(levels.slice(0, 3));
  const missing = bytes.slice();
  missing[missing.indexOf(0xd1, 200)] = 0x11;
  expect(() => decodeJpeg(missing, block)).toThrow(/JPEG data/);
});

test("a JPEG that is cut, of another size, of other bands or of a kind that is not read says so", () => {
  const bytes = new Uint8Array(readFileSync(join(fixtures, "2x2.jpg")));
  const block = { width: 77, height: 59, mostRows: 59, components: 3, tables: undefined, toRgb: true };
  const refused = (damaged: Uint8Array, changes = {}): string => {
    try {
      decodeJpeg(damaged, { ...block, ...changes });
      return "read";
    } catch (error) {
      return (error as Error).message;
    }
  };
  const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
  const at = (place: number, value: number) => bytes.with(frame + place, value);
  expect(refused(bytes)).toBe("read");
  expect(refused(bytes.subarray(0, bytes.length - 200))).toBe("its JPEG data end too early");
  expect(refused(bytes, { width: 78 })).toMatch(/are of 77 × 59 pixels, the block of 78 × 59/);
  expect(refused(bytes, { components: 4 })).toMatch(/have 3 bands, the block 4/);
  expect(refused(at(4, 12))).toMatch(/12 bits/);
  expect(refused(at(1, 0xc9))).toMatch(/arithmetic/);
  expect(refused(at(11, 0x55))).toMatch(/damaged/);
  expect(refused(at(11, 0x31))).not.toBe("read");
  expect(refused(new Uint8Array())).toMatch(/do not begin/);
});
