import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { northUp } from "../../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import { areaOf, type Polygonal, type Position, type Ring } from "./geometry.ts";
import { burn, coverage } from "./rasterize.ts";

const folder = mkdtempSync(join(tmpdir(), "rasterize-"));
afterAll(() => rmSync(folder, { recursive: true }));

const grid: GeoBox = { crs: "EPSG:32631", affine: northUp(574680, 5622440, 10, 10), width: 64, height: 64 };

/** What gdal_rasterize burns for the same shapes, as one byte per pixel. */
function gdal(shapes: readonly { geometry: Polygonal; value: number }[], on: GeoBox, allTouched = false): Uint8Array {
  const source = join(folder, "in.geojson");
  const target = join(folder, "out.bin");
  writeFileSync(
    source,
    JSON.stringify({
      type: "FeatureCollection",
      crs: { type: "name", properties: { name: "urn:ogc:def:crs:EPSG::32631" } },
      features: shapes.map(({ geometry, value }) => ({ type: "Feature", properties: { value }, geometry })),
    }),
  );
  const { a, b, d, f } = on.affine;
  const extent = [a, d + f * on.height, a + b * on.width, d].map(String);
  rmSync(target, { force: true });
  execFileSync("gdal_rasterize", [
    ...["-q", "-of", "ENVI", "-ot", "Byte", "-a", "value", "-te", ...extent],
    ...["-ts", String(on.width), String(on.height), ...(allTouched ? ["-at"] : []), source, target],
  ]);
  return new Uint8Array(readFileSync(target));
}

function ours(shapes: readonly { geometry: Polygonal; value: number }[], on: GeoBox, allTouched = false): Uint8Array {
  const pixels = new Uint8Array(on.width * on.height);
  for (const { geometry, value } of shapes) burn(pixels, on, geometry, value, { allTouched });
  return pixels;
}

/** A repeatable stream of numbers in [0, 1). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const at = (col: number, row: number): Position => [574680 + 10 * col, 5622440 - 10 * row];

/** A star-shaped ring around a centre, in pixels. */
function star(next: () => number, centreX: number, centreY: number, radius: number, corners: number): Ring {
  const ring = Array.from({ length: corners }, (_, i) => {
    const angle = (2 * Math.PI * (i + 0.8 * next())) / corners;
    const r = radius * (0.3 + 0.7 * next());
    return at(centreX + r * Math.cos(angle), centreY + r * Math.sin(angle));
  });
  return [...ring, ring[0]!];
}

test("polygons with holes, in several parts and past the edge give gdal_rasterize's pixels", { tags: ["gdal"] }, () => {
  for (let seed = 1; seed <= 6; seed++) {
    const next = random(seed);
    const shapes = Array.from({ length: 12 }, (_, i) => {
      const [x, y] = [70 * next() - 3, 70 * next() - 3];
      const outside = star(next, x, y, 4 + 12 * next(), 5 + Math.floor(20 * next()));
      const hole = star(next, x, y, 1.2, 7);
      const geometry: Polygonal =
        i % 3 === 0
          ? { type: "MultiPolygon", coordinates: [[outside, hole], [star(next, x + 30, y, 5, 6)]] }
          : { type: "Polygon", coordinates: [outside, hole] };
      return { geometry, value: i + 1 };
    });
    expect(ours(shapes, grid)).toEqual(gdal(shapes, grid));
  }
});

test("corners on pixel centres, pixel corners and shared edges follow gdal_rasterize's rule", {
  tags: ["gdal"],
}, () => {
  for (let seed = 1; seed <= 6; seed++) {
    const next = random(100 + seed);
    const half = (value: number): number => Math.round(2 * value) / 2;
    const shapes: { geometry: Polygonal; value: number }[] = [];
    // A net of quadrilaterals with shared corners on half pixels, in both windings.
    const corner = Array.from({ length: 7 }, (_, j) =>
      Array.from({ length: 7 }, (_, i) => at(half(9 * i + 4 * next()), half(9 * j + 4 * next()))),
    );
    for (let j = 0; j < 6; j++) {
      for (let i = 0; i < 6; i++) {
        const ring = [corner[j]![i]!, corner[j]![i + 1]!, corner[j + 1]![i + 1]!, corner[j + 1]![i]!, corner[j]![i]!];
        shapes.push({
          geometry: { type: "Polygon", coordinates: [(i + j) % 2 === 0 ? ring : ring.toReversed()] },
          value: shapes.length + 1,
        });
      }
    }
    // Rectangles whose edges run through pixel centres.
    for (const reversed of [false, true]) {
      const [c, r] = [half(50 * next()) + (reversed ? 0.5 : 0), Math.floor(50 * next()) + 0.5];
      const ring = [at(c, r), at(c, r + 4), at(c + 5, r + 4), at(c + 5, r), at(c, r)];
      shapes.push({ geometry: { type: "Polygon", coordinates: [reversed ? ring.toReversed() : ring] }, value: 200 });
    }
    expect(ours(shapes, grid)).toEqual(gdal(shapes, grid));
  }
});

