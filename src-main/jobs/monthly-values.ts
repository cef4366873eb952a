import type { Months } from "../../src-shared/domain/job.ts";
import { indicesFor, type Modality, type SpectralIndex } from "../../src-shared/eo/index.ts";
import { sortedColumn } from "../classifiers/index.ts";
import { type Cube, type DayCount, dayOf, type PatchWindow } from "../cube/index.ts";
import { clear } from "../imagery/index.ts";

// A patch as one row of numbers: months of its series, and what its images look like. What methods that need no network learn from.

export type { Months };

export type RowModality = Pick<Modality, "name" | "kind" | "sensor" | "bands" | "patchPixels">;

/** Longer series have no season with a beginning and an end. */
const mostMonths = 24;

const indexOf = (date: string): number => 12 * Number(date.slice(0, 4)) + Number(date.slice(5, 7)) - 1;

/** The months from the first date's on to the last date's; of series longer than two years the twelve months of any year. No months without dates. */
export function monthsOf(dates: readonly string[]): Months {
  if (dates.length === 0) return { year: 1970, month: 1, count: 0, everyYear: true };
  const indices = dates.map(indexOf);
  const first = Math.min(...indices);
  const count = Math.max(...indices) - first + 1;
  if (count > mostMonths) return { year: Math.floor(first / 12), month: 1, count: 12, everyYear: true };
  return { year: Math.floor(first / 12), month: (first % 12) + 1, count, everyYear: false };
}

/** The position of a date's month; −1 outside of the months. */
export function monthOf({ year, month, count, everyYear }: Months, date: string): number {
  const at = everyYear ? (indexOf(date) % 12) - (month - 1) : indexOf(date) - (12 * year + month - 1);
  return at >= 0 && at < count ? at : -1;
}

/**
 * The month of a date of imagery that may be of other years: dates are counted as the model's are (`fitSeason`), and then lie in the
 * calendar that it has learned from.
 * @param learned how the model counts
 * @param here how these images are counted for it
 */
export const calendarOf =
  (months: Months, learned: DayCount, here: DayCount) =>
  (date: string): number => {
    const year = learned.kind === "running" ? learned.referenceYear : months.year;
    const own = new Date(Date.UTC(year, 0, dayOf(date, here, "series") - (learned.shiftDays ?? 0)));
    return monthOf(months, own.toISOString());
  };

/** What is told of an image's pixels in a patch. */
const figures = ["mean", "spread", "lowest", "quarter", "median", "three quarters", "highest"] as const;
/** Fewer pixels have a mean and no distribution. */
const fewestPixels = 4;

const figuresOf = ({ patchPixels }: RowModality): readonly string[] =>
  patchPixels ** 2 < fewestPixels ? ["mean"] : figures;

/** What indices are computed from bands for rows: those that mean the same whatever unit optical bands are in. */
const indicesOf = ({ sensor, bands }: RowModality, { indices }: Months): readonly SpectralIndex[] =>
  indices ? indicesFor(sensor, bands, false) : [];

const bandColumnsOf = (modality: RowModality, months: Months): number =>
  modality.bands.length * (modality.kind === "series" ? months.count : figuresOf(modality).length);

/** Columns of one modality: band after band its months, or its figures; then index after index. */
const columnsOfOne = (modality: RowModality, months: Months): number =>
  bandColumnsOf(modality, months) +
  indicesOf(modality, months).length * (modality.kind === "series" ? months.count : 1);

/** Columns of a row: modality after modality, in each band after band. */
export const columnsOf = (modalities: readonly RowModality[], months: Months): number =>
  modalities.reduce((sum, modality) => sum + columnsOfOne(modality, months), 0);

/** “S2 B08 2019-05”, “AERIAL red spread”: what each column holds. */
export function namesOfColumns(modalities: readonly RowModality[], months: Months): string[] {
  const { year, month, everyYear } = months;
  const monthNames = Array.from({ length: months.count }, (_, at) => {
    const index = 12 * year + month - 1 + at;
    const own = String((index % 12) + 1).padStart(2, "0");
    return everyYear ? `month ${own}` : `${Math.floor(index / 12)}-${own}`;
  });
  return modalities.flatMap((modality) => {
    const series = modality.kind === "series";
    const named = (what: string, names: readonly string[]) =>
      names.map((name) => `${modality.name.toUpperCase()} ${what} ${name}`);
    return [
      ...modality.bands.flatMap((band) => named(band, series ? monthNames : figuresOf(modality))),
      ...indicesOf(modality, months).flatMap(({ name }) => named(name, series ? monthNames : figures.slice(0, 1))),
    ];
  });
}

