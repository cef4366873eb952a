// How far one image of a place is displaced against another. Windows spread over the area give one shift together; each window alone
// shows how well they agree. The moving image is read again at the first estimate, so that the last measurement is
// close to zero: the window and its mask bias every measurement towards zero, and a measurement of zero has no bias.
import { type GeoBox, geoboxOfWindow } from "../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import { type Spectrum, spectrum } from "./fft.ts";
import { addSpectrum, crossPower, type ImageSquare, peakOf } from "./phase-correlation.ts";

export type ShiftRefusal = "texture" | "clouds" | "overlap" | "ambiguous" | "inconsistent" | "too-far";

export interface MeasuredPatch extends ImageSquare {
  /** share of pixels with data, seen clearly or not */
  readonly data: number;
}

export interface ShiftSpec {
  /** where to compare, and at which resolution */
  readonly grid: GeoBox;
  /** reads an image on a grid; the moving one as if it lay `shift` (map units) further */
  readonly read: (
    image: "reference" | "moving",
    grid: GeoBox,
    shift: { readonly dx: number; readonly dy: number },
  ) => Promise<MeasuredPatch>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

export interface MeasuredShift {
  /** map units that the moving image has to be moved by */
  readonly dx: number;
  readonly dy: number;
  readonly confidence: number;
  readonly spread: number | null;
  readonly windows: { readonly used: number; readonly all: number };
  readonly clear: number;
  readonly refused: ShiftRefusal | null;
}

const largestWindow = 128;
const smallestWindow = 32;
const mostWindows = 25;
const rounds = 6;
/** A window helps when so much of it is clear in both images. */
const leastClear = 0.4;

/**
 * How far the other image lies beside the reference, in units of the grid's coordinate system, from patches of both by phase
 * correlation; or why it cannot be measured (no common ground, too little clear, no texture).
 * @see Foroosh, Zerubia, Berthod (2002), Extension of phase correlation to subpixel registration
 */
export async function measureShift({ grid, read, signal, onProgress }: ShiftSpec): Promise<MeasuredShift> {
  const size = windowSize(grid);
  if (!size) return refusal("overlap", 0, 0, 0);
  const windows = windowsIn(grid, size);
  const boxes = windows.map((window) => geoboxOfWindow(grid, window));
  const pixel = { x: grid.affine.b, y: grid.affine.f };
  const reference: MeasuredPatch[] = [];
  for (const box of boxes) {
    signal?.throwIfAborted();
    reference.push(await read("reference", box, { dx: 0, dy: 0 }));
  }
  let shift = { dx: 0, dy: 0 };
  let result: MeasuredShift | undefined;
  for (let round = 0; round < rounds; round++) {
    const sum = spectrum(size);
    const alone: Spectrum[] = [];
    let clear = 0;
    let data = 0;
    let contrast = 0;
    for (const [index, box] of boxes.entries()) {
      signal?.throwIfAborted();
      const moving = await read("moving", box, shift);
      const share = clearShare(reference[index]!, moving);
      clear += share / boxes.length;
      data += Math.min(reference[index]!.data, moving.data) / boxes.length;
      onProgress?.((round + (index + 1) / boxes.length) / rounds);
      if (share < leastClear) continue;
      contrast = Math.max(contrast, Math.min(contrastOf(reference[index]!), contrastOf(moving)));
      const power = crossPower(reference[index]!, moving, size);
      if (!power) continue;
      addSpectrum(sum, power);
      alone.push(power);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const all = boxes.length;
    if (alone.length === 0 && contrast > 0) return refusal("texture", clear, 0, all);
    if (alone.length === 0) {
      const reason = data < leastClear ? "overlap" : clear < leastClear ? "clouds" : "texture";
      return refusal(reason, clear, 0, all);
    }
    if (contrast < leastContrast) return refusal("texture", clear, alone.length, all);
    const reach = Math.floor(size / 4);
    const peak = peakOf(sum, reach);
    const peaks = alone.length > 1 ? alone.map((power) => peakOf(power, reach)) : [];
    const spread =
      peaks.length > 0 ? median(peaks.map(({ col, row }) => Math.hypot(col - peak.col, row - peak.row))) : null;
    shift = { dx: shift.dx + peak.col * pixel.x, dy: shift.dy + peak.row * pixel.y };
    const agreement = spread === null ? 1 : 1 / (1 + spread);
    const refused: ShiftRefusal | null = peak.atRim
      ? "too-far"
      : peak.rival > 0.7
        ? "ambiguous"
        : spread !== null && peaks.length >= 4 && spread > 1
          ? "inconsistent"
          : null;
    result = {
      ...shift,
      confidence: Math.max(0, Math.min(1, (1 - peak.rival) * agreement)),
      spread,
      windows: { used: alone.length, all },
      clear,
      refused,
    };
    if (refused || Math.hypot(peak.col, peak.row) < 0.015) break;
  }
  onProgress?.(1);
  return result!;
}

const refusal = (refused: ShiftRefusal, clear: number, used: number, all: number): MeasuredShift => ({
  dx: 0,
  dy: 0,
  confidence: 0,
  spread: null,
  windows: { used, all },
  clear,
  refused,
});

/** The largest power of two that fits, up to a side from which more windows are better than larger ones. */
function windowSize({ width, height }: GeoBox): number | undefined {
  let size = largestWindow;
  while (size > Math.min(width, height)) size /= 2;
  return size >= smallestWindow ? size : undefined;
}

/** Evenly over the grid, without overlap while they fit, and at most as many as improve the result. */
function windowsIn({ width, height }: GeoBox, size: number): PixelWindow[] {
  const along = (length: number) => {
    const count = Math.max(1, Math.min(Math.sqrt(mostWindows), Math.round(length / size)));
    const step = count > 1 ? (length - size) / (count - 1) : 0;
    const first = count > 1 ? 0 : (length - size) / 2;
    return Array.from({ length: count }, (_, i) => Math.round(first + i * step));
  };
  return along(height).flatMap((row) => along(width).map((col) => ({ col, row, width: size, height: size })));
}

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

function clearShare(p: ImageSquare, q: ImageSquare): number {
  let both = 0;
  for (let at = 0; at < p.valid.length; at++) if (p.valid[at] && q.valid[at]) both++;
  return both / p.valid.length;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((p, q) => p - q);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
