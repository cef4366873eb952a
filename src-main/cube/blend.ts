/**
 * A map from overlapping tiles without seams.
 *
 * Tiles lie on multiples of the stride counted from the CRS origin, and each patch's logits are the weighted mean over
 * all tiles that hold it. So a patch's result depends on its place alone, not on the requested area: the map of
 * a union is the union of the maps, to the bit, because tiles are also added in one order.
 */
import { commonPatches, type PatchWindow, TileRows } from "./grid.ts";
import type { PatchSet } from "./patch-set.ts";

export interface BlendPlan {
  readonly area: PatchWindow;
  readonly size: number;
  readonly stride: number;
  /** row by row, from the north-west */
  readonly tiles: TileRows;
}

/** Tiles of `size` patches, `overlap` patches shared with the next (half a tile when not given). */
export function planBlend(area: PatchWindow, size: number, overlap = Math.floor(size / 2)): BlendPlan {
  if (overlap < 0 || overlap >= size) throw new Error(`Overlap of ${overlap} patches in tiles of ${size}`);
  const stride = size - overlap;
  return { area, size, stride, tiles: new TileRows(area, size, stride) };
}

/** The tiles of windows that are mapped one after the other: those that touch a patch of `covered` in their window. */
export function countTiles(windows: readonly PatchWindow[], covered: PatchSet, size: number, overlap: number): number {
  let count = 0;
  for (const window of windows) {
    const { tiles } = planBlend(window, size, overlap);
    if (covered.holdsAll(window)) count += tiles.length;
    else for (const tile of tiles) if (covered.touches(commonPatches(tile, window)!)) count++;
  }
  return count;
}

/**
 * sin²: highest in the middle, near nothing at the rim where the network sees only one side; two half-overlapping tiles add up to one.
 * The result has length `size`: one weight per patch along a side of the tile.
 * @see Pielawski and Wählby 2020, Introducing Hann windows for reducing edge-effects in patch-based image segmentation
 */
export function raisedCosine(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, index) => Math.sin((Math.PI * (index + 0.5)) / size) ** 2);
}

/** Finished rows of the area: the blended logits of `height` rows from `row` (absolute), as [K, height, width]. */
export interface BlendedRows {
  readonly row: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly logits: Float32Array;
}

/** The state of a `Blender` between two tiles: stored beside the finished rows, so that a map can be resumed. */
export interface BlendState {
  /** tiles added */
  readonly tiles: number;
  /** the first row that was not handed out yet */
  readonly row: number;
  readonly sums: Float64Array;
  readonly weights: Float64Array;
}

/**
 * Adds tiles in the plan's order and hands out rows as soon as no later tile can touch them.
 * Holds one band of rows as high as a tile, whatever the size of the area.
 */
export class Blender {
  readonly plan: BlendPlan;
  readonly channels: number;
  readonly #window: Float64Array;
  /** [tile rows, width, K] sums, and [tile rows, width] weights; row r lies at (r mod size) */
  readonly #sums: Float64Array;
  readonly #weights: Float64Array;
  #next: number;
  #doneUntil: number;

  constructor(plan: BlendPlan, channels: number, from?: BlendState) {
    const patches = plan.size * plan.area.width;
    if (from && (from.sums.length !== patches * channels || from.weights.length !== patches)) {
      throw new Error(`State of ${from.sums.length} sums for a band of ${patches} patches × ${channels}`);
    }
    this.plan = plan;
    this.channels = channels;
    this.#window = raisedCosine(plan.size);
    this.#sums = from?.sums.slice() ?? new Float64Array(patches * channels);
    this.#weights = from?.weights.slice() ?? new Float64Array(patches);
    this.#next = from?.tiles ?? 0;
    this.#doneUntil = from?.row ?? plan.area.row;
  }

  state(): BlendState {
    return { tiles: this.#next, row: this.#doneUntil, sums: this.#sums.slice(), weights: this.#weights.slice() };
  }

  /** Logits of the next tile of the plan, [size, size, K] (a patch's classes together). Returns the rows it finished. */
  add(tile: PatchWindow, logits: ArrayLike<number>): BlendedRows | undefined {
    const { area, size } = this.plan;
    this.#expect(tile);
    if (logits.length !== size * size * this.channels) {
      throw new Error(`${logits.length} logits for a tile of ${size} × ${size} × ${this.channels}`);
    }
    const common = commonPatches(tile, area)!;
    for (let row = common.row; row < common.row + common.height; row++) {
      for (let col = common.col; col < common.col + common.width; col++) {
        const weight = this.#window[row - tile.row]! * this.#window[col - tile.col]!;
        const place = this.#slot(row) * area.width + col - area.col;
        const source = ((row - tile.row) * size + col - tile.col) * this.channels;
        this.#weights[place]! += weight;
        for (let k = 0; k < this.channels; k++) this.#sums[place * this.channels + k]! += weight * logits[source + k]!;
      }
    }
    return this.#forward();
  }

  /** Skips the next tile of the plan: it has no answer for its patches. A patch that no tile was added for is NaN. */
  skip(tile: PatchWindow): BlendedRows | undefined {
    this.#expect(tile);
    return this.#forward();
  }

  #expect(tile: PatchWindow): void {
    const expected = this.plan.tiles.at(this.#next);
    if (!expected || expected.col !== tile.col || expected.row !== tile.row) {
      throw new Error(`Tile (${tile.col}, ${tile.row}) out of turn: expected (${expected?.col}, ${expected?.row})`);
    }
  }

  #forward(): BlendedRows | undefined {
    const { area, tiles } = this.plan;
    this.#next++;
    const following = tiles.at(this.#next);
    const bottom = area.row + area.height;
    return this.#finish(following ? Math.min(bottom, Math.max(area.row, following.row)) : bottom);
  }

  #slot(row: number): number {
    return (row - this.plan.area.row) % this.plan.size;
  }

  #finish(until: number): BlendedRows | undefined {
    const height = until - this.#doneUntil;
    if (height <= 0) return undefined;
    const { width } = this.plan.area;
    const { channels } = this;
    const logits = new Float32Array(channels * height * width);
    for (let row = 0; row < height; row++) {
      const slot = this.#slot(this.#doneUntil + row);
      for (let col = 0; col < width; col++) {
        const place = slot * width + col;
        for (let k = 0; k < channels; k++) {
          logits[(k * height + row) * width + col] = this.#sums[place * channels + k]! / this.#weights[place]!;
        }
      }
      this.#sums.fill(0, slot * width * channels, (slot + 1) * width * channels);
      this.#weights.fill(0, slot * width, (slot + 1) * width);
    }
    const row = this.#doneUntil;
    this.#doneUntil = until;
    return { row, height, width, channels, logits };
  }
}
