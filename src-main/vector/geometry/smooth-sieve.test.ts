import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { northUp } from "../../../src-shared/geo/affine.ts";
import { noise } from "./fixtures/noise.ts";
import { areaOf } from "./geometry.ts";
import { polygonize } from "./polygonize.ts";
import { sieve } from "./sieve.ts";
import { defectOf } from "./validity.ts";

const [width, height] = [70, 50];
const grid = { crs: "EPSG:32631", affine: northUp(574680, 5622440, 10, 10), width, height };
const rows = (pixels: ArrayLike<number>) => (row: number) =>
  Array.from({ length: width }, (_, col) => pixels[row * width + col]!);
const flat = (read: (row: number) => ArrayLike<number>) =>
  Array.from({ length: height }, (_, row) => Array.from(read(row))).flat();

test("cut corners keep a map a map: no gap, no overlap, nothing invalid, the area of all as it was, as GEOS sees it", {
  tags: ["gdal"],
}, () => {
  const script = `
import json, sys
from osgeo import ogr
shapes = [ogr.CreateGeometryFromJson(json.dumps(g)) for g in json.load(sys.stdin)]
union = ogr.Geometry(ogr.wkbMultiPolygon)
for s in shapes: union.AddGeometry(s)
union = union.UnionCascaded()
json.dump({"valid": [s.IsValid() for s in shapes], "sum": sum(s.GetArea() for s in shapes), "union": union.GetArea(), "type": union.GetGeometryName(), "rings": union.GetGeometryCount()}, sys.stdout)`;
  for (const smoothing of [1, 2, 4]) {
    for (const seed of [1, 2]) {
      const read = rows(noise(width, height, seed, 0.12));
      // No value is skipped: the areas cover the whole rectangle, and go on covering it.
      const areas = [...polygonize(read, grid, { smoothing })];
      expect(areas.map(({ geometry }) => defectOf(geometry)).filter(Boolean)).toEqual([]);
      const input = JSON.stringify(areas.map(({ geometry }) => geometry));
      const seen = JSON.parse(
        execFileSync("/usr/bin/python3", ["-W", "ignore", "-c", script], { input, encoding: "utf8" }),
      );
      expect(seen.valid.every(Boolean)).toBe(true);
      const whole = width * height * 100;
      expect(Math.abs(seen.sum - whole)).toBeLessThan(1e-3);
      expect(Math.abs(seen.union - whole)).toBeLessThan(1e-3);
      expect([seen.type, seen.rings]).toEqual(["POLYGON", 1]);
      const before = [...polygonize(read, grid)];
      expect(areas).toHaveLength(before.length);
      expect(areas.some(({ geometry }, i) => areaOf(geometry) !== areaOf(before[i]!.geometry))).toBe(true);
    }
  }
});

test("the mean of a second raster over each area is scipy's", { tags: ["gdal"] }, () => {
  const classes = noise(width, height, 5, 0.12);
  const confidence = Uint8Array.from({ length: width * height }, (_, i) => (i * 37) % 101);
  const script = `
import json, sys
import numpy as np
from scipy import ndimage
c, m, w, h = json.load(sys.stdin)
c = np.array(c).reshape(h, w); m = np.array(m, float).reshape(h, w)
out = []
for v in range(4):
    lab, k = ndimage.label(c == v)
    for i in range(1, k + 1):
        own = lab == i
        out.append([v, int(own.sum()), round(float(m[own].mean()), 9)])
json.dump(sorted(out), sys.stdout)`;
  const input = JSON.stringify([[...classes], [...confidence], width, height]);
  const witness = JSON.parse(execFileSync("/usr/bin/python3", ["-c", script], { input, encoding: "utf8" }));
  const own = [...polygonize(rows(classes), grid, { measure: rows(confidence) })].map(
    ({ value, pixels, mean }): [number, number, number] => [value, pixels, Number(mean.toFixed(9))],
  );
  expect(own.sort((p, q) => p[0] - q[0] || p[1] - q[1] || p[2] - q[2])).toEqual(witness);
});

test("no area smaller than asked is left, unless it stands alone, and large areas keep their pixels", {
  tags: ["gdal"],
}, () => {
  const minimum = 12;
  const pixels = noise(width, height, 3, 0.12);
  const read = rows(pixels);
  const result = flat(sieve({ width, height, read, nothing: 0 }, minimum));
  expect(result.map((value) => value === 0)).toEqual([...pixels].map((value) => value === 0));
  const areasOf = (values: readonly number[]) => [...polygonize(rows(values), grid, { skip: [0] })];
  const alone = (values: readonly number[], small: { readonly geometry: unknown }) => {
    // Only nodata or the edge around it: then it has no neighbour to join.
    const all = areasOf(values.map((value) => (value === 0 ? 0 : 1)));
    const text = JSON.stringify(small.geometry);
    return all.some(({ geometry }) => JSON.stringify(geometry) === text);
  };
  for (const area of areasOf(result)) expect(area.pixels >= minimum || alone(result, area)).toBe(true);
  // Pixels of areas that were large from the start are as they were.
  const large = areasOf([...pixels]).filter((area) => area.pixels >= minimum);
  expect(large.length).toBeGreaterThan(10);
  const script = `
import json, sys
import numpy as np
from scipy import ndimage
a, b, w, h, n = json.load(sys.stdin)
a = np.array(a).reshape(h, w); b = np.array(b).reshape(h, w)
changed = 0
for v in range(1, 4):
    lab, k = ndimage.label(a == v)
    sizes = ndimage.sum(a == v, lab, range(1, k + 1))
    for i, s in enumerate(sizes):
        if s >= n: changed += int((b[lab == i + 1] != v).sum())
print(changed)`;
  const input = JSON.stringify([[...pixels], result, width, height, minimum]);
  expect(Number(execFileSync("/usr/bin/python3", ["-c", script], { input, encoding: "utf8" }))).toBe(0);
});

test("a speck goes to the class it shares most of its border with", () => {
  const [w, h] = [5, 3];
  const values = [1, 1, 2, 2, 2, 1, 1, 3, 2, 2, 1, 1, 2, 2, 2];
  const read = (row: number) => values.slice(row * w, (row + 1) * w);
  const result = sieve({ width: w, height: h, read, nothing: 0 }, 2);
  // The 3 touches one 1 (left) and three 2s.
  expect(result(1)[2]).toBe(2);
  expect(result(0)[2]).toBe(2);
});
