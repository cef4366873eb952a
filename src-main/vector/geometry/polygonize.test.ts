import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { northUp } from "../../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import { readFeatures } from "../formats/read.ts";
import { noise } from "./fixtures/noise.ts";
import { areaOf, type Polygonal, partsOf } from "./geometry.ts";
import { polygonize } from "./polygonize.ts";
import { burn } from "./rasterize.ts";
import { defectOf, hasStandardWinding } from "./validity.ts";

const folder = mkdtempSync(join(tmpdir(), "polygonize-"));
afterAll(() => rmSync(folder, { recursive: true }));

const gridOf = (width: number, height: number): GeoBox => ({
  crs: "EPSG:32631",
  affine: northUp(574680, 5622440, 10, 10),
  width,
  height,
});

const all = (pixels: Uint8Array, grid: GeoBox, skip: readonly number[] = []) => [
  ...polygonize((row) => pixels.subarray(row * grid.width, (row + 1) * grid.width), grid, { skip }),
];

/** Value, area, number of rings and rectangle: enough to tell two sets of polygons apart. */
function summary(polygons: readonly { readonly value: number; readonly geometry: Polygonal }[]): string[] {
  return polygons
    .map(({ value, geometry }) => {
      const rings = partsOf(geometry).flat();
      const corners = rings.flatMap((ring) => ring.slice(1)).map(([x, y]) => `${x},${y}`);
      return `${value} ${areaOf(geometry)} ${rings.length} ${corners.sort().join(" ")}`;
    })
    .sort();
}

test("areas, outlines and holes are those of gdal_polygonize", { tags: ["gdal"] }, () => {
  const grid = gridOf(60, 45);
  for (const seed of [1, 2, 3]) {
    const pixels = noise(grid.width, grid.height, seed);
    const raster = join(folder, `noise${seed}.bin`);
    const target = join(folder, `out${seed}.gpkg`);
    writeFileSync(raster, pixels);
    writeFileSync(
      join(folder, `noise${seed}.hdr`),
      `ENVI\nsamples = 60\nlines = 45\nbands = 1\ndata type = 1\ninterleave = bsq\nbyte order = 0\nmap info = {UTM, 1, 1, 574680, 5622440, 10, 10, 31, North, WGS-84}\n`,
    );
    // -nomask and all values: like our call without values to skip
    execFileSync("gdal_polygonize.py", ["-q", "-nomask", raster, "-f", "GPKG", target, "areas", "DN"]);
    const theirs = [...readFeatures(target).features].map(({ properties, geometry }) => ({
      value: properties.DN as number,
      geometry: geometry as Polygonal,
    }));
    expect(summary(all(pixels, grid))).toEqual(summary(theirs));
  }
});

test("every polygon is valid and wound as it should be, and together they burn back to the raster", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 18 }), fc.integer({ min: 1, max: 18 }), (seed, width, height) => {
      const grid = gridOf(width, height);
      const pixels = noise(width, height, seed + 1);
      const polygons = all(pixels, grid);
      const back = new Uint8Array(pixels.length).fill(99);
      for (const { value, geometry, pixels: count } of polygons) {
        expect(defectOf(geometry)).toBeUndefined();
        expect(hasStandardWinding(geometry)).toBe(true);
        expect(areaOf(geometry)).toBe(count * 100);
        burn(back, grid, geometry, value);
      }
      expect(back).toEqual(pixels);
    }),
  );
});

test("skipped values make no polygon, and areas come as soon as they are complete", () => {
  const grid = gridOf(4, 3);
  const pixels = Uint8Array.from([1, 0, 2, 2, 0, 0, 2, 2, 3, 3, 3, 3]);
  const polygons = all(pixels, grid, [0]);
  expect(polygons.map(({ value, pixels: count }) => [value, count])).toEqual([
    [1, 1],
    [2, 4],
    [3, 4],
  ]);
});

test("two pixels that meet in a corner are two areas", () => {
  const polygons = all(Uint8Array.from([1, 0, 0, 1]), gridOf(2, 2), [0]);
  expect(polygons.length).toBe(2);
});
