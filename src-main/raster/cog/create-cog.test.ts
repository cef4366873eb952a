/** @module-tag gdal */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { AppError } from "../../../src-shared/errors/index.ts";
import { northUp } from "../../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import { system } from "../../files/index.ts";
import { openRaster } from "../raster.ts";
import { allocate, bytesOf, type SampleType, sampleTypes, type TypedArray } from "../sample-type.ts";
import { cogComplaints, gdalInfo, gdalPixels, python, run, temporaryFolder } from "../testing/gdal.ts";
import { convertToCog, suggestGeobox, warpToCog } from "./convert-to-cog.ts";
import { type CogSpec, createCog } from "./create-cog.ts";
import { needsBigTiff } from "./tiff-header.ts";

const awkward = join(import.meta.dirname, "../fixtures/awkward");
const folder = temporaryFolder();
afterAll(() => folder.remove());
afterEach(() => vi.restoreAllMocks());

const utm31 = (width: number, height: number): GeoBox => ({
  crs: "EPSG:32631",
  affine: northUp(574680, 5622440, 10, 10),
  width,
  height,
});

/** Pixels by formula, so that any window can be made without holding the image. */
function formula(type: SampleType, band: number, col: number, row: number): number {
  const { min, max, integer } = sampleTypes[type];
  const wave = Math.sin(col / 17 + band) * Math.cos(row / 23);
  const low = Math.max(min, -1e6);
  const high = Math.min(max, 1e6);
  const value = (low + high) / 2 + ((high - low) / 2) * wave;
  return integer ? Math.floor(value) : Math.fround(value);
}

const reader =
  (type: SampleType, bands: number) =>
  async (window: { col: number; row: number; width: number; height: number }): Promise<TypedArray[]> =>
    Array.from({ length: bands }, (_, band) => {
      const out = allocate(type, window.width * window.height);
      for (let i = 0; i < out.length; i++) {
        out[i] = formula(type, band, window.col + (i % window.width), window.row + Math.floor(i / window.width));
      }
      return out;
    });

test.each(Object.keys(sampleTypes) as SampleType[])("%s pixels written are the pixels GDAL reads", async (type) => {
  const sizes =
    type === "uint8"
      ? [
          [700, 530, 3],
          [1, 1, 1],
          [129, 40, 2],
        ]
      : [[300, 270, 2]];
  for (const [width = 0, height = 0, bands = 0] of sizes) {
    const path = folder.file(`${type}-${width}.tif`);
    const geobox = utm31(width, height);
    const spec = { geobox, bandCount: bands, dataType: type, overviewMethod: "nearest", blockSize: 128 } as const;
    await createCog(path, spec, reader(type, bands));
    expect(cogComplaints(path)).toBe("");
    const whole = await reader(type, bands)({ col: 0, row: 0, width, height });
    // GDAL 3.6 reads int8 as unsigned bytes: the bytes are compared.
    const read = gdalPixels(path, folder.file("scratch"), type);
    for (const [b, pixels] of read.entries()) expect(Buffer.compare(bytesOf(pixels), bytesOf(whole[b]!))).toBe(0);
    const { geoTransform, bands: info, coordinateSystem } = gdalInfo(path);
    expect(geoTransform).toEqual([574680, 10, 0, 5622440, 0, -10]);
    expect(coordinateSystem!.wkt).toContain('ID["EPSG",32631]]');
    const halves: Readonly<Record<number, readonly (readonly number[])[]>> = {
      700: [
        [350, 265],
        [175, 133],
        [88, 67],
      ],
      300: [
        [150, 135],
        [75, 68],
      ],
      129: [[65, 20]],
      1: [],
    };
    expect((info[0]!.overviews ?? []).map(({ size }) => size)).toEqual(halves[width]);
  }
});

