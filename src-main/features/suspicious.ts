import {
  fitTemperature,
  groupedFolds,
  type LabelledTable,
  predictLogisticRegression,
  rowsOf,
} from "../classifiers/index.ts";
import { fitInstant, spreadRows } from "./instant-model.ts";

/** A label that the others contradict. */
export interface SuspiciousGroup {
  readonly group: number;
  /** positions of classes */
  readonly own: number;
  readonly proposed: number;
  /** mean probability over its rows, from 0 to 1: of the class it has, and of the one that is likelier */
  readonly ownShare: number;
  readonly proposedShare: number;
  readonly rows: number;
}

export interface SuspiciousGroups {
  /** the most contradicted first */
  readonly found: readonly SuspiciousGroup[];
  /** labels that were judged, and those whose class has no other label: nothing can be said of them */
  readonly judged: number;
  readonly alone: number;
}

const folds = 5;
/** Rows that each fold learns from at most; all others are asked. */
const most = 1500;
/** Enough to tell classes apart. */
const rough = { tolerance: 1e-3, mostIterations: 40 } as const;
/** A label is suspicious when another class is at least so likely, and so many times as likely as its own. */
const contradicted = { share: 0.5, times: 3 } as const;

/**
 * Labels whose class differs from what is learned from all the others: every label is held out whole once, in five folds.
 * @param table of standardised values
 * @param groups [rows] the label of each row
 * @throws what `signal` was aborted with
 * @see Northcutt et al. 2021, Confident Learning: Estimating Uncertainty in Dataset Labels (out-of-sample probabilities)
 */
export async function suspiciousGroups(
  table: LabelledTable,
  groups: Int32Array,
  signal?: AbortSignal,
): Promise<SuspiciousGroups> {
  const { classCount, classes } = table;
  const foldOf = groupedFolds({ groups, classes }, folds, 0);
  const shares = new Float32Array(table.rows * classCount);
  const all = [...foldOf.keys()];
  for (let fold = 0; fold < folds; fold++) {
    const held = all.filter((i) => foldOf[i] === fold);
    const others = all.filter((i) => foldOf[i] !== fold);
    const some = spreadRows(Int32Array.from(others, (i) => groups[i]!), most).map((at) => others[at]!); // biome-ignore format: one chain
    const learned = rowsOf(table, some);
    if (held.length === 0 || new Set(learned.classes).size < 2) continue;
    const told = predictLogisticRegression(await fitInstant(learned, { signal }, rough), rowsOf(table, held));
    for (const [i, row] of held.entries())
      shares.set(told.subarray(i * classCount, (i + 1) * classCount), row * classCount);
  }
  const asked = Uint8Array.from(all, (i) => (foldOf[i]! >= 0 && shares.subarray(i * classCount, (i + 1) * classCount).some((share) => share > 0) ? 1 : 0)); // biome-ignore format: one call
  const temperature = fitTemperature({ shares, classCount, classes, groups, asked });
  const sums = new Map<number, { readonly means: Float64Array; readonly own: number; rows: number }>();
  for (const i of all) {
    if (asked[i] !== 1) continue;
    const sum = sums.get(groups[i]!) ?? { means: new Float64Array(classCount), own: classes[i]!, rows: 0 };
    sums.set(groups[i]!, sum);
    sum.rows++;
    const sharp = Float64Array.from(
      shares.subarray(i * classCount, (i + 1) * classCount),
      (share) => share ** (1 / temperature),
    );
    const whole = sharp.reduce((total, share) => total + share, 0);
    for (const [k, share] of sharp.entries()) sum.means[k]! += share / whole;
  }
  const found = [...sums].flatMap(([group, sum]): SuspiciousGroup[] => {
    const means = sum.means.map((total) => total / sum.rows);
    const proposed = means.indexOf(Math.max(...means));
    const [ownShare, proposedShare] = [means[sum.own]!, means[proposed]!];
    if (proposed === sum.own || proposedShare < contradicted.share || proposedShare < contradicted.times * ownShare)
      return [];
    return [{ group, own: sum.own, proposed, ownShare, proposedShare, rows: sum.rows }];
  });
  found.sort((p, q) => q.proposedShare - q.ownShare - (p.proposedShare - p.ownShare) || p.group - q.group);
  return { found, judged: sums.size, alone: new Set(groups).size - sums.size };
}
