import { clip, type PixelWindow } from "../../src-shared/geo/window.ts";
import type { Work } from "./pool/work.ts";
import type { RasterInfo } from "./raster.ts";
import { type Image, readBands } from "./read-bands.ts";
import type { TypedArray } from "./sample-type.ts";

/** Where a raster says which pixels are data. The order of precedence is GDAL's: mask, nodata value, alpha band. */
export type ValiditySource<Mask> =
  | { readonly kind: "all" }
  | { readonly kind: "nodata" }
  | { readonly kind: "mask"; readonly masks: readonly Mask[] }
  | { readonly kind: "alpha"; readonly band: number };

/** Per band 1 where there is data; `undefined` when every pixel is. NaN in a floating-point band is never data. */
export async function validityOf(
  source: ValiditySource<Image>,
  image: Image,
  window: PixelWindow,
  /** 1-based */
  numbers: readonly number[],
  bands: readonly TypedArray[],
  info: RasterInfo,
  work: Work,
): Promise<(Uint8Array | undefined)[]> {
  const { layout } = image;
  const outside = outsideMask(window, layout.width, layout.height);
  let shared = outside;
  if (source.kind === "mask") {
    const mask = source.masks.find((m) => m.layout.width === layout.width && m.layout.height === layout.height);
    if (mask) shared = both(outside, nonZero((await readBands(mask, window, [0], [0], work))[0]!));
  } else if (source.kind === "alpha") {
    const at = numbers.indexOf(source.band + 1);
    const alpha = at >= 0 ? bands[at]! : (await readBands(image, window, [source.band], [0], work))[0]!;
    shared = both(outside, nonZero(alpha));
  }
  return bands.map((pixels, i) => {
    const band = info.bands[numbers[i]! - 1]!;
    // The alpha band itself is always there.
    const base = source.kind === "alpha" && numbers[i] === source.band + 1 ? outside : shared;
    const nodata = source.kind === "nodata" ? band.nodata : undefined;
    const floating = band.dataType === "float32" || band.dataType === "float64";
    if (!floating) return nodata === undefined ? base : both(base, unlike(pixels, nodata));
    return both(base, floatValid(pixels as Float32Array | Float64Array, nodata));
  });
}

/** A zero for every pixel of the window that the image does not have. */
function outsideMask(window: PixelWindow, width: number, height: number): Uint8Array | undefined {
  const inside = clip(window, width, height);
  if (inside && inside.width === window.width && inside.height === window.height) return undefined;
  const mask = new Uint8Array(window.width * window.height);
  if (!inside) return mask;
  for (let row = inside.row; row < inside.row + inside.height; row++) {
    const start = (row - window.row) * window.width + inside.col - window.col;
    mask.fill(1, start, start + inside.width);
  }
  return mask;
}

/** Where both have data. The second mask is written to. */
export function both(p: Uint8Array | undefined, q: Uint8Array | undefined): Uint8Array | undefined {
  if (!p) return q;
  if (!q) return p;
  for (let i = 0; i < q.length; i++) q[i] = q[i]! & p[i]!;
  return q;
}

function nonZero(pixels: TypedArray): Uint8Array | undefined {
  return unlike(pixels, 0);
}

/** `undefined` when no pixel equals `value`. `indexOf` and a typed loop are fast; most windows have no nodata at all. */
export function unlike(pixels: TypedArray, value: number): Uint8Array | undefined {
  const first = pixels.indexOf(value);
  if (first < 0) return undefined;
  const mask = new Uint8Array(pixels.length).fill(1);
  for (let i = first; i >= 0; i = pixels.indexOf(value, i + 1)) {
    // A run of nodata is walked here; `indexOf` finds the next run.
    while (i < pixels.length && pixels[i] === value) mask[i++] = 0;
  }
  return mask;
}

/** From `low` to `high`, without the numbers of `fill`. */
export interface Range {
  readonly low: number;
  readonly high: number;
  readonly fill?: readonly number[];
}

/** `undefined` when every pixel lies in the range. NaN and what is not finite lie in no range. */
export function between(pixels: TypedArray, { low, high, fill }: Range): Uint8Array | undefined {
  const [least, most] = [Math.max(low, -Number.MAX_VALUE), Math.min(high, Number.MAX_VALUE)];
  let mask: Uint8Array | undefined;
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i]!;
    if (value >= least && value <= most && !fill?.includes(value)) continue;
    mask ??= new Uint8Array(pixels.length).fill(1);
    mask[i] = 0;
  }
  return mask;
}

function floatValid(pixels: Float32Array | Float64Array, nodata: number | undefined): Uint8Array | undefined {
  // Nodata went through text: the last digits of −3.4e38 differ between writers.
  const slack = nodata === undefined || !Number.isFinite(nodata) ? 0 : Math.abs(nodata) * 2.4e-7;
  const near = pixels instanceof Float32Array ? slack : 0;
  let mask: Uint8Array | undefined;
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i]!;
    // biome-ignore lint/suspicious/noSelfCompare: the fastest test for NaN.
    if (value !== value || value === nodata || (nodata !== undefined && Math.abs(value - nodata) <= near)) {
      mask ??= new Uint8Array(pixels.length).fill(1);
      mask[i] = 0;
    }
  }
  return mask;
}
