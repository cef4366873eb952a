import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { CompareSpec, ExportSpec } from "../../src-shared/domain/job.ts";
import { northUp } from "../../src-shared/geo/affine.ts";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import { createCog, openRaster, Raster } from "../raster/index.ts";
import { readPicture } from "../report/picture.ts";
import { compareMaps } from "./compare.ts";
import { exportMap } from "./export/index.ts";
import { gdalBands } from "./fixtures/gdal.ts";
import { quiet } from "./fixtures/sample.ts";

// Places far apart in one box, as a map of several places is: blocks outside the places are not stored, and must not be read.

const room = mkdtempSync(join(tmpdir(), "omnisat-sparse-maps-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

const legend = [
  { code: 1, name: "maize", color: "#ffcc00" },
  { code: 2, name: "grass", color: "#00aa44" },
  { code: 5, name: "beet", color: "#aa0088" },
];
/** One of them ends exactly where a block ends, one lies over a corner of four blocks, one at the map's last pixel. */
const placesOf = (width: number, height: number): PixelWindow[] => [
  { col: 462, row: 480, width: 50, height: 32 },
  { col: 1000, row: 1000, width: 60, height: 70 },
  { col: width - 40, row: height - 30, width: 40, height: 30 },
];

/** A map of the places alone; `turn` makes another one of the same places. */
async function writeMap(
  name: string,
  width: number,
  height: number,
  turn = 0,
): Promise<{ classPath: string; confidencePath: string }> {
  const geobox = { crs: "EPSG:32631", affine: northUp(500_000, 5_700_000, 10, 10), width, height };
  const places = placesOf(width, height);
  const classOf = (col: number, row: number): number => {
    const place = places.find((p) => col >= p.col && row >= p.row && col < p.col + p.width && row < p.row + p.height);
    if (!place || (col + row) % 53 === 0) return 0;
    if ((col * 13 + row * 29) % 41 === 0) return 5;
    return Math.sin((col + turn) / 9) + Math.cos(row / 7) > 0 ? 1 : 2;
  };
  const touched = (window: PixelWindow) =>
    places.some((p) => p.col < window.col + window.width && p.col + p.width > window.col && p.row < window.row + window.height && p.row + p.height > window.row); // biome-ignore format: one test
  const fill = (value: (col: number, row: number) => number, sixteen: boolean) => async (window: PixelWindow) => {
    if (!touched(window)) return undefined;
    const values = new (sixteen ? Uint16Array : Uint8Array)(window.width * window.height);
    return [values.map((_, i) => value(window.col + (i % window.width), window.row + Math.floor(i / window.width)))];
  };
  const classPath = join(room, `${name}_class.tif`);
  await createCog(
    classPath,
    { geobox, bandCount: 1, dataType: "uint8", nodata: 0, overviewMethod: "mode" },
    fill(classOf, false),
  );
  const confidencePath = join(room, `${name}_confidence.tif`);
  const share = (col: number, row: number) => (classOf(col, row) === 0 ? 65_535 : (col * 7 + row * 3) % 10_001);
  await createCog(
    confidencePath,
    { geobox, bandCount: 1, dataType: "uint16", nodata: 65_535, scale: 0.01, overviewMethod: "average" },
    fill(share, true),
  );
  return { classPath, confidencePath };
}

/** The same pixels with every block stored: GDAL writes them. */
function dense(path: string): string {
  const to = path.replace(/\.tif$/, "-dense.tif");
  execFileSync("gdal_translate", [
    "-q",
    "-co",
    "TILED=YES",
    "-co",
    "SPARSE_OK=FALSE",
    "-co",
    "COMPRESS=DEFLATE",
    path,
    to,
  ]);
  return to;
}

const common = { seed: 0, provider: "cpu", resume: false, appVersion: "test", folder: room } as const;
const exportSpec = (outputPath: string, files: { classPath: string; confidencePath: string }): ExportSpec => ({
  ...common,
  kind: "export",
  outputPath,
  task: {
    what: "polygons",
    ...files,
    legend,
    format: "gpkg",
    layer: "areas",
    minimumPixels: 4,
    smoothing: 2,
    codes: null,
    bounds: null,
  },
});
const compareSpec = (baseName: string, from: string, to: string): CompareSpec => ({
  ...common,
  kind: "compare",
  baseName,
  from: { id: 1, name: "a", classPath: from, legend },
  to: { id: 2, name: "b", classPath: to, legend },
});

/** Polygons with their properties, in an order of their own. */
const polygonsOf = (path: string): string[] =>
  execFileSync("ogr2ogr", ["-f", "CSV", "/vsistdout/", path, "areas", "-lco", "GEOMETRY=AS_WKT"], { encoding: "utf8", maxBuffer: 1 << 26 })
    .replaceAll("\r", "").split("\n").slice(1).map((line) => line.replace(/,"?\d+"?$/, "")).sort(); // biome-ignore format: one line

/** Pixels that were asked for from now on. */
function pixelsRead(): () => { readonly windows: number; readonly pixels: number } {
  const read = vi.spyOn(Raster.prototype, "readWindow");
  return () => ({
    windows: read.mock.calls.length,
    pixels: read.mock.calls.reduce((sum, [{ width, height }]) => sum + width * height, 0),
  });
}

let small: { classPath: string; confidencePath: string };
let smallLater: { classPath: string; confidencePath: string };
beforeAll(async () => {
  small = await writeMap("small", 1200, 1100);
  smallLater = await writeMap("later", 1200, 1100, 11);
});

test("polygons, changes and the picture of a map that leaves out what no place covers are those of the map with every block stored", {
  tags: ["gdal"],
}, async () => {
  const whole = { classPath: dense(small.classPath), confidencePath: dense(small.confidencePath) };
  const [sparseTo, denseTo] = [join(room, "sparse.gpkg"), join(room, "dense.gpkg")];
  const { polygons } = await exportMap(exportSpec(sparseTo, small), quiet);
  await exportMap(exportSpec(denseTo, whole), quiet);
  expect(polygons).toBeGreaterThan(20);
  expect(polygonsOf(sparseTo)).toEqual(polygonsOf(denseTo));
  const counted = Number(execFileSync("ogr2ogr", ["-f", "CSV", "/vsistdout/", sparseTo, "-sql", "SELECT sum(pixels) FROM areas"], { encoding: "utf8" }).trim().split("\n").at(-1)!.replaceAll('"', "")); // biome-ignore format: one call
  expect(counted).toBe(gdalBands(small.classPath)[0]!.filter((value) => value > 0).length);

  const changes = await compareMaps(compareSpec("sparse", small.classPath, smallLater.classPath), quiet);
  const layer = gdalBands(changes.path)[0]!;
  const witness = await compareMaps(compareSpec("dense", whole.classPath, dense(smallLater.classPath)), quiet);
  expect([changes.counts, changes.onlyFrom, changes.onlyTo]).toEqual([
    witness.counts,
    witness.onlyFrom,
    witness.onlyTo,
  ]);
  expect(layer).toEqual(gdalBands(witness.path)[0]!);
  expect(layer.filter((value) => value > 1).length).toBeGreaterThan(100);

  for (const side of [200, 1200]) {
    const pictures = await Promise.all(
      [small.classPath, whole.classPath].map(async (path) => {
        const raster = await openRaster(path);
        const picture = await readPicture(raster, { side });
        raster.close();
        return picture;
      }),
    );
    const seen = pictures.map(({ values, valid }) => [...values].map((value, i) => (valid[i] ? value : -1)));
    // Overviews of GDAL's copy are missing: only the full size is the same pixel by pixel.
    if (side === 1200) expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]!.filter((value) => value > 0).length).toBeGreaterThan(side === 200 ? 50 : 6000);
  }
});

test("in a box of 240 million pixels only the blocks of the places are read", async () => {
  const first = await writeMap("wide", 20_000, 12_000);
  const second = await writeMap("wide-later", 20_000, 12_000, 11);
  const blocks = 512 * 512;
  // Blocks that hold a place: one, four, and one at the corner of the map.
  const stored = 6 * blocks;

  let count = pixelsRead();
  await exportMap(exportSpec(join(room, "wide.gpkg"), first), quiet);
  expect(count().pixels).toBeLessThanOrEqual(2 * stored);
  expect(count().windows).toBeLessThanOrEqual(2 * 6);
  vi.restoreAllMocks();

  count = pixelsRead();
  const changes = await compareMaps(compareSpec("wide", first.classPath, second.classPath), quiet);
  expect(changes.area).toMatchObject({ width: 20_000, height: 12_000 });
  // Both maps, once to count and once to write.
  expect(count().pixels).toBeLessThanOrEqual(4 * stored);
  expect(count().windows).toBeLessThanOrEqual(4 * 6);
  vi.restoreAllMocks();

  count = pixelsRead();
  const raster = await openRaster(first.classPath);
  await readPicture(raster, { side: 1200 });
  raster.close();
  expect(count().windows).toBeLessThanOrEqual(6);
});
