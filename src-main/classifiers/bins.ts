import type { Table } from "./table.ts";

/** Values of a table in steps: trees look for borders between the steps of a column, and not between all values. */
export interface Bins {
  /** by column: [rows] the bin of each row */
  readonly codes: readonly Uint8Array[];
  /** by column: a value up to thresholds[b] and above thresholds[b − 1] is in bin b. Ascending, one fewer than bins; float32 numbers */
  readonly thresholds: readonly Float32Array[];
  /** by column and bin: the lowest and highest value that lies in it */
  readonly lowest: readonly Float32Array[];
  readonly highest: readonly Float32Array[];
}

/**
 * At most `most` bins per column (2 to 255): borders in the middle between neighbouring values where these are few enough, else at
 * evenly spaced quantiles, as scikit-learn's HistGradientBoostingClassifier has them.
 */
export function binsOf({ values, rows, columns }: Table, most: number): Bins {
  const codes: Uint8Array[] = [];
  const thresholds: Float32Array[] = [];
  const lowest: Float32Array[] = [];
  const highest: Float32Array[] = [];
  const column = new Float32Array(rows);
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) column[i] = values[i * columns + j]!;
    const sorted = column.slice().sort();
    const borders = bordersOf(sorted, most);
    const own = new Uint8Array(rows);
    const low = new Float32Array(borders.length + 1).fill(Number.POSITIVE_INFINITY);
    const high = new Float32Array(borders.length + 1).fill(Number.NEGATIVE_INFINITY);
    for (let i = 0; i < rows; i++) {
      const value = column[i]!;
      const bin = binOf(borders, value);
      own[i] = bin;
      if (value < low[bin]!) low[bin] = value;
      if (value > high[bin]!) high[bin] = value;
    }
    codes.push(own);
    thresholds.push(borders);
    lowest.push(low);
    highest.push(high);
  }
  return { codes, thresholds, lowest, highest };
}

/** The middle of two float32 numbers as one that separates them: a value up to it lies with `low`. */
export function between(low: number, high: number): number {
  const middle = Math.fround((low + high) / 2);
  return middle < high ? middle : low;
}

function bordersOf(sorted: Float32Array, most: number): Float32Array {
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  if (distinct.length <= most) return distinct.subarray(1).map((value, i) => between(distinct[i]!, value));
  const borders: number[] = [];
  for (let q = 1; q < most; q++) {
    const at = ((sorted.length - 1) * q) / most;
    const border = between(sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!);
    if (borders.length === 0 || border > borders.at(-1)!) borders.push(border);
  }
  return Float32Array.from(borders);
}

/** How many borders lie below `value`. */
function binOf(borders: Float32Array, value: number): number {
  let low = 0;
  let high = borders.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= borders[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}
