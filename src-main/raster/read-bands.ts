import { AppError } from "../../src-shared/errors/index.ts";
import { reason } from "../../src-shared/errors/reasons/index.ts";
import { clip, type PixelWindow } from "../../src-shared/geo/window.ts";
import { blockCache } from "./block-cache.ts";
import { isReason } from "./decode/block-problem.ts";
import { decodeBudget } from "./decode-budget.ts";
import { blockReader } from "./formats/blocks.ts";
import type { BlockGrid, BlockPlace, BlockReader, Others, StoredImage } from "./formats/format.ts";
import { pool } from "./pool/pool.ts";
import type { Work } from "./pool/work.ts";
import { allocate, type TypedArray } from "./sample-type.ts";

/** An image whose blocks can be asked for. */
export interface Image extends StoredImage {
  readonly blocks: BlockReader;
}

export const placedImage = (image: StoredImage, others: Others): Image => ({
  ...image,
  blocks: blockReader(image, others),
});

/** A worker gets about this many decoded bytes at once: enough to outweigh the message, few enough to share the work. */
const taskBytes = 1 << 20;
/** Neighbouring blocks are read together when no more than this lies between them. */
const gapBytes = 1 << 14;
const readBytes = 1 << 23;

/** Bands (0-based) of a window. Past the edges and in sparse blocks a band holds its `fill`. */
export async function readBands(
  image: Image,
  window: PixelWindow,
  bands: readonly number[],
  fill: readonly number[],
  options: Work & { readonly once?: boolean | undefined } = {},
): Promise<TypedArray[]> {
  const { layout } = image;
  const inside = clip(window, layout.width, layout.height);
  const whole = inside && inside.width === window.width && inside.height === window.height;
  const out = bands.map((band) => {
    const array = allocate(layout.dataType, window.width * window.height);
    if (!whole && fill[band]) array.fill(fill[band]!);
    return array;
  });
  if (!inside || bands.length === 0) return out;

  const paste = (place: BlockPlace, decoded: readonly TypedArray[] | undefined) => {
    bands.forEach((band, i) => {
      if (layout.planar && band !== place.plane) return;
      const source = decoded?.[layout.planar ? 0 : band];
      copyBlock(layout, place, source, fill[band] ?? 0, out[i]!, window, inside);
    });
  };

  const missing: BlockPlace[] = [];
  for (const { index, plane, col, row } of blocksOf(layout, inside, bands)) {
    const cached = blockCache.get(`${image.key}|${index}`);
    if (cached) {
      paste({ index, plane, col, row, offset: 0, length: 0 }, cached);
      continue;
    }
    const { offset, length } = await image.blocks.locate(index);
    const place = { index, plane, col, row, offset, length };
    if (length === 0) paste(place, undefined);
    else missing.push(place);
  }
  await decodeMissing(image, missing, paste, options);
  return out;
}

interface Promised {
  readonly bands: Promise<readonly TypedArray[] | undefined>;
  readonly keep: (bands: readonly TypedArray[] | undefined) => void;
}

/** Blocks that some reader is decoding now: neighbouring windows read at once share them. */
const inProgress = new Map<string, Promised>();

function promise(): Promised {
  const { promise: bands, resolve: keep } = Promise.withResolvers<readonly TypedArray[] | undefined>();
  return { bands, keep };
}

