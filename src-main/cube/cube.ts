/**
 * All modalities of a project on one grid, read as needed.
 *
 * Pixels are always warped in chunks whose place is fixed by the grid, and every window is cut from chunks. So a small
 * area kept whole in memory and a large one read piece by piece go the same way, and give the same numbers to the bit.
 */

import { type Acquisition, bandsRead, type Modality } from "../../src-shared/eo/index.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import { LoadingCache } from "../files/index.ts";
import { clear, noData, type Reader, readPixels } from "../imagery/index.ts";
import { DatePlaces } from "./date-places.ts";
import { type Footprints, footprintsOf, footprintWindow } from "./footprints.ts";
import {
  boundsOfPatches,
  commonPatches,
  type Grid,
  geoboxOfPatches,
  type PatchWindow,
  patchesCovering,
  tilesCovering,
} from "./grid.ts";
import { type SeriesDate, seriesDates } from "./modalities.ts";
import type { PatchSet } from "./patch-set.ts";
import { type DayCount, readQuality, readScene, type Scene } from "./time-series.ts";

export interface CubeSpec {
  readonly grid: Grid;
  readonly modalities: readonly Modality[];
  readonly acquisitions: readonly Acquisition[];
  readonly days: DayCount;
  /**
   * The project's area. Given it, the cube looks up where the images lie, and reads nothing where they do not: time and
   * memory depend on the data. Without it every date is read everywhere.
   */
  readonly area?: PatchWindow;
  /** the patches of the area, when they are fewer than those of its box */
  readonly limit?: PatchSet | undefined;
  /** where files lie, as far as known; the headers of others are read */
  readonly placements?: Readonly<Record<string, GeoBox>>;
}

export interface CubeOptions {
  /** budget for warped pixels */
  readonly cacheBytes?: number;
}

const defaultCacheBytes = 1024 * 1024 * 1024;
/** Warps that run at a time: enough to keep the decoding workers busy, few enough to limit their memory. */
const concurrentReads = 8;

/** `undefined` is a chunk without any data: nothing to keep. */
type Chunk = Scene | undefined;

export class Cube {
  readonly spec: CubeSpec;
  readonly #reader: Reader;
  readonly #cacheBytes: number;
  readonly #dates: ReadonlyMap<string, readonly SeriesDate[]>;
  readonly #scenes: LoadingCache<Chunk>;
  readonly #qualities: LoadingCache<Uint8Array | undefined>;
  readonly #shares: LoadingCache<readonly (number | undefined)[]>;
  readonly #readLimit = new ConcurrencyLimit(concurrentReads);
  #footprints: Promise<Footprints> | undefined;
  readonly #places = new Map<string, Promise<DatePlaces>>();

