import type { PixelWindow } from "../../src-shared/geo/window.ts";
import type { Raster } from "./raster.ts";

/** Figures of a raster's bands for stretching and for checking, from an overview or from sampled windows. */
export interface BandStatistics {
  /** pixels looked at, and those of them that are data */
  readonly looked: number;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** of the population: divided by `count` */
  readonly std: number;
  /** percentile → value, in the order asked for */
  readonly percentiles: ReadonlyMap<number, number>;
  /** equal bins from `min` to `max` */
  readonly histogram: readonly number[];
  /** every pixel of the full resolution was looked at */
  readonly exact: boolean;
}

export interface StatisticsOptions {
  /** 1-based; all bands by default */
  readonly bands?: readonly number[] | undefined;
  /** at most about this many pixels per band are read */
  readonly maxPixels?: number | undefined;
  readonly percentiles?: readonly number[] | undefined;
  readonly bins?: number | undefined;
  /** what is looked at instead of the stored numbers; NaN is no data */
  readonly value?: ((stored: number) => number) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const windowSize = 256;

/** Stored values, not scaled ones, unless `value` says otherwise. A band without data has NaN figures. */
export async function statistics(raster: Raster, options: StatisticsOptions = {}): Promise<BandStatistics[]> {
  const { maxPixels = 1_000_000, percentiles = [2, 25, 50, 75, 98], bins = 256, value, signal } = options;
  const { info } = raster;
  const bands = options.bands ?? info.bands.map((_, i) => i + 1);
  const { overview, width, height } = levelFor(raster, maxPixels);
  const exact = overview === undefined && width * height <= maxPixels;
  const windows = [...sampleWindows(width, height, maxPixels)];
  const results: BandStatistics[] = [];
  // Band by band: the samples of one are in memory, not of all sixty.
  for (const band of bands) {
    const samples: Float64Array[] = [];
    let looked = 0;
    for (const window of windows) {
      const block = await raster.readWindow(window, { bands: [band], overview, signal });
      const pixels = block.bands[0]!;
      const mask = block.valid[0];
      looked += pixels.length;
      const stored = mask ? Float64Array.from(pixels).filter((_, i) => mask[i] !== 0) : Float64Array.from(pixels);
      samples.push(value ? stored.map(value).filter((one) => !Number.isNaN(one)) : stored);
    }
    results.push(summary(joined(samples), looked, percentiles, bins, exact));
  }
  return results;
}

function levelFor({ info }: Raster, maxPixels: number) {
  if (info.width * info.height <= maxPixels) return { overview: undefined, width: info.width, height: info.height };
  const fitting = info.overviews.findIndex((o) => o.width * o.height <= maxPixels);
  // An overview much smaller than the budget says less than samples of the full resolution; a coarser one is still representative.
  if (fitting >= 0 && info.overviews[fitting]!.width * info.overviews[fitting]!.height >= maxPixels / 64) {
    return { overview: fitting, ...info.overviews[fitting]! };
  }
  return { overview: undefined, width: info.width, height: info.height };
}

/** Everything when it fits, else squares spread evenly over the image. */
function* sampleWindows(width: number, height: number, maxPixels: number): Generator<PixelWindow> {
  const rows = Math.ceil(height / windowSize);
  const cols = Math.ceil(width / windowSize);
  const wanted = width * height <= maxPixels ? rows * cols : Math.max(1, Math.floor(maxPixels / windowSize ** 2));
  const step = Math.sqrt((rows * cols) / wanted);
  const down = Math.max(1, Math.min(rows, Math.round(rows / step)));
  const across = Math.max(1, Math.min(cols, Math.floor(wanted / down)));
  for (let j = 0; j < down; j++) {
    for (let i = 0; i < across; i++) {
      const row = Math.floor(((j + 0.5) * rows) / down) * windowSize;
      const col = Math.floor(((i + 0.5) * cols) / across) * windowSize;
      yield { col, row, width: Math.min(windowSize, width - col), height: Math.min(windowSize, height - row) };
    }
  }
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function summary(
  values: Float64Array,
  looked: number,
  percentiles: readonly number[],
  bins: number,
  exact: boolean,
): BandStatistics {
  const count = values.length;
  values.sort();
  const min = values[0] ?? Number.NaN;
  const max = values[count - 1] ?? Number.NaN;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
  const histogram = new Array<number>(bins).fill(0);
  const scale = max > min ? bins / (max - min) : 0;
  for (const value of values) histogram[Math.min(bins - 1, Math.floor((value - min) * scale))]!++;
  return {
    looked,
    count,
    min,
    max,
    mean,
    std: Math.sqrt(variance),
    percentiles: new Map(percentiles.map((p) => [p, percentileOf(values, p)])),
    histogram,
    exact,
  };
}

/** Linear between the two nearest ranks, numpy's default. */
function percentileOf(sorted: Float64Array, percentile: number): number {
  if (sorted.length === 0) return Number.NaN;
  const rank = (percentile / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(rank)]!;
  const above = sorted[Math.ceil(rank)]!;
  return below + (above - below) * (rank - Math.floor(rank));
}
