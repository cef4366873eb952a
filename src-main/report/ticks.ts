/** Round numbers along an axis. */
export interface Ticks {
  readonly values: readonly number[];
  /** how many decimals tell them apart */
  readonly decimals: number;
}

/** Multiples of 1, 2 or 5 times a power of ten inside [low, high]; about `wanted` of them. */
export function niceTicks(low: number, high: number, wanted: number): Ticks {
  const step = niceStep((high - low) / Math.max(1, wanted));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const values = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return { values, decimals };
}

/** The smallest of 1, 2, 5 × 10ⁿ that is not below `span`. */
export function niceStep(span: number): number {
  if (!(span > 0) || !Number.isFinite(span)) throw new Error(`No step for a span of ${span}`);
  const power = 10 ** Math.floor(Math.log10(span));
  const factor = span / power;
  const chosen = factor <= 1 + 1e-9 ? 1 : factor <= 2 + 1e-9 ? 2 : factor <= 5 + 1e-9 ? 5 : 10;
  return chosen * power;
}
