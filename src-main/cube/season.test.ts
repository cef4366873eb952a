import { expect, test } from "vitest";
import { isoDate } from "../../src-shared/eo/index.ts";
import { seededRandom } from "../files/index.ts";
import { fitSeason } from "./season.ts";
import { type DayCount, dayOf, runningDays } from "./time-series.ts";

/** The date so many years later; 29 February becomes 28 February in a common year. */
function later(date: string, years: number): string {
  const [year, month, day] = date.split("-").map(Number) as [number, number, number];
  return isoDate(year + years, month, day) ?? isoDate(year + years, month, day - 1)!;
}
const every = (first: string, last: string, days: number): string[] => {
  const dates: string[] = [];
  for (let at = Date.parse(first); at <= Date.parse(last); at += days * 86_400_000)
    dates.push(new Date(at).toISOString().slice(0, 10));
  return dates;
};
const numbersOf = (dates: readonly string[], count: DayCount) => dates.map((date) => dayOf(date, count, "s2"));

test("seasons that span New Year are counted alike in every year, within a day, also across leap years", () => {
  const random = seededRandom("seasons", 1);
  for (let n = 0; n < 300; n++) {
    const year = 1985 + Math.floor(random() * 40);
    const [month, day] = [1 + Math.floor(random() * 12), 1 + Math.floor(random() * 28)];
    const first = isoDate(year, month, day)!;
    const length = 60 + Math.floor(random() * 600);
    const last = new Date(Date.parse(first) + length * 86_400_000).toISOString().slice(0, 10);
    const dates = every(first, last, 3 + Math.floor(random() * 14));
    const count = runningDays(dates);
    const learned = { first: dates[0]!, last: dates.at(-1)! };
    const own = fitSeason(count, learned, dates);
    expect([own.days, own.years, own.leftOut, own.untaught]).toEqual([count, 0, [], []]);
    const years = Math.floor(random() * 25) - 12;
    const moved = dates.map((date) => later(date, years));
    const there = fitSeason(count, learned, moved);
    // The last day of the count may fall out by a leap day; no other does.
    expect([years, there.years, there.leftOut.length <= 1, there.untaught]).toEqual([years, years, true, []]);
    const kept = moved.map((date, i) => [date, dates[i]!] as const).filter(([date]) => !there.leftOut.includes(date));
    for (const [date, before] of kept)
      expect(Math.abs(dayOf(date, there.days, "s2") - dayOf(before, count, "s2"))).toBeLessThanOrEqual(1);
  }
});

const sample = { first: "2018-08-02", last: "2019-11-25" };
const count: DayCount = { kind: "running", referenceYear: 2018, period: 734 };

test("a model of 2018/19 counts 2020/21 as its own two years, and part of a season where that part was learned", () => {
  const dates = every("2020-08-02", "2021-11-25", 5);
  const fit = fitSeason(count, sample, dates);
  expect([fit.days, fit.years]).toEqual([{ ...count, referenceYear: 2020 }, 2]);
  expect(numbersOf(["2020-08-02", "2021-11-25"], fit.days)).toEqual([215, 695]);
  // Dates of spring and summer could be told as days of 2018, where the model has seen nothing: they are those of its second year.
  for (const [first, last] of [
    ["2018-03-01", "2018-07-20"],
    ["2022-03-01", "2022-07-20"],
  ] as const) {
    const spring = fitSeason(count, sample, every(first, last, 5));
    expect(Math.min(...numbersOf([first, last], spring.days))).toBeGreaterThan(365);
    expect(spring.untaught).toEqual([]);
  }
  // The autumn of the training itself stays where it was.
  expect(fitSeason(count, sample, every("2019-09-01", "2019-11-20", 5)).days).toEqual(count);
  expect(fitSeason(count, sample, every("2018-09-01", "2018-12-20", 5)).days).toEqual(count);
});

test("of a series longer than the season one season is read, the one with most dates, and the rest is named", () => {
  const dates = [...every("2015-07-01", "2018-12-31", 30), ...every("2019-01-01", "2021-12-31", 5)];
  const fit = fitSeason(count, sample, dates);
  // Two seasons have as many dates: the one nearer to the model's.
  expect(fit.days).toMatchObject({ referenceYear: 2019 });
  expect(fit.leftOut.every((date) => date < "2019-01-01" || date > "2021-01-02")).toBe(true);
  expect(fit.leftOut.length + numbersOf(dates.filter((date) => !fit.leftOut.includes(date)), fit.days).length).toBe(dates.length); // biome-ignore format: one line
  const chosen = fitSeason(count, sample, dates, { year: 2016 });
  expect([chosen.days, chosen.years]).toEqual([{ ...count, referenceYear: 2016 }, -2]);
  expect(chosen.leftOut.every((date) => date < "2016-01-01" || date > "2018-01-02")).toBe(true);
  // January to July of the first year belongs to no season that was learned.
  expect(chosen.untaught.length).toBeGreaterThan(0);
  expect(chosen.untaught.every((date) => date < "2016-07-20" || date > "2017-12-05")).toBe(true);
});

test("days within the year fit any year; several years at once are named unless the model has seen several", () => {
  const days: DayCount = { kind: "of-year", period: 367 };
  const learned = { first: "2019-03-01", last: "2019-10-30" };
  const fit = fitSeason(days, learned, every("2022-03-05", "2022-10-20", 5));
  expect([fit.days, fit.leftOut, fit.untaught, fit.mixedYears]).toEqual([days, [], [], []]);
  const two = every("2021-04-01", "2022-12-30", 5);
  expect(fitSeason(days, learned, two).mixedYears).toEqual([2021, 2022]);
  expect(fitSeason(days, { first: "2015-03-01", last: "2019-10-30" }, two).mixedYears).toEqual([]);
  const one = fitSeason(days, learned, two, { year: 2022 });
  expect([one.mixedYears, one.leftOut.every((date) => date < "2022")]).toEqual([[], true]);
  expect(fitSeason(days, learned, ["2022-01-05"]).untaught).toEqual(["2022-01-05"]);
});

test("half a year can be added where the seasons are the opposite ones; a package that tells no dates takes any", () => {
  const south = every("2019-09-01", "2020-04-30", 5);
  const days: DayCount = { kind: "of-year", period: 367 };
  const fit = fitSeason(days, { first: "2019-03-01", last: "2019-10-30" }, south, { shiftDays: 183 });
  expect(fit.untaught).toEqual([]);
  // 1 September is day 244, and 61 half a year later; 30 April 2020 is day 121, and 304.
  expect(numbersOf(["2019-09-01", "2020-04-30"], fit.days)).toEqual([62, 304]);
  const running = fitSeason(count, sample, every("2019-02-01", "2020-05-25", 5), { shiftDays: 183 });
  expect([running.leftOut, running.untaught]).toEqual([[], []]);
  expect(fitSeason(count, undefined, ["2019-02-01"]).days).toEqual(count);
  expect(fitSeason(count, undefined, []).days).toEqual(count);
});
