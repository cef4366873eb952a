import { expect, test } from "vitest";
import { PatchSet } from "../cube/index.ts";
import { anywhere, anywhereIn } from "./tile-sampler.ts";

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

const places = PatchSet.of([
  { col: 0, row: 0, width: 6, height: 6 },
  { col: 5000, row: 100, width: 6, height: 6 },
  { col: 9000, row: -7000, width: 40, height: 40 },
]);

test("of separate places every tile is taken where there is data, and larger places are seen more often", () => {
  const draw = anywhereIn(places, 8, 1);
  const seen = new Map<number, number>();
  for (let index = 0; index < 40; index++)
    for (const tile of draw(index, 50)) {
      expect(places.countIn(tile)).toBeGreaterThanOrEqual(18);
      const place = places.places().findIndex((set) => set.touches(tile));
      seen.set(place, (seen.get(place) ?? 0) + 1);
    }
  const [large, ...small] = [seen.get(0)!, seen.get(1)!, seen.get(2)!];
  expect(small.every((count) => count > 0 && count < large! / 5)).toBe(true);
});

test("half of the places drawn are those that two inputs see, however few they are", () => {
  const shared = PatchSet.ofWindow({ col: 9000, row: -7000, width: 10, height: 10 });
  let inShared = 0;
  for (let index = 0; index < 40; index++)
    for (const tile of anywhereIn(places, 8, 1, shared)(index, 50)) if (shared.countIn(tile) >= 32) inShared++;
  expect(inShared).toBeGreaterThan(800);
  // Nothing shared: everywhere, as without the wish.
  expect(anywhereIn(places, 8, 1, PatchSet.empty)(3, 20)).toEqual(anywhereIn(places, 8, 1)(3, 20));
});

test("one whole rectangle is drawn from as before there were places", () => {
  // Written down from the version without footprints.
  const formerTiles = [
    [351, 63],
    [176, 56],
    [138, 94],
    [199, 72],
  ];
  const drawn = anywhere(area, 6, 1)(3, 4).map(({ col, row }) => [col, row]);
  expect(drawn).toEqual(formerTiles);
  const whole = PatchSet.ofWindow(area);
  expect(anywhereIn(whole, 6, 1, whole)(3, 4).map(({ col, row }) => [col, row])).toEqual(formerTiles);
});