export interface PatchRows {
  /** [P, columns]; NaN where a modality saw nothing of the patch on any date */
  readonly values: Float32Array;
  /** [P] 1 where any modality sees the patch */
  readonly seen: Uint8Array;
}

/** Side of a tile that is read at a time, in patches: small enough that one date of it is no more than a chunk of the cube. */
export function methodTileSide(modalities: readonly Pick<RowModality, "patchPixels">[]): number {
  const patchPixels = Math.max(...modalities.map((modality) => modality.patchPixels));
  let side = 32;
  while (side > 1 && side * patchPixels > 400) side /= 2;
  return side;
}

/** Dates that are read at a time. */
const datesAtOnce = 8;

/**
 * Rows of the patches of a window. A series gives each band the median of a month's clear values (optical) or their mean (radar, in
 * decibels); months without any are interpolated in time, at the ends the nearest is taken. A date counts where at least half of a
 * patch is clear, with the mean of its clear pixels. An image gives each band figures of its clear pixels.
 * @param monthIn the position of a date's month (`calendarOf`), below 0 outside of the months
 * @param wanted [P] 1 for patches that are asked for; all when left out
 */
export async function readPatchRows(
  cube: Cube,
  window: PatchWindow,
  modalities: readonly RowModality[],
  months: Months,
  monthIn: (date: string) => number,
  signal: AbortSignal,
  wanted?: Uint8Array,
): Promise<PatchRows> {
  const patches = window.width * window.height;
  const columns = columnsOf(modalities, months);
  const values = new Float32Array(patches * columns).fill(Number.NaN);
  const seen = new Uint8Array(patches);
  let offset = 0;
  for (const modality of modalities) {
    const into = { values, seen, columns, offset, wanted };
    if (modality.kind === "series") await readMonths(cube, window, modality, months, monthIn, signal, into);
    else await readFigures(cube, window, modality, signal, into);
    offset += columnsOfOne(modality, months);
  }
  fillIndices(values, modalities, months);
  return { values, seen };
}

/** Computes the columns of indices from those of bands, in place; NaN where one is not defined. */
function fillIndices(values: Float32Array, modalities: readonly RowModality[], months: Months): void {
  if (!months.indices) return;
  const columns = columnsOf(modalities, months);
  let offset = 0;
  for (const modality of modalities) {
    const series = modality.kind === "series";
    const perBand = series ? months.count : figuresOf(modality).length;
    const each = series ? months.count : 1;
    const first = offset + bandColumnsOf(modality, months);
    for (const [n, { bands, value }] of indicesOf(modality, months).entries()) {
      const from = bands.map((band) => offset + modality.bands.indexOf(band) * perBand);
      const own = new Array<number>(bands.length);
      for (let row = 0; row < values.length; row += columns)
        for (let at = 0; at < each; at++) {
          for (let b = 0; b < own.length; b++) own[b] = values[row + from[b]! + at]!;
          const found = value(own);
          values[row + first + n * each + at] = Number.isFinite(found) ? found : Number.NaN;
        }
    }
    offset += columnsOfOne(modality, months);
  }
}

interface Into extends PatchRows {
  readonly columns: number;
  /** the modality's first column */
  readonly offset: number;
  readonly wanted: Uint8Array | undefined;
}

