/**
 * All modalities of a project on one grid, read as needed.
 *
 * Pixels are always warped in chunks whose place is fixed by the grid, and every window is cut from chunks. So a small
 * area kept whole in memory and a large one read piece by piece go the same way, and give the same numbers to the bit.
 */
import type { Acquisition, Modality } from "../../src-shared/eo/index.ts";
import { ByteCache } from "./chunk-cache.ts";
import { commonPatches, type Grid, geoboxOfPatches, type PatchWindow, tilesCovering } from "./grid.ts";
import { type Step, stepsOf } from "./modalities.ts";
import type { Reader } from "./reader.ts";
import { clear, type DayCount, noData, readQuality, readScene, type Scene } from "./time-series.ts";

export interface CubeSpec {
  readonly grid: Grid;
  readonly modalities: readonly Modality[];
  readonly acquisitions: readonly Acquisition[];
  readonly days: DayCount;
}

export interface CubeOptions {
  /** budget for warped pixels */
  readonly cacheBytes?: number;
}

const defaultCacheBytes = 1024 * 1024 * 1024;
/** Warps under way at once: enough to keep the decoding workers busy, few enough to bound what they hold. */
const concurrentReads = 8;

/** `undefined` is a chunk without any data: nothing to keep. */
type Chunk = Scene | undefined;

export class Cube {
  readonly spec: CubeSpec;
  readonly #reader: Reader;
  readonly #cacheBytes: number;
  readonly #steps: ReadonlyMap<string, readonly Step[]>;
  readonly #scenes: ByteCache<Chunk>;
  readonly #qualities: ByteCache<Uint8Array | undefined>;
  readonly #shares: ByteCache<readonly (number | undefined)[]>;
  readonly #gate = new Gate(concurrentReads);

  constructor(spec: CubeSpec, reader: Reader, { cacheBytes = defaultCacheBytes }: CubeOptions = {}) {
    this.spec = spec;
    this.#reader = reader;
    this.#cacheBytes = cacheBytes;
    this.#steps = new Map(spec.modalities.map((modality) => [modality.name, stepsOf(modality, spec.acquisitions)]));
    this.#scenes = new ByteCache(cacheBytes, (chunk) =>
      chunk ? chunk.values.byteLength + chunk.states.byteLength : 64,
    );
    this.#qualities = new ByteCache(cacheBytes / 16, (states) => states?.byteLength ?? 64);
    this.#shares = new ByteCache(cacheBytes / 16, (shares) => shares.length * 8 + 64);
  }

  modality(name: string): Modality {
    const modality = this.spec.modalities.find((candidate) => candidate.name === name);
    if (!modality) throw new Error(`No modality ${name} in [${this.spec.modalities.map((m) => m.name).join(", ")}]`);
    return modality;
  }

  /** The dates of a modality, in order of time. */
  steps(name: string): readonly Step[] {
    return this.#steps.get(this.modality(name).name)!;
  }

  /** One date of one modality in `window`. */
  async scene(name: string, step: number, window: PatchWindow, signal?: AbortSignal): Promise<Scene> {
    const modality = this.modality(name);
    const pixels = window.width * window.height * modality.patchPixels ** 2;
    const result: Scene = { values: new Float32Array(modality.bands.length * pixels), states: new Uint8Array(pixels) };
    await Promise.all(
      chunksCovering(modality, window).map(async (chunk) => {
        const part = await this.#chunk(modality, step, chunk, signal);
        if (!part) return;
        copyPatches(part.states, chunk, result.states, window, modality.patchPixels, 1);
        copyPatches(part.values, chunk, result.values, window, modality.patchPixels, modality.bands.length);
      }),
    );
    return result;
  }

  /** What the quality band says of each pixel, without reading the bands; `undefined` when there is none. */
  async quality(
    name: string,
    step: number,
    window: PatchWindow,
    signal?: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    const modality = this.modality(name);
    const states = new Uint8Array(window.width * window.height * modality.patchPixels ** 2);
    const found = await Promise.all(
      chunksCovering(modality, window).map(async (chunk) => {
        const part = await this.#qualityChunk(modality, step, chunk, signal);
        if (part) copyPatches(part, chunk, states, window, modality.patchPixels, 1);
        return part !== undefined;
      }),
    );
    return found.every(Boolean) ? states : undefined;
  }

  /** The clear share of `window` on each date of a modality, by its quality band; `undefined` where there is none. */
  clearShares(name: string, window: PatchWindow, signal?: AbortSignal): Promise<readonly (number | undefined)[]> {
    const load = () =>
      Promise.all(
        this.steps(name).map(async (_, step) => {
          const states = await this.quality(name, step, window, signal);
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
      bytes += this.steps(modality.name).length * patches * modality.patchPixels ** 2 * perPixel;
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
    const work = this.spec.modalities.flatMap((modality) =>
      this.steps(modality.name).flatMap((_, step) =>
        chunksCovering(modality, window).map((chunk) => ({ modality, step, chunk })),
      ),
    );
    let done = 0;
    let next = 0;
    const worker = async () => {
      while (next < work.length) {
        signal?.throwIfAborted();
        const { modality, step, chunk } = work[next++]!;
        await this.#chunk(modality, step, chunk, signal);
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

  #chunk(modality: Modality, step: number, chunk: PatchWindow, signal?: AbortSignal): Promise<Chunk> {
    const load = async () => {
      const quality = await this.#qualityChunk(modality, step, chunk, signal);
      const target = this.#geobox(modality, chunk);
      const scene = await this.#gate.run(() =>
        readScene(this.#reader, modality, this.#step(modality, step), target, signal, quality),
      );
      return scene.states.some((state) => state !== noData) ? scene : undefined;
    };
    return this.#scenes.get(keyOf(modality, step, chunk), load, signal);
  }

  #qualityChunk(
    modality: Modality,
    step: number,
    chunk: PatchWindow,
    signal?: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    const load = () =>
      this.#gate.run(() =>
        readQuality(this.#reader, modality, this.#step(modality, step), this.#geobox(modality, chunk), signal),
      );
    return this.#qualities.get(keyOf(modality, step, chunk), load, signal);
  }

  #step(modality: Modality, index: number): Step {
    const step = this.steps(modality.name)[index];
    if (!step) throw new Error(`Modality ${modality.name} has no date ${index}`);
    return step;
  }

  #geobox(modality: Modality, window: PatchWindow) {
    return geoboxOfPatches(this.spec.grid, window, modality.patchPixels);
  }
}

const placeOf = ({ col, row, origin }: PatchWindow) => `${col} ${row}${origin ? ` ${origin.x} ${origin.y}` : ""}`;

const keyOf = (modality: Modality, step: number, chunk: PatchWindow) =>
  `${modality.name} ${step} ${placeOf(chunk)}${chunk.origin ? ` ${chunk.width} ${chunk.height}` : ""}`;

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

/** Lets so many tasks run at once; the others wait in line. */
class Gate {
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
