import {
  fitLogisticRegression,
  fitTemperature,
  groupedFolds,
  type LabelledTable,
  type LogisticRegression,
  predictLogisticRegression,
  rowsOf,
  withTemperature,
} from "../classifiers/index.ts";
import type { FeatureLayer } from "./layer.ts";

// What the instant map learns: the penalised regression, on columns that the layer has standardised.

/** Rows that it learns from at most, and multiplications of one look at them, those of ten classes and 304 columns: with more of either fewer rows, but at least some of each class. */
const most = { rows: 4000, products: 12.2e6, ofClass: 8 } as const;

/**
 * How many rows it learns from at most: of larger labels the same number of patches. More of the same polygons teach nothing new and take longer,
 * and a fit takes as long as rows, columns and classes together.
 */
export const mostInstantRows = ({ classes, columns }: { readonly classes: number; readonly columns: number }): number =>
  Math.min(most.rows, Math.max(most.ofClass * classes, Math.floor(most.products / Math.max(1, classes * columns))));

/** The penalty of a layer of so many columns, and how strong it is there: measured on seven sets (README.md). */
const penaltyAt = { columns: 304, strength: 6 } as const;
/** Layers of fewer columns were not measured: they are penalised as one of so many. */
const fewestColumns = 19;

/**
 * The inverse strength C of its penalty: 6 / (rows · columns) of 304 columns, and proportional to 1 / (rows · columns²). Beside the *mean* loss of a row
 * it stays the same however many clicks there are. Months repeat one another, so that with twice the columns a direction of the same length moves
 * a score further, and what few clicks say by chance has twice the ways to show: a square holds on all sets, from one date to 152. Labels that are held out
 * do not choose it: clicks in one parcel are alike, and what they hold out of one another asks for too weak a penalty.
 */
export const instantPenalty = ({ rows, columns }: Pick<LabelledTable, "rows" | "columns">): number =>
  (penaltyAt.strength * penaltyAt.columns) / (rows * Math.max(fewestColumns, columns) ** 2);

/** A slope that moves no answer. */
const close = { tolerance: 1e-4, mostIterations: 100 } as const;

/** What is known of the rows of a table beside their classes. */
export interface InstantRows {
  /** [rows] the label that each lies in */
  readonly groups: Int32Array;
  /** what was learned before this edit, of the same columns: it is gone on from there when it knows the same classes */
  readonly from?: LogisticRegression | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fits the regression that the instant map shows: [rows, columns] standardised values and their classes.
 * @throws Error for a table that is none; what `signal` was aborted with
 */
export function fitInstant(
  table: LabelledTable,
  { from, signal }: Pick<InstantRows, "from" | "signal"> = {},
  enough: { readonly tolerance: number; readonly mostIterations: number } = close,
): Promise<LogisticRegression> {
  const scaling = { means: new Float32Array(table.columns), spreads: new Float32Array(table.columns).fill(1) };
  const occurring = [...new Set(table.classes)].sort((p, q) => p - q);
  return fitLogisticRegression(table, {
    c: instantPenalty(table),
    scaling,
    ...enough,
    from: from && String(Array.from(from.taught)) === String(occurring) ? from : undefined,
    ...(signal ? { signal } : {}),
  });
}

/** Enough to tell how sharp probabilities are. */
const rough = { tolerance: 1e-3, mostIterations: 25 } as const;
/** Rows and folds that are enough to say how sharp probabilities are. */
const tried = { rows: 300, folds: 3 } as const;

/**
 * How sharp the regression's probabilities have to be, from labels that are held out whole: a strong penalty makes them nearly alike, however
 * right the classes are. 1 where no class has two labels.
 * @throws what `signal` was aborted with
 */
export async function instantTemperature(table: LabelledTable, { groups, from, signal }: InstantRows): Promise<number> {
  const some = spreadRows(groups, tried.rows);
  const small = rowsOf(table, some);
  const own = Int32Array.from(some, (row) => groups[row]!);
  const folds = groupedFolds({ groups: own, classes: small.classes }, tried.folds, 0);
  const shares = new Float32Array(small.rows * small.classCount);
  for (let fold = 0; fold < tried.folds; fold++) {
    const rows = [...folds.keys()];
    const held = rows.filter((i) => folds[i] === fold);
    if (held.length === 0) continue;
    const learned = rowsOf(small, rows.filter((i) => folds[i] !== fold)); // biome-ignore format: one call
    const told = predictLogisticRegression(await fitInstant(learned, { from, signal }, rough), rowsOf(small, held));
    for (const [i, row] of held.entries())
      shares.set(told.subarray(i * small.classCount, (i + 1) * small.classCount), row * small.classCount);
  }
  const asked = Uint8Array.from(folds, (fold) => (fold >= 0 ? 1 : 0));
  return fitTemperature({ shares, classCount: small.classCount, classes: small.classes, groups: own, asked });
}

/** At most `most` rows, the same number of each group as far as it goes, spread over the group. */
export function spreadRows(groups: Int32Array, most: number): number[] {
  const rowsOfGroup = [...Map.groupBy(groups.keys(), (row) => groups[row]!).values()];
  if (groups.length <= most) return [...groups.keys()];
  const each = Math.max(1, Math.floor(most / rowsOfGroup.length));
  const chosen = rowsOfGroup.flatMap((rows) =>
    Array.from(
      { length: Math.min(each, rows.length) },
      (_, i) => rows[Math.floor((i * rows.length) / Math.min(each, rows.length))]!,
    ),
  );
  const step = Math.max(1, chosen.length / most);
  return chosen.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step)).sort((p, q) => p - q);
}

/** What answers for a patch: a class and how likely it is, or how alike the patch is to those that were labelled. */
export type Answerer =
  | {
      readonly kind: "classes";
      /** [K] the legend's codes */
      readonly codes: Uint8Array;
      /** [K, columns] and [K], for stored numbers */
      readonly weights: Float32Array;
      readonly intercepts: Float32Array;
    }
  | {
      readonly kind: "similarity";
      /** [columns] the direction of the mean of what was labelled, length 1, for stored numbers */
      readonly direction: Float32Array;
      /** [columns] what the square of a stored number is multiplied by in the length of a patch's values */
      readonly lengths: Float32Array;
    };

/**
 * The regression for stored numbers: the layer's factors go into its weights.
 * @param codes of the classes in the order of the table
 */
export function answererOf(
  { factors }: FeatureLayer,
  fitted: LogisticRegression,
  codes: readonly number[],
  temperature = 1,
): Answerer {
  const { columns, taught, weights, intercepts } = withTemperature(fitted, temperature);
  return {
    kind: "classes",
    codes: Uint8Array.from(taught, (position) => codes[position]!),
    weights: weights.map((weight, at) => weight * factors[at % columns]!),
    intercepts,
  };
}

/** What is alike to the mean of some rows, [rows, columns] standardised: the cosine of the angle between both. */
export function similarityTo({ columns, factors }: FeatureLayer, values: Float32Array): Answerer {
  const mean = new Float64Array(columns);
  for (const [at, value] of values.entries()) mean[at % columns]! += value;
  const length = Math.sqrt(mean.reduce((sum, value) => sum + value * value, 0)) || 1;
  return {
    kind: "similarity",
    direction: Float32Array.from(mean, (value, j) => (value / length) * factors[j]!),
    lengths: factors.map((factor) => factor * factor),
  };
}
