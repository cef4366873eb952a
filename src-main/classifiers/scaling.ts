import type { Table } from "./table.ts";

/** What is taken off each column, and what the rest is divided by. */
export interface Scaling {
  readonly means: Float32Array;
  /** population standard deviations; 1 where all rows have one value */
  readonly spreads: Float32Array;
}

/** Below this share of its mean a spread is rounding: the column has one value. */
const rounding = 1e-6;

/** Mean and population standard deviation of every column. */
export function scalingOf({ values, rows, columns }: Table): Scaling {
  const means = new Float64Array(columns);
  const spreads = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++) means[j]! += values[at++]!;
  for (let j = 0; j < columns; j++) means[j]! /= rows;
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      const difference = values[at++]! - means[j]!;
      spreads[j]! += difference * difference;
    }
  for (let j = 0; j < columns; j++) {
    const spread = Math.sqrt(spreads[j]! / rows);
    spreads[j] = spread > rounding * Math.abs(means[j]!) && spread > 0 ? spread : 1;
  }
  // As a model keeps them, so that it answers alike before and after it was stored.
  return { means: Float32Array.from(means), spreads: Float32Array.from(spreads) };
}

/** [rows, columns] (value − mean) / spread */
export function scaled({ values, rows, columns }: Table, { means, spreads }: Scaling): Float32Array {
  const result = new Float32Array(values.length);
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0; j < columns; j++, at++) result[at] = (values[at]! - means[j]!) / spreads[j]!;
  return result;
}
