/** @module-tag gdal */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { northUp } from "../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import { blockCache } from "./block-cache.ts";
import { warpToCog } from "./cog/convert-to-cog.ts";
import { pool } from "./pool/pool.ts";
import type { Tasks } from "./pool/tasks.ts";
import { openRaster, type Raster } from "./raster.ts";
import type { ResampleMethod } from "./resample.ts";
import { gdalGrid, gdalInfo, python, rawPixels, run, temporaryFolder } from "./testing/gdal.ts";
import { tileOf, warp } from "./warp.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

beforeAll(() => {
  // A field-like image: plots with texture and noise, a hole of nodata in one of the copies, classes in another.
  python(
    `
import sys, numpy as np
from osgeo import gdal, osr
rng = np.random.default_rng(3)
w, h = 420, 380
y, x = np.mgrid[0:h, 0:w]
sr = osr.SpatialReference(); sr.ImportFromEPSG(32631)
plots = ((x // 37) * 31 + (y // 29) * 17) % 11
def make(name, kind, bands, nodata=None):
    ds = gdal.GetDriverByName("GTiff").Create(sys.argv[1] + "/" + name, w, h, len(bands), kind, ["TILED=YES", "BLOCKXSIZE=128", "BLOCKYSIZE=128", "COMPRESS=DEFLATE"])
    ds.SetProjection(sr.ExportToWkt()); ds.SetGeoTransform([574680, 10, 0, 5622440, 0, -10])
    for i, a in enumerate(bands):
        ds.GetRasterBand(i + 1).WriteArray(a)
        if nodata is not None: ds.GetRasterBand(i + 1).SetNoDataValue(nodata)
smooth = 1500 + plots * 240 + 300 * np.sin(x / 11.0) * np.cos(y / 13.0)
noisy = [np.clip(smooth + b * 100 + rng.normal(0, 60, (h, w)), 1, 10000) for b in range(2)]
make("full.tif", gdal.GDT_UInt16, noisy)
hole = [np.where((x - 210) ** 2 + (y - 180) ** 2 < 60 ** 2, 0, n) for n in noisy]
make("hole.tif", gdal.GDT_UInt16, hole, 0)
make("float.tif", gdal.GDT_Float32, [n / 1000.0 - 20 for n in noisy], -99)
make("classes.tif", gdal.GDT_Byte, [plots + 1], 0)
`,
    [folder.path],
  );
});

const gdalNames: Readonly<Record<ResampleMethod, string>> = {
  nearest: "near",
  bilinear: "bilinear",
  cubic: "cubic",
  average: "average",
  mode: "mode",
};

interface Comparison {
  /** share of pixels that differ by more than one */
  readonly apart: number;
  /** share of pixels that one has and the other has not */
  readonly unlike: number;
}

/** The same warp by gdalwarp, exact transform, and how far ours is from it. */
async function against(
  name: string,
  method: ResampleMethod,
  crs: string,
  resolution: number,
  extra: readonly string[] = [],
): Promise<Comparison> {
  const out = folder.file("gdal.raw");
  run("gdalwarp", [
    ...["-q", "-overwrite", "-of", "ENVI", "-et", "0", "-ovr", "NONE", "-r", gdalNames[method], "-t_srs", crs],
    ...["-tr", String(resolution), String(resolution), ...extra, folder.file(name), out],
  ]);
  const target = gdalGrid(out, crs);
  const raster = await openRaster(folder.file(name));
  const mine = await warp(raster, target, { method, overviews: "none", whole: target });
  const theirs = rawPixels(out, raster.info.dataType, target.width * target.height, raster.info.bands.length);
  const unit = raster.info.dataType === "float32" ? 1e-3 : 1;
  const empty = raster.info.bands[0]!.nodata ?? 0;
  let apart = 0;
  let unlike = 0;
  let total = 0;
  mine.bands.forEach((band, b) => {
    total += band.length;
    for (let i = 0; i < band.length; i++) {
      if (Math.abs(band[i]! - theirs[b]![i]!) > unit) apart++;
      if ((band[i] === empty) !== (theirs[b]![i] === empty)) unlike++;
    }
  });
  return { apart: apart / total, unlike: unlike / total };
}

const methods = Object.keys(gdalNames) as ResampleMethod[];
const places = [
  ["to the next UTM zone", "EPSG:32632", 10],
  ["to Lambert at 10 m", "EPSG:3035", 10],
  ["to degrees", "EPSG:4326", 0.00015],
  ["shrunk three times", "EPSG:32631", 30],
  ["shrunk to 33 m in another zone", "EPSG:32632", 33],
  ["enlarged", "EPSG:32631", 4],
] as const;