  constructor(spec: CubeSpec, reader: Reader, { cacheBytes = defaultCacheBytes }: CubeOptions = {}) {
    this.spec = spec;
    this.#reader = reader;
    this.#cacheBytes = cacheBytes;
    this.#dates = new Map(spec.modalities.map((modality) => [modality.name, seriesDates(modality, spec.acquisitions)]));
    this.#scenes = LoadingCache.ofBytes(cacheBytes, (chunk) =>
      chunk ? chunk.values.byteLength + chunk.states.byteLength : 64,
    );
    this.#qualities = LoadingCache.ofBytes(cacheBytes / 16, (states) => states?.byteLength ?? 64);
    this.#shares = LoadingCache.ofBytes(cacheBytes / 16, (shares) => shares.length * 8 + 64);
  }

  modality(name: string): Modality {
    const modality = this.spec.modalities.find((candidate) => candidate.name === name);
    if (!modality) throw new Error(`No modality ${name} in [${this.spec.modalities.map((m) => m.name).join(", ")}]`);
    return modality;
  }

  /** The dates of a modality, in order of time. */
  dates(name: string): readonly SeriesDate[] {
    return this.#dates.get(this.modality(name).name)!;
  }

  /** Where the images lie, in patches; it ends a little outside of the project's area. `undefined` for a cube without an area. */
  async footprints(): Promise<Footprints | undefined> {
    const { area, placements, ...spec } = this.spec;
    if (!area) return undefined;
    this.#footprints ??= footprintsOf({ ...spec, within: footprintWindow(area) }, async (path, crs) => {
      const known = placements?.[path];
      return known && (crs ?? known.crs) === known.crs ? known : (await this.#reader.facts(path, crs)).geobox;
    });
    return this.#footprints;
  }

  /** The dates of a modality whose images touch `window`, in order of time. */
  async datesIn(name: string, window: PatchWindow): Promise<readonly number[]> {
    const places = await this.#placesOf(name);
    return places ? places.touching(this.#onGrid(window)) : this.dates(name).map((_, index) => index);
  }

  /** The largest number of dates that a tile of `side` patches can have; all dates where every image lies everywhere. */
  async mostDates(name: string, side: number): Promise<number> {
    return (await this.#placesOf(name))?.mostAt(side) ?? this.dates(name).length;
  }

  /** Patches that would be read of a modality in `window`, summed over its dates. */
  async patchesRead(name: string, window: PatchWindow): Promise<number> {
    const places = await this.#placesOf(name);
    const all = this.#onGrid(window);
    return this.dates(name).reduce(
      (sum, _, index) => sum + (places?.of(index).countIn(all) ?? all.width * all.height),
      0,
    );
  }

  async #placesOf(name: string): Promise<DatePlaces | undefined> {
    const footprints = await this.footprints();
    if (!footprints) return undefined;
    const known = this.#places.get(name);
    if (known) return known;
    const made = Promise.resolve(new DatePlaces(this.dates(name), (id) => footprints.acquisition(name, id)));
    this.#places.set(name, made);
    return made;
  }

  /** The grid's patches that a window touches: the window itself unless it lies between them. */
  #onGrid(window: PatchWindow): PatchWindow {
    return window.origin ? patchesCovering(this.spec.grid, boundsOfPatches(this.spec.grid, window)) : window;
  }

  /** The parts of the grid's chunks in which a date has images, and which of its images those are. */
  async #pieces(modality: Modality, index: number, window: PatchWindow): Promise<Piece[]> {
    const whole = this.#date(modality, index);
    const chunks = chunksCovering(modality, window);
    const places = await this.#placesOf(modality.name);
    if (!places) return chunks.map((chunk) => ({ chunk, part: chunk, date: whole }));
    const set = places.of(index);
    return chunks.flatMap((chunk) => {
      if (chunk.origin) {
        const on = this.#onGrid(chunk);
        return set.touches(on) ? [{ chunk, part: chunk, date: places.only(whole, on) }] : [];
      }
      const part = set.boundsIn(chunk);
      return part ? [{ chunk, part, date: places.only(whole, part) }] : [];
    });
  }

  /** One date of one modality in `window`. */
  async scene(name: string, index: number, window: PatchWindow, signal?: AbortSignal): Promise<Scene> {
    const modality = this.modality(name);
    const pixels = window.width * window.height * modality.patchPixels ** 2;
    const result: Scene = { values: new Float32Array(modality.bands.length * pixels), states: new Uint8Array(pixels) };
    await Promise.all(
      (await this.#pieces(modality, index, window)).map(async (piece) => {
        const found = await this.#chunk(modality, index, piece, signal);
        if (!found) return;
        copyPatches(found.states, piece.part, result.states, window, modality.patchPixels, 1);
        copyPatches(found.values, piece.part, result.values, window, modality.patchPixels, modality.bands.length);
      }),
    );
    return result;
  }

  /**
   * True when the images of a modality hold numbers in `window` that are no data as they are read, and would be data with another
   * scale or unit. For windows in which nothing was seen.
   */
  async holdsImpossible(name: string, window: PatchWindow, signal?: AbortSignal): Promise<boolean> {
    const modality = this.modality(name);
    const target = this.#geobox(modality, window);
    const { clearClasses } = modality;
    const look = {
      bands: bandsRead(modality),
      clearClasses,
      method: "nearest",
      states: "data",
      judgement: "conceivable",
      signal,
    } as const;
    for (const index of await this.datesIn(name, window)) {
      const { acquisitions } = this.#date(modality, index);
      const { values } = await this.#readLimit.run(() => readPixels(this.#reader, acquisitions, target, look));
      if (values.some(Number.isFinite)) return true;
    }
    return false;
  }

  /** What the quality band says of each pixel, without reading the bands; `undefined` when there is none. */
  async quality(
    name: string,
    index: number,
    window: PatchWindow,
    signal?: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    const modality = this.modality(name);
    const states = new Uint8Array(window.width * window.height * modality.patchPixels ** 2);
    const found = await Promise.all(
      (await this.#pieces(modality, index, window)).map(async (piece) => {
        const part = await this.#qualityChunk(modality, index, piece, signal);
        if (part) copyPatches(part, piece.part, states, window, modality.patchPixels, 1);
        return part !== undefined;
      }),
    );
    return found.every(Boolean) ? states : undefined;
  }

  /** The clear share of `window` on each date of a modality, by its quality band; `undefined` where there is none. */
  async clearShares(name: string, window: PatchWindow, signal?: AbortSignal): Promise<readonly (number | undefined)[]> {
    const touched = new Set(await this.datesIn(name, window));
    const load = () =>
      Promise.all(
        this.dates(name).map(async (_, index) => {
          if (!touched.has(index)) return 0;
          const states = await this.quality(name, index, window, signal);
          return states && states.reduce((sum, state) => sum + (state === clear ? 1 : 0), 0) / states.length;
        }),
      );
    return this.#shares.get(`${name} ${placeOf(window)} ${window.width} ${window.height}`, load, signal);
  }

  /** The bytes that all dates of `window` take in memory. */
  bytesOf(window: PatchWindow): number {
    let bytes = 0;
    for (const modality of this.spec.modalities) {
      const patches = chunksCovering(modality, window).reduce((sum, { width, height }) => sum + width * height, 0);
      const perPixel = modality.bands.length * Float32Array.BYTES_PER_ELEMENT + 1;
      bytes += this.dates(modality.name).length * patches * modality.patchPixels ** 2 * perPixel;
    }
    return bytes;
  }

  /** True when all dates of `window` can stay in memory: then `preload` pays. */
  fits(window: PatchWindow): boolean {
    return this.bytesOf(window) <= this.#cacheBytes;
  }

  /** Warps everything in `window` once, so that training never waits for the disk. Only sensible when it `fits`. */
  async preload(
    window: PatchWindow,
    { signal, progress }: { signal?: AbortSignal; progress?: (done: number, total: number) => void } = {},
  ): Promise<void> {
    const work: { readonly modality: Modality; readonly index: number; readonly piece: Piece }[] = [];
    for (const modality of this.spec.modalities)
      for (const index of await this.datesIn(modality.name, window))
        for (const piece of await this.#pieces(modality, index, window)) work.push({ modality, index, piece });
    let done = 0;
    let next = 0;
    const worker = async () => {
      while (next < work.length) {
        signal?.throwIfAborted();
        const { modality, index, piece } = work[next++]!;
        await this.#chunk(modality, index, piece, signal);
        progress?.(++done, work.length);
      }
    };
    await Promise.all(Array.from({ length: concurrentReads }, worker));
  }

  async close(): Promise<void> {
    this.#scenes.clear();
    this.#qualities.clear();
    this.#shares.clear();
    await this.#reader.close();
  }

  #chunk(modality: Modality, index: number, piece: Piece, signal?: AbortSignal): Promise<Chunk> {
    const { chunk, part, date } = piece;
    const load = async () => {
      const quality = await this.#qualityChunk(modality, index, piece, signal);
      const target = this.#geobox(modality, part);
      const scene = await this.#readLimit.run(() => readScene(this.#reader, modality, date, target, signal, quality));
      return scene.states.some((state) => state !== noData) ? scene : undefined;
    };
    return this.#scenes.get(keyOf(modality, index, chunk), load, signal);
  }

  #qualityChunk(
    modality: Modality,
    index: number,
    { chunk, part, date }: Piece,
    signal?: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    const load = () =>
      this.#readLimit.run(() => readQuality(this.#reader, modality, date, this.#geobox(modality, part), signal));
    return this.#qualities.get(keyOf(modality, index, chunk), load, signal);
  }

  #date(modality: Modality, index: number): SeriesDate {
    const date = this.dates(modality.name)[index];
    if (!date) throw new Error(`Modality ${modality.name} has no date ${index}`);
    return date;
  }

  #geobox(modality: Modality, window: PatchWindow) {
    return geoboxOfPatches(this.spec.grid, window, modality.patchPixels);
  }
}

