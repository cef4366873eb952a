import { expect, test } from "vitest";
import { northUp } from "../../src-shared/geo/affine.ts";
import { groundOf } from "./ground.ts";

const grid = (crs: string, minX: number, maxY: number, pixel: number) => ({
  crs,
  affine: northUp(minX, maxY, pixel, pixel),
  width: 100,
  height: 100,
});

test("a UTM pixel has the size its grid says", () => {
  const ground = groundOf(grid("EPSG:32631", 574680, 5622440, 10));
  expect(ground).toMatchObject({ pixelWidthMeters: 10, pixelHeightMeters: 10, approximate: false });
  expect(ground.northDegrees).toBeCloseTo(0, 12);
  expect(ground.crs).toBe("EPSG:32631, WGS 84 / UTM zone 31N");
});

// What PROJ measures for the middle pixel: `fixtures/ground.py`.
test.each([
  ["degrees", grid("EPSG:4326", 4, 45.05, 0.001), 78.84684, 111.13178],
  ["Web Mercator's stretched metres", grid("EPSG:3857", 450_000, 6_570_000, 10), 6.3457, 6.32859],
  ["US feet", grid("EPSG:2263", 980_000, 200_000, 10), 3.04801, 3.04801],
])("a pixel in %s is measured on the ellipsoid", (_, geobox, width, height) => {
  const ground = groundOf(geobox);
  expect(ground.approximate).toBe(true);
  expect(ground.pixelWidthMeters / width).toBeCloseTo(1, 4);
  expect(ground.pixelHeightMeters / height).toBeCloseTo(1, 4);
});

test("in a picture whose top looks 30° east of north, north is 30° to the left", () => {
  const [sin, cos] = [5, 10 * Math.cos(Math.PI / 6)];
  const affine = { a: 574680, b: cos, c: -sin, d: 5622440, e: -sin, f: -cos };
  const ground = groundOf({ crs: "EPSG:32631", affine, width: 10, height: 10 });
  expect(ground.northDegrees).toBeCloseTo(-30, 9);
  expect(ground.pixelWidthMeters).toBeCloseTo(10, 9);
});
