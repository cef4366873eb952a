import { expect, test } from "vitest";
import { dayNumber, dayOfYear, epochDay, isoDate } from "./dates.ts";

test("1 January is day 1, and days run on over the year's end", () => {
  expect(dayOfYear("2019-01-01")).toBe(1);
  expect(dayOfYear("2020-12-31")).toBe(366);
  expect(dayNumber("2019-01-01", 2018)).toBe(366);
  expect(dayNumber("2018-01-01", 2018)).toBe(1);
});

test("epoch days agree with the shell: date -d 2019-04-10 +%s is 1554854400", () => {
  expect(epochDay("2019-04-10")).toBe(1554854400 / 86400);
});

test("a day that no calendar has is no date", () => {
  expect(isoDate(2019, 2, 29)).toBeUndefined();
  expect(isoDate(2020, 2, 29)).toBe("2020-02-29");
  expect(isoDate(2019, 13, 1)).toBeUndefined();
});
