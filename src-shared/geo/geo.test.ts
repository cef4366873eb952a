import fc from "fast-check";
import { expect, test } from "vitest";
import { type Affine, apply, invert, isAxisAligned, northUp } from "./affine.ts";
import { area, type Bounds, intersection, union } from "./bounds.ts";
import { epsgCode, utmEpsg } from "./crs.ts";
import { alignedGeobox, boundsOf, type GeoBox, geoboxOfWindow, resolutionOf, windowCovering } from "./geobox.ts";
import { clip } from "./window.ts";

const coordinate = fc.double({ min: -5e6, max: 5e6, noNaN: true });
const size = fc.double({ min: 0.05, max: 500, noNaN: true });
const pixels = fc.integer({ min: 1, max: 5000 });

/** North-up, south-up, rotated and sheared transforms that have an inverse. */
const affines: fc.Arbitrary<Affine> = fc
  .tuple(coordinate, coordinate, size, size, fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }), fc.boolean())
  .map(([a, d, across, down, angle, south]) => ({
    a,
    b: across * Math.cos(angle),
    c: down * Math.sin(angle),
    d,
    e: across * Math.sin(angle),
    f: (south ? down : -down) * Math.cos(angle),
  }))
  .filter((t) => Math.abs(t.b * t.f - t.c * t.e) > 1e-3);

const boxes: fc.Arbitrary<Bounds> = fc
  .tuple(coordinate, coordinate, coordinate, coordinate)
  .map(([x1, y1, x2, y2]) => ({
    minX: Math.min(x1, x2),
    minY: Math.min(y1, y2),
    maxX: Math.max(x1, x2),
    maxY: Math.max(y1, y2),
  }));

const grids: fc.Arbitrary<GeoBox> = fc
  .tuple(affines, pixels, pixels)
  .map(([affine, width, height]) => ({ crs: "EPSG:32631", affine, width, height }));

test("a transform and its inverse lead back to the pixel", () => {
  fc.assert(
    fc.property(affines, pixels, pixels, (t, col, row) => {
      const [x, y] = apply(t, col, row);
      const [backCol, backRow] = apply(invert(t), x, y);
      expect(Math.abs(backCol - col)).toBeLessThan(1e-2);
      expect(Math.abs(backRow - row)).toBeLessThan(1e-2);
    }),
  );
  expect(() => invert({ a: 0, b: 1, c: 2, d: 0, e: 2, f: 4 })).toThrow(/without inverse/);
  expect(isAxisAligned(northUp(0, 0, 1, 1))).toBe(true);
});

test("every corner of a grid lies in its bounds, and no smaller rectangle holds them", () => {
  fc.assert(
    fc.property(grids, (grid) => {
      const bounds = boundsOf(grid);
      const corners = [0, grid.width].flatMap((col) => [0, grid.height].map((row) => apply(grid.affine, col, row)));
      expect(Math.min(...corners.map(([x]) => x))).toBe(bounds.minX);
      expect(Math.max(...corners.map(([x]) => x))).toBe(bounds.maxX);
      expect(Math.min(...corners.map(([, y]) => y))).toBe(bounds.minY);
      expect(Math.max(...corners.map(([, y]) => y))).toBe(bounds.maxY);
    }),
  );
});

test("a window covers its bounds and, in an upright grid, no more than a pixel beyond", () => {
  fc.assert(
    fc.property(coordinate, coordinate, size, boxes, (x, y, pixel, bounds) => {
      const grid: GeoBox = { crs: "EPSG:32631", affine: northUp(x, y, pixel, pixel), width: 100, height: 100 };
      const window = windowCovering(grid, bounds);
      const covered = boundsOf(geoboxOfWindow(grid, window));
      const hair = pixel * 2e-6 + 1e-6;
      expect(covered.minX).toBeLessThanOrEqual(bounds.minX + hair);
      expect(covered.maxX).toBeGreaterThanOrEqual(bounds.maxX - hair);
      expect(covered.minY).toBeLessThanOrEqual(bounds.minY + hair);
      expect(covered.maxY).toBeGreaterThanOrEqual(bounds.maxY - hair);
      expect(bounds.minX - covered.minX).toBeLessThan(pixel + hair);
      expect(covered.maxY - bounds.maxY).toBeLessThan(pixel + hair);
    }),
  );
});