test("names, nodata, scales, colours and categories reach GDAL and come back", async () => {
  const path = folder.file("classes.tif");
  const colorTable = Array.from({ length: 4 }, (_, i) => [i * 60, 255 - i * 60, i, 255] as const);
  const spec: CogSpec = {
    geobox: utm31(300, 200),
    bandCount: 1,
    dataType: "uint8",
    nodata: 0,
    bandNames: ["crop & <class>"],
    categoryNames: ["", "wheat", "maize", "herbe d'été"],
    colorTable,
    overviewMethod: "mode",
    blockSize: 128,
    metadata: { MODEL: "omnisat <1>", DATE: "2019" },
  };
  await createCog(path, spec, async ({ width, height, col }) => [
    Uint8Array.from({ length: width * height }, (_, i) => ((col + (i % width)) >> 4) % 4),
  ]);
  expect(cogComplaints(path)).toBe("");
  const info = gdalInfo(path);
  const [band] = info.bands;
  expect(band).toMatchObject({ noDataValue: 0, description: "crop & <class>", colorInterpretation: "Palette" });
  expect(band!.categories ?? run("gdalinfo", [path])).toEqual(expect.anything());
  expect(run("gdalinfo", [path])).toMatch(/1: wheat[\s\S]*2: maize[\s\S]*3: herbe d'été/);
  expect(band!.colorTable!.entries.slice(1, 4)).toEqual(colorTable.slice(1).map((c) => [...c]));
  expect(info.metadata[""]).toMatchObject({ MODEL: "omnisat <1>", DATE: "2019" });
  const mine = (await openRaster(path)).info;
  expect(mine.bands[0]).toMatchObject({
    nodata: 0,
    name: "crop & <class>",
    categoryNames: spec.categoryNames,
    colorInterpretation: "palette",
  });
  expect(mine.bands[0]!.colorTable!.slice(1, 4)).toEqual(colorTable.slice(1));
  expect(mine.metadata.MODEL).toBe("omnisat <1>");
});

test("each band keeps its own scale", async () => {
  const path = folder.file("scales.tif");
  await createCog(
    path,
    {
      geobox: utm31(20, 20),
      bandCount: 2,
      dataType: "int16",
      nodata: -1,
      scale: [1e-4, 0.5],
      offset: [0, -3],
      bandNames: ["B02", "B03"],
      overviewMethod: "none",
    },
    reader("int16", 2),
  );
  expect(gdalInfo(path).bands.map(({ scale, offset, description }) => [scale, offset, description])).toEqual([
    [1e-4, 0, "B02"],
    [0.5, -3, "B03"],
  ]);
});

/** What GDAL makes of one overview of a file. */
function gdalOverview(path: string, level: number, type: SampleType): TypedArray {
  const out = folder.file("overview.tif");
  run("gdal_translate", ["-q", "-oo", `OVERVIEW_LEVEL=${level}`, path, out]);
  return gdalPixels(out, folder.file("scratch"), type)[0]!;
}

test("overviews by average and mode leave nodata out", async () => {
  const pixels = Uint8Array.from({ length: 64 * 48 }, (_, i) => (i * 7919) % 5);
  const geobox = utm31(64, 48);
  for (const method of ["average", "mode"] as const) {
    const path = folder.file(`${method}.tif`);
    await createCog(
      path,
      { geobox, bandCount: 1, dataType: "uint8", nodata: 0, overviewMethod: method, blockSize: 32 },
      async ({ col, row, width, height }) => [
        Uint8Array.from(
          { length: width * height },
          (_, i) => pixels[(row + Math.floor(i / width)) * 64 + col + (i % width)]!,
        ),
      ],
    );
    const half = gdalOverview(path, 0, "uint8");
    for (let row = 0; row < 24; row++) {
      for (let col = 0; col < 32; col++) {
        const four = [0, 1, 64, 65].map((d) => pixels[row * 128 + col * 2 + d]!).filter((v) => v !== 0);
        const got = half[row * 32 + col]!;
        if (four.length === 0) expect(got).toBe(0);
        else if (method === "average")
          expect(got).toBe(Math.floor(four.reduce((s, v) => s + v, 0) / four.length + 0.5));
        else
          expect(four.filter((v) => v === got).length).toBe(
            Math.max(...four.map((v) => four.filter((u) => u === v).length)),
          );
      }
    }
  }
});

test("both orders of tiles write the same file", async () => {
  const spec = {
    geobox: utm31(900, 700),
    bandCount: 1,
    dataType: "uint16",
    overviewMethod: "average",
    blockSize: 128,
  } as const;
  await createCog(folder.file("rows.tif"), { ...spec, order: "rows" }, reader("uint16", 1));
  await createCog(folder.file("blocks.tif"), { ...spec, order: "blocks" }, reader("uint16", 1));
  expect(Buffer.compare(readFileSync(folder.file("rows.tif")), readFileSync(folder.file("blocks.tif")))).toBe(0);
});

test.each([
  ["uint8", 1, "mode"],
  ["uint8", 3, "average"],
  ["int16", 2, "nearest"],
  ["float32", 1, "average"],
  ["float64", 1, "none"],
] as const)("a BigTIFF of %s × %d holds what the classic file holds, overviews by %s", async (type, count, method) => {
  const [classic, big] = [folder.file("classic.tif"), folder.file("big.tif")];
  const classes = method === "mode";
  const spec: CogSpec = {
    geobox: utm31(300, 270),
    bandCount: count,
    dataType: type,
    overviewMethod: method,
    blockSize: 128,
    nodata: 3,
    metadata: { MODEL: "omnisat" },
    bandNames: Array.from({ length: count }, (_, i) => `band ${i + 1}`),
    ...(classes ? { colorTable: Array.from({ length: 256 }, (_, i) => [i, 255 - i, i >> 1, 255] as const) } : {}),
  };
  await createCog(classic, spec, reader(type, count));
  await createCog(big, { ...spec, bigTiff: "always" }, reader(type, count));
  // The version in the header: 42 is TIFF, 43 BigTIFF.
  expect([classic, big].map((path) => readFileSync(path).readUInt16LE(2))).toEqual([42, 43]);
  expect(cogComplaints(big)).toBe("");
  const whole = await reader(type, count)({ col: 0, row: 0, width: 300, height: 270 });
  const read = gdalPixels(big, folder.file("scratch"), type);
  expect(read).toHaveLength(count);
  for (const [b, pixels] of read.entries()) expect(Buffer.compare(bytesOf(pixels), bytesOf(whole[b]!))).toBe(0);
  // Checksums of all levels, names, colours, grid and metadata, all as GDAL reads them.
  const [a, b] = [classic, big].map((path) => gdalInfo(path, "-checksum"));
  expect(b!.bands).toEqual(a!.bands);
  expect(b!.bands[0]!.overviews?.length ?? 0).toBe(method === "none" ? 0 : 2);
  expect(b!.bands[0]!.colorTable?.entries[9]).toEqual(classes ? [9, 246, 4, 255] : undefined);
  expect([b!.geoTransform, b!.metadata[""]]).toEqual([a!.geoTransform, a!.metadata[""]]);
  const mine = await (await openRaster(big)).readWindow({ col: 0, row: 0, width: 300, height: 270 });
  for (const [b, pixels] of mine.bands.entries()) expect(pixels).toEqual(whole[b]);
});

test("a file is a BigTIFF from 2³² bytes on, every tile counted with the eight bytes around it", () => {
  const header = 1000;
  // Two levels: 4095 tiles of 1 MiB with what is around them, and one tile that fills the file up.
  const fine = new Float64Array(4095).fill(2 ** 20 - 8);
  const last = 2 ** 32 - 1 - header - 4095 * 2 ** 20 - 8;
  expect(needsBigTiff(header, [fine, Float64Array.of(last)])).toBe(false);
  expect(needsBigTiff(header, [fine, Float64Array.of(last + 1)])).toBe(true);
  expect(needsBigTiff(header + 1, [fine, Float64Array.of(last)])).toBe(true);
  expect(needsBigTiff(header, [fine, Float64Array.of(last - 7, 0)])).toBe(true);
});

const copies = [
  "made_lzw_pred2_strip1.tif",
  "made_float64_pred3.tif",
  "made_packbits_int32.tif",
  "made_rotated.tif",
  "made_south_up.tif",
  "rasterio__float_raster_with_nodata.tif",
  "rasterio__test_esri_wkt.tif",
  "libgeotiff__albers_equal_area.tif",
  "geotiff-rust__byte_point.tif",
  "rasterio__world.byte.tif",
];
test.each(copies)("%s converted keeps its pixels, grid and CRS", async (name) => {
  const source = join(awkward, name);
  const path = folder.file("converted.tif");
  await convertToCog(source, path, { blockSize: 64 });
  expect(cogComplaints(path)).toBe("");
  const before = gdalInfo(source, "-checksum");
  const after = gdalInfo(path, "-checksum");
  expect(after.bands.map((b) => [b.type, b.checksum, b.noDataValue, b.scale, b.offset])).toEqual(
    before.bands.map((b) => [b.type, b.checksum, b.noDataValue, b.scale, b.offset]),
  );
  for (const [i, value] of after.geoTransform!.entries()) expect(value).toBeCloseTo(before.geoTransform![i]!, 6);
  expect(after.wgs84Extent === undefined).toBe(before.wgs84Extent === undefined);
  const corners = after.wgs84Extent?.coordinates.flat(2) ?? [];
  for (const [i, value] of corners.entries()) expect(value).toBeCloseTo(before.wgs84Extent!.coordinates.flat(2)[i]!, 6);
});

test("a mask becomes an alpha band that means the same", async () => {
  const source = folder.file("masked.tif");
  python(
    `
import sys, numpy as np
from osgeo import gdal
gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
ds = gdal.GetDriverByName("GTiff").Create(sys.argv[1], 100, 80, 3, gdal.GDT_Byte, ["PHOTOMETRIC=RGB"])
ds.SetGeoTransform([500000, 1, 0, 5600000, 0, -1])
for b in range(3): ds.GetRasterBand(b + 1).WriteArray(np.full((80, 100), 40 * b + 3, np.uint8))
ds.CreateMaskBand(gdal.GMF_PER_DATASET)
m = np.full((80, 100), 255, np.uint8); m[20:30] = 0
ds.GetRasterBand(1).GetMaskBand().WriteArray(m)
`,
    [source],
  );
  const path = folder.file("alpha.tif");
  await convertToCog(source, path, { sourceCrs: "EPSG:32631" });
  expect(gdalInfo(path).bands.map((b) => b.colorInterpretation)).toEqual(["Red", "Green", "Blue", "Alpha"]);
  const { valid } = await (await openRaster(path)).readWindow({ col: 0, row: 0, width: 100, height: 80 });
  expect(valid[0]!.filter((v) => v === 0)).toHaveLength(1000);
});

test("warpToCog covers gdalwarp's grid with gdalwarp's pixels", async () => {
  const source = join(awkward, "made_lzw_pred2_strip1.tif");
  const reference = folder.file("gdalwarp.tif");
  run("gdalwarp", ["-q", "-et", "0", "-r", "bilinear", "-t_srs", "EPSG:3035", source, reference]);
  const path = folder.file("warped.tif");
  await warpToCog(source, path, { crs: "EPSG:3035", method: "bilinear" });
  expect(cogComplaints(path)).toBe("");
  const [mine, theirs] = [gdalInfo(path), gdalInfo(reference)];
  expect(mine.size).toEqual(theirs.size);
  for (const [i, value] of mine.geoTransform!.entries()) expect(value).toBeCloseTo(theirs.geoTransform![i]!, 3);
  const [a, b] = [gdalPixels(path, folder.file("s1"), "uint16"), gdalPixels(reference, folder.file("s2"), "uint16")];
  const apart = a.flatMap((band, k) => Array.from(band, (v, i) => Math.abs(v - b[k]![i]!)).filter((d) => d > 1));
  expect(apart.length / (a.length * a[0]!.length)).toBeLessThan(0.001);
});

test("a warped floating-point map says NaN where it has nothing", async () => {
  const source = folder.file("float.tif");
  python(
    `
import sys, numpy as np
from osgeo import gdal
ds = gdal.GetDriverByName("GTiff").Create(sys.argv[1], 40, 40, 1, gdal.GDT_Float32)
ds.SetGeoTransform([574680, 10, 0, 5622440, 0, -10])
a = np.full((40, 40), 5, np.float32); a[10:20, 10:20] = np.nan
ds.GetRasterBand(1).WriteArray(a)
`,
    [source],
  );
  const path = folder.file("float-warped.tif");
  await warpToCog(source, path, { sourceCrs: "EPSG:32631", crs: "EPSG:32632", method: "bilinear" });
  const [pixels] = gdalPixels(path, folder.file("scratch"), "float32");
  expect(new Set(Array.from(pixels!, (v) => (Math.abs(v - 5) < 1e-5 ? 5 : v)))).toEqual(new Set([5, Number.NaN]));
  expect((await openRaster(path)).info.bands[0]!.nodata).toBeNaN();
});

test("a resolution puts the grid's edges on multiples of it", () => {
  const grid = suggestGeobox(utm31(64, 64), "EPSG:32632", 30);
  expect(grid.affine.a % 30).toBe(0);
  expect(grid.affine.d % 30).toBe(0);
  expect([grid.affine.b, grid.affine.f]).toEqual([30, -30]);
});

const small: CogSpec = {
  geobox: utm31(300, 300),
  bandCount: 1,
  dataType: "uint8",
  overviewMethod: "nearest",
  blockSize: 128,
};
const leftovers = () => readdirSync(folder.path).filter((name) => name.includes(".partial"));

test("a full disk is named in one sentence, and nothing is left behind", async () => {
  const path = folder.file("full-disk.tif");
  writeFileSync(path, "what was there before");
  // /dev/full answers every write with ENOSPC.
  vi.spyOn(system, "open").mockImplementation(() => open("/dev/full", "r+"));
  const failure = await createCog(path, small, reader("uint8", 1)).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(AppError);
  expect((failure as AppError).code).toBe("no-disk-space");
  expect((failure as AppError).message).toMatch(/no space left.*full-disk\.tif/);
  expect(readFileSync(path, "utf8")).toBe("what was there before");
  expect(leftovers()).toEqual([]);
});

test("a disk that fills while the file is put together leaves nothing behind either", async () => {
  const path = folder.file("late.tif");
  const real = system.open;
  let opened = 0;
  vi.spyOn(system, "open").mockImplementation((...args) => (++opened === 1 ? real(...args) : open("/dev/full", "r+")));
  await expect(createCog(path, small, reader("uint8", 1))).rejects.toThrow(/no space left/);
  expect(existsSync(path)).toBe(false);
  expect(leftovers()).toEqual([]);
});

test("a reader that fails, a cancel and a missing folder leave nothing behind", async () => {
  const path = folder.file("never.tif");
  await expect(
    createCog(path, small, async () => {
      throw new Error("the network says no");
    }),
  ).rejects.toThrow("the network says no");
  const controller = new AbortController();
  let tiles = 0;
  await expect(
    createCog(
      path,
      small,
      async (window) => {
        if (++tiles === 3) controller.abort();
        return reader("uint8", 1)(window);
      },
      { signal: controller.signal },
    ),
  ).rejects.toThrow(/abort/i);
  await expect(createCog(join(folder.path, "no/such/folder/x.tif"), small, reader("uint8", 1))).rejects.toThrow(
    /folder does not exist/,
  );
  expect(existsSync(path)).toBe(false);
  expect(leftovers()).toEqual([]);
});

test("progress goes from little to all and never back", async () => {
  const seen: number[] = [];
  await createCog(folder.file("progress.tif"), small, reader("uint8", 1), { onProgress: (f) => seen.push(f) });
  expect(seen.at(-1)).toBe(1);
  expect(seen).toEqual([...seen].sort((p, q) => p - q));
});
