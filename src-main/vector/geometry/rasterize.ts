import { type Affine, apply, invert, isAxisAligned } from "../../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import { clip, type PixelWindow } from "../../../src-shared/geo/window.ts";
import { type Polygonal, partsOf } from "./geometry.ts";

/** A horizontal stretch of pixels: row, first column, column behind the last. */
export type Span = (row: number, start: number, end: number) => void;

export interface RasterizeOptions {
  /** also pixels that the outline only crosses; otherwise a pixel belongs to the polygon when its centre does */
  readonly allTouched?: boolean;
}

/** Rings in pixel coordinates: [col, row, col, row, …], closed. */
type PixelRings = readonly Float64Array[];

// The numbers GDAL uses for a grid without rotation, in its order of operations: a coordinate that lies on a pixel's
// centre only but for rounding then falls on the same side as there.
function pixelTransform(affine: Affine): Affine {
  if (!isAxisAligned(affine)) return invert(affine);
  const { a, b, d, f } = affine;
  return { a: -a / b, b: 1 / b, c: 0, d: -d / f, e: 0, f: 1 / f };
}

/** The rings of a polygon in the grid's pixel coordinates, and the window around them inside the grid. */
function onGrid(
  geometry: Polygonal,
  grid: GeoBox,
): { readonly parts: readonly PixelRings[]; readonly window: PixelWindow } | undefined {
  const toPixel = pixelTransform(grid.affine);
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  const parts = partsOf(geometry).map((part) =>
    part.map((ring) => {
      const pixels = new Float64Array(ring.length * 2);
      ring.forEach(([x, y], i) => {
        const [col, row] = apply(toPixel, x, y);
        pixels[2 * i] = col;
        pixels[2 * i + 1] = row;
        left = Math.min(left, col);
        right = Math.max(right, col);
        top = Math.min(top, row);
        bottom = Math.max(bottom, row);
      });
      return pixels;
    }),
  );
  if (!(left <= right)) return undefined;
  const col = Math.floor(left);
  const row = Math.floor(top);
  const window = clip(
    { col, row, width: Math.ceil(right) - col + 1, height: Math.ceil(bottom) - row + 1 },
    grid.width,
    grid.height,
  );
  return window && { parts, window };
}

/**
 * The pixels of `grid` that a polygon owns, as spans from top to bottom. Without `allTouched` these are exactly the
 * pixels that gdal_rasterize burns: even-odd over all rings of all parts; a centre on a left, upper or flat lower edge
 * is inside, one on a right edge outside. Two neighbours can thus both own a centre on their common flat edge.
 * With `allTouched` a pixel may be reported more than once.
 */
export function rasterizePolygon(geometry: Polygonal, grid: GeoBox, span: Span, options: RasterizeOptions = {}): void {
  const placed = onGrid(geometry, grid);
  if (!placed) return;
  const { window } = placed;
  const rings = placed.parts.flat();
  const right = window.col + window.width;
  const tell = (row: number, start: number, end: number): void => {
    const from = Math.max(start, window.col);
    const to = Math.min(end, right);
    if (from < to) span(row, from, to);
  };
  fillCentres(rings, window, tell);
  if (options.allTouched) for (const ring of rings) touchOutline(ring, window, tell);
}

/** The first column whose centre lies at or right of `x`. */
const columnFrom = (x: number): number => Math.floor(x + 0.5);

/** Positive when the ring runs along its upper side to the right (rows grow downwards). */
function twiceArea(ring: Float64Array): number {
  const [col = 0, row = 0] = ring;
  let twice = 0;
  for (let i = 2; i < ring.length; i += 2) {
    twice += (ring[i - 2]! - col) * (ring[i + 1]! - row) - (ring[i]! - col) * (ring[i - 1]! - row);
  }
  return twice;
}

function fillCentres(rings: PixelRings, window: PixelWindow, span: Span): void {
  const bottom = window.row + window.height;
  // Each edge is handed to the rows whose centre lines it crosses, so that work grows with the outline, not with rows × edges.
  const crossings: number[][] = Array.from({ length: window.height }, () => []);
  const flats: [row: number, start: number, end: number][] = [];
  for (const ring of rings) {
    const turn = twiceArea(ring) > 0 ? 1 : -1;
    for (let i = 2; i < ring.length; i += 2) {
      const x1 = ring[i - 2]!;
      const y1 = ring[i - 1]!;
      const x2 = ring[i]!;
      const y2 = ring[i + 1]!;
      if (y1 === y2) {
        const row = y1 - 0.5;
        if (Number.isInteger(row) && row >= window.row && row < bottom && turn * (x1 - x2) > 0) {
          flats.push([row, columnFrom(Math.min(x1, x2)), columnFrom(Math.max(x1, x2))]);
        }
        continue;
      }
      const [upperX, upperY, lowerX, lowerY] = y1 < y2 ? [x1, y1, x2, y2] : [x2, y2, x1, y1];
      const first = Math.max(window.row, Math.ceil(upperY - 0.5));
      const last = Math.min(bottom - 1, Math.ceil(lowerY - 0.5) - 1);
      for (let row = first; row <= last; row++) {
        const x = ((row + 0.5 - upperY) * (lowerX - upperX)) / (lowerY - upperY) + upperX;
        crossings[row - window.row]!.push(x);
      }
    }
  }
  crossings.forEach((xs, index) => {
    xs.sort((p, q) => p - q);
    for (let i = 0; i + 1 < xs.length; i += 2) span(window.row + index, columnFrom(xs[i]!), columnFrom(xs[i + 1]!));
  });
  for (const [row, start, end] of flats) span(row, start, end);
}

