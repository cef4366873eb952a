import type { PixelWindow } from "../../src-shared/geo/window.ts";
import type { Raster } from "../raster/index.ts";
import { PatchSet } from "./patch-set.ts";

/** `PatchSet` serves for pixels here. */
export type PixelSet = PatchSet;

/**
 * The pixels of `within` that can be data, counted from its corner: what has to be read of a map whose places lie far apart. Taken
 * from the file's lists of blocks, without reading a pixel.
 */
export async function dataRegion(
  raster: Raster,
  within: PixelWindow,
  signal: AbortSignal | undefined,
  overview?: number,
): Promise<PixelSet> {
  const windows = await raster.dataWindows({ bands: [1], signal, overview });
  return PatchSet.of(windows.map((own) => ({ ...own, col: own.col - within.col, row: own.row - within.row }))).inside({
    ...within,
    col: 0,
    row: 0,
  });
}

/** Windows that together are the set, from the north, of at most about `pixels` pixels; heights are multiples of `step` rows where that fits. */
export function* readingWindows(region: PixelSet, pixels: number, step = 1): Generator<PixelWindow, void> {
  for (const { col, row, width, height } of region.stretches()) {
    const rows = Math.max(1, Math.floor(pixels / width / step) * step || Math.floor(pixels / width));
    for (let top = row; top < row + height; top += rows)
      yield { col, row: top, width, height: Math.min(rows, row + height - top) };
  }
}
