/** Acquisitions on one grid: physical values per date, and which pixels see the ground. */
import { type Acquisition, bandsRead, dayNumber, type Modality, yearOf } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import { clear, noData, type Reader, readClearness, readPixels } from "../imagery/index.ts";
import { type SeriesDate, seriesDates } from "./modalities.ts";
import { shiftedDayOfYear } from "./season.ts";

/** One date on one grid. */
export interface Scene {
  /** [C, H, W] physical values; 0 where there is no data */
  readonly values: Float32Array;
  /** [H, W]: `noData`, `unclear` or `clear` */
  readonly states: Uint8Array;
}

/**
 * The modality's bands of one date on `target`, as `readPixels` reads them. `known` is what `readQuality` said of the date, so that a
 * mask is not read twice.
 * `known` has one state per pixel of `target`, [height, width].
 */
export async function readScene(
  reader: Reader,
  modality: Modality,
  date: SeriesDate,
  target: GeoBox,
  signal?: AbortSignal,
  known?: Uint8Array,
): Promise<Scene> {
  if (date.acquisitions.length === 0)
    throw new Error(`Modality ${modality.name}: the date ${date.date} without acquisition`);
  const { clearClasses, resampling } = modality;
  const options = { bands: bandsRead(modality), clearClasses, method: resampling, signal };
  const scene = await readPixels(reader, date.acquisitions, target, options, known);
  const { values, states } = scene;
  for (let start = 0; start < values.length; start += states.length)
    for (let i = 0; i < states.length; i++) if (states[i] === noData) values[start + i] = 0;
  return scene;
}

/** The states alone, from the quality band. */
export const readQuality = (
  reader: Reader,
  modality: Modality,
  date: SeriesDate,
  target: GeoBox,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> =>
  readClearness(reader, date.acquisitions, target, {
    bands: bandsRead(modality),
    clearClasses: modality.clearClasses,
    signal,
  });

/** How dates become the day numbers that the network takes. 0 is kept for padding, so both counts begin with 1. */
export type DayCount = (
  | {
      /** days since 1 January of the first year of all series: a season of two years runs on */
      readonly kind: "running";
      /** of the images that are counted: a model's own, or the year that stands for it (`fitSeason`) */
      readonly referenceYear: number;
      readonly period: number;
    }
  /** the day of the date's own year: series of any year fit */
  | { readonly kind: "of-year"; readonly period: number }
) & {
  /** days added to every date: half a year where the seasons are the opposite ones */
  readonly shiftDays?: number | undefined;
};

/** Counts of 367 and 734 days are the published ones; the shorter that holds every date is taken. */
export function runningDays(dates: readonly string[], period?: number): DayCount {
  const sorted = [...dates].sort();
  const first = sorted[0] ?? "1970-01-01";
  const referenceYear = yearOf(first);
  const longest = dayNumber(sorted.at(-1) ?? first, referenceYear);
  const needed = longest < 367 ? 367 : longest < 734 ? 734 : Math.ceil((longest + 1) / 367) * 367;
  return { kind: "running", referenceYear, period: period ?? needed };
}

/**
 * The number the network gets for `date`: in [1, period).
 * @throws AppError "acquisition-outside-count"
 */
export function dayOf(date: string, count: DayCount, modality: string): number {
  const { shiftDays = 0 } = count;
  const day =
    count.kind === "of-year" ? shiftedDayOfYear(date, shiftDays) : dayNumber(date, count.referenceYear) + shiftDays;
  if (day >= 1 && day < count.period) return day;
  const begin = count.kind === "of-year" ? `${date.slice(0, 4)}-01-01` : `${count.referenceYear}-01-01`;
  throw new AppError("acquisition-outside-count", { modality, date, begin, days: count.period - 1 });
}

/** A modality's dates on one grid. An image is a series of one date. */
export interface TimeSeries {
  /** [T, C, H, W] */
  readonly shape: readonly [number, number, number, number];
  readonly values: Float32Array;
  /** [T, H, W]: `noData`, `unclear` or `clear` */
  readonly states: Uint8Array;
  readonly dates: readonly string[];
  /** [T]: numbers for the network */
  readonly days: Int32Array;
  /** [T]: share of the pixels that are clear */
  readonly clearShares: Float32Array;
  /** dates without a single pixel here */
  readonly dropped: readonly string[];
}

/** Reads every date of a modality on `target`; dates that have no pixel there are dropped and named. */
export async function readTimeSeries(
  reader: Reader,
  modality: Modality,
  acquisitions: readonly Acquisition[],
  target: GeoBox,
  count: DayCount,
  signal?: AbortSignal,
): Promise<TimeSeries> {
  const scenes: { date: SeriesDate; scene: Scene }[] = [];
  for (const date of seriesDates(modality, acquisitions)) {
    signal?.throwIfAborted();
    scenes.push({ date, scene: await readScene(reader, modality, date, target, signal) });
  }
  return stackScenes(scenes, modality, target.width, target.height, count);
}

/** Puts scenes one behind the other; those without any data are left out. */
export function stackScenes(
  scenes: readonly { readonly date: Pick<SeriesDate, "date">; readonly scene: Scene }[],
  modality: Modality,
  width: number,
  height: number,
  count: DayCount,
): TimeSeries {
  const pixels = width * height;
  const channels = modality.bands.length;
  const kept = scenes.filter(({ scene }) => scene.states.some((state) => state !== noData));
  const values = new Float32Array(kept.length * channels * pixels);
  const states = new Uint8Array(kept.length * pixels);
  const clearShares = new Float32Array(kept.length);
  for (const [t, { scene }] of kept.entries()) {
    values.set(scene.values, t * channels * pixels);
    states.set(scene.states, t * pixels);
    clearShares[t] = scene.states.reduce((sum, state) => sum + (state === clear ? 1 : 0), 0) / pixels;
  }
  const dates = kept.map(({ date }) => date.date);
  return {
    shape: [kept.length, channels, height, width],
    values,
    states,
    dates,
    days: Int32Array.from(dates, (date) => (modality.kind === "image" ? 1 : dayOf(date, count, modality.name))),
    clearShares,
    dropped: scenes.filter((scene) => !kept.includes(scene)).map(({ date }) => date.date),
  };
}
