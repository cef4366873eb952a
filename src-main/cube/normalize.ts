/** Mean and spread of each band, computed from the data, kept with the model as plain data. */

import type { Modality } from "../../src-shared/eo/index.ts";
import { type Random, seededRandom } from "../files/index.ts";
import { clear, noData } from "../imagery/index.ts";
import { percentile } from "./radiometry.ts";
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

/** A fixed number of values, each value seen with the same chance of being among them (Vitter's algorithm R). */
class Reservoir {
  readonly values: number[] = [];
  #seen = 0;
  readonly #size: number;
  readonly #random: Random;

  constructor(size: number, random: Random) {
    this.#size = size;
    this.#random = random;
  }

  add(value: number): void {
    this.#seen++;
    if (this.values.length < this.#size) this.values.push(value);
    else {
      const slot = Math.floor(this.#random() * this.#seen);
      if (slot < this.#size) this.values[slot] = value;
    }
  }
}

export interface StatisticsOptions {
  readonly seed: number;
  /** take each pixel with this chance; 1 takes all */
  readonly share?: number;
  /** cut the lowest and highest share of values, e.g. 0.01; 0 cuts nothing */
  readonly clipShare?: number;
  /** count unclear pixels too (clouds are bright: they widen the spread) */
  readonly withUnclear?: boolean;
}

/** Gathers the statistics of one modality from series as they are read; nothing is kept but the sums. */
export class StatisticsGatherer {
  readonly modality: Modality;
  readonly #options: StatisticsOptions;
  readonly #random: Random;
  readonly #running: RunningStatistics[];
  readonly #reservoirs: Reservoir[];

  constructor(modality: Modality, options: StatisticsOptions) {
    this.modality = modality;
    this.#options = options;
    this.#random = seededRandom("statistics", options.seed, modality.name);
    this.#running = modality.bands.map(() => new RunningStatistics());
    this.#reservoirs = modality.bands.map(
      (name) => new Reservoir(20_000, seededRandom("reservoir", options.seed, modality.name, name)),
    );
  }

  add(series: Pick<TimeSeries, "shape" | "values" | "states">): void {
    const { share = 1, clipShare = 0, withUnclear = false } = this.#options;
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
          if (clipShare > 0) this.#reservoirs[channel]!.add(value);
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

  /** A constant band gets a spread of 1 to avoid a division by 0. Without any pixel there is no result. */
  result(): Normalization {
    if (this.pixels === 0) throw new Error(`No pixel of ${this.modality.name} to take statistics from`);
    const { clipShare = 0 } = this.#options;
    return {
      modality: this.modality.name,
      pixels: this.pixels,
      bands: this.modality.bands.map((name, channel) => {
        const { mean, std } = this.#running[channel]!;
        const found = { name, mean, std: std > 0 ? std : 1 };
        if (clipShare === 0) return found;
        const sorted = Float64Array.from(this.#reservoirs[channel]!.values).sort();
        return { ...found, clip: { low: percentile(sorted, clipShare), high: percentile(sorted, 1 - clipShare) } };
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