/** What is read of a chunk: the window in which a date has images, and those of its images that lie there. */
interface Piece {
  readonly chunk: PatchWindow;
  readonly part: PatchWindow;
  readonly date: SeriesDate;
}

const placeOf = ({ col, row, origin }: PatchWindow) => `${col} ${row}${origin ? ` ${origin.x} ${origin.y}` : ""}`;

const keyOf = (modality: Modality, index: number, chunk: PatchWindow) =>
  `${modality.name} ${index} ${placeOf(chunk)}${chunk.origin ? ` ${chunk.width} ${chunk.height}` : ""}`;

/** Chunks of at most 64 patches and 400 pixels on a side: large enough for a warp to pay, small enough to waste little around a small area. */
function chunksCovering(modality: Modality, window: PatchWindow): PatchWindow[] {
  // A tile between the patches of the grid shares no pixel with another: it is warped alone, on its own patches.
  if (window.origin) return [window];
  let size = 64;
  while (size > 1 && size * modality.patchPixels > 400) size /= 2;
  return tilesCovering(window, size);
}

/** Copies the patches that two windows share; `planes` images of pixels lie one behind the other in both. */
function copyPatches<A extends Float32Array | Uint8Array>(
  from: A,
  fromWindow: PatchWindow,
  to: A,
  toWindow: PatchWindow,
  patchPixels: number,
  planes: number,
): void {
  const common = commonPatches(fromWindow, toWindow);
  if (!common) return;
  const place = (window: PatchWindow) => ({
    stride: window.width * patchPixels,
    plane: window.width * window.height * patchPixels ** 2,
    start: ((common.row - window.row) * window.width * patchPixels + (common.col - window.col)) * patchPixels,
  });
  const source = place(fromWindow);
  const target = place(toWindow);
  const width = common.width * patchPixels;
  for (let plane = 0; plane < planes; plane++) {
    for (let row = 0; row < common.height * patchPixels; row++) {
      const read = plane * source.plane + source.start + row * source.stride;
      const write = plane * target.plane + target.start + row * target.stride;
      // Training windows are a few pixels wide: there a loop beats making views.
      if (width > 64) to.set(from.subarray(read, read + width), write);
      else for (let i = 0; i < width; i++) to[write + i] = from[read + i]!;
    }
  }
}

/** Runs at most `width` tasks at a time; the others wait in their order. */
class ConcurrencyLimit {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(width: number) {
    this.#free = width;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
