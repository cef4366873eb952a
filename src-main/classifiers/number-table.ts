import { checkTable, chosenRows, type Table } from "./table.ts";

/** A table with the number that belongs to each row. */
export interface NumberTable extends Table {
  /** [rows] finite */
  readonly targets: Float64Array;
  /** [rows] above 0: how much a row counts; 1 when left out */
  readonly weights?: Float64Array;
}

/** Numbers beyond this lose all digits of their differences when they are squared and summed. */
const largest = 1e15;

/**
 * Makes sure that a table is what it says it is.
 * @throws Error for what only a caller can have done: sizes that disagree, a target or weight that is no number
 */
export function checkNumbers(table: NumberTable): void {
  checkTable(table);
  const { rows, targets, weights } = table;
  if (targets.length !== rows) throw new Error(`Table of ${rows} rows with ${targets.length} targets`);
  for (const target of targets) if (!(Math.abs(target) <= largest)) throw new Error(`Table: target ${target}`);
  if (!weights) return;
  if (weights.length !== rows) throw new Error(`Table of ${rows} rows with ${weights.length} weights`);
  for (const weight of weights) if (!(weight > 0 && weight < Infinity)) throw new Error(`Table: weight ${weight}`);
}

/** Rows of a table, in the order of `chosen`. */
export const numberRowsOf = (table: NumberTable, chosen: ArrayLike<number>): NumberTable => ({
  ...chosenRows(table, chosen),
  targets: Float64Array.from(chosen, (row) => table.targets[row]!),
});

/** Mean of the targets, each by its weight. */
export function weightedMean(targets: Float64Array, weights?: Float64Array): number {
  let [sum, all] = [0, 0];
  for (const [i, target] of targets.entries()) {
    const weight = weights?.[i] ?? 1;
    sum += weight * target;
    all += weight;
  }
  return sum / all;
}
