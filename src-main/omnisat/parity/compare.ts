import type { Tensor, TensorData } from "../../engine/index.ts";

/** One line of the report. */
export interface ParityLine {
  /** the file that holds the reference */
  readonly file: string;
  readonly tensor: string;
  /** largest difference relative to the reference's largest magnitude; for whole numbers the share that differs */
  readonly difference: number | null;
  readonly bar: number | null;
  readonly status: "ok" | "differs" | "skipped";
  readonly note?: string;
}

/** What is asked for. Forwards and losses, gradients, and what must be equal. */
export const bars = { forward: 1e-4, gradient: 1e-3, equal: 0 } as const;

export interface Expected {
  readonly file: string;
  readonly tensor: string;
  readonly bar: number;
  readonly note?: string;
  /** flat indices that are not compared */
  readonly except?: (index: number) => boolean;
}

/** Compares our numbers with the reference's. Axes of length one may differ: the published code squeezes some away. */
export function compare(ours: Tensor, reference: Tensor, expected: Expected): ParityLine {
  const { file, tensor, bar, note, except } = expected;
  const line = { file, tensor, bar, ...(note && { note }) };
  const plain = (shape: readonly number[]) => shape.filter((length) => length !== 1).join("×");
  if (plain(ours.shape) !== plain(reference.shape)) {
    const shapes = `ours is [${ours.shape}], the reference [${reference.shape}]`;
    return { ...line, difference: null, status: "differs", note: shapes };
  }
  const exact = bar === bars.equal;
  const difference = exact
    ? shareOfUnequal(ours.data, reference.data)
    : relativeDifference(ours.data, reference.data, except);
  return { ...line, difference, status: difference <= bar ? "ok" : "differs" };
}

export function compareNumber(ours: number, reference: number, expected: Expected): ParityLine {
  const scalar = (value: number): Tensor => ({ type: "float32", shape: [], data: Float64Array.of(value) as never });
  return compare(scalar(ours), scalar(reference), expected);
}

export function skipped(file: string, tensor: string, note: string): ParityLine {
  return { file, tensor, difference: null, bar: null, status: "skipped", note };
}

/** max |a − b| / max |b|; the plain difference where the reference is all zero; infinite where something is not a number. */
export function relativeDifference(a: TensorData, b: TensorData, except?: (index: number) => boolean): number {
  let largest = 0;
  let magnitude = 0;
  for (let i = 0; i < b.length; i++) {
    if (except?.(i)) continue;
    const reference = Number(b[i]);
    const difference = Math.abs(Number(a[i]) - reference);
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    if (difference > largest) largest = difference;
    if (Math.abs(reference) > magnitude) magnitude = Math.abs(reference);
  }
  return magnitude > 0 ? largest / magnitude : largest;
}

function shareOfUnequal(a: TensorData, b: TensorData): number {
  let unequal = 0;
  for (let i = 0; i < b.length; i++) if (Number(a[i]) !== Number(b[i])) unequal++;
  return b.length ? unequal / b.length : 0;
}

/** `ok      3.2e-6 ≤ 1e-4  eval.safetensors  tokens_s2` */
export function formatLine({ status, difference, bar, file, tensor, note }: ParityLine): string {
  const number = (value: number | null) => (value === null ? "-" : value === 0 ? "0" : value.toExponential(1));
  const sign = status === "differs" ? ">" : "≤";
  const numbers = bar === null ? "" : `${number(difference)} ${sign} ${number(bar)}`;
  return `${status.padEnd(8)}${numbers.padEnd(19)}${file}  ${tensor}${note ? `  (${note})` : ""}`;
}
