/** A model's season in the years of other images: which year stands for the model's first one, and which dates lie in the days that the model counts. */
import { dayNumber, dayOfYear, yearOf } from "../../src-shared/eo/index.ts";
import type { DayCount } from "./time-series.ts";

/** The first and the last date that a model was trained on, of all its series. */
export interface TrainingPeriod {
  readonly first: string;
  readonly last: string;
}

/** What a person says of the years: see `ModelUse`. */
export interface SeasonChoice {
  /** the year that stands for the model's first one */
  readonly year?: number | undefined;
  /** days added to every date */
  readonly shiftDays?: number | undefined;
}

export interface SeasonFit {
  /** how the dates are to be counted for this model */
  readonly days: DayCount;
  /** whole years that these dates lie after those the model has learned from */
  readonly years: number;
  /** dates that are left out: their day lies outside of the model's count */
  readonly leftOut: readonly string[];
  /** dates that are used although they lie outside of the part of the year that the model was trained on */
  readonly untaught: readonly string[];
  /** dates of several years that are counted as if they were of one, although the model has learned from one year only */
  readonly mixedYears: readonly number[];
}

/** No season is longer; a package may say anything. */
const mostYears = 100;

/** A revisit and a leap day: dates so far outside of a season are still of it. */
const graceDays = 16;

/**
 * Fits dates into a model's count of days. Days that run on through several years begin on 1 January of a *first year*; the images of
 * other years are counted from 1 January of the year that puts most of their dates into the season the model has learned from. So a
 * date and the same date a whole number of years later get the same number, but for a leap day. Days counted within their own year
 * fit as they are.
 *
 * Of equally good years the nearest to the model's own is taken, and of two equally near ones the later.
 */
export function fitSeason(
  count: DayCount,
  learned: TrainingPeriod | undefined,
  dates: readonly string[],
  { year, shiftDays = 0 }: SeasonChoice = {},
): SeasonFit {
  const distinct = [...new Set(dates)].sort();
  const shift = (count.shiftDays ?? 0) + shiftDays;
  const shifted = shift === 0 ? {} : { shiftDays: shift };
  if (count.kind === "of-year") return withinYear({ ...count, ...shifted }, learned, distinct, year);
  const { referenceYear, period } = count;
  const known = referenceYear >= 1000 && referenceYear <= 9999 ? learned : undefined;
  const from = known ? dayNumber(known.first, referenceYear) - graceDays : 1;
  const to = known ? dayNumber(known.last, referenceYear) + graceDays : period - 1;
  const dayIn = (date: string, first: number) => dayNumber(date, first) + shift;
  const tellable = (date: string, first: number) => dayIn(date, first) >= 1 && dayIn(date, first) < period;
  const taught = (date: string, first: number) =>
    tellable(date, first) && dayIn(date, first) >= from && dayIn(date, first) <= to;
  const number = (first: number, test: typeof taught) => distinct.filter((date) => test(date, first)).length;
  let first = year ?? referenceYear;
  if (year === undefined && distinct.length > 0) {
    const span = Math.min(mostYears, Math.ceil(period / 365) + Math.ceil(Math.abs(shift) / 365));
    const years = Array.from(
      { length: yearOf(distinct.at(-1)!) - yearOf(distinct[0]!) + 2 * span + 1 },
      (_, index) => yearOf(distinct[0]!) - span + index,
    );
    const rank = (own: number) => [number(own, taught), number(own, tellable), -Math.abs(own - referenceYear), own];
    first = years.reduce((best, own) => (compare(rank(own), rank(best)) > 0 ? own : best));
  }
  return {
    days: { ...count, referenceYear: first, ...shifted },
    years: first - referenceYear,
    leftOut: distinct.filter((date) => !tellable(date, first)),
    untaught: distinct.filter((date) => tellable(date, first) && !taught(date, first)),
    mixedYears: [],
  };
}

function withinYear(
  days: Extract<DayCount, { kind: "of-year" }>,
  learned: TrainingPeriod | undefined,
  dates: readonly string[],
  year: number | undefined,
): SeasonFit {
  const own = learned && yearOf(learned.first) === yearOf(learned.last);
  const leftOut = year === undefined ? [] : dates.filter((date) => yearOf(date) !== year);
  const read = dates.filter((date) => !leftOut.includes(date));
  const years = [...new Set(read.map(yearOf))];
  const dayIn = (date: string) => shiftedDayOfYear(date, days.shiftDays ?? 0);
  // A model of several years has seen every part of the year.
  const [from, to] = own ? [dayOfYear(learned.first) - graceDays, dayOfYear(learned.last) + graceDays] : [1, 366];
  return {
    days,
    years: learned && years.length > 0 ? Math.min(...years) - yearOf(learned.first) : 0,
    leftOut,
    untaught: read.filter((date) => dayIn(date) < from || dayIn(date) > to),
    mixedYears: own && years.length > 1 ? years : [],
  };
}

/** The day within the year, so many days later: from 1 to 366, and on from 1. */
export const shiftedDayOfYear = (date: string, shiftDays: number): number =>
  shiftDays === 0 ? dayOfYear(date) : ((((dayOfYear(date) - 1 + shiftDays) % 365) + 365) % 365) + 1;

function compare(p: readonly number[], q: readonly number[]): number {
  const at = p.findIndex((value, index) => value !== q[index]);
  return at < 0 ? 0 : p[at]! - q[at]!;
}
