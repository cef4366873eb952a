import { type Lattice, rowOfLattice } from "./lattice.ts";
import { allocate, type SampleType, sampleTypeOf, sampleTypes, type TypedArray } from "./sample-type.ts";

/** Resampling kernels with gdalwarp's meaning: support grows when shrinking, nodata takes no part, weights are normalised. */
export type ResampleMethod = "nearest" | "bilinear" | "cubic" | "average" | "mode";

export interface ResampleInput {
  readonly method: ResampleMethod;
  /** a window of the source image; it lies inside the image */
  readonly source: {
    readonly col: number;
    readonly row: number;
    readonly width: number;
    readonly height: number;
    readonly bands: readonly TypedArray[];
    readonly valid: readonly (Uint8Array | undefined)[];
  };
  readonly lattice: Lattice;
  readonly width: number;
  readonly height: number;
  /** target pixels per source pixel across and down: below 1 when shrinking */
  readonly scaleX: number;
  readonly scaleY: number;
  /** per band, what pixels without data hold */
  readonly fill: readonly number[];
  /** per band, a value that must not appear where there is data */
  readonly nodata: readonly (number | undefined)[];
}

export interface ResampleOutput {
  readonly bands: readonly TypedArray[];
  readonly valid: readonly (Uint8Array | undefined)[];
}

type Work = Float32Array | Float64Array;

export function resample(input: ResampleInput): ResampleOutput {
  const { source, width, height } = input;
  const bands: TypedArray[] = [];
  const valid: (Uint8Array | undefined)[] = [];
  const coordinates = input.method === "average" || input.method === "mode" ? corners(input) : centres(input);
  if (input.method === "nearest") return resampleNearest(input, nearestIndices(coordinates, input));
  source.bands.forEach((pixels, band) => {
    const type = sampleTypeOf(pixels);
    const out = allocate(type, width * height);
    const mask = new Uint8Array(width * height);
    const fill = input.fill[band] ?? 0;
    const job: BandJob = { ...coordinates, input, pixels, mask: source.valid[band], out: mask };
    if (input.method === "mode") mode(job, out);
    else {
      const exact = type === "uint32" || type === "int32" || type === "float64";
      const work: Work = exact ? new Float64Array(width * height) : new Float32Array(width * height);
      const from: Work = pixels instanceof Float32Array && !exact ? pixels : toWork(pixels, exact);
      if (input.method === "average") average(job, from, work);
      else if (input.method === "bilinear") {
        if (shrinks(input)) filtered(job, from, work, triangle, 1);
        else bilinear(job, from, work);
      } else if (shrinks(input)) filtered(job, from, work, catmullRom, 2);
      else cubic(job, from, work);
      finish(work, mask, type, input.nodata[band]);
      out.set(work);
    }
    const all = mask.indexOf(0) < 0;
    if (!all && fill !== 0) for (let i = 0; i < mask.length; i++) if (mask[i] === 0) out[i] = fill;
    bands.push(out);
    valid.push(all ? undefined : mask);
  });
  return { bands, valid };
}

// GDAL keeps the unscaled kernel down to a ratio of 0.95, so that a reprojection at about the same resolution stays sharp.
const shrinks = ({ scaleX, scaleY }: ResampleInput) => scaleX < 0.95 || scaleY < 0.95;

function toWork(pixels: TypedArray, exact: boolean): Work {
  const work = exact ? new Float64Array(pixels.length) : new Float32Array(pixels.length);
  work.set(pixels);
  return work;
}

interface Coordinates {
  /** per target pixel, source-window coordinates */
  readonly x: Float64Array;
  readonly y: Float64Array;
}

interface BandJob extends Coordinates {
  readonly input: ResampleInput;
  readonly pixels: TypedArray;
  readonly mask: Uint8Array | undefined;
  /** set to 1 where a target pixel got data */
  readonly out: Uint8Array;
}

function centres({ lattice, width, height, source }: ResampleInput): Coordinates {
  const x = new Float64Array(width * height);
  const y = new Float64Array(width * height);
  for (let row = 0; row < height; row++) {
    const xs = x.subarray(row * width, (row + 1) * width);
    const ys = y.subarray(row * width, (row + 1) * width);
    rowOfLattice(lattice, 0.5, row + 0.5, xs, ys);
    for (let i = 0; i < width; i++) {
      xs[i] = xs[i]! - source.col;
      ys[i] = ys[i]! - source.row;
    }
  }
  return { x, y };
}

