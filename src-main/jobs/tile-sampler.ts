import type { Batch, BatchShape } from "../cube/index.ts";
import { type Cube, PatchSet, type PatchWindow, readBatches, type SampleOptions } from "../cube/index.ts";
import { type Random, seededRandom } from "../files/index.ts";

/** Batches between two draws of tiles. */
export const batchesPerDraw = 25;

export interface EndlessBatches {
  /** `count` tiles of one draw; a function of the draw's number alone */
  readonly draw: (index: number, count: number) => readonly PatchWindow[];
  readonly shape: BatchShape;
  readonly sample: SampleOptions;
  readonly seed: number;
}

/** Batches without end from `first` on. The n-th batch is always the same, so a stopped run goes on as if it had not stopped. */
export async function* endlessBatches(
  cube: Cube,
  { draw, shape, sample, seed }: EndlessBatches,
  first: number,
  signal: AbortSignal,
): AsyncGenerator<Batch, void> {
  for (let index = Math.floor(first / batchesPerDraw), start = first % batchesPerDraw; ; index++, start = 0) {
    const windows = draw(index, batchesPerDraw * shape.batchSize);
    yield* readBatches(
      cube,
      { windows, shape, sample, seed, epoch: index, startBatch: start, shuffle: false, lastBatch: "drop" },
      signal,
    );
  }
}

/** Sides of the places that one draw looks at when the area is too large to be kept: a few chunks of the cube. */
const placePatches = 64;
export const placesPerDraw = 8;
/** Of places as small as a quarter of that a draw takes more, so that it sees several of them. */
const mostPlacesPerDraw = 64;
/** Attempts to draw a tile where a place has little data, before one is taken as it is. */
const attempts = 8;

/**
 * Tiles anywhere inside `area`, not only on the tile grid. Of a large area every draw takes some places and its tiles
 * from there, so that pixels once warped serve many tiles.
 */
export const anywhere = (area: PatchWindow, size: number, seed: number): EndlessBatches["draw"] =>
  anywhereIn(PatchSet.ofWindow(area), size, seed);

/**
 * Tiles where there are images: anywhere in `all`, every second place of a draw in `shared`, the patches that at least two
 * inputs see, because only there one input can be held against another. A place smaller than a tile lies somewhere in it.
 */
export function anywhereIn(all: PatchSet, size: number, seed: number, shared: PatchSet = all): EndlessBatches["draw"] {
  const everywhere = new Pool(all);
  const pools = shared.size === 0 || shared.equals(all) ? [everywhere] : [new Pool(shared), everywhere];
  const { windows } = everywhere;
  const small = all.size / windows.length < placePatches ** 2 / 4;
  const count = small ? Math.min(mostPlacesPerDraw, Math.max(placesPerDraw, windows.length)) : placesPerDraw;
  return (index, tiles) => {
    const random = seededRandom("tiles", seed, index);
    const places = Array.from({ length: count }, (_, number) => {
      const pool = pools[number % pools.length]!;
      const window = pool.pick(random);
      const width = Math.min(placePatches, window.width);
      const height = Math.min(placePatches, window.height);
      return { pool, place: within(window, width, height, random) };
    });
    return Array.from({ length: tiles }, () => {
      const { pool, place } = places[Math.floor(random() * count)]!;
      const enough = (Math.min(size, place.width) * Math.min(size, place.height)) / 2;
      let tile = within(place, size, size, random);
      for (let more = 1; more < attempts && pool.set.countIn(tile) < enough; more++)
        tile = within(place, size, size, random);
      return tile;
    });
  };
}

/** A window of the given size inside of `outer`; one that is larger than `outer` holds it. */
function within(outer: PatchWindow, width: number, height: number, random: Random): PatchWindow {
  const along = (start: number, length: number, size: number) =>
    Math.min(start, start + length - size) + Math.floor(random() * (Math.abs(length - size) + 1));
  const col = along(outer.col, outer.width, width);
  return { col, row: along(outer.row, outer.height, height), width, height };
}

/** Windows of a set, drawn as often as they hold patches. */
class Pool {
  readonly set: PatchSet;
  readonly windows: readonly PatchWindow[];
  readonly #until: readonly number[];

  constructor(set: PatchSet) {
    this.set = set;
    this.windows = set.windows();
    let sum = 0;
    this.#until = this.windows.map((window) => (sum += set.countIn(window)));
  }

  pick(random: Random): PatchWindow {
    if (this.windows.length === 1) return this.windows[0]!;
    const at = random() * this.set.size;
    let [low, high] = [0, this.windows.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#until[middle]! <= at) low = middle + 1;
      else high = middle;
    }
    return this.windows[low]!;
  }
}
