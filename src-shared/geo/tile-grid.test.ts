import { expect, test } from "vitest";
import { apply } from "./affine.ts";
import { boundsOf } from "./geobox.ts";
import {
  boundsOfTile,
  deepestLevel,
  geoboxOfTile,
  levelFor,
  resolutionOfLevel,
  tileSize,
  tilesCovering,
} from "./tile-grid.ts";

test("ten metres are a level, and every level halves the one above", () => {
  expect(resolutionOfLevel(13)).toBe(10);
  for (let z = 1; z <= deepestLevel; z++) expect(resolutionOfLevel(z - 1) / resolutionOfLevel(z)).toBe(2);
});

test("the nearest level is nearest as a ratio, and never outside of the pyramid", () => {
  expect(levelFor(10)).toBe(13);
  expect(levelFor(14)).toBe(13);
  expect(levelFor(14.2)).toBe(12);
  expect(levelFor(1e12)).toBe(0);
  expect(levelFor(1e-30)).toBe(deepestLevel);
});

test("four tiles of a level fill the tile above them, on both sides of the origin", () => {
  for (const tile of [
    { z: 5, x: 3, y: 4 },
    { z: 9, x: -7, y: -1 },
  ]) {
    const { z, x, y } = tile;
    const children = [0, 1].flatMap((j) => [0, 1].map((i) => ({ z: z + 1, x: 2 * x + i, y: 2 * y + j })));
    expect(tilesCovering(boundsOfTile(tile), z + 1)).toEqual(children);
  }
});

test("a tile's grid is its bounds, north up, and its pixels of 10 m lie on multiples of 10", () => {
  // A Sentinel-2 tile's corner (31UFS) is a pixel corner.
  const [tile] = tilesCovering({ minX: 600000, minY: 5699990, maxX: 600010, maxY: 5700000 }, 13);
  const grid = geoboxOfTile("EPSG:32631", tile!);
  expect(boundsOf(grid)).toEqual(boundsOfTile(tile!));
  expect([grid.width, grid.height]).toEqual([tileSize, tileSize]);
  const [x, y] = apply(grid.affine, 0, 0);
  expect([x % 10, y % 10]).toEqual([0, 0]);
});

test("bounds that end on a tile's edge do not take the next tile", () => {
  const side = tileSize * resolutionOfLevel(13);
  expect(tilesCovering({ minX: 0, minY: -side, maxX: side, maxY: 0 }, 13)).toEqual([{ z: 13, x: 0, y: 0 }]);
});
