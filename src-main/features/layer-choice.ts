import {
  groupedFolds,
  type LabelledTable,
  macroF1ByGroup,
  predictLogisticRegression,
  rowsOf,
} from "../classifiers/index.ts";
import { fitInstant, spreadRows } from "./instant-model.ts";

// Which layer the labels are learned from best, as the labels themselves say: each is held out whole.

/** Rows and folds that are enough to compare layers, and how closely each is fitted. */
const tried = { rows: 600, folds: 3, draws: 2 } as const;
const rough = { tolerance: 1e-3, mostIterations: 25 } as const;

/** Layers that differ by less are alike: then the first of them is taken. */
const close = 0.005;

/**
 * Mean F1 of the classes, of labels that are held out whole, all labels alike; `undefined` where fewer than two classes have two labels.
 * @param table standardised rows of labels of the training part
 * @param groups [rows] the label of each
 * @throws what `signal` was aborted with
 */
export async function heldOutScore(
  table: LabelledTable,
  groups: Int32Array,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const some = spreadRows(groups, tried.rows);
  const small = rowsOf(table, some);
  const own = Int32Array.from(some, (row) => groups[row]!);
  const scores: number[] = [];
  for (let draw = 0; draw < tried.draws; draw++) {
    const folds = groupedFolds({ groups: own, classes: small.classes }, tried.folds, draw);
    if (new Set(small.classes.filter((_, i) => folds[i]! >= 0)).size < 2) return undefined;
    const rows = [...folds.keys()];
    const answers = new Int32Array(small.rows).fill(-1);
    for (let fold = 0; fold < tried.folds; fold++) {
      const held = rows.filter((i) => folds[i] === fold);
      if (held.length === 0) continue;
      const learned = rowsOf(small, rows.filter((i) => folds[i] !== fold)); // biome-ignore format: one call
      const shares = predictLogisticRegression(await fitInstant(learned, { signal }, rough), rowsOf(small, held));
      for (const [i, row] of held.entries()) answers[row] = likeliest(shares, i * small.classCount, small.classCount);
    }
    scores.push(macroF1ByGroup(answers, small, own));
  }
  return scores.reduce((sum, one) => sum + one, 0) / scores.length;
}

function likeliest(shares: Float32Array, begin: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (shares[begin + k]! > shares[begin + best]!) best = k;
  return best;
}

/** The first of those that are about as good as the best; the first of all where none has a score. */
export function firstOfBest(scores: readonly (number | undefined)[]): number {
  const best = Math.max(...scores.map((score) => score ?? Number.NEGATIVE_INFINITY));
  const found = scores.findIndex((score) => score !== undefined && score >= best - close);
  return Math.max(0, found);
}
