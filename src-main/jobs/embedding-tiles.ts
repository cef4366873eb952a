import type { EmbeddingFile } from "../../src-shared/domain/job.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { boundsOf, type GeoBox } from "../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import { type Grid, type PatchWindow, patchesCovering } from "../cube/index.ts";
import { type Npy, openNpy, openRaster, requireGeobox, sameCrs } from "../raster/index.ts";

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

/**
 * Refuses a tile whose pixels are no rows and columns of the project's coordinate system: embeddings are mixed by no map projection.
 * @throws AppError "embeddings-other-crs"
 */
export function requireSameGrid({ path, geobox }: EmbeddingTile, { crs }: Grid): void {
  const { c, e } = geobox.affine;
  if (!sameCrs(geobox.crs, crs) || c !== 0 || e !== 0)
    throw new AppError("embeddings-other-crs", { path, found: geobox.crs, project: crs });
}

/** The patches that a tile touches. */
export const patchesOfTile = ({ geobox }: EmbeddingTile, grid: Grid): PatchWindow =>
  patchesCovering(grid, boundsOf(geobox));

/** Means of vectors over patches: sums and weights, to which several tiles may add. */
export class PatchMeans {
  readonly #window: PatchWindow;
  readonly #meters: number;
  readonly #sums: Float64Array;
  readonly #weights: Float64Array;
  readonly #columns: number;

  constructor(window: PatchWindow, meters: number, columns: number) {
    this.#window = window;
    this.#meters = meters;
    this.#columns = columns;
    this.#sums = new Float64Array(window.width * window.height * columns);
    this.#weights = new Float64Array(window.width * window.height);
  }

  /** Adds the pixels of a tile, each with the area that it shares with a patch; what has no data is left out. */
  async add(tile: EmbeddingTile, signal: AbortSignal): Promise<void> {
    const { geobox, columns } = tile;
    const { a, b, d, f } = geobox.affine;
    const across = sharesAlong(this.#window.col, this.#window.width, this.#meters, a, b, geobox.width);
    const down = sharesAlong(this.#window.row, this.#window.height, -this.#meters, d, f, geobox.height);
    if (!across || !down) return;
    const window = { col: across.first, row: down.first, width: across.count, height: down.count };
    const values = await tile.read(window, signal);
    for (const { patch: y, pixel: row, share: high } of down.shares)
      for (const { patch: x, pixel: col, share: wide } of across.shares) {
        const from = (row * window.width + col) * columns;
        // A pixel without data has none in any column.
        if (!Number.isFinite(values[from]!)) continue;
        const to = y * this.#window.width + x;
        const weight = high * wide;
        this.#weights[to]! += weight;
        for (let j = 0; j < columns; j++) this.#sums[to * columns + j]! += weight * values[from + j]!;
      }
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
