/** @module-tag gdal */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { blockCache } from "../../block-cache.ts";
import { openRaster } from "../../raster.ts";
import { gdalPixels, python, run, temporaryFolder } from "../../testing/gdal.ts";
import { expectAsGdal, expectedIn } from "../../testing/products.ts";

const fixtures = join(import.meta.dirname, "../../fixtures/jp2");
const expected = expectedIn(join(fixtures, "expected.json"));
const folder = temporaryFolder();
afterAll(() => folder.remove());

const width = 333;
const height = 290;
const source = folder.file("source.tif");

beforeAll(() => {
  python(
    `
import sys, numpy as np
from osgeo import gdal, osr
rng = np.random.default_rng(3)
y, x = np.mgrid[0:${height}, 0:${width}]
ds = gdal.GetDriverByName("GTiff").Create(sys.argv[1], ${width}, ${height}, 4, gdal.GDT_UInt16)
system = osr.SpatialReference(); system.ImportFromEPSG(32631)
ds.SetProjection(system.ExportToWkt()); ds.SetGeoTransform([600000, 10, 0, 5700000, 0, -10])
for b in range(4):
    a = 3000 + 900 * np.sin(x / 31.0 + b) * np.cos(y / 17.0) + 60 * rng.standard_normal((${height}, ${width}))
    ds.GetRasterBand(b + 1).WriteArray(a.clip(0, 32767))
`,
    [source],
  );
});

/** Band 1, or all, as JPEG 2000. */
function jp2(name: string, options: readonly string[], words: readonly string[] = ["-b", "1"]): string {
  const path = folder.file(name);
  const lossless = ["REVERSIBLE=YES", "QUALITY=100"];
  const chosen = [...lossless, ...options].flatMap((option) => ["-co", option]);
  run("gdal_translate", ["-q", "-of", "JP2OpenJPEG", ...words, ...chosen, source, path]);
  return path;
}

const openable = Object.entries(expected).filter(([, { gdal_error }]) => gdal_error === undefined);
test.each(openable)("%s reads as GDAL reads it", async (name, said) => {
  (await expectAsGdal(join(fixtures, name), said, "same")).close();
});

const tiled = ["BLOCKXSIZE=128", "BLOCKYSIZE=128"];
const layouts: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ...["LRCP", "RLCP", "RPCL", "PCRL", "CPRL"].map(
    (order) => [`${order}, tiles`, [`PROGRESSION=${order}`, ...tiled], ["-b", "1"]] as const,
  ),
  ["15 bits like ESA's", ["NBITS=15", "PLT=YES", "GeoJP2=NO", ...tiled], ["-b", "1"]],
  ["tiles that no power of two divides", ["BLOCKXSIZE=100", "BLOCKYSIZE=75", "RESOLUTIONS=4"], ["-b", "1"]],
  ["tile-parts with a list of lengths", ["TLM=YES", "TILEPARTS=RESOLUTIONS", ...tiled], ["-b", "1"]],
  ["one tile", ["BLOCKXSIZE=512", "BLOCKYSIZE=512"], ["-b", "1"]],
  ["two bands", tiled, ["-b", "1", "-b", "3"]],
  ["four bands in tiles", tiled, []],
  ["a bare codestream", ["CODEC=J2K", ...tiled], ["-b", "1"]],
];

test.each(layouts)("%s: windows are GDAL's, pixel by pixel", async (name, options, words) => {
  const path = jp2(`${name.replace(/\W+/g, "-")}.${name.startsWith("a bare") ? "j2k" : "jp2"}`, options, words);
  const pixels = gdalPixels(path, folder.file("scratch"), "uint16");
  const raster = await openRaster(path);
  const whole = await raster.readWindow({ col: 0, row: 0, width, height });
  for (const [i, band] of whole.bands.entries()) expect(Buffer.compare(Buffer.from(band.buffer), Buffer.from(pixels[i]!.slice().buffer))).toBe(0); // biome-ignore format: one line
  // A window over the corners of tiles, and past the image's edge, with nothing kept.
  blockCache.clear();
  const part = await raster.readWindow({ col: 250, row: 120, width: 100, height: 30 }, { bands: [1] });
  for (let row = 0; row < 30; row++) {
    const from = (row + 120) * width + 250;
    expect(part.bands[0]!.subarray(row * 100, row * 100 + 83)).toEqual(pixels[0]!.subarray(from, from + 83));
  }
  expect(part.valid[0]!.subarray(83, 100).every((valid) => valid === 0)).toBe(true);
  raster.close();
});

test("reduced resolutions are the codestream's own, as GDAL's overviews are", async () => {
  const path = jp2("reduced.jp2", [...tiled, "RESOLUTIONS=4"]);
  const raster = await openRaster(path);
  expect(raster.info.overviews).toEqual([
    { width: 167, height: 145 },
    { width: 84, height: 73 },
  ]);
  const scratch = folder.file("reduced");
  run("gdal_translate", ["-q", "-of", "ENVI", "-oo", "OVERVIEW_LEVEL=0", "-co", "INTERLEAVE=BSQ", path, scratch]);
  const { bands } = await raster.readWindow({ col: 0, row: 0, width: 167, height: 145 }, { overview: 0 });
  const theirs = new Uint16Array(new Uint8Array(readFileSync(scratch)).buffer);
  expect(bands[0]).toEqual(theirs);
});

test("a file that ends too early is refused when it is opened, wherever it was cut", async () => {
  const bytes = readFileSync(jp2("cut.jp2", tiled));
  const path = folder.file("cut-off.jp2");
  for (const share of [0.001, 0.01, 0.1, 0.5, 0.9, 0.999]) {
    writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length * share)));
    const code = await openRaster(path).then(
      () => "opened",
      (error: { readonly code: string }) => error.code,
    );
    expect([share, code]).toEqual([share, expect.stringMatching(/^raster-(truncated|damaged|unknown-format)$/)]);
  }
});

const refused: Readonly<Record<string, string>> = {
  "gdal_dimensions_above_31bit.jp2": "raster-damaged",
  "gdal_truncated.jp2": "raster-truncated",
};

test("every fixture is opened or refused", () => {
  const files = readdirSync(fixtures).filter((name) => name.endsWith(".jp2"));
  expect(files.sort()).toEqual([...openable.map(([name]) => name), ...Object.keys(refused)].sort());
});

test.each(Object.entries(refused))("%s is refused: %s", async (name, code) => {
  await expect(openRaster(join(fixtures, name))).rejects.toMatchObject({ code });
});