/** Corners of all pixels: (width + 1) × (height + 1) points. */
function corners({ lattice, width, height, source }: ResampleInput): Coordinates {
  const across = width + 1;
  const x = new Float64Array(across * (height + 1));
  const y = new Float64Array(across * (height + 1));
  for (let row = 0; row <= height; row++) {
    const xs = x.subarray(row * across, (row + 1) * across);
    const ys = y.subarray(row * across, (row + 1) * across);
    rowOfLattice(lattice, 0, row, xs, ys);
    for (let i = 0; i < across; i++) {
      xs[i] = xs[i]! - source.col;
      ys[i] = ys[i]! - source.row;
    }
  }
  return { x, y };
}

/** Rounds and clamps to the sample type, and keeps data off the nodata value. */
function finish(work: Work, mask: Uint8Array, type: SampleType, nodata: number | undefined): void {
  const { integer, min, max } = sampleTypes[type];
  if (integer) {
    for (let i = 0; i < work.length; i++) {
      const value = Math.floor(work[i]! + 0.5);
      work[i] = value < min ? min : Math.min(value, max);
    }
  }
  if (nodata === undefined || Number.isNaN(nodata)) return;
  for (let i = work.indexOf(nodata); i >= 0; i = work.indexOf(nodata, i + 1)) {
    if (mask[i] === 0) continue;
    if (integer) work[i] = nodata === min ? nodata + 1 : nodata - 1;
    else work[i] = nodata + Math.max(Math.abs(nodata) * 1e-6, 1e-37);
  }
}

/** A coordinate on a pixel edge must fall on the same side however it was computed. */
export const nearestEdge = 1e-10;

/** Per target pixel the index of its source pixel in the window, −1 outside. */
function nearestIndices({ x, y }: Coordinates, { source }: ResampleInput): Int32Array {
  const { width, height } = source;
  const indices = new Int32Array(x.length).fill(-1);
  for (let i = 0; i < x.length; i++) {
    const px = x[i]! + nearestEdge;
    const py = y[i]! + nearestEdge;
    // Inside, truncation is floor.
    if (px >= 0 && py >= 0 && px < width && py < height) indices[i] = (py | 0) * width + (px | 0);
  }
  return indices;
}

function resampleNearest({ source, fill }: ResampleInput, indices: Int32Array): ResampleOutput {
  // Bands that share a mask (or have none) share their answer.
  const masks = new Map<Uint8Array | undefined, Uint8Array | undefined>();
  const valid = source.valid.map((mask) => {
    if (!masks.has(mask)) masks.set(mask, covered(indices, mask));
    return masks.get(mask);
  });
  const bands = source.bands.map((pixels, band) => {
    const out = allocate(sampleTypeOf(pixels), indices.length);
    gather(indices, pixels, out);
    const mask = valid[band];
    const empty = fill[band] ?? 0;
    if (mask) for (let i = 0; i < mask.length; i++) if (mask[i] === 0) out[i] = empty;
    return out;
  });
  return { bands, valid };
}

function covered(indices: Int32Array, mask: Uint8Array | undefined): Uint8Array | undefined {
  const valid = new Uint8Array(indices.length);
  for (let i = 0; i < indices.length; i++) valid[i] = indices[i]! < 0 ? 0 : mask ? mask[indices[i]!]! : 1;
  return valid.indexOf(0) < 0 ? undefined : valid;
}

function gather(indices: Int32Array, pixels: TypedArray, out: TypedArray): void {
  for (let i = 0; i < indices.length; i++) {
    const at = indices[i]!;
    if (at >= 0) out[i] = pixels[at]!;
  }
}

function bilinear({ x, y, input, mask, out: valid }: BandJob, from: Work, out: Work): void {
  const { width, height } = input.source;
  for (let i = 0; i < x.length; i++) {
    const px = x[i]!;
    const py = y[i]!;
    if (!(px >= 0 && py >= 0 && px < width && py < height)) continue;
    const col = Math.floor(px - 0.5);
    const row = Math.floor(py - 0.5);
    if (!mask && col >= 0 && row >= 0 && col + 1 < width && row + 1 < height) {
      const u = px - 0.5 - col;
      const v = py - 0.5 - row;
      const at = row * width + col;
      const top = from[at]! + (from[at + 1]! - from[at]!) * u;
      const bottom = from[at + width]! + (from[at + width + 1]! - from[at + width]!) * u;
      out[i] = top + (bottom - top) * v;
      valid[i] = 1;
    } else if (fourSamples(from, mask, width, height, px, py)) {
      out[i] = sampled;
      valid[i] = 1;
    }
  }
}

/** What the last successful sampling function found; a field instead of an object per pixel. */
let sampled = 0;