test("all-touched adds the pixels that gdal_rasterize -at adds", { tags: ["gdal"] }, () => {
  for (let seed = 1; seed <= 6; seed++) {
    const next = random(200 + seed);
    const shapes = Array.from({ length: 10 }, (_, i) => {
      const [x, y] = [70 * next() - 3, 70 * next() - 3];
      const coordinates = [star(next, x, y, 2 + 10 * next(), 5 + Math.floor(15 * next()))];
      return { geometry: { type: "Polygon", coordinates } as Polygonal, value: i + 1 };
    });
    expect(ours(shapes, grid, true)).toEqual(gdal(shapes, grid, true));
  }
});

test("all-touched leaves out neighbours that an outline on pixel borders only touches", { tags: ["gdal"] }, () => {
  const ring = [at(10, 10), at(20, 10), at(20, 16), at(10, 16), at(10, 10)];
  const shapes = [{ geometry: { type: "Polygon", coordinates: [ring] } as Polygonal, value: 1 }];
  const pixels = ours(shapes, grid, true);
  expect(pixels.reduce((sum, value) => sum + value, 0)).toBe(60);
  expect(pixels).toEqual(gdal(shapes, grid, true));
});

test("shares of area agree with gdal_rasterize on a grid 32 times finer, and sum to the polygon's area", {
  tags: ["gdal"],
}, () => {
  const patches: GeoBox = { crs: grid.crs, affine: northUp(574680, 5622440, 40, 40), width: 16, height: 16 };
  const fine: GeoBox = { crs: grid.crs, affine: northUp(574680, 5622440, 1.25, 1.25), width: 512, height: 512 };
  const next = random(7);
  for (let n = 0; n < 3; n++) {
    const outside = star(next, 32, 32, 28, 19);
    const geometry: Polygonal = { type: "Polygon", coordinates: [outside, star(next, 32, 32, 6, 9).toReversed()] };
    const { window, fractions } = coverage(geometry, patches)!;
    const pixels = gdal([{ geometry, value: 1 }], fine);
    let worst = 0;
    for (let row = 0; row < window.height; row++) {
      for (let col = 0; col < window.width; col++) {
        let count = 0;
        for (let j = 0; j < 32; j++) {
          for (let i = 0; i < 32; i++)
            count += pixels[((window.row + row) * 32 + j) * 512 + (window.col + col) * 32 + i]!;
        }
        worst = Math.max(worst, Math.abs(fractions[row * window.width + col]! - count / 1024));
      }
    }
    expect(worst).toBeLessThan(0.02);
    const sum = fractions.reduce((total, share) => total + share, 0) * 1600;
    expect(Math.abs(sum / areaOf(geometry) - 1)).toBeLessThan(1e-9);
  }
});

test("shares of area do not depend on the winding, and a polygon past the edge keeps what lies inside", () => {
  const ring = [at(-4, -4), at(-4, 2.5), at(6, 2.5), at(6, -4), at(-4, -4)];
  for (const coordinates of [[ring], [ring.toReversed()]]) {
    const { window, fractions } = coverage({ type: "Polygon", coordinates }, grid)!;
    const share = (col: number, row: number) => fractions[(row - window.row) * window.width + col - window.col];
    expect(share(0, 0)).toBe(1);
    expect(share(5, 2)).toBeCloseTo(0.5, 12);
    expect(share(6, 0)).toBe(0);
  }
});
