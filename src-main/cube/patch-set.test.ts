import fc from "fast-check";
import { expect, test } from "vitest";
import type { PatchWindow } from "./grid.ts";
import { PatchSet } from "./patch-set.ts";

const window = fc.record({
  col: fc.integer({ min: -12, max: 12 }),
  row: fc.integer({ min: -12, max: 12 }),
  width: fc.integer({ min: 1, max: 9 }),
  height: fc.integer({ min: 1, max: 9 }),
});
const windows = fc.array(window, { maxLength: 12 });

/** The slow reference: every patch by its coordinates. */
function patchesOf(list: readonly PatchWindow[]): Set<string> {
  const found = new Set<string>();
  for (const { col, row, width, height } of list)
    for (let y = row; y < row + height; y++) for (let x = col; x < col + width; x++) found.add(`${x} ${y}`);
  return found;
}
const namesOf = (set: PatchSet) =>
  patchesOf(
    set.bands.flatMap(({ row, height, spans }) =>
      Array.from({ length: spans.length / 2 }, (_, i) => ({
        col: spans[2 * i]!,
        row,
        width: spans[2 * i + 1]! - spans[2 * i]!,
        height,
      })),
    ),
  );
const both = (p: ReadonlySet<string>, q: ReadonlySet<string>) => [...p].filter((name) => q.has(name));
const sorted = (names: Iterable<string>) => [...names].sort();

test("union, intersection, counting and asking agree with a list of all patches", () => {
  fc.assert(
    fc.property(windows, windows, window, (first, second, place) => {
      const [p, q] = [PatchSet.of(first), PatchSet.of(second)];
      const [a, b, here] = [patchesOf(first), patchesOf(second), patchesOf([place])];
      expect(p.size).toBe(a.size);
      expect(sorted(namesOf(p))).toEqual(sorted(a));
      expect(sorted(namesOf(p.with(q)))).toEqual(sorted([...new Set([...a, ...b])]));
      expect(sorted(namesOf(p.within(q)))).toEqual(sorted(both(a, b)));
      expect(sorted(namesOf(p.inside(place)))).toEqual(sorted(both(a, here)));
      expect(p.countIn(place)).toBe(both(a, here).length);
      expect(p.touches(place)).toBe(both(a, here).length > 0);
      expect(p.has(place.col, place.row)).toBe(a.has(`${place.col} ${place.row}`));
      expect(p.equals(q)).toBe(a.size === b.size && both(a, b).length === a.size);
    }),
    { numRuns: 400 },
  );
});

test("what at least two sets hold", () => {
  fc.assert(
    fc.property(fc.array(windows, { maxLength: 4 }), (lists) => {
      const counts = new Map<string, number>();
      for (const list of lists) for (const name of patchesOf(list)) counts.set(name, (counts.get(name) ?? 0) + 1);
      const twice = [...counts].filter(([, count]) => count > 1).map(([name]) => name);
      expect(sorted(namesOf(PatchSet.heldTwice(lists.map((list) => PatchSet.of(list)))))).toEqual(sorted(twice));
    }),
  );
});

test("windows hold every patch once and are at least half full", () => {
  fc.assert(
    fc.property(windows, (list) => {
      const set = PatchSet.of(list);
      const parts = set.windows();
      const held = parts.map((part) => set.countIn(part));
      expect(held.reduce((sum, count) => sum + count, 0)).toBe(set.size);
      expect(patchesOf(parts).size).toBe(parts.reduce((sum, { width, height }) => sum + width * height, 0));
      for (const [i, { width, height }] of parts.entries()) expect(2 * held[i]!).toBeGreaterThanOrEqual(width * height);
    }),
    { numRuns: 300 },
  );
});

test("places are the patches that hang together, corners included", () => {
  fc.assert(
    fc.property(windows, (list) => {
      const set = PatchSet.of(list);
      const left = patchesOf(list);
      const slow: string[][] = [];
      while (left.size > 0) {
        const [seed] = left;
        left.delete(seed!);
        const own = [seed!];
        for (let at = 0; at < own.length; at++) {
          const [x, y] = own[at]!.split(" ").map(Number) as [number, number];
          for (const dx of [-1, 0, 1])
            for (const dy of [-1, 0, 1]) if (left.delete(`${x + dx} ${y + dy}`)) own.push(`${x + dx} ${y + dy}`);
        }
        slow.push(own.sort());
      }
      const fast = set.places().map((place) => sorted(namesOf(place)));
      expect(fast.map((names) => names.join()).sort()).toEqual(slow.map((names) => names.join()).sort());
    }),
    { numRuns: 200 },
  );
});

test("a filled rectangle is one window and one band, however it was put together", () => {
  const set = PatchSet.of([
    { col: 0, row: 0, width: 5, height: 10 },
    { col: 5, row: 0, width: 5, height: 4 },
    { col: 4, row: 3, width: 6, height: 7 },
  ]);
  expect(set.bands).toEqual([{ row: 0, height: 10, spans: [0, 10] }]);
  expect(set.windows()).toEqual([{ col: 0, row: 0, width: 10, height: 10 }]);
  expect(set.places()).toHaveLength(1);
});

test("twenty thousand tiles far apart stay twenty thousand stretches", () => {
  const tiles = Array.from({ length: 20_000 }, (_, i) => ({
    col: ((i * 7919) % 200) * 100,
    row: Math.floor(((i * 104_729) % 20_000) / 200) * 100,
    width: 6,
    height: 6,
  }));
  const distinct = new Set(tiles.map(({ col, row }) => `${col} ${row}`)).size;
  const set = PatchSet.of(tiles);
  expect(set.size).toBe(36 * distinct);
  expect(set.places()).toHaveLength(distinct);
  expect(set.windows()).toHaveLength(distinct);
});
