import { expect, test } from "vitest";
import { marksOf } from "./axis.ts";

const day = (date: string) => Date.parse(`${date}T00:00:00Z`);

test("a year shows its months, and January as the year", () => {
  const marks = marksOf(day("2018-11-15"), day("2019-05-10"), 600, "en");
  expect(marks.map(({ label }) => label)).toEqual(["Dec", "2019", "Feb", "Mar", "Apr", "May"]);
  expect(marks.filter(({ strong }) => strong)).toHaveLength(1);
});

test("thirty years show fewer marks than fit, all of them Januaries", () => {
  const marks = marksOf(day("1990-03-01"), day("2020-03-01"), 700, "en");
  expect(marks.length).toBeGreaterThan(3);
  expect(marks.length).toBeLessThan(13);
  expect(marks.every(({ time }) => new Date(time).getUTCMonth() === 0)).toBe(true);
});

test("a few weeks show days", () => {
  const marks = marksOf(day("2019-04-01"), day("2019-04-22"), 600, "fr");
  expect(marks[0]).toEqual({ time: day("2019-04-02"), label: "2 avr.", strong: false });
});
