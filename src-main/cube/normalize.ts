/** Mean and spread of each band, computed from the data, kept with the model as plain data. */

import type { Modality } from "../../src-shared/eo/index.ts";
import { type Random, seededRandom } from "../files/index.ts";
import { clear, noData } from "../imagery/index.ts";
import type { TimeSeries } from "./time-series.ts";

export interface BandStatistics {
  readonly name: string;
  readonly mean: number;
  readonly std: number;
  /** values are cut to this range before they are normalised */
  readonly clip?: { readonly low: number; readonly high: number };
}

/** What a model stores of one input, so that it is given the same numbers again. */
export interface Normalization {
  readonly modality: string;
  readonly bands: readonly BandStatistics[];
  /** pixels the statistics come from */
  readonly pixels: number;
}

/** Mean and variance in one pass, whatever the number of values (Welford 1962). */
export class RunningStatistics {
  count = 0;
  mean = 0;
  #squares = 0;

  add(value: number): void {
    this.count++;
    const away = value - this.mean;
    this.mean += away / this.count;
    this.#squares += away * (value - this.mean);
  }

  /** of the population, as batch norm and numpy's `std` count it */
  get std(): number {
    return this.count === 0 ? 0 : Math.sqrt(this.#squares / this.count);
  }
}

/** Of each float32 its sign, its exponent and the first five bits behind the point: neighbours differ by 3 %. */
const binBits = 14;
const bits = new DataView(new ArrayBuffer(4));
const binOf = (value: number): number => {
  bits.setFloat32(0, value);
  return bits.getUint32(0) >>> (32 - binBits);
};

/** Values further outside than so many times the distance between the 1 % and the 99 % quantile were not measured here. */
const farOutside = 10;

/**
 * The distribution of values in bins of one width relative to the value, each with its own sums: quantiles, and mean and spread of
 * those values alone that do not lie far outside of all others. One pass, and memory that does not grow.
 */
class Distribution {
  /** of each bin: count, sum, sum of squares, both of the values less the first one of the bin */
  readonly #sums = new Float64Array(3 << binBits);
  readonly #first = new Float64Array(1 << binBits);
  #count = 0;

  add(value: number): void {
    const bin = binOf(value);
    const at = 3 * bin;
    if (this.#sums[at] === 0) this.#first[bin] = value;
    const away = value - this.#first[bin]!;
    this.#sums[at]!++;
    this.#sums[at + 1]! += away;
    this.#sums[at + 2]! += away * away;
    this.#count++;
  }

  /** Bins that hold something, in the order of their values: count, mean and sum of squared differences from it. */
  #bins(): { readonly count: number; readonly mean: number; readonly squares: number }[] {
    const found = [];
    for (let bin = 0; bin < this.#first.length; bin++) {
      const [count, sum, squares] = this.#sums.subarray(3 * bin, 3 * bin + 3) as unknown as [number, number, number];
      if (count > 0)
        found.push({
          count,
          mean: this.#first[bin]! + sum / count,
          squares: Math.max(0, squares - (sum * sum) / count),
        });
    }
    return found.sort((p, q) => p.mean - q.mean);
  }