async function readMonths(
  cube: Cube,
  window: PatchWindow,
  { name, bands, sensor, patchPixels }: RowModality,
  months: Months,
  monthIn: (date: string) => number,
  signal: AbortSignal,
  { values, seen, columns, offset, wanted }: Into,
): Promise<void> {
  const patches = window.width * window.height;
  const dates = cube.dates(name);
  const byMonth: Float32Array[][] = Array.from({ length: months.count }, () => []);
  const inside = (await cube.datesIn(name, window)).filter((index) => monthIn(dates[index]!.date) >= 0);
  for (let from = 0; from < inside.length; from += datesAtOnce) {
    signal.throwIfAborted();
    const some = inside.slice(from, from + datesAtOnce);
    const scenes = await Promise.all(some.map((index) => cube.scene(name, index, window, signal)));
    for (const [i, scene] of scenes.entries()) {
      const means = meansOfPatches(scene, window, patchPixels, bands.length);
      if (means) byMonth[monthIn(dates[some[i]!]!.date)]!.push(means);
    }
  }
  const combine = sensor === "sentinel-1" ? meanOf : medianOf;
  const own = new Float64Array(months.count);
  const found = new Float64Array(Math.max(1, ...byMonth.map((list) => list.length)));
  for (let p = 0; p < patches; p++) {
    if (wanted && wanted[p] !== 1) continue;
    for (let b = 0; b < bands.length; b++) {
      for (const [m, list] of byMonth.entries()) {
        let count = 0;
        for (const means of list) {
          const value = means[b * patches + p]!;
          if (!Number.isNaN(value)) found[count++] = value;
        }
        own[m] = count === 0 ? Number.NaN : combine(found.subarray(0, count));
      }
      if (!fillGaps(own)) continue;
      seen[p] = 1;
      for (let m = 0; m < own.length; m++) values[p * columns + offset + b * own.length + m] = own[m]!;
    }
  }
}

/** [B, P] mean of each patch's clear pixels, NaN where less than half of it is clear; `undefined` where nothing is. */
function meansOfPatches(
  { values, states }: { readonly values: Float32Array; readonly states: Uint8Array },
  { width, height }: PatchWindow,
  side: number,
  bands: number,
): Float32Array | undefined {
  const patches = width * height;
  const plane = states.length;
  const result = new Float32Array(bands * patches).fill(Number.NaN);
  let any = false;
  for (let p = 0; p < patches; p++) {
    const start = (Math.floor(p / width) * width * side + (p % width)) * side;
    let count = 0;
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) if (states[start + y * width * side + x] === clear) count++;
    if (count === 0 || 2 * count < side * side) continue;
    any = true;
    for (let b = 0; b < bands; b++) {
      let sum = 0;
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++) {
          const at = start + y * width * side + x;
          if (states[at] === clear) sum += values[b * plane + at]!;
        }
      result[b * patches + p] = sum / count;
    }
  }
  return any ? result : undefined;
}

async function readFigures(
  cube: Cube,
  window: PatchWindow,
  modality: RowModality,
  signal: AbortSignal,
  { values, seen, columns, offset, wanted }: Into,
): Promise<void> {
  const { name, bands, patchPixels: side } = modality;
  const [index] = await cube.datesIn(name, window);
  if (index === undefined) return;
  signal.throwIfAborted();
  const scene = await cube.scene(name, index, window, signal);
  const { width } = window;
  const count = figuresOf(modality).length;
  const own = new Float64Array(side * side);
  for (let p = 0; p < width * window.height; p++) {
    if (wanted && wanted[p] !== 1) continue;
    const start = (Math.floor(p / width) * width * side + (p % width)) * side;
    for (let b = 0; b < bands.length; b++) {
      let pixels = 0;
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++) {
          const at = start + y * width * side + x;
          if (scene.states[at] === clear) own[pixels++] = scene.values[b * scene.states.length + at]!;
        }
      if (pixels === 0 || 2 * pixels < side * side) continue;
      seen[p] = 1;
      const told = distributionOf(own.subarray(0, pixels));
      for (let f = 0; f < count; f++) values[p * columns + offset + b * count + f] = told[f]!;
    }
  }
}

/** In the order of `figures`; sorts its values. */
function distributionOf(values: Float64Array): readonly number[] {
  const mean = meanOf(values);
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  values.sort();
  const quantile = (share: number) => {
    const at = share * (values.length - 1);
    const low = values[Math.floor(at)]!;
    return low + (at - Math.floor(at)) * (values[Math.ceil(at)]! - low);
  };
  return [mean, spread, ...[0, 0.25, 0.5, 0.75, 1].map(quantile)];
}

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sorts its values. */
function medianOf(values: Float64Array): number {
  values.sort();
  const half = values.length >> 1;
  return values.length % 2 === 1 ? values[half]! : (values[half - 1]! + values[half]!) / 2;
}

