// How far one image of a place is displaced against another. Windows spread over the area give one shift together; each window alone
// shows how well they agree. The moving image is read again at the first estimate, so that the last measurement is
// close to zero: the window and its mask bias every measurement towards zero, and a measurement of zero has no bias.
import type { MeasureRefusal } from "../../src-shared/domain/alignment.ts";
import type { Shift } from "../../src-shared/eo/index.ts";
import { type GeoBox, geoboxOfWindow } from "../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import { type Spectrum, spectrum } from "./fft.ts";
import { clearShare, leastClear, type MeasuredPatch } from "./patch.ts";
import { addSpectrum, crossPower, type Edges, type ImageSquare, type Peak, peakOf } from "./phase-correlation.ts";
import { windowSize, windowsOver } from "./windows.ts";

export interface ShiftSpec {
  /** where to compare, and at which resolution */
  readonly grid: GeoBox;
  /** reads an image on a grid; the moving one as if it lay `shift` (map units) further */
  readonly read: (image: "reference" | "moving", grid: GeoBox, shift: Shift) => Promise<MeasuredPatch>;
  /** what of the edges is compared (default `signed`) */
  readonly edges?: Edges | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

export interface MeasuredShift {
  /** map units that the moving image has to be moved by */
  readonly dx: number;
  readonly dy: number;
  /** 0 … 1: how far the peak stands out, and how well parts of the image agree */
  readonly confidence: number;
  /** median distance between the windows' own shifts and the common one, in pixels; `null` when there was only one window */
  readonly spread: number | null;
  readonly windows: { readonly used: number; readonly all: number };
  readonly clear: number;
  /** root mean square distance of the tie points from the common shift, in pixels; `null` where too few can be told */
  readonly residual: number | null;
  /** standard error of the shift, in pixels, from how the tie points scatter; `null` where too few can be told */
  readonly error: number | null;
  /** pixels each way in which the shift was looked for */
  readonly reach: number;
  readonly refused: MeasureRefusal | null;
}

const windowsEachWay = 5;
const rounds = 6;
/** Where nothing is found near, images four times as coarse are searched, in fewer windows. */
const coarse = { times: 4, windowsEachWay: 3, rounds: 2, least: 64 } as const;
/** So few windows say too little of how they agree: parts of them, which overlap by half, are asked. */
const fewWindows = 8;
const fewestTies = 4;
/** pixels */
const mostError = 0.5;

/**
 * How far the other image lies beside the reference, in units of the grid's coordinate system, from patches of both by phase
 * correlation; or why it cannot be measured (no common ground, too little clear, no texture).
 * @see Foroosh, Zerubia, Berthod (2002), Extension of phase correlation to subpixel registration
 */
export async function measureShift(spec: ShiftSpec): Promise<MeasuredShift> {
  const { grid, onProgress } = spec;
  const fine = placesIn(grid);
  if (!fine) return refusal("overlap", { clear: 0, used: 0, all: 0, reach: 0 });
  const near = await converge(spec, fine, nowhere, (fraction) => onProgress?.(fraction));
  if (near.refused === null || !isLost(near.refused)) return near;
  const wide = coarser(grid);
  if (!wide) return near;
  const first = await converge(spec, wide, nowhere, () => {});
  if (first.refused !== null) return { ...near, reach: first.reach * coarse.times };
  const found = await converge(spec, fine, first, () => {});
  return { ...found, reach: first.reach * coarse.times };
}

const nowhere = { dx: 0, dy: 0 };

/** May the truth lie further away? */
const isLost = (refused: MeasureRefusal): boolean =>
  refused === "too-far" || refused === "ambiguous" || refused === "inconsistent";

interface Places {
  readonly grid: GeoBox;
  readonly size: number;
  readonly windows: readonly PixelWindow[];
  readonly rounds: number;
}

function placesIn(grid: GeoBox): Places | undefined {
  const size = windowSize(grid);
  return size === undefined ? undefined : { grid, size, windows: windowsOver(grid, size, windowsEachWay), rounds };
}

/**
 * The grids on which `measureShift` reads the images on `grid` first, unless they lie far apart.
 * @see Scheffler et al. 2017, AROSICS: windows on a grid
 */
export const boxesToCompare = (grid: GeoBox): GeoBox[] =>
  (placesIn(grid)?.windows ?? []).map((window) => geoboxOfWindow(grid, window));

function coarser({ crs, affine, width, height }: GeoBox): Places | undefined {
  const { times, least, windowsEachWay: most } = coarse;
  const { b, c, e, f } = affine;
  const grid: GeoBox = {
    crs,
    affine: { ...affine, b: b * times, c: c * times, e: e * times, f: f * times },
    width: Math.floor(width / times),
    height: Math.floor(height / times),
  };
  const size = windowSize(grid);
  if (size === undefined || size < least) return undefined;
  return { grid, size, windows: windowsOver(grid, size, most), rounds: coarse.rounds };
}

async function converge(
  { read, signal, edges }: ShiftSpec,
  { grid, size, windows, rounds: most }: Places,
  start: { readonly dx: number; readonly dy: number },
  onProgress: (fraction: number) => void,
): Promise<MeasuredShift> {
  const boxes = windows.map((window) => geoboxOfWindow(grid, window));
  const pixel = { x: grid.affine.b, y: grid.affine.f };
  const reach = Math.floor(size / 4);
  const all = boxes.length;
  const reference: MeasuredPatch[] = [];
  for (const box of boxes) {
    signal?.throwIfAborted();
    reference.push(await read("reference", box, nowhere));
  }
  let shift = { dx: start.dx, dy: start.dy };
  let result: MeasuredShift | undefined;
  let pairs: Pair[] = [];
  for (let round = 0; round < most; round++) {
    const sum = spectrum(size);
    const alone: Spectrum[] = [];
    pairs = [];
    let clear = 0;
    let data = 0;
    let contrast = 0;
    for (const [index, box] of boxes.entries()) {
      signal?.throwIfAborted();
      const first = reference[index]!;
      const moving = await read("moving", box, shift);
      const share = clearShare(first, moving);
      clear += share / all;
      data += Math.min(first.data, moving.data) / all;
      onProgress((round + (index + 1) / all) / most);
      if (share < leastClear) continue;
      contrast = Math.max(contrast, Math.min(contrastOf(first), contrastOf(moving)));
      const power = crossPower(first, moving, size, edges);
      if (!power) continue;
      addSpectrum(sum, power);
      alone.push(power);
      pairs.push({ reference: first, moving });
      await new Promise((resolve) => setImmediate(resolve));
    }
    const told = { clear, used: alone.length, all, reach };
    if (alone.length === 0 && contrast > 0) return refusal("texture", told);
    if (alone.length === 0) {
      const reason = data < leastClear ? "overlap" : clear < leastClear ? "clouds" : "texture";
      return refusal(reason, told);
    }
    if (contrast < leastContrast) return refusal("texture", told);
    const peak = peakOf(sum, reach);
    const peaks = alone.length > 1 ? alone.map((power) => peakOf(power, reach)) : [];
    const spread =
      peaks.length > 0 ? median(peaks.map(({ col, row }) => Math.hypot(col - peak.col, row - peak.row))) : null;
    shift = { dx: shift.dx + peak.col * pixel.x, dy: shift.dy + peak.row * pixel.y };
    const agreement = spread === null ? 1 : 1 / (1 + spread);
    const refused: MeasureRefusal | null = peak.atRim
      ? "too-far"
      : peak.rival > 0.7
        ? "ambiguous"
        : spread !== null && peaks.length >= fewestTies && spread > 1
          ? "inconsistent"
          : null;
    result = {
      ...shift,
      confidence: Math.max(0, Math.min(1, (1 - peak.rival) * agreement)),
      spread,
      windows: { used: alone.length, all },
      clear,
      residual: null,
      error: null,
      reach,
      refused,
    };
    if (refused) return result;
    if (round === most - 1 || Math.hypot(peak.col, peak.row) < 0.015) {
      const ties = peaks.length > fewWindows ? { peaks, effective: 1 } : halfPeaks(pairs, size, edges);
      const scatter = scatterOf(ties.peaks, peak, ties.effective);
      // Parts that lie so far from each other have no shift in common.
      const apart = scatter.error !== null && scatter.error > mostError;
      result = { ...result, ...scatter, ...(apart ? { refused: "inconsistent" as const } : {}) };
      break;
    }
  }
  onProgress(1);
  return result!;
}

interface Pair {
  readonly reference: ImageSquare;
  readonly moving: ImageSquare;
}

/** The shifts of the nine halves of each window. They overlap: each counts as four ninths of a measurement. */
function halfPeaks(pairs: readonly Pair[], size: number, edges: Edges | undefined) {
  const half = size / 2;
  const peaks: Peak[] = [];
  for (const { reference, moving } of pairs)
    for (const { col, row } of windowsOver({ width: size, height: size }, half, 3, half / 2)) {
      const [p, q] = [reference, moving].map((square) => part(square, size, col, row, half));
      if (clearShare(p!, q!) < leastClear) continue;
      const power = crossPower(p!, q!, half, edges);
      if (power) peaks.push(peakOf(power, half / 4));
    }
  return { peaks, effective: 4 / 9 };
}

function part({ values, valid }: ImageSquare, size: number, col: number, row: number, side: number): ImageSquare {
  const own = { values: new Float32Array(side * side), valid: new Uint8Array(side * side) };
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const from = (row + y) * size + col + x;
      own.values[y * side + x] = values[from]!;
      own.valid[y * side + x] = valid[from]!;
    }
  return own;
}

