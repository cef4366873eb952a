import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { AppError } from "../../src-shared/errors/index.ts";
import { transformer } from "./crs.ts";
import { openRaster } from "./raster.ts";
import { requireGeobox } from "./require-geobox.ts";
import { python, run, temporaryFolder } from "./testing/gdal.ts";

const awkward = join(import.meta.dirname, "fixtures/awkward");
const folder = temporaryFolder();
afterAll(() => folder.remove());

interface Row {
  readonly size: readonly [number, number];
  readonly bands: number;
  readonly geotransform: readonly number[] | null;
  readonly crs?: string;
  readonly compression: string | null;
  readonly area_or_point: string | null;
  readonly gdal_error?: string;
  readonly corner_lon_lat_UL_UR_LR_LL?: readonly (readonly [number | null, number | null])[];
  readonly band?: readonly {
    readonly nodata: number | null;
    readonly scale?: number;
    readonly offset?: number;
    readonly color: string;
    readonly mean: number | null;
    readonly pixels_row_col_value: readonly (readonly [number, number, number | null])[];
  }[];
}

const manifest = JSON.parse(readFileSync(join(awkward, "manifest.json"), "utf8")) as Record<string, Row>;
const names = Object.keys(manifest);
const readable = names.filter((name) => !manifest[name]!.gdal_error && !/webp|sparse/.test(name));

/** Datum shifts by grid file (NAD27): PROJ has the grids, we the mean shift, metres apart. */
const looseDatum = /byte_(zstd|LERC|JPEG)/;

test.each(readable)("%s says of itself what GDAL says of it", async (name) => {
  const row = manifest[name]!;
  const { info } = await openRaster(join(awkward, name));
  expect([info.width, info.height]).toEqual(row.size);
  expect(info.bands).toHaveLength(row.bands);
  if (row.geotransform) {
    const { a, b, c, d, e, f } = info.geobox!.affine;
    for (const [i, value] of [a, b, c, d, e, f].entries()) expect(value).toBeCloseTo(row.geotransform![i]!, 7);
  } else expect(info.geobox).toBeUndefined();
  expect(info.pointRegistered).toBe(row.area_or_point === "Point");
  row.band?.forEach((band, i) => {
    const mine = info.bands[i]!;
    if (!(band.nodata === null && Number.isNaN(mine.nodata))) expect(mine.nodata ?? null).toBe(band.nodata);
    expect([mine.scale, mine.offset]).toEqual([band.scale ?? 1, band.offset ?? 0]);
    expect(mine.colorInterpretation ?? "undefined").toBe(band.color.toLowerCase());
  });
});

// GDAL turns the first file's axes (its custom system carries the axis order of a code), and the second one's point
// lies far off New Zealand, where the map grid's series means nothing. In crs.test.ts PROJ agrees on both systems.
const notComparable = /polar_stereographic_variant_a|27200/;

test.each(readable.filter((name) => !notComparable.test(name)))(
  "%s puts its corners where PROJ puts them",
  async (name) => {
    const { crs, size, corner_lon_lat_UL_UR_LR_LL: corners } = manifest[name]!;
    const { info } = await openRaster(join(awkward, name));
    expect(info.crs === undefined).toBe(crs === undefined);
    if (!info.geobox || !info.crs || !corners) return;
    const { affine } = info.geobox;
    const { forward } = transformer(info.crs, "EPSG:4326");
    const places = [
      [0, 0],
      [size[0], 0],
      [size[0], size[1]],
      [0, size[1]],
    ] as const;
    places.forEach(([col, row], i) => {
      const [lon, lat] = corners[i]!;
      const [x, y] = forward(affine.a + affine.b * col + affine.c * row, affine.d + affine.e * col + affine.f * row);
      if (lon === null || lat === null) {
        expect(x).toBeNaN();
        return;
      }
      const tolerance = looseDatum.test(name) ? 2e-3 : 2e-8;
      expect(Math.abs(((x - lon + 540) % 360) - 180)).toBeLessThan(tolerance);
      expect(Math.abs(y - lat)).toBeLessThan(tolerance);
    });
  },
);

test.each(readable)("%s holds the pixels that GDAL reads", async (name) => {
  const row = manifest[name]!;
  const raster = await openRaster(join(awkward, name));
  const { width, height } = raster.info;
  const block = await raster.readWindow({ col: 0, row: 0, width, height });
  const jpeg = /JPEG/.test(row.compression ?? "");
  row.band!.forEach((band, i) => {
    const pixels = block.bands[i]!;
    // Chroma is upsampled by repeating, not smoothed as libjpeg does: single pixels differ, means hardly.
    if (!jpeg) {
      for (const [r, c, value] of band.pixels_row_col_value) {
        if (value !== null) expect(pixels[r * width + c]).toBe(value);
      }
    }
    const numbers = Array.from(pixels).filter((value) => !Number.isNaN(value));
    const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    if (band.mean !== null)
      expect(Math.abs(mean - band.mean)).toBeLessThanOrEqual(Math.abs(band.mean) * (jpeg ? 0.01 : 1e-6));
  });
});

const code = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof AppError ? error.code : String(error);
};

const readAll = async (path: string) => {
  const raster = await openRaster(path);
  return raster.readWindow({ col: 0, row: 0, width: raster.info.width, height: raster.info.height });
};