/** Every pixel whose inside the outline crosses: cut each edge at pixel borders, take the pixel around each piece's middle. */
function touchOutline(ring: Float64Array, window: PixelWindow, span: Span): void {
  const bottom = window.row + window.height;
  for (let i = 2; i < ring.length; i += 2) {
    const x1 = ring[i - 2]!;
    const y1 = ring[i - 1]!;
    const x2 = ring[i]!;
    const y2 = ring[i + 1]!;
    const cuts = [0, 1];
    cutAtIntegers(x1, x2, window.col, window.col + window.width, cuts);
    cutAtIntegers(y1, y2, window.row, bottom, cuts);
    cuts.sort((p, q) => p - q);
    for (let k = 1; k < cuts.length; k++) {
      const middle = (cuts[k - 1]! + cuts[k]!) / 2;
      const x = x1 + middle * (x2 - x1);
      const y = y1 + middle * (y2 - y1);
      // A piece along a border between pixels crosses the inside of neither.
      if (cuts[k]! - cuts[k - 1]! < 1e-12 || isBorder(x, x1, x2) || isBorder(y, y1, y2)) continue;
      const row = Math.floor(y);
      if (row >= window.row && row < bottom) span(row, Math.floor(x), Math.floor(x) + 1);
    }
  }
}

const isBorder = (value: number, from: number, to: number): boolean => from === to && Number.isInteger(value);

function cutAtIntegers(from: number, to: number, low: number, high: number, cuts: number[]): void {
  const start = Math.max(low, Math.ceil(Math.min(from, to)));
  const end = Math.min(high, Math.floor(Math.max(from, to)));
  for (let at = start; at <= end && from !== to; at++) cuts.push((at - from) / (to - from));
}

/** Burns a polygon into an array that covers `grid`. */
export function burn(
  target: { [index: number]: number },
  grid: GeoBox,
  geometry: Polygonal,
  value: number,
  options: RasterizeOptions = {},
): void {
  rasterizePolygon(
    geometry,
    grid,
    (row, start, end) => {
      for (let at = row * grid.width + start; at < row * grid.width + end; at++) target[at] = value;
    },
    options,
  );
}

/** How much of each pixel a polygon covers, 0 to 1, over the window around it. */
export interface Coverage {
  readonly window: PixelWindow;
  /** row-major over `window` */
  readonly fractions: Float64Array;
}

/**
 * Exact shares of area, for patches that are larger than the details of a parcel. Each edge adds the area between itself
 * and the right end of its row (positive going down, negative going up); a running sum along the row gives the shares.
 */
export function coverage(geometry: Polygonal, grid: GeoBox): Coverage | undefined {
  const placed = onGrid(geometry, grid);
  if (!placed) return undefined;
  const { window } = placed;
  const { width, height } = window;
  // `own` is the area right of the edge inside its own pixel, `onward` what every pixel further right receives.
  const own = new Float64Array(width * height);
  const onward = new Float64Array((width + 1) * height);
  for (const part of placed.parts) {
    part.forEach((ring, index) => {
      const sign = (twiceArea(ring) > 0 ? -1 : 1) * (index === 0 ? 1 : -1);
      for (let i = 2; i < ring.length; i += 2) {
        accumulate(
          ring[i - 2]! - window.col,
          ring[i - 1]! - window.row,
          ring[i]! - window.col,
          ring[i + 1]! - window.row,
          sign,
        );
      }
    });
  }

  function accumulate(x1: number, y1: number, x2: number, y2: number, sign: number): void {
    if (y1 === y2) return;
    const cuts = [0, 1];
    cutAtIntegers(x1, x2, 0, width, cuts);
    cutAtIntegers(y1, y2, 0, height, cuts);
    cuts.sort((p, q) => p - q);
    for (let k = 1; k < cuts.length; k++) {
      const middle = (cuts[k - 1]! + cuts[k]!) / 2;
      const row = Math.floor(y1 + middle * (y2 - y1));
      if (row < 0 || row >= height) continue;
      const rise = sign * (cuts[k]! - cuts[k - 1]!) * (y2 - y1);
      const x = x1 + middle * (x2 - x1);
      const col = Math.floor(x);
      if (col >= width) continue;
      if (col < 0) {
        onward[row * (width + 1)]! += rise;
      } else {
        own[row * width + col]! += rise * (col + 1 - x);
        onward[row * (width + 1) + col + 1]! += rise;
      }
    }
  }

  const fractions = new Float64Array(width * height);
  for (let row = 0; row < height; row++) {
    let running = 0;
    for (let col = 0; col < width; col++) {
      running += onward[row * (width + 1) + col]!;
      const share = running + own[row * width + col]!;
      // Sums of rounded pieces may miss 0 and 1 slightly.
      fractions[row * width + col] = share < 1e-9 ? 0 : share > 1 - 1e-9 ? 1 : share;
    }
  }
  return { window, fractions };
}
