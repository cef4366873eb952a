import type { EmbeddingFile } from "../../src-shared/domain/job.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { northUp } from "../../src-shared/geo/affine.ts";
import { type GeoBox, geoboxOfWindow } from "../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import { type Grid, type PatchWindow, patchesCovering } from "../cube/index.ts";
import { boundsIn, pixelSizeIn } from "../imagery/index.ts";
import { type Npy, openNpy, openRaster, pixelsUnder, requireGeobox, sameCrs } from "../raster/index.ts";

// Embeddings that others made, as they publish them: de-quantised vectors of pixels.

/** Numbers of an AlphaEarth embedding, and of a Tessera one. */
const alphaEarthBands = 64;
const tesseraColumns = 128;
/** AlphaEarth's number of a pixel without data. */
const alphaEarthNone = -128;

/** A tile of embeddings. */
export interface EmbeddingTile {
  readonly path: string;
  readonly columns: number;
  /** where its pixels lie; rows may count to the north */
  readonly geobox: GeoBox;
  /** [pixels, columns] of a window within it, NaN where there is no data */
  read(window: PixelWindow, signal: AbortSignal): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Opens a tile as its producer writes it.
 * @throws AppError "embeddings-format", "embeddings-shape", "embeddings-without-scales", "embeddings-without-place", "npy-unreadable", and what opening
 * a raster throws
 */
export const openEmbeddingTile = (file: EmbeddingFile): Promise<EmbeddingTile> =>
  file.product === "alphaearth" ? openAlphaEarth(file.path) : openTessera(file);

/** A stored AlphaEarth number as a coordinate of a unit vector: (v / 127.5)² with the sign of v. */
export const fromAlphaEarth = (stored: number): number => Math.sign(stored) * (stored / 127.5) ** 2;

/**
 * A GeoTIFF of 64 signed bytes per pixel, −128 where there is no data, which may be stored from the south.
 * @see Brown et al. 2025, AlphaEarth Foundations; Google, Satellite Embedding V1: (v / 127.5)² with the sign of v
 */
async function openAlphaEarth(path: string): Promise<EmbeddingTile> {
  const raster = await openRaster(path);
  const { bands, dataType, width, height } = raster.info;
  if (bands.length !== alphaEarthBands || dataType !== "int8") {
    raster.close();
    throw new AppError("embeddings-shape", {
      path,
      found: `${bands.length} × ${dataType}`,
      expected: `${alphaEarthBands} × int8`,
    });
  }
  return {
    path,
    columns: alphaEarthBands,
    geobox: { ...requireGeobox(raster), width, height },
    async read(window, signal) {
      const { bands: stored, valid } = await raster.readWindow(window, { signal });
      const pixels = window.width * window.height;
      const values = new Float32Array(pixels * alphaEarthBands);
      for (const [j, band] of stored.entries())
        for (let p = 0; p < pixels; p++) {
          const none = band[p] === alphaEarthNone || valid[j]?.[p] === 0;
          values[p * alphaEarthBands + j] = none ? Number.NaN : fromAlphaEarth(band[p]!);
        }
      return values;
    },
    async close() {
      raster.close();
    },
  };
}

/**
 * Two arrays of a tile: [height, width, 128] signed bytes and [height, width] what they are multiplied by, NaN where there is no data. Where it
 * lies is told by the GeoTIFF of its grid alone.
 * @see Feng et al. 2025, TESSERA; github.com/ucam-eo/geotessera, layout of the representations
 */
async function openTessera({ path, scalesPath, gridPath }: EmbeddingFile): Promise<EmbeddingTile> {
  if (scalesPath === null) throw new AppError("embeddings-without-scales", { path });
  if (gridPath === null) throw new AppError("embeddings-without-place", { path });
  const grid = await openRaster(gridPath);
  const geobox = requireGeobox(grid);
  grid.close();
  const opened: Npy[] = [];
  const close = async () => {
    for (const one of opened) await one.close();
  };
  try {
    for (const one of [path, scalesPath]) opened.push(await openNpy(one));
    const [numbers, scales] = opened as [Npy, Npy];
    const { width, height } = geobox;
    const require = ({ path: own, type, shape }: Npy, wantedType: Npy["type"], wanted: readonly number[]) => {
      if (type !== wantedType || String(shape) !== String(wanted))
        throw new AppError("embeddings-shape", { path: own, found: `${shape.join(" × ")} ${typeWords[type]}`, expected: `${wanted.join(" × ")} ${typeWords[wantedType]}` }); // biome-ignore format: one line
    };
    require(numbers, "|i1", [height, width, tesseraColumns]);
    require(scales, "<f4", [height, width]);
    return {
      path,
      columns: tesseraColumns,
      geobox,
      async read(window) {
        const values = new Float32Array(window.width * window.height * tesseraColumns);
        for (let y = 0; y < window.height; y++) {
          const first = (window.row + y) * width + window.col;
          const stored = await numbers.read(first * tesseraColumns, window.width * tesseraColumns);
          const factors = await scales.read(first, window.width);
          for (let x = 0, to = y * window.width * tesseraColumns; x < window.width; x++)
            for (let j = 0; j < tesseraColumns; j++, to++) values[to] = stored[x * tesseraColumns + j]! * factors[x]!;
        }
        return values;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const typeWords = { "|i1": "int8", "<f4": "float32" } as const;

/** The patches that a tile touches; `undefined` where it has no place in the project's coordinate system. */
export function patchesOfTile({ geobox }: EmbeddingTile, grid: Grid): PatchWindow | undefined {
  const bounds = boundsIn(geobox, grid.crs);
  return bounds && patchesCovering(grid, bounds);
}

/** Along each edge of a patch so many places are looked at where pixels of a tile are no rows and columns of the project: per pixel, at least, at most. */
const looks = { perPixel: 6, least: 6, most: 48 } as const;

/** Means of vectors over patches: sums and weights, to which several tiles may add. */
export class PatchMeans {
  readonly #window: PatchWindow;
  readonly #grid: Grid;
  readonly #sums: Float64Array;
  readonly #weights: Float64Array;
  readonly #columns: number;

  constructor(window: PatchWindow, grid: Grid, columns: number) {
    this.#window = window;
    this.#grid = grid;
    this.#columns = columns;
    this.#sums = new Float64Array(window.width * window.height * columns);
    this.#weights = new Float64Array(window.width * window.height);
  }

  /**
   * Adds the pixels of a tile, each with the area that it shares with a patch; what has no data is left out.
   * @throws AppError "crs-unknown", "crs-unusable"
   */
  async add(tile: EmbeddingTile, signal: AbortSignal): Promise<void> {
    const { crs, affine } = tile.geobox;
    if (sameCrs(crs, this.#grid.crs) && affine.c === 0 && affine.e === 0) await this.#addShares(tile, signal);
    else await this.#addLooks(tile, signal);
  }

  /** Of pixels that are rows and columns of the project, exactly. */
  async #addShares(tile: EmbeddingTile, signal: AbortSignal): Promise<void> {
    const { a, b, d, f } = tile.geobox.affine;
    const { col, row, width, height } = this.#window;
    const meters = this.#grid.patchMeters;
    const across = sharesAlong(col, width, meters, a, b, tile.geobox.width);
    const down = sharesAlong(row, height, -meters, d, f, tile.geobox.height);
    if (!across || !down) return;
    const window = { col: across.first, row: down.first, width: across.count, height: down.count };
    const values = await tile.read(window, signal);
    for (const { patch: y, pixel: pixelRow, share: high } of down.shares)
      for (const { patch: x, pixel: pixelCol, share: wide } of across.shares)
        this.#take(y * width + x, values, pixelRow * window.width + pixelCol, high * wide);
  }

  /** Of others: places of each patch, evenly, each with the pixel that holds it, a row of patches at a time. No vector is made up between pixels. */
  async #addLooks(tile: EmbeddingTile, signal: AbortSignal): Promise<void> {
    const { crs, patchMeters } = this.#grid;
    const { col, row, width, height } = this.#window;
    const wanted = Math.ceil((looks.perPixel * patchMeters) / pixelSizeIn(tile.geobox, crs).side);
    const along = Math.min(looks.most, Math.max(looks.least, wanted));
    const affine = northUp(col * patchMeters, -row * patchMeters, patchMeters / along, patchMeters / along);
    const fine: GeoBox = { crs, affine, width: width * along, height: height * along };
    for (let y = 0; y < height; y++) {
      const strip = geoboxOfWindow(fine, { col: 0, row: y * along, width: fine.width, height: along });
      const pixels = pixelsUnder(tile.geobox, strip);
      const window = windowHolding(pixels, tile.geobox.width);
      if (!window) continue;
      const values = await tile.read(window, signal);
      for (const [i, pixel] of pixels.entries()) {
        if (pixel < 0) continue;
        const [pixelRow, pixelCol] = [Math.floor(pixel / tile.geobox.width), pixel % tile.geobox.width];
        const patch = y * width + Math.floor((i % strip.width) / along);
        this.#take(patch, values, (pixelRow - window.row) * window.width + pixelCol - window.col, 1);
      }
    }
  }

  #take(patch: number, values: Float32Array, pixel: number, weight: number): void {
    const columns = this.#columns;
    const from = pixel * columns;
    // A pixel without data has none in any column.
    if (!Number.isFinite(values[from]!)) return;
    this.#weights[patch]! += weight;
    for (let j = 0; j < columns; j++) this.#sums[patch * columns + j]! += weight * values[from + j]!;
  }

  /** [patches, columns]; NaN, and 0 in `seen`, where no pixel has data. */
  means(): { readonly values: Float32Array; readonly seen: Uint8Array } {
    const columns = this.#columns;
    const seen = Uint8Array.from(this.#weights, (weight) => (weight > 0 ? 1 : 0));
    const values = Float32Array.from(this.#sums, (sum, at) => {
      const weight = this.#weights[Math.floor(at / columns)]!;
      return weight > 0 ? sum / weight : Number.NaN;
    });
    return { values, seen };
  }
}

/** The smallest window that holds some pixels of an image, given as row · width + column; `undefined` of none. */
function windowHolding(pixels: Float64Array, across: number): PixelWindow | undefined {
  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
  for (const pixel of pixels) {
    if (pixel < 0) continue;
    const [row, col] = [Math.floor(pixel / across), pixel % across];
    left = Math.min(left, col);
    right = Math.max(right, col);
    top = Math.min(top, row);
    bottom = Math.max(bottom, row);
  }
  return right < 0 ? undefined : { col: left, row: top, width: right - left + 1, height: bottom - top + 1 };
}

/**
 * Which pixels lie on which patches along one axis, and how much of a pixel does; `undefined` where none does.
 * @param step a patch, in units of the coordinate system: below 0 along rows, which count southwards
 * @param origin where pixel 0 begins
 * @param pixel its size, below 0 where pixels count against the axis
 */
function sharesAlong(first: number, count: number, step: number, origin: number, pixel: number, pixels: number) {
  const shares: { readonly patch: number; pixel: number; readonly share: number }[] = [];
  for (let patch = 0; patch < count; patch++) {
    const edges = [first + patch, first + patch + 1].map((at) => (at * step - origin) / pixel).sort((p, q) => p - q);
    const [low, high] = edges as [number, number];
    const last = Math.min(pixels - 1, Math.ceil(high - 1e-9) - 1);
    for (let at = Math.max(0, Math.floor(low + 1e-9)); at <= last; at++) {
      const share = Math.min(at + 1, high) - Math.max(at, low);
      if (share > 1e-6) shares.push({ patch, pixel: at, share });
    }
  }
  if (shares.length === 0) return undefined;
  const all = shares.map(({ pixel: at }) => at);
  const start = all.reduce((p, q) => Math.min(p, q));
  const end = all.reduce((p, q) => Math.max(p, q));
  return {
    first: start,
    count: end - start + 1,
    shares: shares.map((one) => ({ ...one, pixel: one.pixel - start })),
  };
}
