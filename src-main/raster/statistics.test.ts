import { afterAll, expect, test } from "vitest";
import { openRaster } from "./raster.ts";
import { statistics } from "./statistics.ts";
import { python, run, temporaryFolder } from "./testing/gdal.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** numpy's figures of the valid pixels of band 1. */
function numpy(path: string): { min: number; max: number; mean: number; std: number; p: number[]; count: number } {
  return JSON.parse(
    python(
      `
import sys, json, numpy as np
from osgeo import gdal
ds = gdal.Open(sys.argv[1]); b = ds.GetRasterBand(1)
a = b.ReadAsArray().astype(np.float64)
a = a[(a != b.GetNoDataValue()) & ~np.isnan(a)]
print(json.dumps(dict(min=a.min(), max=a.max(), mean=a.mean(), std=a.std(), p=list(np.percentile(a, [2, 25, 50, 75, 98])), count=int(a.size))))
`,
      [path],
    ),
  );
}

function make(path: string, width: number, height: number): void {
  python(
    `
import sys, numpy as np
from osgeo import gdal
w, h = int(sys.argv[2]), int(sys.argv[3])
rng = np.random.default_rng(1)
a = rng.gamma(2.0, 0.3, (h, w)).astype(np.float32); a[: h // 5, : w // 3] = -9; a[-1, -1] = np.nan
ds = gdal.GetDriverByName("GTiff").Create(sys.argv[1], w, h, 1, gdal.GDT_Float32, ["TILED=YES", "COMPRESS=DEFLATE"])
ds.GetRasterBand(1).WriteArray(a); ds.GetRasterBand(1).SetNoDataValue(-9)
`,
    [path, String(width), String(height)],
  );
}

test("a small raster's figures are numpy's", { tags: ["gdal"] }, async () => {
  const path = folder.file("small.tif");
  make(path, 300, 220);
  const [mine] = await statistics(await openRaster(path));
  const theirs = numpy(path);
  expect(mine!.exact).toBe(true);
  expect([mine!.min, mine!.max, mine!.count]).toEqual([theirs.min, theirs.max, theirs.count]);
  expect(mine!.mean).toBeCloseTo(theirs.mean, 12);
  expect(mine!.std).toBeCloseTo(theirs.std, 12);
  expect([...mine!.percentiles.values()]).toEqual(theirs.p.map((value) => expect.closeTo(value, 12)));
  expect(mine!.histogram.reduce((sum, n) => sum + n, 0)).toBe(mine!.count);
});

test("a large raster's figures come from a sample or an overview, and are near", { tags: ["gdal"] }, async () => {
  const path = folder.file("large.tif");
  make(path, 1700, 1300);
  const theirs = numpy(path);
  const [sampled] = await statistics(await openRaster(path), { maxPixels: 500_000 });
  expect(sampled!.exact).toBe(false);
  expect(sampled!.looked).toBeLessThanOrEqual(500_000);
  expect(sampled!.mean).toBeCloseTo(theirs.mean, 2);
  run("gdaladdo", ["-q", "-r", "nearest", path, "2", "4"]);
  const [overview] = await statistics(await openRaster(path), { maxPixels: 200_000 });
  expect(overview!.looked).toBe(425 * 325);
  expect(overview!.mean).toBeCloseTo(theirs.mean, 2);
});

test("a band without data has no figures", { tags: ["gdal"] }, async () => {
  const path = folder.file("empty.tif");
  run("gdal_create", ["-q", "-outsize", "20", "20", "-bands", "1", "-burn", "7", "-a_nodata", "7", path]);
  const [mine] = await statistics(await openRaster(path));
  expect(mine!.count).toBe(0);
  expect([mine!.min, mine!.mean, mine!.percentiles.get(50)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});