/** Bilinear over those of the four neighbours that are in the image and have data. The pixel itself must have data. */
function fourSamples(
  from: Work,
  mask: Uint8Array | undefined,
  width: number,
  height: number,
  px: number,
  py: number,
): boolean {
  if (mask && mask[Math.floor(py) * width + Math.floor(px)] === 0) return false;
  const col = Math.floor(px - 0.5);
  const row = Math.floor(py - 0.5);
  const u = px - 0.5 - col;
  const v = py - 0.5 - row;
  let sum = 0;
  let weights = 0;
  for (let j = 0; j < 2; j++) {
    const r = row + j;
    if (r < 0 || r >= height) continue;
    const wy = j === 0 ? 1 - v : v;
    for (let i = 0; i < 2; i++) {
      const c = col + i;
      if (c < 0 || c >= width) continue;
      const at = r * width + c;
      if (mask && mask[at] === 0) continue;
      const weight = wy * (i === 0 ? 1 - u : u);
      sum += weight * from[at]!;
      weights += weight;
    }
  }
  if (weights < 1e-5) return false;
  sampled = sum / weights;
  return true;
}

function cubic({ x, y, input, mask, out: valid }: BandJob, from: Work, out: Work): void {
  const { width, height } = input.source;
  for (let i = 0; i < x.length; i++) {
    const px = x[i]!;
    const py = y[i]!;
    if (!(px >= 0 && py >= 0 && px < width && py < height)) continue;
    const col = Math.floor(px - 0.5);
    const row = Math.floor(py - 0.5);
    const inside = col >= 1 && row >= 1 && col + 2 < width && row + 2 < height;
    if (inside && (!mask || wholeNeighbourhood(mask, width, col, row))) {
      const u = px - 0.5 - col;
      const v = py - 0.5 - row;
      const a = catmullRom(1 + u);
      const b = catmullRom(u);
      const c = catmullRom(1 - u);
      const d = catmullRom(2 - u);
      const at = (row - 1) * width + col - 1;
      const r0 = from[at]! * a + from[at + 1]! * b + from[at + 2]! * c + from[at + 3]! * d;
      const k1 = at + width;
      const r1 = from[k1]! * a + from[k1 + 1]! * b + from[k1 + 2]! * c + from[k1 + 3]! * d;
      const k2 = k1 + width;
      const r2 = from[k2]! * a + from[k2 + 1]! * b + from[k2 + 2]! * c + from[k2 + 3]! * d;
      const k3 = k2 + width;
      const r3 = from[k3]! * a + from[k3 + 1]! * b + from[k3 + 2]! * c + from[k3 + 3]! * d;
      out[i] = r0 * catmullRom(1 + v) + r1 * catmullRom(v) + r2 * catmullRom(1 - v) + r3 * catmullRom(2 - v);
      valid[i] = 1;
    } else if (fourSamples(from, mask, width, height, px, py)) {
      // Next to an edge or a hole the cubic kernel lacks neighbours: bilinear, as gdalwarp does.
      out[i] = sampled;
      valid[i] = 1;
    }
  }
}

function wholeNeighbourhood(mask: Uint8Array, width: number, col: number, row: number): boolean {
  for (let j = -1; j <= 2; j++) {
    const at = (row + j) * width + col;
    if (mask[at - 1] === 0 || mask[at] === 0 || mask[at + 1] === 0 || mask[at + 2] === 0) return false;
  }
  return true;
}

const triangle = (t: number) => {
  const d = Math.abs(t);
  return d < 1 ? 1 - d : 0;
};

/** Keys' cubic convolution with a = −1/2 (1981). */
function catmullRom(t: number): number {
  const d = Math.abs(t);
  if (d <= 1) return d * d * (1.5 * d - 2.5) + 1;
  if (d <= 2) return d * (d * (-0.5 * d + 2.5) - 4) + 2;
  return 0;
}

/** Shrinking: the kernel is stretched over all source pixels a target pixel covers. */
function filtered(
  { x, y, input, mask, out: valid }: BandJob,
  from: Work,
  out: Work,
  kernel: (t: number) => number,
  radius: number,
): void {
  const { width, height } = input.source;
  const sx = Math.min(1, input.scaleX);
  const sy = Math.min(1, input.scaleY);
  const reachX = Math.ceil(radius / sx);
  const reachY = Math.ceil(radius / sy);
  const weightsX = new Float64Array(2 * reachX + 1);
  for (let i = 0; i < x.length; i++) {
    const px = x[i]!;
    const py = y[i]!;
    if (!(px >= 0 && py >= 0 && px < width && py < height)) continue;
    if (mask && mask[Math.floor(py) * width + Math.floor(px)] === 0) continue;
    const col = Math.floor(px - 0.5);
    const row = Math.floor(py - 0.5);
    const u = px - 0.5 - col;
    const v = py - 0.5 - row;
    const left = Math.max(0, col - reachX + 1);
    const right = Math.min(width - 1, col + reachX);
    for (let c = left; c <= right; c++) weightsX[c - left] = kernel((c - col - u) * sx);
    let sum = 0;
    let weights = 0;
    for (let r = Math.max(0, row - reachY + 1); r <= Math.min(height - 1, row + reachY); r++) {
      const wy = kernel((r - row - v) * sy);
      if (wy === 0) continue;
      const base = r * width;
      for (let c = left; c <= right; c++) {
        if (mask && mask[base + c] === 0) continue;
        const weight = wy * weightsX[c - left]!;
        sum += weight * from[base + c]!;
        weights += weight;
      }
    }
    if (weights < 1e-6) continue;
    out[i] = sum / weights;
    valid[i] = 1;
  }
}

