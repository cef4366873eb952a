/** One training example, or one tile of a map: a window of patches with some dates of each modality. */

import { type Random, seededRandom, shuffled } from "../files/index.ts";
import { noData } from "../imagery/index.ts";
import { jitterDays, keepDates, type Orientation, orient, randomOrientation, upright } from "./augment.ts";
import type { Cube } from "./cube.ts";
import type { PatchWindow } from "./grid.ts";
import { type DayCount, type Scene, stackScenes, type TimeSeries } from "./time-series.ts";

export interface Sample {
  readonly window: PatchWindow;
  /** by modality name; series in order of time */
  readonly inputs: Readonly<Record<string, TimeSeries>>;
  /** [P] class per patch, −1 where unlabelled */
  readonly labels?: Int32Array;
  /** [K] one number per class for the whole tile */
  readonly targets?: Float32Array;
}

/** Which dates of a series are taken when there are more than fit. */
export type DateChoice =
  /** any, drawn anew each time: what training wants */
  | "random"
  /** the clearest of each part of the year: what a map wants */
  | "spread"
  /** the clearest, wherever they lie in the year */
  | "clearest";

export interface Augmentation {
  /** turn and flip */
  readonly orientations: boolean;
  /** chance of each date to be left out */
  readonly dateDropout: number;
  /** whole series earlier or later by up to so many days */
  readonly dateJitter: number;
}

export const noAugmentation: Augmentation = { orientations: false, dateDropout: 0, dateJitter: 0 };

export interface SampleOptions {
  /** inputs to read; all when not given */
  readonly modalities?: readonly string[];
  /** at most so many dates, for all series or by modality */
  readonly dates: number | Readonly<Record<string, number>>;
  readonly choice: DateChoice;
  readonly augmentation: Augmentation;
  /** dates with a smaller clear share are taken only when nothing better is there */
  readonly leastClear?: number;
  readonly labels?: (window: PatchWindow) => Int32Array | Promise<Int32Array>;
  readonly targets?: (window: PatchWindow) => Float32Array | Promise<Float32Array>;
}

/** Reads one sample. `seed` names it: (seed, epoch, index) give the same sample again. */
export async function readSample(
  cube: Cube,
  window: PatchWindow,
  options: SampleOptions,
  seed: readonly (string | number)[],
  signal?: AbortSignal,
): Promise<Sample> {
  const random = seededRandom("sample", ...seed);
  const { augmentation } = options;
  const orientation = augmentation.orientations ? randomOrientation(random, window.width === window.height) : upright;
  const jitter = jitterDays(augmentation.dateJitter, random);
  const inputs: Record<string, TimeSeries> = {};
  for (const name of options.modalities ?? cube.spec.modalities.map((modality) => modality.name)) {
    const series = await readChosen(cube, name, window, options, seededRandom("dates", name, ...seed), signal);
    inputs[name] = turned(shiftDays(series, jitter, cube.spec.days), orientation);
  }
  const labels = await options.labels?.(window);
  const targets = await options.targets?.(window);
  return {
    window,
    inputs,
    ...(labels ? { labels: orient(labels, window.height, window.width, orientation) } : {}),
    ...(targets ? { targets } : {}),
  };
}

