import type { Crs } from "../../../src-shared/geo/crs.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import { geoboxOfTile, resolutionOfLevel, type TileAddress, tileSize } from "../../../src-shared/geo/tile-grid.ts";
import type { PixelTile, TileSamples, TileSampleType } from "../../../src-shared/ipc/pixels.ts";
import { gridInImage, headers, pixelSizeIn } from "../../imagery/index.ts";
import { type PixelBlock, type Raster, requireGeobox, transformer, type Work, warp } from "../../raster/index.ts";
import { type QuickLooks, readsTooMuch } from "./quick-looks.ts";
import type { BandSource, LayerBand, RasterLayer } from "./raster-layer.ts";

const pixels = tileSize * tileSize;

/** Files of one reading: how often an overview was read, how often the full resolution. For the tests of far zooms. */
export const readings = { overview: 0, full: 0, quickLook: 0 };

interface FileOfBands {
  readonly path: string;
  readonly crs: string | undefined;
  readonly classes: boolean;
  readonly bands: { readonly source: BandSource; readonly channel: number }[];
}

/** The bands of one piece of a mosaic on the tile's grid. */
interface PieceBlock {
  readonly blocks: readonly { readonly block: PixelBlock; readonly file: FileOfBands }[];
  readonly mask: Uint8Array | undefined;
}

/**
 * The pixels of one map tile: every band brought onto the tile's grid, all bands together pixel by pixel. Of a mosaic the
 * first piece that has data at a pixel gives it; pieces that lie elsewhere are not opened.
 */
export async function readTile(
  layer: RasterLayer,
  bands: readonly LayerBand[],
  crs: Crs,
  address: TileAddress,
  quickLooks: QuickLooks,
  work: Work,
): Promise<PixelTile> {
  const target = gridInImage(geoboxOfTile(crs, address), layer.shift);
  const pieces: PieceBlock[] = [];
  let mask: Uint8Array | undefined;
  for (const files of piecesOf(bands, target)) {
    work.signal?.throwIfAborted();
    const blocks: { readonly block: PixelBlock; readonly file: FileOfBands }[] = [];
    for (const file of files)
      blocks.push({ block: await readFile(file, target, resolutionOfLevel(address.z), quickLooks, work), file });
    const own = commonMask(blocks);
    if (own && !own.some((byte) => byte !== 0)) continue;
    mask = pieces.length === 0 ? own : own && mask ? mask.map((byte, i) => byte | own[i]!) : undefined;
    pieces.push({ blocks, mask: own });
    if (!mask || mask.every((byte) => byte === 255)) {
      mask = undefined;
      break;
    }
  }
  const arrays = pieces.flatMap(({ blocks }) => blocks.flatMap(({ block }) => block.bands));
  // Pieces may be stored with different scales: then physical values are the only common ones.
  const alike = bands.every(({ sources }) =>
    sources.every(({ scale, offset }) => scale === sources[0]!.scale && offset === sources[0]!.offset),
  );
  const type = alike || arrays.length === 0 ? commonType(arrays) : "float32";
  const physical = type === "float32";
  const head = {
    width: tileSize,
    height: tileSize,
    bands: bands.length,
    type,
    scales: bands.map(({ sources: [first] }) =>
      physical || !first ? { scale: 1, offset: 0 } : { scale: first.scale, offset: first.offset },
    ),
  };
  if (pieces.length === 0) return { ...head, mask: undefined, samples: null };
  const samples = allocate(type, pixels * bands.length);
  // The first piece is on top: it is written last.
  for (const { blocks, mask: own } of pieces.toReversed()) {
    for (const { block, file } of blocks) {
      file.bands.forEach(({ source, channel }, i) => {
        const from = block.bands[i]!;
        const n = bands.length;
        const { scale, offset } = physical ? source : { scale: 1, offset: 0 };
        const whole = scale === 1 && offset === 0;
        for (let at = 0, to = channel; at < pixels; at++, to += n) {
          if (own && pieces.length > 1 && (own[at >> 3]! & (1 << (at & 7))) === 0) continue;
          samples[to] = whole ? from[at]! : from[at]! * scale + offset;
        }
      });
    }
  }
  return { ...head, mask, samples };
}