/** Source pixels under target pixel i: columns and rows, with the covered share of the first and last. */
interface Footprint {
  left: number;
  right: number;
  top: number;
  bottom: number;
  minX: number;
  maxX: number;
  minY: number;
  maxY: number;
}

function footprint({ x, y, input }: BandJob, col: number, row: number, into: Footprint): boolean {
  const across = input.width + 1;
  const p = row * across + col;
  const q = p + across + 1;
  const { width, height } = input.source;
  const minX = Math.min(x[p]!, x[q]!);
  const maxX = Math.max(x[p]!, x[q]!);
  const minY = Math.min(y[p]!, y[q]!);
  const maxY = Math.max(y[p]!, y[q]!);
  const edge = 1e-10;
  // A footprint that ends less than a pixel before the first column or row still takes that one, as in gdalwarp.
  const left = Math.max(0, Math.floor(minX + edge));
  const top = Math.max(0, Math.floor(minY + edge));
  let right = Math.min(width, Math.ceil(maxX - edge));
  let bottom = Math.min(height, Math.ceil(maxY - edge));
  if (right === left && right < width) right++;
  if (bottom === top && bottom < height) bottom++;
  if (!(left < right && top < bottom)) return false;
  into.left = left;
  into.right = right;
  into.top = top;
  into.bottom = bottom;
  into.minX = minX;
  into.maxX = maxX;
  into.minY = minY;
  into.maxY = maxY;
  return true;
}

const emptyFootprint = (): Footprint => ({
  left: 0,
  right: 0,
  top: 0,
  bottom: 0,
  minX: 0,
  maxX: 0,
  minY: 0,
  maxY: 0,
});

/**
 * The weight of pixel k in a footprint from `min` to `max` over the pixels first ≤ k < end. Past the image's edge the
 * edge pixel stands for what is not there, as in gdalwarp; a footprint inside one pixel takes it whole.
 */
function share(k: number, first: number, end: number, min: number, max: number): number {
  if (k === first) return end - first === 1 ? 1 : 1 - (min - first);
  return k + 1 === end ? 1 - (end - max) : 1;
}

function average(job: BandJob, from: Work, out: Work): void {
  const { input, mask, out: valid } = job;
  const { width } = input.source;
  const f = emptyFootprint();
  for (let row = 0, i = 0; row < input.height; row++) {
    for (let col = 0; col < input.width; col++, i++) {
      if (!footprint(job, col, row, f)) continue;
      let sum = 0;
      let weights = 0;
      for (let r = f.top; r < f.bottom; r++) {
        const wy = share(r, f.top, f.bottom, f.minY, f.maxY);
        for (let c = f.left; c < f.right; c++) {
          const at = r * width + c;
          if (mask && mask[at] === 0) continue;
          const weight = wy * share(c, f.left, f.right, f.minX, f.maxX);
          sum += weight * from[at]!;
          weights += weight;
        }
      }
      if (weights <= 0) continue;
      out[i] = sum / weights;
      valid[i] = 1;
    }
  }
}

/** The most frequent value; of equally frequent ones the first to reach that count, row by row. */
function mode(job: BandJob, out: TypedArray): void {
  const { input, mask, pixels, out: valid } = job;
  const { width } = input.source;
  const f = emptyFootprint();
  const counts = new Map<number, number>();
  for (let row = 0, i = 0; row < input.height; row++) {
    for (let col = 0; col < input.width; col++, i++) {
      if (!footprint(job, col, row, f)) continue;
      counts.clear();
      let best = 0;
      let value = 0;
      for (let r = f.top; r < f.bottom; r++) {
        for (let c = f.left; c < f.right; c++) {
          const at = r * width + c;
          if (mask && mask[at] === 0) continue;
          const candidate = pixels[at]!;
          const count = (counts.get(candidate) ?? 0) + 1;
          counts.set(candidate, count);
          if (count > best) {
            best = count;
            value = candidate;
          }
        }
      }
      if (best === 0) continue;
      out[i] = value;
      valid[i] = 1;
    }
  }
}