for (const [place, crs, resolution] of places) {
  test.each(methods)(`${place}, %s is gdalwarp's within one unit on 999 of 1000 pixels`, async (method) => {
    const name = method === "mode" ? "classes.tif" : "hole.tif";
    const { apart, unlike } = await against(name, method, crs, resolution);
    expect(apart).toBeLessThan(0.001);
    expect(unlike).toBeLessThan(0.001);
  });
}

test.each(["bilinear", "cubic", "average"] as const)("floating-point pixels agree too, %s", async (method) => {
  const { apart, unlike } = await against("float.tif", method, "EPSG:32632", 12);
  expect(apart).toBeLessThan(0.001);
  expect(unlike).toBeLessThan(0.001);
});

test.each(["nearest", "bilinear", "cubic"] as const)(
  "without nodata the image's own edges are the edges, %s",
  async (method) => {
    const { apart, unlike } = await against("full.tif", method, "EPSG:32632", 10);
    expect(apart).toBeLessThan(0.001);
    expect(unlike).toBeLessThan(0.001);
  },
);

test.each(["nearest", "bilinear", "average"] as const)("a turned source grid is warped upright, %s", async (method) => {
  python(
    `
import sys, math
from osgeo import gdal
ds = gdal.Translate(sys.argv[2], gdal.Open(sys.argv[1]))
c, s = math.cos(math.radians(30)), math.sin(math.radians(30))
ds.SetGeoTransform([574680, 10 * c, 10 * s, 5622440, 10 * s, -10 * c])
`,
    [folder.file("hole.tif"), folder.file("turned.tif")],
  );
  // gdalwarp measures turned images by their bounding boxes and would blur; it is told that the sizes are equal.
  const { apart, unlike } = await against("turned.tif", method, "EPSG:32631", 10, [
    "-wo",
    "XSCALE=1",
    "-wo",
    "YSCALE=1",
  ]);
  expect(apart).toBeLessThan(0.001);
  expect(unlike).toBeLessThan(0.001);
});

test("a south-up source gives the same map as its north-up twin", async () => {
  python(
    `
import sys, numpy as np
from osgeo import gdal
a = gdal.Open(sys.argv[1])
ds = gdal.Translate(sys.argv[2], a)
for b in range(1, 3): ds.GetRasterBand(b).WriteArray(np.flipud(a.GetRasterBand(b).ReadAsArray()))
ds.SetGeoTransform([574680, 10, 0, 5618640, 0, 10])
`,
    [folder.file("hole.tif"), folder.file("down.tif")],
  );
  const target: GeoBox = { crs: "EPSG:32632", affine: northUp(152000, 5640000, 12, 12), width: 300, height: 280 };
  for (const method of ["nearest", "bilinear", "cubic"] as const) {
    const up = await warp(await openRaster(folder.file("hole.tif")), target, { method });
    const down = await warp(await openRaster(folder.file("down.tif")), target, { method });
    let different = 0;
    up.bands[0]!.forEach((value, i) => {
      if (Math.abs(value - down.bands[0]![i]!) > 1) different++;
    });
    expect(different).toBeLessThanOrEqual(up.bands[0]!.length / 1000);
  }
});

/** True where some of a pixel and its eight neighbours have values and others have none. */
function onEdge(valid: Uint8Array | undefined, at: number, width: number): boolean {
  const around = [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x) => valid?.[at + y * width + x] ?? 1));
  return new Set(around).size > 1;
}

async function expectTilesToAgree(raster: Raster, whole: GeoBox): Promise<void> {
  const references = new Map<ResampleMethod, Awaited<ReturnType<typeof warp>>>();
  for (const method of methods) references.set(method, await warp(raster, whole, { method }));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...methods),
      fc.integer({ min: 0, max: whole.width - 40 }),
      fc.integer({ min: 0, max: whole.height - 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      async (method, col, row, width, height) => {
        const tile = await warp(raster, tileOf(whole, { col, row, width, height }), { method });
        const reference = references.get(method)!;
        tile.bands.forEach((band, b) => {
          for (let i = 0; i < band.length; i++) {
            const at = (row + Math.floor(i / width)) * whole.width + col + (i % width);
            // The lattice of another tile differs by up to a thousandth of a pixel.
            const slack = method === "nearest" || method === "mode" ? 4000 : 4;
            expect(Math.abs(band[i]! - reference.bands[b]![at]!)).toBeLessThanOrEqual(slack);
            const valid = tile.valid[b]?.[i] ?? 1;
            // The same thousandth decides whether a patch on the image's edge touches its last pixel.
            if (onEdge(reference.valid[b], at, whole.width)) continue;
            expect(valid).toBe(reference.valid[b]?.[at] ?? 1);
          }
        });
      },
    ),
    { numRuns: 25 },
  );
}

