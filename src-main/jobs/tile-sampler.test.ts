import { expect, test } from "vitest";
import { anywhere } from "./tile-sampler.ts";

const area = { col: 100, row: -50, width: 300, height: 200 };

test("tiles anywhere are a function of seed and draw, and lie inside the area", () => {
  const tiles = anywhere(area, 6, 1)(3, 400);
  expect(anywhere(area, 6, 1)(3, 400)).toEqual(tiles);
  expect(anywhere(area, 6, 1)(4, 400)).not.toEqual(tiles);
  expect(anywhere(area, 6, 2)(3, 400)).not.toEqual(tiles);
  for (const { col, row, width, height } of tiles) {
    expect([width, height]).toEqual([6, 6]);
    expect(col >= 100 && col + 6 <= 400 && row >= -50 && row + 6 <= 150).toBe(true);
  }
});

test("over many draws every part of the area is looked at", () => {
  const draw = anywhere(area, 6, 1);
  const quarters = new Map<string, number>();
  for (let index = 0; index < 200; index++)
    for (const { col, row } of draw(index, 10)) {
      const key = `${col < 250} ${row < 50}`;
      quarters.set(key, (quarters.get(key) ?? 0) + 1);
    }
  expect(quarters.size).toBe(4);
  for (const count of quarters.values()) expect(count).toBeGreaterThan(300);
});

test("an area smaller than a tile lies inside every tile", () => {
  for (const { col, row } of anywhere({ col: 10, row: 20, width: 3, height: 2 }, 6, 1)(0, 100)) {
    expect(col <= 10 && col + 6 >= 13).toBe(true);
    expect(row <= 20 && row + 6 >= 22).toBe(true);
  }
});