  /** Without the values far outside, and how many these were; `undefined` when there are none. */
  inside(): { readonly mean: number; readonly std: number; readonly outside: number } | undefined {
    const bins = this.#bins();
    const quantile = (share: number) => {
      let below = 0;
      for (const { count, mean } of bins) {
        below += count;
        if (below >= share * this.#count) return mean;
      }
      return bins.at(-1)?.mean ?? 0;
    };
    const [low, high] = [quantile(0.01), quantile(0.99)];
    const reach = farOutside * (high - low);
    if (!(reach > 0)) return undefined;
    const kept = bins.filter(({ mean }) => mean >= low - reach && mean <= high + reach);
    if (kept.length === bins.length) return undefined;
    const count = kept.reduce((sum, bin) => sum + bin.count, 0);
    const mean = kept.reduce((sum, bin) => sum + bin.count * bin.mean, 0) / count;
    const squares = kept.reduce((sum, bin) => sum + bin.squares + bin.count * (bin.mean - mean) ** 2, 0);
    return { mean, std: Math.sqrt(squares / count), outside: this.#count - count };
  }
}

export interface StatisticsOptions {
  readonly seed: number;
  /** take each pixel with this chance; 1 takes all */
  readonly share?: number;
  /** count unclear pixels too (clouds are bright: they widen the spread) */
  readonly withUnclear?: boolean;
}

/** Gathers the statistics of one modality from series as they are read; nothing is kept but the sums. */
export class StatisticsGatherer {
  readonly modality: Modality;
  readonly #options: StatisticsOptions;
  readonly #random: Random;
  readonly #running: RunningStatistics[];
  readonly #distributions: Distribution[];

  constructor(modality: Modality, options: StatisticsOptions) {
    this.modality = modality;
    this.#options = options;
    this.#random = seededRandom("statistics", options.seed, modality.name);
    this.#running = modality.bands.map(() => new RunningStatistics());
    this.#distributions = modality.bands.map(() => new Distribution());
  }

  add(series: Pick<TimeSeries, "shape" | "values" | "states">): void {
    const { share = 1, withUnclear = false } = this.#options;
    const [dates, channels, height, width] = series.shape;
    const pixels = height * width;
    for (let t = 0; t < dates; t++) {
      for (let i = 0; i < pixels; i++) {
        const state = series.states[t * pixels + i]!;
        if (state === noData || (state !== clear && !withUnclear)) continue;
        if (share < 1 && this.#random() >= share) continue;
        for (let channel = 0; channel < channels; channel++) {
          const value = series.values[(t * channels + channel) * pixels + i]!;
          this.#running[channel]!.add(value);
          this.#distributions[channel]!.add(value);
        }
      }
    }
  }

  /** pixels counted so far */
  get pixels(): number {
    return this.#running[0]?.count ?? 0;
  }

  /** Bands that had one value everywhere so far. */
  get constantBands(): string[] {
    return this.modality.bands.filter((_, channel) => !(this.#running[channel]!.std > 0));
  }

  /** Bands with values so far outside of all others that the statistics leave them out, and how many. */
  get outliers(): { readonly band: string; readonly count: number }[] {
    return this.modality.bands.flatMap((band, channel) => {
      const count = this.#distributions[channel]!.inside()?.outside ?? 0;
      return count > 0 ? [{ band, count }] : [];
    });
  }

  /**
   * Mean and spread of each band, without values far outside of all others: one broken pixel would hide the rest behind its spread.
   * A constant band gets a spread of 1 to avoid a division by 0. Without any pixel there is no result.
   */
  result(): Normalization {
    if (this.pixels === 0) throw new Error(`No pixel of ${this.modality.name} to take statistics from`);
    return {
      modality: this.modality.name,
      pixels: this.pixels,
      bands: this.modality.bands.map((name, channel) => {
        // Where nothing lies outside the plain sums stand, to the last bit.
        const { mean, std } = this.#distributions[channel]!.inside() ?? this.#running[channel]!;
        return { name, mean, std: std > 0 ? std : 1 };
      }),
    };
  }
}

/** (value − mean) / std in place; pixels without data become 0, the mean. `values` is [N, C, pixels], `states` [N, pixels]. */
export function normalizeInPlace(
  values: Float32Array,
  states: Uint8Array,
  channels: number,
  pixels: number,
  normalization: Normalization,
): void {
  if (normalization.bands.length !== channels) {
    throw new Error(`Normalization of ${normalization.bands.length} bands for ${channels} channels`);
  }
  const scenes = values.length / (channels * pixels);
  for (let n = 0; n < scenes; n++) {
    for (let channel = 0; channel < channels; channel++) {
      const { mean, std, clip } = normalization.bands[channel]!;
      const low = clip?.low ?? Number.NEGATIVE_INFINITY;
      const high = clip?.high ?? Number.POSITIVE_INFINITY;
      const start = (n * channels + channel) * pixels;
      for (let i = 0; i < pixels; i++) {
        const value = Math.min(high, Math.max(low, values[start + i]!));
        values[start + i] = states[n * pixels + i] === noData ? 0 : (value - mean) / std;
      }
    }
  }
}
