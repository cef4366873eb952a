import { groupedFolds } from "./folds.ts";
import { fitLogisticRegression, type LogisticRegression, predictLogisticRegression } from "./logistic-regression.ts";
import { type LabelledTable, rowsOf } from "./table.ts";
import { fitTemperature } from "./temperature.ts";

/** Penalties that are tried, the strongest first. */
const triedPenalties: readonly number[] = [1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 0.1, 1];
/**
 * Where fewer than half of the classes have two polygons, what can be held out says nothing of most classes: the choice would be
 * between those two or three alone, and any of eight penalties may win it.
 */
export const usualPenalty = 1e-3;
const mostFolds = 5;
/** Scores this close are equal: the stronger penalty is taken, which depends less on the rows it saw. */
const closeScores = 0.01;
/** Enough to tell classes apart; what is kept is fitted sharper. */
const rough = { tolerance: 3e-4, mostIterations: 60 };
/** Penalties are compared on so many rows, the same number of each polygon as far as it goes. */
const mostRows = 2000;

/** What choosing a penalty costs at most: fits of so many rows, so many iterations each. */
export const penaltyTrials = {
  fits: mostFolds * triedPenalties.length,
  mostRows,
  mostIterations: rough.mostIterations,
} as const;

export interface ChosenPenalty {
  readonly c: number;
  /** with as many rows as were looked at; empty where nothing could be held out */
  readonly tried: readonly { readonly c: number; readonly macroF1: number }[];
  /** what makes the probabilities of this penalty fit held-out polygons; 1 where nothing could be held out */
  readonly temperature: number;
}

/**
 * Chooses the penalty of a logistic regression by holding polygons out, five folds of them at most: the highest macro F1 of all held-out
 * rows together, each *polygon* counted the same. Macro, because a rare class is asked for as much as a common one; by polygon,
 * because rows of one polygon are one observation and a large one would decide alone; all folds together, because a fold has too few
 * polygons for a score of its own.
 * @throws Error for a table that is none; what `signal` was aborted with
 */
export async function choosePenalty(
  table: LabelledTable,
  groups: Int32Array,
  {
    seed,
    signal,
    onProgress,
  }: {
    readonly seed: number;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: (fraction: number) => void;
  },
): Promise<ChosenPenalty> {
  const some = someOfEach(groups, mostRows);
  if (some.length < table.rows) {
    const own = Int32Array.from(some, (row) => groups[row]!);
    const { c, ...chosen } = await choosePenalty(rowsOf(table, some), own, {
      seed,
      signal,
      ...(onProgress ? { onProgress } : {}),
    });
    // The penalty stays the same beside the *mean* loss of a row.
    return { ...chosen, c: chosen.tried.length > 0 ? (c * some.length) / table.rows : c };
  }
  const perClass = groupsOfClasses(table, groups);
  const count = Math.min(mostFolds, Math.max(...perClass));
  if (count < 2) return { c: usualPenalty, tried: [], temperature: 1 };
  const folds = groupedFolds({ groups, classes: table.classes }, count, seed);
  const telling = 2 * perClass.filter((own) => own >= 2).length >= perClass.filter((own) => own >= 1).length;
  const penalties = telling ? triedPenalties : [usualPenalty];
  const answers = penalties.map(() => new Int32Array(table.rows).fill(-1));
  const told = penalties.map(() => new Float32Array(table.rows * table.classCount));
  for (let fold = 0; fold < count; fold++) {
    const rows = [...folds.keys()];
    const held = rows.filter((i) => folds[i] === fold);
    const learned = rowsOf(table, rows.filter((i) => folds[i] !== fold)); // biome-ignore format: one call
    const asked = rowsOf(table, held);
    let model: LogisticRegression | undefined;
    for (const [at, c] of penalties.entries()) {
      model = await fitLogisticRegression(learned, {
        c,
        ...rough,
        from: model,
        ...(signal ? { signal } : {}),
      });
      const shares = predictLogisticRegression(model, asked);
      for (const [i, row] of held.entries()) {
        const begin = i * table.classCount;
        answers[at]![row] = highest(shares, begin, table.classCount);
        told[at]!.set(shares.subarray(begin, begin + table.classCount), row * table.classCount);
      }
      onProgress?.((fold + (at + 1) / penalties.length) / count);
    }
  }
  const tried = penalties.map((c, at) => ({ c, macroF1: macroF1ByGroup(answers[at]!, table, groups) }));
  const best = Math.max(...tried.map(({ macroF1 }) => macroF1));
  const chosen = tried.findIndex(({ macroF1 }) => macroF1 >= best - closeScores);
  const asked = Uint8Array.from(folds, (fold) => (fold >= 0 ? 1 : 0));
  const { classCount, classes } = table;
  const temperature = fitTemperature({ shares: told[chosen]!, classCount, classes, groups, asked });
  return { c: tried[chosen]!.c, tried, temperature };
}

/** At most about `most` rows, evenly spread over each group: all of small groups, the same number of large ones. */
function someOfEach(groups: Int32Array, most: number): Int32Array {
  const sizes = new Map<number, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  if (groups.length <= most) return Int32Array.from(groups.keys());
  let [low, high] = [1, Math.max(...sizes.values())];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    let rows = 0;
    for (const size of sizes.values()) rows += Math.min(size, middle);
    if (rows <= most) low = middle;
    else high = middle - 1;
  }
  const seen = new Map<number, number>();
  return Int32Array.from(groups.keys()).filter((row) => {
    const group = groups[row]!;
    const at = seen.get(group) ?? 0;
    seen.set(group, at + 1);
    const share = Math.min(1, low / sizes.get(group)!);
    return Math.floor((at + 1) * share + 1e-9) > Math.floor(at * share + 1e-9);
  });
}

/** [classCount] the number of groups of each class. */
function groupsOfClasses({ classes, classCount }: LabelledTable, groups: Int32Array): number[] {
  const found = Array.from({ length: classCount }, () => new Set<number>());
  for (const [i, own] of classes.entries()) found[own]!.add(groups[i]!);
  return found.map(({ size }) => size);
}

function highest(shares: Float32Array, begin: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (shares[begin + k]! > shares[begin + best]!) best = k;
  return best;
}

/** Mean F1 of the classes with answers, where the rows of a group count as much as those of any other group. −1: not asked. */
export function macroF1ByGroup(
  answers: Int32Array,
  { classes, classCount }: LabelledTable,
  groups: Int32Array,
): number {
  const sizes = new Map<number, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const hit = new Float64Array(classCount);
  const called = new Float64Array(classCount);
  const is = new Float64Array(classCount);
  for (let i = 0; i < answers.length; i++) {
    if (answers[i]! < 0) continue;
    const weight = 1 / sizes.get(groups[i]!)!;
    called[answers[i]!]! += weight;
    is[classes[i]!]! += weight;
    if (answers[i] === classes[i]) hit[classes[i]!]! += weight;
  }
  const seen = [...is.keys()].filter((k) => is[k]! > 0);
  return seen.reduce((sum, k) => sum + (2 * hit[k]!) / (called[k]! + is[k]!), 0) / Math.max(1, seen.length);
}