test("what cannot be read says why, and what to do", async () => {
  const at = (name: string) => join(awkward, name);
  expect(await code(openRaster(at("made_not_a_tiff.tif")))).toBe("raster-unknown-format");
  expect(await code(openRaster(at("made_empty.tif")))).toBe("raster-unknown-format");
  expect(await code(readAll(at("made_truncated.tif")))).toBe("raster-truncated");
  expect(await code(openRaster(at("rio-cogeo__image_webp.tif")))).toBe("raster-unsupported-compression");
  expect(await code(openRaster(at("no-such-file.tif")))).toBe("raster-missing");
  expect(await code(openRaster(awkward))).toBe("raster-not-a-file");
  await expect(openRaster(at("rio-cogeo__image_webp.tif"))).rejects.toThrow(/WebP.*gdal_translate/);
  const withoutCrs = await openRaster(at("mapserver__grey_upsidedown.tif"));
  expect(() => requireGeobox(withoutCrs)).toThrow(AppError);
  expect(() => requireGeobox(withoutCrs)).toThrow(/no coordinate reference system/);
  const named = await openRaster(at("mapserver__grey_upsidedown.tif"), { crs: "EPSG:27700" });
  expect(requireGeobox(named).crs).toBe("EPSG:27700");
});

test("a header cut anywhere gives a sentence, never a crash", async () => {
  const whole = readFileSync(join(awkward, "made_lzw_pred2_strip1.tif"));
  for (let length = 0; length < whole.length; length += Math.ceil(whole.length / 40)) {
    const path = folder.file("cut.tif");
    writeFileSync(path, whole.subarray(0, length));
    expect(await code(readAll(path)), `${length} bytes`).toMatch(/^raster-(unknown-format|truncated|damaged)$/);
  }
});

test("bits flipped in the data give a sentence or pixels, never a crash", async () => {
  const whole = readFileSync(join(awkward, "geotiff-rust__byte_zstd.tif"));
  for (let at = 0; at < whole.length; at += 7) {
    const copy = Buffer.from(whole);
    copy[at] = copy[at]! ^ 0xff;
    const path = folder.file(`flipped-${at}.tif`);
    writeFileSync(path, copy);
    const corner = openRaster(path).then((raster) => raster.readWindow({ col: 0, row: 0, width: 32, height: 32 }));
    expect(await code(corner), `byte ${at}`).toMatch(/^(raster-[a-z-]+|undefined)$/);
  }
});

test("opening and reading leaves the file and its folder as they were", async () => {
  const path = folder.file("untouched.tif");
  copyFileSync(join(awkward, "made_lzw_pred2_strip1.tif"), path);
  const before = statSync(path);
  const neighbours = readdirSync(folder.path);
  await readAll(path);
  expect(statSync(path).mtimeMs).toBe(before.mtimeMs);
  expect(readdirSync(folder.path)).toEqual(neighbours);
});

test("GDAL's sidecar gives nodata, band names, scales, categories and the CRS", { tags: ["gdal"] }, async () => {
  const path = folder.file("plain.tif");
  python(
    `
import sys, numpy as np
from osgeo import gdal
ds = gdal.GetDriverByName("GTiff").Create(sys.argv[1], 4, 3, 2, gdal.GDT_Int16, ["PROFILE=BASELINE"])
ds.SetGeoTransform([10, 2, 0, 50, 0, -2])
ds.SetProjection('PROJCS["x",GEOGCS["g",DATUM["d",SPHEROID["s",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Sinusoidal"],PARAMETER["longitude_of_center",3],PARAMETER["false_easting",0],PARAMETER["false_northing",0],UNIT["metre",1]]')
b = ds.GetRasterBand(1)
b.SetNoDataValue(-5); b.SetDescription("first & <best>"); b.SetScale(0.5); b.SetOffset(3)
b.SetCategoryNames(["none", "oak", "beech"])
b.WriteArray(np.array([[0,1,2,-5]]*3))
ds.SetMetadataItem("SEASON", "été")
`,
    [path],
  );
  expect(existsSync(`${path}.aux.xml`)).toBe(true);
  const { info } = await openRaster(path);
  expect(info.bands[0]).toMatchObject({
    nodata: -5,
    name: "first & <best>",
    scale: 0.5,
    offset: 3,
    categoryNames: ["none", "oak", "beech"],
  });
  expect(info.metadata.SEASON).toBe("été");
  expect(info.crs).toMatch(/Sinusoidal/);
  expect(info.geobox?.affine).toEqual({ a: 10, b: 2, c: 0, d: 50, e: 0, f: -2 });
});

test("external overviews and masks are found beside the file", { tags: ["gdal"] }, async () => {
  const path = folder.file("beside.tif");
  run("gdal_translate", ["-q", "-outsize", "300", "200", "-b", "1", join(awkward, "rasterio__alpha.tif"), path]);
  run("gdaladdo", ["-q", "-ro", path, "2", "4"]);
  python(
    `
import sys
from osgeo import gdal
ds = gdal.Open(sys.argv[1])
ds.CreateMaskBand(gdal.GMF_PER_DATASET)
m = ds.GetRasterBand(1).GetMaskBand().ReadAsArray(); m[:] = 255; m[10:20, 30:50] = 0
ds.GetRasterBand(1).GetMaskBand().WriteArray(m)
`,
    [path],
  );
  expect(existsSync(`${path}.ovr`) && existsSync(`${path}.msk`)).toBe(true);
  const raster = await openRaster(path);
  expect(raster.info.overviews).toEqual([
    { width: 150, height: 100 },
    { width: 75, height: 50 },
  ]);
  const { valid } = await raster.readWindow({ col: 0, row: 0, width: 300, height: 200 });
  expect(valid[0]!.filter((v) => v === 0)).toHaveLength(200);
  expect(valid[0]![10 * 300 + 30]).toBe(0);
  const half = await raster.readWindow({ col: 0, row: 0, width: 150, height: 100 }, { overview: 0 });
  expect(half.bands[0]).toHaveLength(15000);
});
