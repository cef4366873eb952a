import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { northUp } from "../../src-shared/geo/affine.ts";
import { boundsOf, type GeoBox } from "../../src-shared/geo/geobox.ts";
import { boundsAfterShift, gridBeforeShift, pixelSizeIn, placeAfterShift, placeBeforeShift } from "./place.ts";

const utm: GeoBox = { crs: "EPSG:32631", affine: northUp(574680, 5622440, 10, 10), width: 64, height: 64 };
const degrees: GeoBox = {
  crs: "EPSG:4326",
  affine: northUp(4, 50.8, 0.0001, 0.0001),
  width: 1001,
  height: 801,
};
const turned: GeoBox = { ...utm, affine: { a: 574680, b: 6, c: 8, d: 5622440, e: 8, f: -6 } };

/** Where PROJ puts a place. */
function project(from: string, to: string, points: readonly (readonly [number, number])[]): [number, number][] {
  const script = `
import sys, json
from osgeo import osr
osr.UseExceptions()
def system(code):
    s = osr.SpatialReference(); s.SetFromUserInput(code)
    s.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER); return s
t = osr.CoordinateTransformation(system(sys.argv[1]), system(sys.argv[2]))
print(json.dumps([t.TransformPoint(x, y)[:2] for x, y in json.loads(sys.argv[3])]))
`;
  const out = execFileSync("/usr/bin/python3", ["-c", script, from, to, JSON.stringify(points)], { encoding: "utf8" });
  return JSON.parse(out) as [number, number][];
}

test("a pixel's size in another system is that of its middle pixel as PROJ places it", { tags: ["gdal"] }, () => {
  expect(pixelSizeIn(utm, "EPSG:32631")).toEqual({ x: 10, y: 10, side: 10 });
  expect(pixelSizeIn(turned, "EPSG:32631")).toEqual({ x: 10, y: 10, side: 10 });
  const at = (col: number, row: number) => [4 + col * 0.0001, 50.8 - row * 0.0001] as const;
  const [corner, right, below] = project("EPSG:4326", "EPSG:32631", [at(500, 400), at(501, 400), at(500, 401)]);
  const between = (p: readonly number[], q: readonly number[]) => Math.hypot(p[0]! - q[0]!, p[1]! - q[1]!);
  const [x, y] = [between(corner!, right!), between(corner!, below!)];
  const found = pixelSizeIn(degrees, "EPSG:32631");
  expect(x).toBeGreaterThan(6.9);
  expect(x).toBeLessThan(7.2);
  expect(found.x).toBeCloseTo(x, 5);
  expect(found.y).toBeCloseTo(y, 5);
  // The two edges meet almost at a right angle there.
  expect(found.side).toBeCloseTo(Math.sqrt(x * y), 2);
});

test("a grid whose middle has no coordinates in the other system keeps its own pixel size", () => {
  const world: GeoBox = { ...degrees, affine: northUp(-180, 180, 1, 1), width: 360, height: 180 };
  expect(pixelSizeIn(world, "EPSG:3857")).toEqual({ x: 1, y: 1, side: 1 });
});

test("a correction of position is the same going there and coming back", () => {
  const shift = { dx: 30, dy: -20 };
  expect(placeAfterShift(...placeBeforeShift(575000, 5622000, shift), shift)).toEqual([575000, 5622000]);
  const inImage = boundsOf(gridBeforeShift(utm, shift));
  expect(inImage.minX).toBe(574650);
  expect(boundsAfterShift(inImage, shift)).toEqual(boundsOf(utm));
  expect(gridBeforeShift(utm, undefined)).toBe(utm);
});
