import { AppError } from "../../../../src-shared/errors/index.ts";
import { geoboxOfWindow } from "../../../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../../../src-shared/geo/window.ts";
import { cacheOf } from "../../../files/index.ts";
import type { Work } from "../../pool/work.ts";
import type { Raster } from "../../raster.ts";
import { allocate, type TypedArray } from "../../sample-type.ts";
import type { BlockPlace, BlockReader, Others, StoredImage } from "../format.ts";
import { layOver } from "./compose.ts";
import type { VrtMosaic, VrtSource, VrtSpec, VrtWarp } from "./spec.ts";

/** Headers of sources that stay open; their files are closed by `file-handles.ts`. */
const openSources = 256;
/** Pixels of a source that are read at once. */
const mostPixels = 1 << 24;

/** The blocks of a virtual raster are put together here, from windows of its sources. */
export function vrtBlocks(image: StoredImage, spec: VrtSpec, others: Others): BlockReader {
  const sources = cacheOf<Promise<Raster>>(openSources);
  const opened = async (path: string, crs: string | undefined): Promise<Raster> => {
    const known = sources.get(path) ?? others.open(path, crs);
    sources.set(path, known);
    known.catch(() => sources.delete(path));
    return known;
  };
  const open = (path: string, crs?: string) =>
    opened(path, crs).catch((cause: unknown) => {
      if (!(cause instanceof AppError)) throw cause;
      throw new AppError("raster-source", { path: image.path, beside: path, reason: cause.message }, { cause });
    });
  return {
    blockBytes: image.layout.blockWidth * image.layout.blockHeight * 8,
    borrows: true,
    async locate(index) {
      const stored = spec.kind === "warp" || sourcesUnder(image, spec, placeOf(image, index)).length > 0;
      return { offset: index + 1, length: stored ? 1 : 0 };
    },
    async decode(places, work) {
      const blocks: (readonly TypedArray[])[] = [];
      for (const place of places) {
        blocks.push([
          spec.kind === "warp"
            ? await warped(image, spec, place, open, others.warp, work)
            : await laid(image, spec, place, open, work),
        ]);
      }
      return blocks;
    },
    close() {
      for (const source of sources.values()) void source.then((raster) => raster.close()).catch(() => {});
      sources.clear();
    },
  };
}

type Open = (path: string, crs?: string) => Promise<Raster>;
type Place = Pick<BlockPlace, "col" | "row" | "plane">;

function placeOf({ layout }: StoredImage, index: number): Place {
  const inPlane = layout.blocksAcross * layout.blocksDown;
  const rest = index % inPlane;
  return {
    plane: Math.floor(index / inPlane),
    col: rest % layout.blocksAcross,
    row: Math.floor(rest / layout.blocksAcross),
  };
}

/** The block's pixels in the image, cut at its edges. */
function windowOf({ layout }: StoredImage, { col, row }: Place): PixelWindow {
  const { width, height, blockWidth, blockHeight } = layout;
  return {
    col: col * blockWidth,
    row: row * blockHeight,
    width: Math.min(blockWidth, width - col * blockWidth),
    height: Math.min(blockHeight, height - row * blockHeight),
  };
}

function sourcesUnder(image: StoredImage, spec: VrtMosaic, place: Place): readonly VrtSource[] {
  const { col, row, width, height } = windowOf(image, place);
  const [stepX, stepY] = stepsOf(image, spec);
  return spec.bands[place.plane]!.filter(
    ({ to }) =>
      to.x < (col + width) * stepX &&
      to.x + to.width > col * stepX &&
      to.y < (row + height) * stepY &&
      to.y + to.height > row * stepY,
  );
}

/** Pixels of the full resolution under one of the image's. */
const stepsOf = ({ layout }: StoredImage, { width, height }: VrtMosaic) =>
  [width / layout.width, height / layout.height] as const;

async function laid(image: StoredImage, spec: VrtMosaic, place: Place, open: Open, work: Work): Promise<TypedArray> {
  const { dataType, blockWidth } = image.layout;
  const window = windowOf(image, place);
  const out = allocate(dataType, blockWidth * window.height);
  const fill = (image.stored.format === "vrt" && image.stored.fill?.[place.plane]) || 0;
  if (fill) out.fill(fill);
  const [stepX, stepY] = stepsOf(image, spec);
  for (const source of sourcesUnder(image, spec, place)) {
    work.signal?.throwIfAborted();
    const raster = await open(source.path);
    const { from, to } = source;
    const ratio = Math.min((from.width / to.width) * stepX, (from.height / to.height) * stepY);
    const overview = overviewFor(raster, ratio);
    const size = overview === undefined ? raster.info : raster.info.overviews[overview]!;
    const columns = pixelsUnder(window.col, window.width, stepX, to.x, to.width, from.x, from.width, raster.info.width, size.width); // biome-ignore format: one line
    const rows = pixelsUnder(window.row, window.height, stepY, to.y, to.height, from.y, from.height, raster.info.height, size.height); // biome-ignore format: one line
    await layInParts(out, blockWidth, image, source, raster, overview, columns, rows, work);
  }
  return out;
}