/**
 * How tie points scatter around the common shift once those are left out that lie three robust standard deviations away (a
 * changed field, a cloud that no mask names).
 */
function scatterOf(peaks: readonly Peak[], { col, row }: Peak, effective: number) {
  const distances = peaks.map((peak) => Math.hypot(peak.col - col, peak.row - row));
  if (distances.length < fewestTies) return { residual: null, error: null };
  // Of a two-dimensional normal distribution the median distance is 1.177 standard deviations.
  const limit = Math.max(0.1, (3 * median(distances)) / 1.177);
  const kept = distances.filter((distance) => distance <= limit);
  const residual = Math.sqrt(kept.reduce((sum, distance) => sum + distance * distance, 0) / kept.length);
  return { residual, error: residual / Math.sqrt(kept.length * effective) };
}

const refusal = (
  refused: MeasureRefusal,
  { clear, used, all, reach }: { clear: number; used: number; all: number; reach: number },
): MeasuredShift => ({
  ...nowhere,
  confidence: 0,
  spread: null,
  windows: { used, all },
  clear,
  residual: null,
  error: null,
  reach,
  refused,
});

/** Differences between neighbours below this share of the mean are noise. */
const leastContrast = 0.002;

function contrastOf({ values, valid }: ImageSquare): number {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let at = 1; at < valid.length; at++) {
    if (!valid[at] || !valid[at - 1]) continue;
    sum += Math.abs(values[at]!);
    squares += (values[at]! - values[at - 1]!) ** 2;
    count++;
  }
  return sum === 0 ? 0 : Math.sqrt(squares / count) / (sum / count);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((p, q) => p - q);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