test("a pixel is the same whichever tile of the map asks for it", async () => {
  const raster = await openRaster(folder.file("full.tif"));
  await expectTilesToAgree(raster, {
    crs: "EPSG:32631",
    affine: northUp(574803, 5622311, 17, 17),
    width: 260,
    height: 240,
  });
  await expectTilesToAgree(raster, {
    crs: "EPSG:3035",
    affine: northUp(3902200, 3087700, 10, 10),
    width: 300,
    height: 260,
  });
});

test("a target without source is empty, and a target beyond the earth too", async () => {
  const raster = await openRaster(folder.file("hole.tif"));
  const far = await warp(
    raster,
    { crs: "EPSG:32633", affine: northUp(0, 0, 10, 10), width: 20, height: 20 },
    { method: "cubic" },
  );
  expect(far.valid[0]!.indexOf(1)).toBe(-1);
  const off = await warp(
    raster,
    { crs: "EPSG:3857", affine: northUp(-9e7, 9e7, 1e5, 1e5), width: 20, height: 20 },
    { method: "bilinear" },
  );
  expect(off.valid[0]!.indexOf(1)).toBe(-1);
});

test("across the date line longitudes of both signs meet", async () => {
  const path = folder.file("dateline.tif");
  python(
    `
import sys, numpy as np
from osgeo import gdal, osr
sr = osr.SpatialReference(); sr.ImportFromEPSG(4326)
ds = gdal.GetDriverByName("GTiff").Create(sys.argv[1], 400, 200, 1, gdal.GDT_Int16)
ds.SetProjection(sr.ExportToWkt()); ds.SetGeoTransform([178, 0.01, 0, -17, 0, -0.01])
y, x = np.mgrid[0:200, 0:400]
ds.GetRasterBand(1).WriteArray(x + 1)
`,
    [path],
  );
  const target: GeoBox = { crs: "EPSG:3832", affine: northUp(3.2e6, -1.92e6, 2000, 2000), width: 150, height: 90 };
  const { bands, valid } = await warp(await openRaster(path), target, { method: "nearest" });
  const row = Array.from(bands[0]!.subarray(40 * 150, 41 * 150));
  expect(valid[0]?.indexOf(0) ?? -1).toBe(-1);
  expect(row.every((value, i) => i === 0 || (value >= row[i - 1]! && value - row[i - 1]! <= 3))).toBe(true);
  expect(row.at(-1)! - row[0]!).toBeGreaterThan(200);
});

test("shrinking reads an overview when one is fine enough", async () => {
  const path = folder.file("pyramid.tif");
  run("gdal_translate", ["-q", "-of", "COG", "-co", "BLOCKSIZE=128", folder.file("full.tif"), path]);
  const raster = await openRaster(path);
  const seen: (number | undefined)[] = [];
  const read = raster.readWindow.bind(raster);
  raster.readWindow = (window, options) => {
    seen.push(options?.overview);
    return read(window, options);
  };
  const target: GeoBox = { crs: "EPSG:32631", affine: northUp(574680, 5622440, 45, 45), width: 150, height: 130 };
  await warp(raster, target, { method: "average" });
  expect(new Set(seen)).toEqual(new Set([1]));
  seen.length = 0;
  await warp(raster, target, { method: "average", overviews: "none" });
  expect(new Set(seen)).toEqual(new Set([undefined]));
});

test("a warp that is cancelled stops", async () => {
  const raster = await openRaster(folder.file("full.tif"));
  const target: GeoBox = { crs: "EPSG:3035", affine: northUp(3902200, 3087700, 2, 2), width: 2000, height: 2000 };
  const controller = new AbortController();
  const work = warp(raster, target, { method: "cubic", signal: controller.signal });
  setTimeout(() => controller.abort(), 20);
  await expect(work).rejects.toThrow(/abort/i);
});

