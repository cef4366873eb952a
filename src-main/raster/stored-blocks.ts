import { clip, type PixelWindow } from "../../src-shared/geo/window.ts";
import type { RasterInfo } from "./raster.ts";
import { blocksUnder, type Image } from "./read-bands.ts";
import type { ValiditySource } from "./validity.ts";

/**
 * Which blocks of an image are stored. A sparse image leaves blocks out (offset or length 0): they read as the nodata value, or
 * as 0 where there is none. Only the lists of places are read here, no pixels.
 */
export async function hasStoredBlock(image: Image, window: PixelWindow, bands: readonly number[]): Promise<boolean> {
  for await (const _ of storedRuns(image, window, bands)) return true;
  return false;
}

/** The stored blocks in `window` (bands 0-based), neighbours in a row of blocks joined, as windows that end at the image's edge. */
export async function* storedRuns(
  image: Image,
  window: PixelWindow,
  bands: readonly number[],
): AsyncGenerator<PixelWindow, void> {
  const { layout, blocks } = image;
  const { blockWidth, blockHeight, blocksAcross, blocksDown, width, height } = layout;
  const inside = clip(window, width, height);
  if (!inside) return;
  const { firstCol, firstRow, lastCol, lastRow } = blocksUnder(layout, inside);
  const { cols, rows } = layout.before ?? { cols: 0, rows: 0 };
  const planes = layout.planar ? [...new Set(bands)] : [0];
  const stored = async (col: number, row: number): Promise<boolean> => {
    for (const plane of planes) {
      const { length } = await blocks.locate((plane * blocksDown + row) * blocksAcross + col);
      if (length !== 0) return true;
    }
    return false;
  };
  for (let row = firstRow; row <= lastRow; row++) {
    for (let col = firstCol; col <= lastCol; col++) {
      if (!(await stored(col, row))) continue;
      const start = col;
      while (col < lastCol && (await stored(col + 1, row))) col++;
      const left = Math.max(0, start * blockWidth - cols);
      const top = Math.max(0, row * blockHeight - rows);
      yield {
        col: left,
        row: top,
        width: Math.min(width, (col + 1) * blockWidth - cols) - left,
        height: Math.min(height, (row + 1) * blockHeight - rows) - top,
      };
    }
  }
}

/**
 * The image whose stored blocks hold every pixel that is data, and its bands (0-based): where all of its blocks are absent, no
 * pixel of the bands asked for is data. `undefined` where an absent block says 0, which is a value like any other.
 * @param numbers 1-based
 */
export function dataImage(
  source: ValiditySource<Image>,
  image: Image,
  numbers: readonly number[],
  info: RasterInfo,
): { readonly image: Image; readonly bands: readonly number[] } | undefined {
  if (source.kind === "mask") {
    const { width, height } = image.layout;
    const mask = source.masks.find(({ layout }) => layout.width === width && layout.height === height);
    return mask && { image: mask, bands: [0] };
  }
  // The alpha band does not say which of its own pixels are data.
  if (source.kind === "alpha") {
    return numbers.includes(source.band + 1) ? undefined : { image, bands: [source.band] };
  }
  const known = source.kind === "nodata" && numbers.every((n) => info.bands[n - 1]?.nodata !== undefined);
  return known ? { image, bands: numbers.map((n) => n - 1) } : undefined;
}
