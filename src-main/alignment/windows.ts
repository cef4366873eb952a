/** Where two images are compared: square windows over an area. */
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../src-shared/geo/window.ts";

const largestWindow = 128;
const smallestWindow = 32;

/** The largest power of two that fits, up to a side from which more windows are better than larger ones; `undefined`: too small an area. */
export function windowSize({ width, height }: Pick<GeoBox, "width" | "height">): number | undefined {
  let size = largestWindow;
  while (size > Math.min(width, height)) size /= 2;
  return size >= smallestWindow ? size : undefined;
}

/** Evenly over the grid, at most `most` each way and no closer than `step` pixels. */
export function windowsOver(
  { width, height }: Pick<GeoBox, "width" | "height">,
  size: number,
  most: number,
  step = size,
): PixelWindow[] {
  const along = (length: number) => {
    const count = Math.max(1, Math.min(most, Math.round((length - size) / step) + 1));
    const apart = count > 1 ? (length - size) / (count - 1) : 0;
    const first = count > 1 ? 0 : (length - size) / 2;
    return Array.from({ length: count }, (_, i) => Math.round(first + i * apart));
  };
  return along(height).flatMap((row) => along(width).map((col) => ({ col, row, width: size, height: size })));
}