test("blocks that a file leaves out cost no decoding, resampling or writing, with and without a nodata value", async () => {
  // Two images of 6,000² pixels with 700 × 500 of them written, as tiles without offsets say; GDAL warps both.
  python(
    `
import sys, numpy as np
from osgeo import gdal, osr
sr = osr.SpatialReference(); sr.ImportFromEPSG(32631)
for name, nodata in (("plain", None), ("nodata", 7)):
    ds = gdal.GetDriverByName("GTiff").Create(sys.argv[1] + "/sparse-" + name + ".tif", 6000, 6000, 1, gdal.GDT_UInt16, ["TILED=YES", "BLOCKXSIZE=256", "BLOCKYSIZE=256", "COMPRESS=DEFLATE", "SPARSE_OK=YES"])
    ds.SetProjection(sr.ExportToWkt()); ds.SetGeoTransform([574680, 10, 0, 5622440, 0, -10])
    if nodata is not None: ds.GetRasterBand(1).SetNoDataValue(nodata)
    y, x = np.mgrid[0:500, 0:700]
    ds.GetRasterBand(1).WriteArray((1000 + x % 97 + 3 * y).astype(np.uint16), 4210, 3333)
`,
    [folder.path],
  );
  for (const name of ["plain", "nodata"]) {
    const path = folder.file(`sparse-${name}.tif`);
    const tasks = vi.spyOn(pool, "run");
    const to = folder.file(`sparse-${name}-warped.tif`);
    await warpToCog(path, to, { method: "nearest", crs: "EPSG:32632", overviewMethod: "none" });
    const runs = (kind: string) => tasks.mock.calls.filter(([task]) => task === kind).map(([, input]) => input);
    const decoded = runs("decode").flatMap((input) => (input as Tasks["decode"]["input"]).blocks).length;
    // Of 24 × 24 blocks 4 × 2 are stored; of some 14 × 14 pieces a few hold them, those at the edge have to be looked at.
    expect(decoded).toBe(8);
    expect(runs("resample").length).toBeLessThan(name === "plain" ? 80 : 10);
    expect(runs("encode").length).toBeLessThan(name === "plain" ? 80 : 10);
    tasks.mockRestore();
    const own = gdalInfo(to, "-checksum");
    const witness = folder.file(`sparse-${name}-gdal.tif`);
    const [left, top] = [own.geoTransform![0], own.geoTransform![3]];
    const [across, down] = own.size;
    const [x, y] = [own.geoTransform![1], own.geoTransform![5]];
    run("gdalwarp", ["-q", "-et", "0.001", "-t_srs", "EPSG:32632", "-te", ...[left, top + down * y, left + across * x, top].map(String), "-ts", String(across), String(down), path, witness]); // biome-ignore format: a command line
    const apart = python(
      `
import sys, numpy as np
from osgeo import gdal
a, b = (gdal.Open(p).ReadAsArray().astype(int) for p in sys.argv[1:])
print(int((a != b).sum()), int((b > 900).sum()))
`,
      [to, witness],
    );
    const [different, data] = apart.split(" ").map(Number);
    expect(data).toBeGreaterThan(300_000);
    expect(different! / data!).toBeLessThan(0.002);
  }
});

test("a sparse image says where its data are, and what an absent block stands for", async () => {
  const places = async (path: string) => {
    const raster = await openRaster(path);
    const found = [await raster.dataWindows(), await raster.absence({ col: 0, row: 0, width: 600, height: 90 })];
    const partly = await raster.absence({ col: -5, row: 0, width: 600, height: 90 });
    raster.close();
    return [...found, partly];
  };
  // Columns 4,210 to 4,909 and rows 3,333 to 3,832 lie in blocks 16 to 19 and 13 to 14 of 256 pixels.
  const stored = [13, 14].map((row) => ({ col: 16 * 256, row: row * 256, width: 4 * 256, height: 256 }));
  expect(await places(folder.file("sparse-nodata.tif"))).toEqual([stored, "nothing", "nothing"]);
  const whole = [{ col: 0, row: 0, width: 6000, height: 6000 }];
  expect(await places(folder.file("sparse-plain.tif"))).toEqual([whole, "zeros", undefined]);
});

test("what is urgent stays urgent down to the threads, masks included", async () => {
  const path = folder.file("hurry.tif");
  run("gdal_translate", ["-q", "-b", "1", "-mask", "1", folder.file("full.tif"), path]);
  const asked = vi.spyOn(pool, "run");
  blockCache.clear();
  const target: GeoBox = { crs: "EPSG:32631", affine: northUp(575003, 5622003, 10, 10), width: 50, height: 40 };
  await warp(await openRaster(path), target, { method: "bilinear", urgent: true });
  expect(asked.mock.calls.map(([name]) => name)).toContain("resample");
  expect(asked.mock.calls.filter(([name]) => name === "decode").length).toBeGreaterThan(1);
  expect(asked.mock.calls.every(([, , work]) => work?.urgent === true)).toBe(true);
  asked.mockRestore();
});