async function decodeMissing(
  image: Image,
  missing: readonly BlockPlace[],
  paste: (place: BlockPlace, decoded: readonly TypedArray[]) => void,
  options: Work & { readonly once?: boolean | undefined },
): Promise<void> {
  const { signal, urgent, once } = options;
  const keyOf = (place: BlockPlace) => `${image.key}|${place.index}`;
  const mine = new Map<string, Promised>();
  const own: BlockPlace[] = [];
  const others: { readonly place: BlockPlace; readonly bands: Promised["bands"] }[] = [];
  for (const place of missing) {
    const promised = inProgress.get(keyOf(place));
    if (promised) others.push({ place, bands: promised.bands });
    else {
      const fresh = promise();
      mine.set(keyOf(place), fresh);
      inProgress.set(keyOf(place), fresh);
      own.push(place);
    }
  }
  own.sort((p, q) => p.offset - q.offset);
  const groups = grouped(own, image.blocks.blockBytes);
  let next = 0;
  const work = async () => {
    while (next < groups.length) {
      signal?.throwIfAborted();
      const group = groups[next++]!;
      const decode = () => image.blocks.decode(group, { signal, urgent });
      const { borrows, blockBytes } = image.blocks;
      const decoded = borrows ? await decode() : await decodeBudget.with(group.length * blockBytes, decode);
      group.forEach((place, i) => {
        const result = decoded[i]!;
        if (isReason(result)) {
          throw new AppError("raster-damaged", {
            path: image.path,
            reason: reason("block-cannot-decoded", { index: place.index, result }),
          });
        }
        paste(place, result);
        if (!once) blockCache.set(keyOf(place), result);
        mine.get(keyOf(place))!.keep(result);
      });
    }
  };
  try {
    // One group more than there are workers keeps the disk busy while they decode.
    await Promise.all(Array.from({ length: Math.min(groups.length, pool.size + 1) }, work));
  } finally {
    next = groups.length;
    for (const [key, promised] of mine) {
      promised.keep(undefined);
      inProgress.delete(key);
    }
  }
  const abandoned: BlockPlace[] = [];
  for (const { place, bands } of others) {
    const decoded = await bands;
    signal?.throwIfAborted();
    if (decoded) paste(place, decoded);
    else abandoned.push(place);
  }
  // When the other reader was cancelled or failed, the block is decoded here.
  if (abandoned.length > 0) await decodeMissing(image, abandoned, paste, options);
}

/** The columns and rows of blocks that a window inside the image touches. */
export function blocksUnder({ blockWidth, blockHeight, before }: BlockGrid, inside: PixelWindow) {
  const col = inside.col + (before?.cols ?? 0);
  const row = inside.row + (before?.rows ?? 0);
  return {
    firstCol: Math.floor(col / blockWidth),
    firstRow: Math.floor(row / blockHeight),
    lastCol: Math.floor((col + inside.width - 1) / blockWidth),
    lastRow: Math.floor((row + inside.height - 1) / blockHeight),
  };
}

function* blocksOf(layout: BlockGrid, inside: PixelWindow, bands: readonly number[]) {
  const { blocksAcross, blocksDown } = layout;
  const { firstCol, firstRow, lastCol, lastRow } = blocksUnder(layout, inside);
  const planes = layout.planar ? [...new Set(bands)] : [0];
  for (const plane of planes) {
    for (let row = firstRow; row <= lastRow; row++) {
      for (let col = firstCol; col <= lastCol; col++) {
        yield { index: (plane * blocksDown + row) * blocksAcross + col, plane, col, row };
      }
    }
  }
}

function grouped(places: readonly BlockPlace[], decodedBytes: number): BlockPlace[][] {
  const groups: BlockPlace[][] = [];
  let current: BlockPlace[] = [];
  let start = 0;
  let end = 0;
  for (const place of places) {
    const fits =
      current.length > 0 &&
      (current.length + 1) * decodedBytes <= taskBytes &&
      place.offset - end <= gapBytes &&
      place.offset + place.length - start <= readBytes;
    if (!fits) {
      current = [];
      groups.push(current);
      start = place.offset;
      end = place.offset;
    }
    current.push(place);
    end = Math.max(end, place.offset + place.length);
  }
  return groups;
}

function copyBlock(
  layout: BlockGrid,
  place: BlockPlace,
  source: TypedArray | undefined,
  fill: number,
  out: TypedArray,
  window: PixelWindow,
  inside: PixelWindow,
): void {
  const { blockWidth, blockHeight, before } = layout;
  const blockLeft = place.col * blockWidth - (before?.cols ?? 0);
  const blockTop = place.row * blockHeight - (before?.rows ?? 0);
  const left = Math.max(inside.col, blockLeft);
  const right = Math.min(inside.col + inside.width, blockLeft + blockWidth);
  const top = Math.max(inside.row, blockTop);
  const bottom = Math.min(inside.row + inside.height, blockTop + blockHeight);
  for (let row = top; row < bottom; row++) {
    const to = (row - window.row) * window.width + (left - window.col);
    if (!source) {
      out.fill(fill, to, to + right - left);
      continue;
    }
    const from = (row - blockTop) * blockWidth + (left - blockLeft);
    out.set(source.subarray(from, from + right - left), to);
  }
}
