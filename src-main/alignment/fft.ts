/** The discrete Fourier transform of square images whose side is a power of two (Cooley & Tukey, 1965). */

/** A complex image, row by row. */
export interface Spectrum {
  readonly size: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export const spectrum = (size: number): Spectrum => ({
  size,
  re: new Float64Array(size * size),
  im: new Float64Array(size * size),
});

interface Plan {
  readonly order: Uint32Array;
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

const plans = new Map<number, Plan>();

function planFor(size: number): Plan {
  const known = plans.get(size);
  if (known) return known;
  const bits = Math.log2(size);
  if (!Number.isInteger(bits)) throw new Error(`FFT of side ${size}, which is no power of two`);
  const order = Uint32Array.from({ length: size }, (_, i) => {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit++) if (i & (1 << bit)) reversed |= 1 << (bits - 1 - bit);
    return reversed;
  });
  const angle = (k: number) => (-2 * Math.PI * k) / size;
  const plan = {
    order,
    cos: Float64Array.from({ length: size / 2 }, (_, k) => Math.cos(angle(k))),
    sin: Float64Array.from({ length: size / 2 }, (_, k) => Math.sin(angle(k))),
  };
  plans.set(size, plan);
  return plan;
}

/** One line in place: `stride` apart, from `start`. */
function transformLine(re: Float64Array, im: Float64Array, start: number, stride: number, plan: Plan): void {
  const { order, cos, sin } = plan;
  const size = order.length;
  for (let i = 0; i < size; i++) {
    const j = order[i]!;
    if (j <= i) continue;
    const p = start + i * stride;
    const q = start + j * stride;
    [re[p], re[q]] = [re[q]!, re[p]!];
    [im[p], im[q]] = [im[q]!, im[p]!];
  }
  for (let half = 1; half < size; half *= 2) {
    const step = size / (2 * half);
    for (let block = 0; block < size; block += 2 * half) {
      for (let k = 0; k < half; k++) {
        const p = start + (block + k) * stride;
        const q = p + half * stride;
        const c = cos[k * step]!;
        const s = sin[k * step]!;
        const real = re[q]! * c - im[q]! * s;
        const imaginary = re[q]! * s + im[q]! * c;
        re[q] = re[p]! - real;
        im[q] = im[p]! - imaginary;
        re[p] = re[p]! + real;
        im[p] = im[p]! + imaginary;
      }
    }
  }
}

/**
 * Transforms in place: F(u, v) = Σ f(x, y) e^(−2πi (ux + vy) / size).
 * @see Cooley and Tukey 1965
 */
export function fft2({ size, re, im }: Spectrum): void {
  const plan = planFor(size);
  for (let row = 0; row < size; row++) transformLine(re, im, row * size, 1, plan);
  for (let col = 0; col < size; col++) transformLine(re, im, col, size, plan);
}
