import { fitLogisticRegression, type LabelledTable, type LogisticRegression } from "../classifiers/index.ts";
import type { FeatureLayer } from "./layer.ts";

// What the instant map learns: the penalised regression, on columns that the layer has standardised.

/** Rows that it learns from at most: of larger labels the same number of patches. More of the same polygons teach nothing new and take longer. */
export const instantRows = 4000;

/**
 * The inverse strength of its penalty. Strong, because clicks are few: beside the *mean* loss of a row it stays the same however many there are,
 * and with it what columns can say together. Measured on the sample (`npm run bench:clicks`): best from 1 to 1,000 clicks per class.
 */
export const instantPenalty = ({ rows, columns }: Pick<LabelledTable, "rows" | "columns">): number =>
  6 / (rows * columns);

/** A slope that moves no answer. */
const close = { tolerance: 1e-4, mostIterations: 100 } as const;

/**
 * Fits the regression that the instant map shows: [rows, columns] standardised values and their classes.
 * @param from what was learned before this edit, of the same columns: it is gone on from there when it knows the same classes
 * @throws Error for a table that is none; what `signal` was aborted with
 */
export function fitInstant(
  table: LabelledTable,
  from?: LogisticRegression,
  signal?: AbortSignal,
): Promise<LogisticRegression> {
  const scaling = { means: new Float32Array(table.columns), spreads: new Float32Array(table.columns).fill(1) };
  const occurring = [...new Set(table.classes)].sort((p, q) => p - q);
  return fitLogisticRegression(table, {
    c: instantPenalty(table),
    scaling,
    ...close,
    from: from && String(Array.from(from.taught)) === String(occurring) ? from : undefined,
    ...(signal ? { signal } : {}),
  });
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
export function answererOf({ factors }: FeatureLayer, fitted: LogisticRegression, codes: readonly number[]): Answerer {
  const { columns, taught, weights, intercepts } = fitted;
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