/** The coarsest overview that is not coarser than what is asked for. */
function overviewFor({ info }: Raster, ratio: number): number | undefined {
  let best: number | undefined;
  info.overviews.forEach(({ width }, i) => {
    if (info.width / width <= ratio * 1.01) best = i;
  });
  return best;
}

/** For each of the image's pixels in a row (or column) the source's pixel below its centre; −1 where the source has none. */
function pixelsUnder(
  first: number,
  count: number,
  step: number,
  to: number,
  toLength: number,
  from: number,
  fromLength: number,
  full: number,
  size: number,
): Int32Array {
  const under = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const inTarget = (first + i + 0.5) * step - to;
    const inSource = from + (inTarget * fromLength) / toLength;
    const outside = inTarget < 0 || inTarget >= toLength || inSource < 0 || inSource >= full;
    under[i] = outside ? -1 : Math.min(size - 1, Math.floor((inSource * size) / full));
  }
  return under;
}

async function layInParts(
  out: TypedArray,
  outWidth: number,
  image: StoredImage,
  source: VrtSource,
  raster: Raster,
  overview: number | undefined,
  columns: Int32Array,
  rows: Int32Array,
  work: Work,
): Promise<void> {
  const across = spanOf(columns);
  if (!across) return;
  for (let start = 0; start < rows.length; ) {
    let end = start;
    let down: Span | undefined;
    // As many rows as the source's pixels below them may be.
    while (end < rows.length) {
      const grown = spanOf(rows.subarray(start, end + 1));
      if (grown && down && (grown.last - grown.first + 1) * (across.last - across.first + 1) > mostPixels) break;
      down = grown;
      end++;
    }
    if (down) {
      const window = { col: across.first, row: down.first, width: across.last - across.first + 1, height: down.last - down.first + 1 }; // biome-ignore format: one line
      const { bands, valid } = await raster.readWindow(window, { ...work, overview, bands: [source.band] });
      const part = { pixels: bands[0]!, valid: valid[0], width: window.width };
      const shifted = {
        columns: columns.map((at) => (at < 0 ? -1 : at - across.first)),
        rows: rows.subarray(start, end).map((at) => (at < 0 ? -1 : at - down!.first)),
      };
      const { colorTable } = raster.info.bands[source.band - 1]!;
      layOver(out.subarray(start * outWidth), outWidth, image.layout.dataType, source, { ...part, ...shifted, colorTable }); // biome-ignore format: one line
    }
    start = end;
  }
}

interface Span {
  readonly first: number;
  readonly last: number;
}

function spanOf(pixels: Int32Array): Span | undefined {
  let first = Number.POSITIVE_INFINITY;
  let last = -1;
  for (const at of pixels) {
    if (at < 0) continue;
    first = Math.min(first, at);
    last = Math.max(last, at);
  }
  return last < 0 ? undefined : { first, last };
}

async function warped(
  image: StoredImage,
  spec: VrtWarp,
  place: Place,
  open: Open,
  warp: Others["warp"],
  work: Work,
): Promise<TypedArray> {
  const { dataType, blockWidth } = image.layout;
  const window = windowOf(image, place);
  const source = await open(spec.path, spec.crs);
  const band = spec.bands[place.plane]!;
  const { bands, valid } = await warp(source, geoboxOfWindow(spec.grid, window), {
    bands: [band || 1],
    method: spec.method,
    whole: spec.grid,
    ...work,
  });
  const out = allocate(dataType, blockWidth * window.height);
  const fill = (image.stored.format === "vrt" && image.stored.fill?.[place.plane]) || 0;
  const mask = valid[0];
  for (let row = 0; row < window.height; row++) {
    for (let col = 0, at = row * window.width; col < window.width; col++, at++) {
      const there = !mask || mask[at] === 1;
      out[row * blockWidth + col] = band === 0 ? (there ? 255 : 0) : there ? bands[0]![at]! : fill;
    }
  }
  return out;
}
