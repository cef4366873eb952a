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
  const some = Array.from({ length: Math.min(columns, columnsAtOnce) }, () => new Float32Array(rows));
  const sorted = new Float32Array(rows);
  for (let from = 0; from < columns; from += columnsAtOnce) {
    const count = Math.min(columnsAtOnce, columns - from);
    for (let i = 0, at = from; i < rows; i++, at += columns)
      for (let j = 0; j < count; j++) some[j]![i] = values[at + j]!;
    for (let j = 0; j < count; j++) {
      const column = some[j]!;
      sorted.set(column);
      sorted.sort();
      const borders = bordersOf(sorted, most);
      const own = new Uint8Array(rows);
      const low = new Float32Array(borders.length + 1).fill(Number.POSITIVE_INFINITY);
      const high = new Float32Array(borders.length + 1).fill(Number.NEGATIVE_INFINITY);
      const binOf = finder(borders, sorted[0]!, sorted[rows - 1]!);
      for (let i = 0; i < rows; i++) {
        const value = column[i]!;
        const bin = binOf(value);
        own[i] = bin;
        if (value < low[bin]!) low[bin] = value;
        if (value > high[bin]!) high[bin] = value;
      }
      codes.push(own);
      thresholds.push(borders);
      lowest.push(low);
      highest.push(high);
    }
  }
  return { codes, thresholds, lowest, highest };
}

/** Columns that are taken out of the table together: as many as a line of the processor's cache holds. */
const columnsAtOnce = 16;

/** The middle of two float32 numbers as one that separates them: a value up to it lies with `low`. */
export function between(low: number, high: number): number {
  const middle = Math.fround((low + high) / 2);
  return middle < high ? middle : low;
}

function bordersOf(sorted: Float32Array, most: number): Float32Array {
  let count = 1;
  for (let i = 1; i < sorted.length && count <= most; i++) if (sorted[i] !== sorted[i - 1]) count++;
  if (count <= most) {
    const borders = new Float32Array(count - 1);
    for (let i = 1, at = 0; i < sorted.length; i++)
      if (sorted[i] !== sorted[i - 1]) borders[at++] = between(sorted[i - 1]!, sorted[i]!);
    return borders;
  }
  const borders: number[] = [];
  for (let q = 1; q < most; q++) {
    const at = ((sorted.length - 1) * q) / most;
    const border = between(sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!);
    if (borders.length === 0 || border > borders.at(-1)!) borders.push(border);
  }
  return Float32Array.from(borders);
}

/** Parts of equal width that the range of a column is looked up by. */
const cells = 1024;

/** How many borders lie below a value between `lowest` and `highest`: only those in the value's own part of the range are looked at. */
function finder(borders: Float32Array, lowest: number, highest: number): (value: number) => number {
  const scale = cells / (highest - lowest);
  const known = Number.isFinite(scale);
  const cellOf = (value: number): number => Math.min(cells - 1, Math.floor((value - lowest) * scale));
  // By part: the borders in all parts before it. Parts follow one another as values do, so that no other border is in question.
  const before = new Uint16Array(cells + 1);
  if (known) {
    for (const border of borders) before[cellOf(border) + 1]!++;
    for (let cell = 0; cell < cells; cell++) before[cell + 1]! += before[cell]!;
  }
  return (value) => {
    let low = 0;
    let high = borders.length;
    if (known) {
      const cell = cellOf(value);
      low = before[cell]!;
      high = before[cell + 1]!;
    }
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value <= borders[middle]!) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
