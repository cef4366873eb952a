import fc from "fast-check";
import { expect, test } from "vitest";
import { DatePlaces } from "./date-places.ts";
import type { SeriesDate } from "./modalities.ts";
import { PatchSet } from "./patch-set.ts";

const window = fc.record({
  col: fc.integer({ min: 0, max: 60 }),
  row: fc.integer({ min: 0, max: 60 }),
  width: fc.integer({ min: 1, max: 12 }),
  height: fc.integer({ min: 1, max: 12 }),
});

test("dates at a place are those whose images touch it, and no tile has more of them than was said", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(window, { minLength: 1, maxLength: 4 }), { maxLength: 8 }),
      window,
      (dates, place) => {
        const sets = new Map(dates.map((windows, index) => [`a${index}`, PatchSet.of(windows)]));
        const series = dates.map((_, index) => ({ date: "2020-01-01", acquisitions: [{ id: `a${index}` }] }) as unknown as SeriesDate); // biome-ignore format: one line
        const places = new DatePlaces(series, (id) => sets.get(id)!);
        const slow = (at: typeof place) => [...sets.values()].flatMap((set, index) => (set.touches(at) ? [index] : []));
        expect(places.touching(place)).toEqual(slow(place));
        const side = 5;
        const most = places.mostAt(side);
        for (let row = -4; row < 72; row += 3)
          for (let col = -4; col < 72; col += 3)
            expect(slow({ col, row, width: side, height: side }).length).toBeLessThanOrEqual(most);
        expect(most).toBeLessThanOrEqual(dates.length);
      },
    ),
    { numRuns: 60 },
  );
});

test("two hundred places with three dates of their own have three dates at a tile, not six hundred", () => {
  const sets = Array.from({ length: 200 }, (_, i) => PatchSet.ofWindow({ col: 50 * i, row: 0, width: 6, height: 6 }));
  const series = Array.from({ length: 600 }, (_, i) => ({ date: "2020-01-01", acquisitions: [{ id: `${i}` }] }) as unknown as SeriesDate); // biome-ignore format: one line
  const own = new DatePlaces(series, (id) => sets[Math.floor(Number(id) / 3)]!);
  expect(own.mostAt(8)).toBe(3);
  // Dates that lie in every third place alone: a tile sees 67 × 3 of 600 dates at the most, and here 200.
  const shared = Array.from({ length: 3 }, (_, k) => PatchSet.union(sets.filter((_, i) => i % 3 === k)));
  expect(new DatePlaces(series, (id) => shared[Number(id) % 3]!).mostAt(8)).toBe(200);
});
