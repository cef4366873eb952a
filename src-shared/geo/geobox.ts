import { type Affine, apply, invert, northUp } from "./affine.ts";
import type { Bounds } from "./bounds.ts";
import type { Crs } from "./crs.ts";
import type { PixelWindow } from "./window.ts";

/** A pixel grid placed on Earth. */
export interface GeoBox {
  readonly crs: Crs;
  readonly affine: Affine;
  /** in pixels */
  readonly width: number;
  readonly height: number;
}

/** The rectangle that holds all four corners of the grid, in map units. */
export function boundsOf(grid: GeoBox): Bounds {
  const corners = [
    apply(grid.affine, 0, 0),
    apply(grid.affine, grid.width, 0),
    apply(grid.affine, 0, grid.height),
    apply(grid.affine, grid.width, grid.height),
  ];
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  return { minX: Math.min(...xs), minY: Math.min(...ys), maxX: Math.max(...xs), maxY: Math.max(...ys) };
}

/** The window of `grid` that covers `bounds`, in whole pixels. It may reach past the edges. */
export function windowCovering(grid: GeoBox, bounds: Bounds): PixelWindow {
  const toPixel = invert(grid.affine);
  const corners = [
    apply(toPixel, bounds.minX, bounds.maxY),
    apply(toPixel, bounds.maxX, bounds.maxY),
    apply(toPixel, bounds.minX, bounds.minY),
    apply(toPixel, bounds.maxX, bounds.minY),
  ];
  const cols = corners.map(([col]) => col);
  const rows = corners.map(([, row]) => row);
  // A coordinate written in decimal is rounded: a millionth of a pixel beside an edge counts as the edge.
  const slack = 1e-6;
  const col = Math.floor(Math.min(...cols) + slack);
  const row = Math.floor(Math.min(...rows) + slack);
  return {
    col,
    row,
    width: Math.ceil(Math.max(...cols) - slack) - col,
    height: Math.ceil(Math.max(...rows) - slack) - row,
  };
}

/** The grid of a window of `grid`. */
export function geoboxOfWindow(grid: GeoBox, window: PixelWindow): GeoBox {
  const [x, y] = apply(grid.affine, window.col, window.row);
  return { crs: grid.crs, affine: { ...grid.affine, a: x, d: y }, width: window.width, height: window.height };
}

/** A north-up grid over `bounds`, whose pixel edges lie on multiples of `resolution` (map units) counted from the CRS origin. */
export function alignedGeobox(crs: Crs, bounds: Bounds, resolution: number): GeoBox {
  const slack = 1e-6;
  const left = Math.floor(bounds.minX / resolution + slack);
  const top = Math.ceil(bounds.maxY / resolution - slack);
  const right = Math.ceil(bounds.maxX / resolution - slack);
  const bottom = Math.floor(bounds.minY / resolution + slack);
  return {
    crs,
    affine: northUp(left * resolution, top * resolution, resolution, resolution),
    width: right - left,
    height: top - bottom,
  };
}

/** Map units per pixel, across and down (both positive). */
export function resolutionOf(grid: GeoBox): { readonly x: number; readonly y: number } {
  return { x: Math.hypot(grid.affine.b, grid.affine.e), y: Math.hypot(grid.affine.c, grid.affine.f) };
}

/** Pixel positions spread over a grid in `steps` steps each way, corners included: its edges are curved in another projection. */
export function positionsOver(
  { width, height }: Pick<GeoBox, "width" | "height">,
  steps: number,
): [col: number, row: number][] {
  const parts = Array.from({ length: steps + 1 }, (_, i) => i);
  return parts.flatMap((j) => parts.map((i): [number, number] => [(width * i) / steps, (height * j) / steps]));
}
