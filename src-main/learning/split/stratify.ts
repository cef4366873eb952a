import { randomStream, shuffled } from "../../files/index.ts";

/** What a subset gets a share of: a tile, a polygon, the part of a polygon in one block. */
export interface StratifiedItem {
  /** codes of the classes it holds */
  readonly classes: readonly number[];
  /** in any unit, as patches; each item counts 1 where there is none */
  readonly weight?: number;
}

/**
 * Gives groups of items to subsets so that each subset gets its share of every class: iterative stratification for several
 * labels at once (Sechidis et al. 2011, “On the stratification of multi-label data”). The rarest class among the groups that are left chooses first; of equal wants the
 * subset that lacks most gets the group, then a seeded draw decides.
 * @param groups the group of each item
 * @param shares what each subset should get; they need not sum to 1
 * @returns the subset of each item
 */
export function stratifiedGroups(
  items: readonly StratifiedItem[],
  groups: readonly string[],
  shares: readonly number[],
  seed: number,
): number[] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const next = randomStream(seed);
  const byName = new Map<string, { readonly counts: Map<number, number>; size: number }>();
  for (const [i, { classes, weight = 1 }] of items.entries()) {
    const group = byName.get(groups[i]!) ?? { counts: new Map<number, number>(), size: 0 };
    group.size += weight;
    for (const code of classes) group.counts.set(code, (group.counts.get(code) ?? 0) + weight);
    byName.set(groups[i]!, group);
  }
  const codes = [...new Set(items.flatMap(({ classes }) => classes))].toSorted((p, q) => p - q);
  const sums = new Map(
    codes.map((code) => [
      code,
      items.reduce((sum, { classes, weight = 1 }) => sum + (classes.includes(code) ? weight : 0), 0),
    ]),
  );
  /** weight of a class (or in all) that a subset still wants */
  const wants = shares.map((share) => new Map(codes.map((code) => [code, (share / total) * sums.get(code)!])));
  const whole = items.reduce((sum, { weight = 1 }) => sum + weight, 0);
  const room = shares.map((share) => (share / total) * whole);
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
  return items.map((_, i) => subsetOf.get(groups[i]!)!);
}
