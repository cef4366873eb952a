import type { Crs } from "../../../src-shared/geo/crs.ts";
import { type GeoBox, resolutionOf } from "../../../src-shared/geo/geobox.ts";
import { geoboxOfTile, resolutionOfLevel, type TileAddress, tileSize } from "../../../src-shared/geo/tile-grid.ts";
import type { PixelTile, TileSamples, TileSampleType } from "../../../src-shared/ipc/pixels.ts";
import { type PixelBlock, type Raster, requireGeobox, transformer, warp } from "../../raster/index.ts";
import { openRasters } from "./open-rasters.ts";
import { type QuickLooks, readsTooMuch } from "./quick-looks.ts";
import type { LayerBand, RasterLayer } from "./raster-layer.ts";

const pixels = tileSize * tileSize;

/** Files of one reading: how often an overview was read, how often the full resolution. For the tests of far zooms. */
export const readings = { overview: 0, full: 0, quickLook: 0 };

interface FileOfBands {
  readonly path: string;
  readonly crs: string | undefined;
  readonly classes: boolean;
  readonly bands: { readonly band: LayerBand; readonly channel: number }[];
}

/** The pixels of one map tile: every band brought onto the tile's grid, all bands together pixel by pixel. */
export async function readTile(
  layer: RasterLayer,
  bands: readonly LayerBand[],
  crs: Crs,
  address: TileAddress,
  quickLooks: QuickLooks,
  signal: AbortSignal,
): Promise<PixelTile> {
  const target = moved(geoboxOfTile(crs, address), layer.shift);
  const blocks: { readonly block: PixelBlock; readonly file: FileOfBands }[] = [];
  for (const file of filesOf(bands)) {
    blocks.push({ block: await readFile(file, target, resolutionOfLevel(address.z), quickLooks, signal), file });
  }
  const mask = commonMask(blocks);
  const type = commonType(blocks.flatMap(({ block }) => block.bands));
  const physical = type === "float32";
  const head = {
    width: tileSize,
    height: tileSize,
    bands: bands.length,
    type,
    scales: bands.map(({ scale, offset }) => (physical ? { scale: 1, offset: 0 } : { scale, offset })),
  };
  if (mask && !mask.some((byte) => byte !== 0)) return { ...head, mask: undefined, samples: null };
  const samples = allocate(type, pixels * bands.length);
  for (const { block, file } of blocks) {
    file.bands.forEach(({ band, channel }, i) => {
      const from = block.bands[i]!;
      const n = bands.length;
      if (physical) {
        const { scale, offset } = band;
        for (let at = 0, to = channel; at < pixels; at++, to += n) samples[to] = from[at]! * scale + offset;
      } else for (let at = 0, to = channel; at < pixels; at++, to += n) samples[to] = from[at]!;
    });
  }
  return { ...head, mask, samples };
}

/** An image found to lie at (−dx, −dy) is read there: its pixels then land where they belong. */
function moved(target: GeoBox, { dx, dy }: RasterLayer["shift"]): GeoBox {
  if (dx === 0 && dy === 0) return target;
  return { ...target, affine: { ...target.affine, a: target.affine.a - dx, d: target.affine.d - dy } };
}

function filesOf(bands: readonly LayerBand[]): FileOfBands[] {
  const files = new Map<string, FileOfBands>();
  bands.forEach((band, channel) => {
    const key = `${band.path}\n${band.crs ?? ""}\n${band.classes}`;
    const file = files.get(key) ?? { path: band.path, crs: band.crs, classes: band.classes, bands: [] };
    file.bands.push({ band, channel });
    files.set(key, file);
  });
  return [...files.values()];
}

async function readFile(
  { path, crs, classes, bands }: FileOfBands,
  target: GeoBox,
  resolution: number,
  quickLooks: QuickLooks,
  signal: AbortSignal,
): Promise<PixelBlock> {
  const raster = await openRasters.open(path, crs);
  const source = requireGeobox(raster);
  const native = nativeResolution(source, target);
  // Finer than its own pixels an image shows them as they are; coarser, a mean of what a tile pixel covers.
  const method = classes || resolution < native * 0.75 ? "nearest" : "bilinear";
  const numbers = bands.map(({ band }) => band.bandIndex);
  const ratio = resolution / native;
  let read: Raster = raster;
  if (readsTooMuch(raster.info, ratio, numbers.length)) {
    if (!overlaps(source, target)) return nothing(numbers.length);
    read = await quickLooks.of(raster, classes);
    readings.quickLook++;
  } else if (ratio > 1.1 && raster.info.overviews.length > 0) readings.overview++;
  else readings.full++;
  return warp(read, target, { bands: numbers, method, signal });
}

/** The size of the source's pixels in units of the target, measured where the source lies. */
export function nativeResolution(source: GeoBox, target: Pick<GeoBox, "crs">): number {
  const { identity, forward } = transformer(source.crs, target.crs);
  const own = resolutionOf(source);
  if (identity) return Math.min(own.x, own.y);
  const { a, b, c, d, e, f } = source.affine;
  const at = (col: number, row: number) => forward(a + b * col + c * row, d + e * col + f * row);
  const [col, row] = [source.width / 2, source.height / 2];
  const [x0, y0] = at(col, row);
  const [x1, y1] = at(col + 1, row);
  const [x2, y2] = at(col, row + 1);
  const size = Math.min(Math.hypot(x1 - x0, y1 - y0), Math.hypot(x2 - x0, y2 - y0));
  return Number.isFinite(size) && size > 0 ? size : Math.min(own.x, own.y);
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
    file.bands.forEach(({ band }, i) => {
      const valid = block.valid[i];
      const values = block.bands[i]!;
      const { nodata } = band;
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
