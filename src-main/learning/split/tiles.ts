// Which labelled tiles train, validate and test. A tile is never divided; tiles that overlap stay in one set.
import { randomStream, shuffled } from "../../files/index.ts";

/** A tile with its place (lower-left and upper-right) and the classes it holds. */
export interface SplitTile {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
  readonly classes: readonly number[];
}

/**
 * Gives groups of tiles to subsets so that each subset gets its share of every class: iterative stratification for several
 * labels at once (Sechidis et al. 2011). The rarest class among the groups that are left chooses first; of equal wants the
 * subset that lacks most tiles gets the group, then a seeded draw decides.
 * @param groups the group of each tile
 * @param shares what each subset should get; they need not sum to 1
 * @returns the subset of each tile
 */
export function stratifiedGroups(
  tiles: readonly Pick<SplitTile, "classes">[],
  groups: readonly string[],
  shares: readonly number[],
  seed: number,
): number[] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const next = randomStream(seed);
  const byName = new Map<string, { readonly counts: Map<number, number>; size: number }>();
  for (const [i, { classes }] of tiles.entries()) {
    const group = byName.get(groups[i]!) ?? { counts: new Map<number, number>(), size: 0 };
    group.size++;
    for (const code of classes) group.counts.set(code, (group.counts.get(code) ?? 0) + 1);
    byName.set(groups[i]!, group);
  }
  const codes = [...new Set(tiles.flatMap(({ classes }) => classes))].toSorted((p, q) => p - q);
  const sums = new Map(
    codes.map((code) => [code, tiles.reduce((sum, { classes }) => sum + (classes.includes(code) ? 1 : 0), 0)]),
  );
  /** tiles of a class (or in all) that a subset still wants */
  const wants = shares.map((share) => new Map(codes.map((code) => [code, (share / total) * sums.get(code)!])));
  const room = shares.map((share) => (share / total) * tiles.length);
  const subsetOf = new Map<string, number>();
  // Large groups first within a class: they are hard to place later.
  const waiting = new Map(shuffled([...byName], next).toSorted((p, q) => q[1].size - p[1].size));
  const give = (name: string, code: number | undefined) => {
    const group = waiting.get(name)!;
    let best = -1;
    for (const [subset, share] of shares.entries()) {
      if (share <= 0) continue;
      if (best < 0) {
        best = subset;
        continue;
      }
      const own = code === undefined ? 0 : wants[subset]!.get(code)!;
      const other = code === undefined ? 0 : wants[best]!.get(code)!;
      if (own > other + 1e-9 || (Math.abs(own - other) <= 1e-9 && room[subset]! > room[best]!)) best = subset;
    }
    for (const [own, count] of group.counts) wants[best]!.set(own, wants[best]!.get(own)! - count);
    room[best]! -= group.size;
    subsetOf.set(name, best);
    waiting.delete(name);
  };
  while (waiting.size > 0) {
    const left = new Map<number, number>();
    for (const { counts } of waiting.values())
      for (const [code, count] of counts) left.set(code, (left.get(code) ?? 0) + count);
    const rarest = [...left].toSorted((p, q) => p[1] - q[1] || p[0] - q[0])[0]?.[0];
    const names = [...waiting].filter(([, { counts }]) => rarest === undefined || counts.has(rarest));
    for (const [name] of names) give(name, rarest);
  }
  return tiles.map((_, i) => subsetOf.get(groups[i]!)!);
}

/**
 * The group of each tile in a split by blocks: the square of `side` map units, counted from the origin of the CRS, that holds
 * its middle. Tiles that overlap are in one group, also across a border of blocks: no pixel is both learned and tested.
 */
export function tileBlocks(tiles: readonly SplitTile[], side: number): string[] {
  const parent = tiles.map((_, i) => i);
  const root = (i: number): number => {
    let at = i;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  const join = (i: number, j: number) => {
    const [a, b] = [root(i), root(j)];
    if (a !== b) parent[Math.max(a, b)] = Math.min(a, b);
  };
  const first = new Map<string, number>();
  for (const [i, { minX, minY, maxX, maxY }] of tiles.entries()) {
    const key = `${Math.floor((minX + maxX) / 2 / side)}:${Math.floor((minY + maxY) / 2 / side)}`;
    const known = first.get(key);
    if (known === undefined) first.set(key, i);
    else join(known, i);
  }
  // Swept from west to east: only tiles that begin before another ends can overlap.
  const order = [...tiles.keys()].toSorted((p, q) => tiles[p]!.minX - tiles[q]!.minX);
  let open: number[] = [];
  for (const i of order) {
    const own = tiles[i]!;
    // An overlap below a millionth of a tile is a common edge.
    const slack = 1e-6 * (own.maxX - own.minX);
    open = open.filter((j) => tiles[j]!.maxX - own.minX > slack);
    for (const j of open) {
      const other = tiles[j]!;
      if (Math.min(own.maxY, other.maxY) - Math.max(own.minY, other.minY) > slack) join(i, j);
    }
    open.push(i);
  }
  return tiles.map((_, i) => String(root(i)));
}
