// Phase correlation (Kuglin & Hines, 1975) of image gradients: the direction and strength of edges survive other
// illumination, seasons and sensors better than grey values do.
import { fft2, type Spectrum, spectrum } from "./fft.ts";

/** A square piece of an image; `valid` is 1 where a pixel may be used. */
export interface ImageSquare {
  readonly values: ArrayLike<number>;
  readonly valid: Uint8Array;
}

/**
 * What of an edge is compared: `signed`, its direction from dark to bright; `unsigned`, its line alone, since what is bright to a radar
 * may be dark in light, and a field that is bright in May may be dark in July.
 */
export type Edges = "signed" | "unsigned";

/**
 * Higher frequencies are mostly noise and resampling: they count less, as a Gaussian of this width (cycles per pixel). At 0.22 the
 * kernels that resample bias a shift between pixels by up to 0.2 pixels; at 0.11 other seasons no longer agree.
 */
const bandwidth = 0.15;

/**
 * The normalised cross-power spectrum of two patches; `undefined` when one of them has no edges at all.
 * @see Kuglin and Hines 1975; Foroosh, Zerubia and Berthod 2002; on gradients: Argyriou and Vlachos 2003
 */
export function crossPower(
  reference: ImageSquare,
  moving: ImageSquare,
  size: number,
  edges: Edges = "signed",
): Spectrum | undefined {
  const both = feathered(
    reference.valid.map((value, at) => value & moving.valid[at]!),
    size,
  );
  const p = gradients(reference.values, both, size, edges);
  const q = gradients(moving.values, both, size, edges);
  if (!p || !q) return undefined;
  fft2(p);
  fft2(q);
  const result = spectrum(size);
  for (let v = 0; v < size; v++) {
    for (let u = 0; u < size; u++) {
      const at = v * size + u;
      const re = p.re[at]! * q.re[at]! + p.im[at]! * q.im[at]!;
      const im = p.im[at]! * q.re[at]! - p.re[at]! * q.im[at]!;
      const magnitude = Math.hypot(re, im);
      if (magnitude === 0) continue;
      const fu = signed(u, size) / size;
      const fv = signed(v, size) / size;
      const weight = Math.exp(-(fu * fu + fv * fv) / (2 * bandwidth * bandwidth));
      result.re[at] = (weight * re) / magnitude;
      result.im[at] = (weight * im) / magnitude;
    }
  }
  return result;
}

const signed = (k: number, size: number): number => (k < size / 2 ? k : k - size);

/**
 * Weights that decrease towards pixels that may not be used. A hard edge would be a feature that both images share, and it
 * would bias the result towards no movement.
 */
function feathered(valid: Uint8Array, size: number): Float64Array {
  const radius = 4;
  const mean = (from: ArrayLike<number>, step: number, across: number): Float64Array => {
    const to = new Float64Array(size * size);
    for (let line = 0; line < size; line++) {
      for (let i = 0; i < size; i++) {
        let sum = 0;
        for (let k = -radius; k <= radius; k++) {
          const at = Math.max(0, Math.min(size - 1, i + k));
          sum += from[line * across + at * step]!;
        }
        to[line * across + i * step] = sum / (2 * radius + 1);
      }
    }
    return to;
  };
  const blurred = mean(mean(valid, 1, size), size, 1);
  return blurred.map((share, at) => (valid[at] ? Math.max(0, 2 * share - 1) : 0));
}

/**
 * gx + i·gy under a window that fades towards the rim; 0 beside pixels that may not be used. Unsigned edges have twice the angle,
 * so that an edge and its negative are one.
 */
function gradients(values: ArrayLike<number>, valid: Float64Array, size: number, edges: Edges): Spectrum | undefined {
  const result = spectrum(size);
  const fade = Float64Array.from({ length: size }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / size) ** 2);
  let any = false;
  for (let row = 1; row < size - 1; row++) {
    for (let col = 1; col < size - 1; col++) {
      const at = row * size + col;
      if (!valid[at] || !valid[at - 1] || !valid[at + 1] || !valid[at - size] || !valid[at + size]) continue;
      const weight = fade[row]! * fade[col]! * valid[at]!;
      const x = (values[at + 1]! - values[at - 1]!) * weight;
      const y = (values[at + size]! - values[at - size]!) * weight;
      const length = edges === "unsigned" ? Math.hypot(x, y) || 1 : 1;
      result.re[at] = edges === "unsigned" ? (x * x - y * y) / length : x;
      result.im[at] = edges === "unsigned" ? (2 * x * y) / length : y;
      if (x !== 0 || y !== 0) any = true;
    }
  }
  return any ? result : undefined;
}

