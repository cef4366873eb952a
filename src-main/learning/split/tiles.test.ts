import { expect, test } from "vitest";
import { randomStream } from "../../files/index.ts";
import { stratifiedGroups } from "./stratify.ts";
import { type SplitTile, tileBlocks } from "./tiles.ts";

const at = (x: number, y: number, classes: readonly number[] = [1], side = 60): SplitTile => ({
  minX: x,
  minY: y,
  maxX: x + side,
  maxY: y + side,
  classes,
});

test("every part gets its share of every class, of common pairs and of rare classes", () => {
  const random = randomStream(5);
  const tiles = Array.from({ length: 500 }, (_, i) =>
    at(
      60 * i,
      0,
      [1, 2, 3, 4].filter((code) => random() < [0.7, 0.4, 0.1, 0.02][code - 1]!),
    ),
  );
  const parts = stratifiedGroups(tiles, tiles.map((_, i) => String(i)), [0.6, 0.1, 0.3], 3); // biome-ignore format: one call
  for (const code of [1, 2, 3, 4]) {
    const own = parts.filter((_, i) => tiles[i]!.classes.includes(code));
    for (const [part, share] of [0.6, 0.1, 0.3].entries()) {
      const count = own.filter((one) => one === part).length;
      expect(Math.abs(count - share * own.length), `class ${code} part ${part}`).toBeLessThanOrEqual(
        Math.max(1.5, 0.03 * own.length),
      );
    }
  }
  expect(stratifiedGroups(tiles, tiles.map((_, i) => String(i)), [0.6, 0.1, 0.3], 3)).toEqual(parts); // biome-ignore format: one call
  expect(stratifiedGroups(tiles, tiles.map((_, i) => String(i)), [0.6, 0.1, 0.3], 4)).not.toEqual(parts); // biome-ignore format: one call
});

test("a group is never divided, and a share of nothing gets nothing", () => {
  const tiles = Array.from({ length: 60 }, (_, i) => at(60 * i, 0, [1 + (i % 3)]));
  const groups = tiles.map((_, i) => String(Math.floor(i / 7)));
  const parts = stratifiedGroups(tiles, groups, [0.7, 0, 0.3], 1);
  for (const group of new Set(groups)) expect(new Set(parts.filter((_, i) => groups[i] === group)).size).toBe(1);
  expect(parts).not.toContain(1);
  expect(new Set(parts)).toEqual(new Set([0, 2]));
});

test("tiles that overlap stay in one block group, also across a border; tiles that share an edge do not", () => {
  const [left, right] = [at(30, 0), at(90, 0)];
  // Middles at 60 and 120: two blocks of 100, one common edge.
  expect(new Set(tileBlocks([left, right], 100)).size).toBe(2);
  const between = at(80, 10);
  expect(new Set(tileBlocks([left, right, between], 100)).size).toBe(1);
  expect(new Set(tileBlocks([left, at(80, 300), right], 100)).size).toBe(3);
});

test("overlaps are found as a comparison of all pairs finds them", () => {
  const random = randomStream(9);
  const tiles = Array.from({ length: 300 }, () => at(random() * 3000, random() * 3000));
  // Blocks so small that every tile has its own: what is left are overlaps.
  const groups = tileBlocks(tiles, 0.001);
  const near = tiles.map(() => new Set<number>());
  for (const [i, p] of tiles.entries())
    for (const [j, q] of tiles.entries())
      if (p.minX < q.maxX && q.minX < p.maxX && p.minY < q.maxY && q.minY < p.maxY) near[i]!.add(j);
  const seen = new Set<number>();
  for (const i of tiles.keys()) {
    if (seen.has(i)) continue;
    const all = new Set([i]);
    for (const member of all) for (const other of near[member]!) all.add(other);
    for (const member of all) seen.add(member);
    expect(new Set([...all].map((member) => groups[member])).size).toBe(1);
    expect(groups.filter((group) => group === groups[i])).toHaveLength(all.size);
  }
});
