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
  /** elements that rounding decides: they may differ by so much, in the tensor's own units */
  readonly loose?: { readonly at: (index: number) => boolean; readonly within: number };
}

/** Compares our numbers with the reference's. Axes of length one may differ: the published code squeezes some away. */
export function compare(ours: Tensor, reference: Tensor, expected: Expected): ParityLine {
  const { file, tensor, bar, note, loose } = expected;
  const line = { file, tensor, bar, ...(note && { note }) };
  const plain = (shape: readonly number[]) => shape.filter((length) => length !== 1).join("×");
  if (plain(ours.shape) !== plain(reference.shape)) {
    const shapes = `ours is [${ours.shape}], the reference [${reference.shape}]`;
    return { ...line, difference: null, status: "differs", note: shapes };
  }
  if (reference.type === "float32" && !(reference.data as Float32Array).every(Number.isFinite)) {
    return skipped(file, tensor, "the reference is not finite");
  }
  const whole = bar === bars.equal || reference.type !== "float32";
  const difference = whole
    ? shareOfUnequal(ours.data, reference.data)
    : relativeDifference(ours.data, reference.data, loose);
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
export function relativeDifference(a: TensorData, b: TensorData, loose?: Expected["loose"]): number {
  let largest = 0;
  let magnitude = 0;
  for (let i = 0; i < b.length; i++) {
    const reference = Number(b[i]);
    const difference = Math.abs(Number(a[i]) - reference);
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    if (Math.abs(reference) > magnitude) magnitude = Math.abs(reference);
    if (difference > largest && !(loose?.at(i) && difference <= loose.within)) largest = difference;
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