test("a window of a window is the window of their sum", () => {
  const offset = fc.integer({ min: -300, max: 300 });
  fc.assert(
    fc.property(grids, offset, offset, offset, offset, (grid, c1, r1, c2, r2) => {
      const once = geoboxOfWindow(grid, { col: c1 + c2, row: r1 + r2, width: 7, height: 9 });
      const twice = geoboxOfWindow(geoboxOfWindow(grid, { col: c1, row: r1, width: 50, height: 50 }), {
        col: c2,
        row: r2,
        width: 7,
        height: 9,
      });
      expect(Math.abs(once.affine.a - twice.affine.a)).toBeLessThan(1e-6);
      expect(Math.abs(once.affine.d - twice.affine.d)).toBeLessThan(1e-6);
      expect([twice.width, twice.height]).toEqual([7, 9]);
    }),
  );
});

test("a clipped window lies in the image and keeps all that was inside", () => {
  const span = fc.integer({ min: -200, max: 200 });
  const extent = fc.integer({ min: 1, max: 200 });
  fc.assert(
    fc.property(span, span, extent, extent, extent, extent, (col, row, width, height, imageWidth, imageHeight) => {
      const inside = clip({ col, row, width, height }, imageWidth, imageHeight);
      let count = 0;
      for (let c = col; c < col + width; c++) if (c >= 0 && c < imageWidth) count++;
      let rows = 0;
      for (let r = row; r < row + height; r++) if (r >= 0 && r < imageHeight) rows++;
      expect(inside ? inside.width * inside.height : 0).toBe(count * rows);
    }),
  );
});

test("an aligned grid has its edges on multiples of the resolution and covers the bounds", () => {
  fc.assert(
    fc.property(boxes, fc.constantFrom(0.2, 1, 5, 10, 20, 30), (bounds, resolution) => {
      fc.pre(bounds.maxX - bounds.minX > 1 && bounds.maxY - bounds.minY > 1);
      const grid = alignedGeobox("EPSG:32631", bounds, resolution);
      const covered = boundsOf(grid);
      for (const edge of Object.values(covered)) {
        expect(Math.abs(edge / resolution - Math.round(edge / resolution))).toBeLessThan(1e-6);
      }
      const hair = resolution * 2e-6 + 1e-6;
      expect(covered.minX).toBeLessThanOrEqual(bounds.minX + hair);
      expect(covered.maxY).toBeGreaterThanOrEqual(bounds.maxY - hair);
      expect(resolutionOf(grid)).toEqual({ x: resolution, y: resolution });
    }),
  );
});

test("what two rectangles share lies in both, and their union holds both", () => {
  fc.assert(
    fc.property(boxes, boxes, (p, q) => {
      const shared = intersection(p, q);
      const all = union(p, q);
      expect(shared ? area(shared) : 0).toBeLessThanOrEqual(Math.min(area(p), area(q)));
      expect(area(all)).toBeGreaterThanOrEqual(Math.max(area(p), area(q)));
      expect(intersection(q, p)).toEqual(shared);
    }),
  );
  const unit = { minX: 0, minY: 0, maxX: 1, maxY: 1 };
  expect(intersection(unit, { ...unit, minX: 1, maxX: 2 })).toBeUndefined();
});

test("codes and UTM zones are read from text and place", () => {
  expect(epsgCode("epsg:32631")).toBe(32631);
  expect(epsgCode("+proj=longlat")).toBeUndefined();
  expect([utmEpsg(3, 50), utmEpsg(-179.9, 10), utmEpsg(180, 10), utmEpsg(36, -3)]).toEqual([
    "EPSG:32631",
    "EPSG:32601",
    "EPSG:32660",
    "EPSG:32737",
  ]);
});
