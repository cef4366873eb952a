import { expect, test } from "vitest";
import { marksOf, placeWords } from "./axis.ts";

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

test("the word of the last mark is written before its line where the axis would cut it, and no words meet", () => {
  const words = (ats: readonly number[], label: string, end: number) =>
    placeWords(
      ats.map((at) => ({ at, label })),
      100,
      end,
    );
  const [first, last] = words([110, 190], "Nov", 200);
  expect(first).toBe(117);
  expect(last).toBeLessThan(190 - 19);
  expect(last).toBeGreaterThan(114 + 19);
  // No room behind it and none before it.
  expect(words([150, 190], "23 sept.", 200)[1]).toBeNull();
  // At any width every word that is written lies within the axis and apart from the others.
  for (let end = 150; end < 900; end += 7) {
    const marks = marksOf(day("2018-09-20"), day("2019-12-05"), end - 100, "fr");
    const lines = marks.map(({ label }, i) => ({ label, at: 100 + ((end - 100) * (i + 0.7)) / marks.length }));
    const spans = placeWords(lines, 100, end).flatMap((x, i) =>
      x === null ? [] : [[x, x + lines[i]!.label.length * 6]],
    );
    spans.forEach(([from, to], i) => {
      expect(from).toBeGreaterThanOrEqual(100);
      expect(to).toBeLessThanOrEqual(end);
      if (i > 0) expect(from).toBeGreaterThan(spans[i - 1]![1]!);
    });
  }
});
