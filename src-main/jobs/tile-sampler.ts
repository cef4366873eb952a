import type { Batch, BatchShape } from "../cube/index.ts";
import { type Cube, type PatchWindow, readBatches, type SampleOptions, seededRandom } from "../cube/index.ts";

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

/**
 * Tiles anywhere inside `area`, not only on the tile grid. Of a large area every draw takes some places and its tiles
 * from there, so that pixels once warped serve many tiles.
 */
export function anywhere(area: PatchWindow, size: number, seed: number): EndlessBatches["draw"] {
  return (index, count) => {
    const random = seededRandom("tiles", seed, index);
    const within = (outer: PatchWindow, width: number, height: number): PatchWindow => ({
      col: outer.col + Math.floor(random() * (outer.width - width + 1)),
      row: outer.row + Math.floor(random() * (outer.height - height + 1)),
      width,
      height,
    });
    const width = Math.min(placePatches, area.width);
    const height = Math.min(placePatches, area.height);
    const places = Array.from({ length: placesPerDraw }, () => within(area, width, height));
    return Array.from({ length: count }, () => within(places[Math.floor(random() * placesPerDraw)]!, size, size));
  };
}