async function readChosen(
  cube: Cube,
  name: string,
  window: PatchWindow,
  options: SampleOptions,
  random: Random,
  signal?: AbortSignal,
): Promise<TimeSeries> {
  const modality = cube.modality(name);
  const dates = cube.dates(name);
  const most = modality.kind === "image" ? 1 : typeof options.dates === "number" ? options.dates : options.dates[name]!;
  const size = { width: window.width * modality.patchPixels, height: window.height * modality.patchPixels };
  const stack = (chosen: readonly number[], scenes: ReadonlyMap<number, Scene>) =>
    stackScenes(
      chosen.map((index) => ({ date: dates[index]!, scene: scenes.get(index)! })),
      modality,
      size.width,
      size.height,
      cube.spec.days,
    );
  const shares = await cube.clearShares(name, window, signal);
  // Dates whose images lie elsewhere are no candidates: a project of many places has thousands of them.
  const here = await cube.datesIn(name, window);
  const order = orderOfChoice(
    here.map((index) => ({ date: dates[index]!.date, clearShare: shares[index] ?? 1 })),
    most,
    options.choice,
    random,
    options.leastClear ?? 0,
  ).map((position) => here[position]!);
  const scenes = new Map<number, Scene>();
  const found: number[] = [];
  // In the order of preference, until enough dates with data here are found; read several at once.
  for (let next = 0; next < order.length && found.length < most; ) {
    const some = order.slice(next, next + Math.max(1, most - found.length));
    next += some.length;
    const read = await Promise.all(some.map((index) => cube.scene(name, index, window, signal)));
    for (const [i, index] of some.entries()) {
      if (read[i]!.states.every((state) => state === noData)) continue;
      scenes.set(index, read[i]!);
      found.push(index);
    }
  }
  found.sort((p, q) => p - q);
  const { dateDropout } = options.augmentation;
  const kept = dateDropout > 0 && modality.kind === "series" ? keepDates(found.length, dateDropout, random) : undefined;
  return stack(kept ? kept.map((index) => found[index]!) : found, scenes);
}

/**
 * All dates in the order in which they should be taken: the first `most` that have data become the sample.
 * Dates less clear than `leastClear` (or with nothing clear at all) come last, the clearest of them first.
 */
export function orderOfChoice(
  dates: readonly { readonly date: string; readonly clearShare: number }[],
  most: number,
  choice: DateChoice,
  random: Random,
  leastClear: number,
): number[] {
  const indices = dates.map((_, index) => index);
  const share = (index: number) => dates[index]!.clearShare;
  const useful = indices.filter((index) => share(index) > 0 && share(index) >= leastClear);
  const poor = indices.filter((index) => !useful.includes(index)).sort((p, q) => share(q) - share(p) || p - q);
  if (choice === "random") return [...shuffled(useful, random), ...poor];
  // Equal shares (radar has no clouds) are taken far apart, not from the beginning of the year.
  const apart = new Map(useful.map((index, position) => [index, bitReversed(position)]));
  const byShare = [...useful].sort((p, q) => share(q) - share(p) || apart.get(p)! - apart.get(q)! || p - q);
  if (choice === "clearest" || useful.length <= most) return [...byShare, ...poor];
  const day = (index: number) => Date.parse(`${dates[index]!.date}T00:00:00Z`);
  const first = day(useful[0]!);
  const span = Math.max(1, day(useful.at(-1)!) - first);
  const bestOfPart = new Map<number, number>();
  for (const index of useful) {
    const position = ((day(index) - first) / span) * most;
    const part = Math.min(most - 1, Math.floor(position));
    const best = bestOfPart.get(part);
    const fromMiddle = (candidate: number) => Math.abs(((day(candidate) - first) / span) * most - part - 0.5);
    const better =
      best === undefined ||
      share(index) > share(best) ||
      (share(index) === share(best) && fromMiddle(index) < fromMiddle(best));
    if (better) bestOfPart.set(part, index);
  }
  const spread = [...bestOfPart.values()];
  return [...spread, ...byShare.filter((index) => !spread.includes(index)), ...poor];
}

/** 0, ½, ¼, ¾, ⅛ …: consecutive numbers far apart (van der Corput's sequence). */
function bitReversed(index: number): number {
  let result = 0;
  for (let rest = index, weight = 0.5; rest > 0; rest = Math.floor(rest / 2), weight /= 2) {
    if (rest % 2 === 1) result += weight;
  }
  return result;
}

/** A day that would leave [1, period) stays at its edge: 0 is padding. */
function shiftDays(series: TimeSeries, jitter: number, count: DayCount): TimeSeries {
  if (jitter === 0) return series;
  return { ...series, days: series.days.map((day) => Math.min(count.period - 1, Math.max(1, day + jitter))) };
}

function turned(series: TimeSeries, orientation: Orientation): TimeSeries {
  if (orientation === upright) return series;
  const [dates, channels, height, width] = series.shape;
  const [newHeight, newWidth] = orientation.transpose ? [width, height] : [height, width];
  return {
    ...series,
    shape: [dates, channels, newHeight, newWidth],
    values: orient(series.values, height, width, orientation),
    states: orient(series.states, height, width, orientation),
  };
}
