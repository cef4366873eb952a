import { encode } from "fast-png";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import { dataRegion, readingWindows } from "../cube/index.ts";
import type { Raster } from "../raster/index.ts";

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
const pictureSide = 1200;

export interface PictureOptions {
  /** the part of the raster to show, in its pixels; else all of it */
  readonly window?: PixelWindow | undefined;
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
  { window, side = pictureSide, step = 1, signal }: PictureOptions = {},
): Promise<Picture> {
  const { info } = raster;
  if (info.dataType !== "uint8" && info.dataType !== "uint16")
    throw new Error(`Picture of ${info.path}: ${info.dataType} instead of uint8 or uint16`);
  const shown = window ?? { col: 0, row: 0, width: info.width, height: info.height };
  const shrink = Math.min(1, side / Math.max(shown.width, shown.height));
  const width = Math.max(1, Math.round(shown.width * shrink));
  const height = Math.max(1, Math.round(shown.height * shrink));

  // Overviews are sorted largest first: the last one that is large enough is the cheapest.
  const fineEnough = (level: { readonly width: number; readonly height: number }) =>
    level.width * shown.width >= width * info.width && level.height * shown.height >= height * info.height;
  const found = info.overviews.findLastIndex(fineEnough);
  const overview = found < 0 ? undefined : found;
  const level = info.overviews[found] ?? { width: info.width, height: info.height };

  const values = new Uint8Array(width * height);
  const valid = new Uint8Array(width * height);
  const across = partOf(shown.col, shown.width, info.width, level.width);
  const down = partOf(shown.row, shown.height, info.height, level.height);
  const columns = Array.from({ length: width }, (_, col) => middle(col, width, across));
  const rows = Array.from({ length: height }, (_, row) => middle(row, height, down));
  const [left, top] = [columns[0]!, rows[0]!];
  const looked = { col: left, row: top, width: columns.at(-1)! + 1 - left, height: rows.at(-1)! + 1 - top };
  const region = await dataRegion(raster, looked, signal, overview);
  for (const own of readingWindows(region, pixelsPerRead, Math.min(info.blockHeight, 1024))) {
    const part = { ...own, col: own.col + left, row: own.row + top };
    signal?.throwIfAborted();
    const [first, right] = between(columns, part.col, part.col + part.width);
    const [begin, bottom] = between(rows, part.row, part.row + part.height);
    if (first === right || begin === bottom) continue; // no pixel of the picture looks here
    const block = await raster.readWindow(part, { bands: [1], overview, signal });
    const [band, mask] = [block.bands[0]!, block.valid[0]];
    for (let row = begin; row < bottom; row++) {
      for (let col = first; col < right; col++) {
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

interface Span {
  readonly start: number;
  readonly length: number;
  /** the last pixel that there is */
  readonly last: number;
}

/** A part of the raster's side in the pixels of one of its levels. */
const partOf = (start: number, length: number, whole: number, level: number): Span => ({
  start: (start * level) / whole,
  length: (length * level) / whole,
  last: level - 1,
});

/** The source pixel under the middle of picture pixel `at`. */
const middle = (at: number, pictureLength: number, { start, length, last }: Span): number =>
  Math.min(last, Math.floor(start + ((at + 0.5) * length) / pictureLength));

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
