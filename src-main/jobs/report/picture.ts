import { encode } from "fast-png";
import type { Raster } from "../../raster/index.ts";
import { dataRegion, readingWindows } from "../data-region.ts";

/** A small picture of a raster: what a reader sees of it, never more pixels than a screen has. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** one byte per pixel, rows from the top */
  readonly values: Uint8Array;
  /** 1 where the raster holds data */
  readonly valid: Uint8Array;
}

export type Rgb = readonly [red: number, green: number, blue: number];

/** The longer side of a picture in pixels. */
export const pictureSide = 1200;

export interface PictureOptions {
  /** the longer side, in pixels */
  readonly side?: number;
  /** what a stored value is multiplied by to fit a byte */
  readonly step?: number;
  readonly signal?: AbortSignal;
}

const pixelsPerRead = 1 << 23;

/**
 * The first band as a picture: the raster itself where it is small, otherwise the nearest pixels of the overview that
 * is just fine enough. What the file stores is read part by part, so that memory stays bounded without overviews too; what it leaves
 * out is not looked at.
 */
export async function readPicture(
  raster: Raster,
  { side = pictureSide, step = 1, signal }: PictureOptions = {},
): Promise<Picture> {
  const { info } = raster;
  if (info.dataType !== "uint8" && info.dataType !== "uint16")
    throw new Error(`Picture of ${info.path}: ${info.dataType} instead of uint8 or uint16`);
  const shrink = Math.min(1, side / Math.max(info.width, info.height));
  const width = Math.max(1, Math.round(info.width * shrink));
  const height = Math.max(1, Math.round(info.height * shrink));

  // Overviews are sorted largest first: the last one that is large enough is the cheapest.
  const found = info.overviews.findLastIndex((level) => level.width >= width && level.height >= height);
  const overview = found < 0 ? undefined : found;
  const level = info.overviews[found] ?? { width: info.width, height: info.height };

  const values = new Uint8Array(width * height);
  const valid = new Uint8Array(width * height);
  const columns = Array.from({ length: width }, (_, col) => middle(col, width, level.width));
  const rows = Array.from({ length: height }, (_, row) => middle(row, height, level.height));
  const region = await dataRegion(
    raster,
    { col: 0, row: 0, width: level.width, height: level.height },
    signal,
    overview,
  );
  for (const part of readingWindows(region, pixelsPerRead, Math.min(info.blockHeight, 1024))) {
    signal?.throwIfAborted();
    const [left, right] = between(columns, part.col, part.col + part.width);
    const [top, bottom] = between(rows, part.row, part.row + part.height);
    if (left === right || top === bottom) continue; // no pixel of the picture looks here
    const block = await raster.readWindow(part, { bands: [1], overview, signal });
    const [band, mask] = [block.bands[0]!, block.valid[0]];
    for (let row = top; row < bottom; row++) {
      for (let col = left; col < right; col++) {
        const source = (rows[row]! - part.row) * part.width + columns[col]! - part.col;
        values[row * width + col] = Math.min(255, Math.round(band[source]! * step));
        valid[row * width + col] = mask ? mask[source]! : 1;
      }
    }
  }
  return { width, height, values, valid };
}

/** The positions in `ascending` whose values lie from `start` to before `end`: the first, and the one after the last. */
function between(ascending: readonly number[], start: number, end: number): [first: number, behind: number] {
  const behind = (limit: number) => {
    const at = ascending.findIndex((value) => value >= limit);
    return at < 0 ? ascending.length : at;
  };
  return [behind(start), behind(end)];
}

/** The source pixel under the middle of picture pixel `at`. */
const middle = (at: number, pictureLength: number, sourceLength: number): number =>
  Math.min(sourceLength - 1, Math.floor(((at + 0.5) * sourceLength) / pictureLength));

/** An indexed PNG: pixels without data, or whose value has no colour, are transparent. */
export function encodePicture(picture: Picture, colorOf: (value: number) => Rgb | undefined): Uint8Array {
  // Entry 0 is the transparent one, because fast-png writes the transparent entries first.
  const palette: number[][] = [[0, 0, 0, 0]];
  const entries = new Map<number, number>();
  const data = new Uint8Array(picture.values.length);
  for (const value of new Set(picture.values)) {
    const color = colorOf(value);
    if (!color || palette.length === 256) continue;
    entries.set(value, palette.length);
    palette.push([...color, 255]);
  }
  picture.values.forEach((value, index) => {
    data[index] = picture.valid[index] ? (entries.get(value) ?? 0) : 0;
  });
  const { width, height } = picture;
  return encode({ width, height, data, depth: 8, channels: 1, palette }, { zlib: { level: 9 } });
}

export const pngUri = (png: Uint8Array): string => `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