/** Adds `part` to `sum`, in place; both have one size. */
export function addSpectrum(sum: Spectrum, part: Spectrum): void {
  for (let at = 0; at < sum.re.length; at++) {
    sum.re[at]! += part.re[at]!;
    sum.im[at]! += part.im[at]!;
  }
}

export interface Peak {
  /** how far the moving image has to go to lie on the reference, in pixels */
  readonly col: number;
  readonly row: number;
  /** height of the highest other peak as a share of this one: 0 is a lone peak, 1 is no peak */
  readonly rival: number;
  /** it lies at the rim of what was searched */
  readonly atRim: boolean;
}

/**
 * Where the correlation is highest, within `reach` pixels, to a hundredth of a pixel.
 * @see Guizar-Sicairos, Thurman and Fienup 2008, Efficient subpixel image registration algorithms
 */
export function peakOf(power: Spectrum, reach: number): Peak {
  const { size } = power;
  // The inverse transform through the forward one: conjugate in, and only the real part is needed.
  const surface: Spectrum = { size, re: power.re.slice(), im: power.im.map((value) => -value) };
  fft2(surface);
  const at = (col: number, row: number) => surface.re[((row + size) % size) * size + ((col + size) % size)]!;
  let best = { col: 0, row: 0, value: Number.NEGATIVE_INFINITY };
  for (let row = -reach; row <= reach; row++)
    for (let col = -reach; col <= reach; col++) if (at(col, row) > best.value) best = { col, row, value: at(col, row) };
  let rival = 0;
  for (let row = -reach; row <= reach; row++)
    for (let col = -reach; col <= reach; col++)
      if (Math.hypot(col - best.col, row - best.row) > 3) rival = Math.max(rival, at(col, row));
  let { col, row } = best;
  for (const step of [0.25, 0.05, 0.01]) ({ col, row } = refined(power, col, row, step, 5));
  return {
    col,
    row,
    rival: best.value > 0 ? rival / best.value : 1,
    atRim: Math.abs(best.col) === reach || Math.abs(best.row) === reach,
  };
}

/**
 * The best of (2·count + 1)² positions `step` apart, by the inverse transform at these positions alone
 * (Guizar-Sicairos et al., 2008): two small matrix products instead of a transform of a huge image.
 */
function refined({ size, re, im }: Spectrum, col: number, row: number, step: number, count: number) {
  const offsets = Array.from({ length: 2 * count + 1 }, (_, i) => (i - count) * step);
  let best = { col, row, value: Number.NEGATIVE_INFINITY };
  const waves = (positions: readonly number[]) =>
    positions.map((position) => {
      const angles = Array.from({ length: size }, (_, k) => (2 * Math.PI * signed(k, size) * position) / size);
      return { cos: Float64Array.from(angles, Math.cos), sin: Float64Array.from(angles, Math.sin) };
    });
  const cols = offsets.map((offset) => col + offset);
  const rows = offsets.map((offset) => row + offset);
  const rowWaves = waves(rows);
  for (const [i, { cos, sin }] of waves(cols).entries()) {
    const lineRe = new Float64Array(size);
    const lineIm = new Float64Array(size);
    for (let v = 0; v < size; v++) {
      for (let u = 0; u < size; u++) {
        const place = v * size + u;
        lineRe[v]! += re[place]! * cos[u]! - im[place]! * sin[u]!;
        lineIm[v]! += re[place]! * sin[u]! + im[place]! * cos[u]!;
      }
    }
    for (const [j, wave] of rowWaves.entries()) {
      let value = 0;
      for (let v = 0; v < size; v++) value += lineRe[v]! * wave.cos[v]! - lineIm[v]! * wave.sin[v]!;
      if (value > best.value) best = { col: cols[i]!, row: rows[j]!, value };
    }
  }
  return best;
}
