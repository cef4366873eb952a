import { seededRandom, shuffled } from "../files/index.ts";

/** Which polygon each row lies in, and what it is. */
export interface Grouped {
  /** [rows] */
  readonly groups: Int32Array;
  /** [rows]; all rows of a group are of one class */
  readonly classes: Int32Array;
}

/**
 * [rows] the fold that each row is held out in; −1 for those that never are, because their class has no other group. Groups are
 * never divided: patches of one polygon look alike, and a method that saw some of them knows the others. The groups of
 * each class are dealt in random order, each to the fold that has the fewest of the class, then the fewest rows.
 */
export function groupedFolds({ groups, classes }: Grouped, count: number, seed: number): Int32Array {
  const sizes = new Map<number, { readonly group: number; readonly own: number; rows: number }>();
  for (let i = 0; i < groups.length; i++) {
    const known = sizes.get(groups[i]!);
    if (known) known.rows++;
    else sizes.set(groups[i]!, { group: groups[i]!, own: classes[i]!, rows: 1 });
  }
  const byClass = Map.groupBy(
    [...sizes.values()].sort((p, q) => p.group - q.group),
    ({ own }) => own,
  );
  const foldOf = new Map<number, number>();
  const rows = new Float64Array(count);
  for (const [own, members] of [...byClass].sort(([p], [q]) => p - q)) {
    if (members.length < 2) continue;
    const ofClass = new Float64Array(count);
    for (const member of shuffled(members, seededRandom("folds", seed, own))) {
      let best = 0;
      for (let fold = 1; fold < count; fold++)
        if (ofClass[fold]! < ofClass[best]! || (ofClass[fold] === ofClass[best] && rows[fold]! < rows[best]!))
          best = fold;
      foldOf.set(member.group, best);
      ofClass[best]!++;
      rows[best]! += member.rows;
    }
  }
  return groups.map((group) => foldOf.get(group) ?? -1);
}