/** Interpolates between months with a number; before the first and after the last the nearest is taken. False when there is none. */
function fillGaps(own: Float64Array): boolean {
  let last = -1;
  for (let m = 0; m < own.length; m++) {
    if (Number.isNaN(own[m]!)) continue;
    for (let gap = last + 1; gap < m; gap++)
      own[gap] = last < 0 ? own[m]! : own[last]! + ((gap - last) / (m - last)) * (own[m]! - own[last]!);
    last = m;
  }
  if (last < 0) return false;
  own.fill(own[last]!, last + 1);
  return true;
}

/** What becomes of the values of one band before they are asked about. */
export interface BandChange {
  readonly scale: number;
  readonly shift: number;
}

/**
 * By modality and band, in place: values times `scale` plus `shift`, spreads times `scale` alone; `undefined` are bands that nothing shows: no values.
 * Indices are computed again.
 */
export function changeBands(
  values: Float32Array,
  modalities: readonly RowModality[],
  months: Months,
  changes: readonly (readonly (BandChange | undefined)[])[],
): void {
  const scales: number[] = [];
  const shifts: number[] = [];
  for (const [m, modality] of modalities.entries()) {
    for (const b of modality.bands.keys()) {
      const change = changes[m]![b];
      const per = modality.kind === "series" ? months.count : figuresOf(modality).length;
      for (let at = 0; at < per; at++) {
        scales.push(change?.scale ?? Number.NaN);
        shifts.push(modality.kind === "image" && figures[at] === "spread" ? 0 : (change?.shift ?? Number.NaN));
      }
    }
    const derived = columnsOfOne(modality, months) - bandColumnsOf(modality, months);
    scales.push(...new Array<number>(derived).fill(1));
    shifts.push(...new Array<number>(derived).fill(0));
  }
  const columns = scales.length;
  for (let at = 0, j = 0; at < values.length; at++, j = j + 1 === columns ? 0 : j + 1)
    values[at] = values[at]! * scales[j]! + shifts[j]!;
  fillIndices(values, modalities, months);
}

/** By column: what stands where a modality saw nothing, and the range that values are cut to. */
export interface ColumnLimits {
  readonly missing: Float32Array;
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** Values so many times the distance between the 1 % and the 99 % quantile beyond these were not measured where was taught. */
const farOutside = 3;

/** Means and limits of rows; 0 and no limit for a column without a number. */
export function limitsOf(values: Float32Array, columns: number): ColumnLimits {
  const rows = values.length / columns;
  const limits = {
    missing: new Float32Array(columns),
    low: new Float32Array(columns).fill(-3.4e38),
    high: new Float32Array(columns).fill(3.4e38),
  };
  const own = new Float32Array(rows);
  for (let j = 0; j < columns; j++) {
    const sorted = sortedColumn({ values, columns }, j, own);
    const count = sorted.length;
    if (count === 0) continue;
    const [low, high] = [0.01, 0.99].map((share) => sorted[Math.round(share * (count - 1))]!) as [number, number];
    const width = farOutside * (high - low);
    limits.low[j] = low - width;
    limits.high[j] = high + width;
    let sum = 0;
    for (const value of sorted) sum += Math.min(limits.high[j]!, Math.max(limits.low[j]!, value));
    limits.missing[j] = sum / count;
  }
  return limits;
}

/** Puts numbers in the place of missing ones and cuts the others, in place. `told` counts values that were cut, by column. */
export function withLimits(values: Float32Array, { missing, low, high }: ColumnLimits, told?: Uint32Array): void {
  const columns = missing.length;
  for (let at = 0, j = 0; at < values.length; at++, j = j + 1 === columns ? 0 : j + 1) {
    const value = values[at]!;
    if (value >= low[j]! && value <= high[j]!) continue;
    if (Number.isNaN(value)) values[at] = missing[j]!;
    else {
      values[at] = value < low[j]! ? low[j]! : high[j]!;
      if (told) told[j]!++;
    }
  }
}
