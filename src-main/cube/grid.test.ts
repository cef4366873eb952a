import fc from "fast-check";
import { expect, test } from "vitest";
import {
  boundsOfPatches,
  commonPatches,
  geoboxOfPatches,
  type PatchWindow,
  patchesCovering,
  patchesOfGeobox,
  TileRows,
  tilesCovering,
  tilesInside,
} from "./grid.ts";

const grid = { crs: "EPSG:32631", patchMeters: 10 };
const square = { minX: 574680, minY: 5621800, maxX: 575320, maxY: 5622440 };

test("the Flanders square is 64 × 64 patches counted from the CRS origin", () => {
  expect(patchesCovering(grid, square)).toEqual({ col: 57468, row: -562244, width: 64, height: 64 });
  expect(boundsOfPatches(grid, patchesCovering(grid, square))).toEqual(square);
});

test("bounds that end inside a patch take the whole patch, and a rounding error beside an edge takes none", () => {
  expect(patchesCovering(grid, { minX: 574680.0000001, minY: 5621805, maxX: 574690.0000001, maxY: 5621811 })).toEqual({
    col: 57468,
    row: -562182,
    width: 1,
    height: 2,
  });
});

test("a patch window becomes a pixel grid and comes back", () => {
  const window = { col: 57470, row: -562240, width: 6, height: 6 };
  expect(geoboxOfPatches(grid, window, 50)).toMatchObject({
    width: 300,
    height: 300,
    affine: { a: 574700, b: 0.2, d: 5622400 },
  });
  expect(patchesOfGeobox(grid, geoboxOfPatches(grid, window))).toEqual(window);
  const between = geoboxOfPatches({ ...grid, origin: { x: 3, y: 0 } }, window);
  expect(() => patchesOfGeobox(grid, between)).toThrow(/not on patches/);
});

const area = fc.record({
  col: fc.integer({ min: -60000, max: 60000 }),
  row: fc.integer({ min: -60000, max: 60000 }),
  width: fc.integer({ min: 1, max: 40 }),
  height: fc.integer({ min: 1, max: 40 }),
});
const key = (tile: PatchWindow) => `${tile.col},${tile.row}`;

test("the tiles of a union are the union of the tiles", () => {
  fc.assert(
    fc.property(area, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (window, size, step) => {
      const stride = Math.min(step, size);
      const cut = Math.ceil(window.width / 2);
      const left = { ...window, width: cut };
      const right = { ...window, col: window.col + cut, width: window.width - cut };
      const parts = new Set([...tilesCovering(left, size, stride), ...tilesCovering(right, size, stride)].map(key));
      expect(new Set(tilesCovering(window, size, stride).map(key))).toEqual(parts);
    }),
  );
});

test("tiles cover their area and none lies outside it", () => {
  fc.assert(
    fc.property(area, fc.integer({ min: 1, max: 9 }), (window, size) => {
      const tiles = tilesCovering(window, size);
      const covered = new Set<string>();
      for (const tile of tiles) {
        let touches = false;
        for (let row = tile.row; row < tile.row + size; row++) {
          for (let col = tile.col; col < tile.col + size; col++) {
            if (col < window.col || row < window.row) continue;
            if (col >= window.col + window.width || row >= window.row + window.height) continue;
            covered.add(`${col},${row}`);
            touches = true;
          }
        }
        expect(touches).toBe(true);
      }
      expect(covered.size).toBe(window.width * window.height);
    }),
    { numRuns: 40 },
  );
});

test("tiles inside an area never look past its edge", () => {
  expect(tilesInside({ col: 1, row: 1, width: 8, height: 8 }, 4)).toEqual([{ col: 4, row: 4, width: 4, height: 4 }]);
  expect(tilesInside({ col: 0, row: 0, width: 8, height: 8 }, 4)).toHaveLength(4);
});

test("tiles made one by one are the tiles of the list, and those that touch a window are found without looking at all", () => {
  const place = fc.record({
    col: fc.integer({ min: -60, max: 60 }),
    row: fc.integer({ min: -60, max: 60 }),
    width: fc.integer({ min: 0, max: 20 }),
    height: fc.integer({ min: 0, max: 20 }),
  });
  fc.assert(
    fc.property(
      place,
      place,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      (area, window, size, s) => {
        const stride = Math.min(s, size);
        const tiles = new TileRows(area, size, stride);
        const list: PatchWindow[] = [];
        for (let row = -90; row <= 90; row++)
          for (let col = -90; col <= 90; col++) {
            const tile = { col: col * stride, row: row * stride, width: size, height: size };
            if (commonPatches(tile, area)) list.push(tile);
          }
        expect([...tiles]).toEqual(list);
        expect(tiles.length).toBe(list.length);
        const near = list.flatMap((tile, index) => (commonPatches(tile, window) ? [index] : []));
        expect([...tiles.touching(window)]).toEqual(near);
      },
    ),
    { numRuns: 40 },
  );
});

test("the tiles of a whole Sentinel-2 scene take no memory", () => {
  const tiles = new TileRows({ col: 0, row: 0, width: 10_980, height: 10_980 }, 6, 3);
  expect(tiles.length).toBe(3661 ** 2);
  expect(tiles.at(tiles.length - 1)).toEqual({ col: 10_977, row: 10_977, width: 6, height: 6 });
});