/** The files of each piece that holds all of the bands and may have pixels in `target`. */
function piecesOf(bands: readonly LayerBand[], target: GeoBox): FileOfBands[][] {
  const pieces = new Map<number, Map<string, FileOfBands>>();
  bands.forEach(({ sources, classes }, channel) => {
    for (const source of sources) {
      const files = pieces.get(source.piece) ?? new Map<string, FileOfBands>();
      pieces.set(source.piece, files);
      const key = `${source.path}\n${source.crs ?? ""}\n${classes}`;
      const file = files.get(key) ?? { path: source.path, crs: source.crs, classes, bands: [] };
      file.bands.push({ source, channel });
      files.set(key, file);
    }
  });
  return [...pieces]
    .sort(([p], [q]) => p - q)
    .map(([, files]) => [...files.values()])
    .filter((files) => {
      const grids = files.map(({ bands: [first] }) => first?.source.grid);
      const whole = files.reduce((sum, file) => sum + file.bands.length, 0) === bands.length;
      // A piece alone is opened even so: its file may have a problem to tell.
      return whole && (pieces.size === 1 || grids.every((grid) => !grid || overlaps(grid, target)));
    });
}

async function readFile(
  { path, crs, classes, bands }: FileOfBands,
  target: GeoBox,
  resolution: number,
  quickLooks: QuickLooks,
  work: Work,
): Promise<PixelBlock> {
  const raster = await headers.open(path, crs, work);
  const source = requireGeobox(raster);
  const size = pixelSizeIn(source, target.crs);
  const native = Math.min(size.x, size.y);
  // Finer than its own pixels an image shows them as they are; coarser, a mean of what a tile pixel covers.
  const method = classes || resolution < native * 0.75 ? "nearest" : "bilinear";
  const numbers = bands.map(({ source }) => source.bandIndex);
  const ratio = resolution / native;
  let read: Raster = raster;
  if (readsTooMuch(raster.info, ratio, numbers.length)) {
    if (!overlaps(source, target)) return nothing(numbers.length);
    read = await quickLooks.of(raster, classes, work);
    readings.quickLook++;
  } else if (ratio > 1.1 && raster.info.overviews.length > 0) readings.overview++;
  else readings.full++;
  return warp(read, target, { bands: numbers, method, ...work });
}

function overlaps(source: GeoBox, target: GeoBox): boolean {
  const { forward } = transformer(target.crs, source.crs);
  const { a, b, c, d, e, f } = source.affine;
  const determinant = b * f - c * e;
  let [minCol, maxCol, minRow, maxRow] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let j = 0; j <= 8; j++) {
    for (let i = 0; i <= 8; i++) {
      const [x, y] = forward(
        target.affine.a + (target.affine.b * target.width * i) / 8,
        target.affine.d + (target.affine.f * target.height * j) / 8,
      );
      if (!Number.isFinite(x)) continue;
      const col = ((x - a) * f - (y - d) * c) / determinant;
      const row = ((y - d) * b - (x - a) * e) / determinant;
      [minCol, maxCol] = [Math.min(minCol, col), Math.max(maxCol, col)];
      [minRow, maxRow] = [Math.min(minRow, row), Math.max(maxRow, row)];
    }
  }
  return maxCol > 0 && maxRow > 0 && minCol < source.width && minRow < source.height;
}

const nothing = (count: number): PixelBlock => ({
  width: tileSize,
  height: tileSize,
  bands: Array.from({ length: count }, () => new Uint8Array(pixels)),
  valid: Array.from({ length: count }, () => new Uint8Array(pixels)),
});

/** A pixel is data where every band of the combination is. */
function commonMask(
  blocks: readonly { readonly block: PixelBlock; readonly file: FileOfBands }[],
): Uint8Array | undefined {
  let mask: Uint8Array | undefined;
  for (const { block, file } of blocks) {
    file.bands.forEach(({ source: { nodata } }, i) => {
      const valid = block.valid[i];
      const values = block.bands[i]!;
      const float = values instanceof Float32Array || values instanceof Float64Array;
      if (!valid && nodata === undefined && !float) return;
      mask ??= new Uint8Array(4 * Math.ceil(pixels / 32)).fill(255);
      for (let at = 0; at < pixels; at++) {
        const value = values[at]!;
        if ((valid && valid[at] === 0) || value === nodata || !Number.isFinite(value)) {
          mask[at >> 3]! &= ~(1 << (at & 7));
        }
      }
    });
  }
  return mask?.every((byte) => byte === 255) ? undefined : mask;
}

function commonType(arrays: readonly ArrayLike<number>[]): TileSampleType {
  if (arrays.every((array) => array instanceof Uint8Array)) return "uint8";
  if (arrays.every((array) => array instanceof Uint16Array || array instanceof Uint8Array)) return "uint16";
  if (
    arrays.every((array) => array instanceof Int16Array || array instanceof Int8Array || array instanceof Uint8Array)
  ) {
    return "int16";
  }
  return "float32";
}

function allocate(type: TileSampleType, length: number): TileSamples {
  if (type === "uint8") return new Uint8Array(length);
  if (type === "uint16") return new Uint16Array(length);
  return type === "int16" ? new Int16Array(length) : new Float32Array(length);
}
