import { expect, test } from "vitest";
import { seededRandom } from "../files/index.ts";
import { judgeStack, type StackDate, type StackLooked } from "./stack-judgement.ts";

const bands = 4;
const pixels = 240;

/** A landscape: water and forest are dark in every band, fields change with the season in the last band. */
const land = (() => {
  const next = seededRandom("land");
  return Array.from({ length: pixels }, () => ({ ground: 0.02 + 0.12 * next(), green: next() }));
})();

function dateOf(
  n: number,
  more: Partial<StackDate> = {},
  change: (value: number, band: number) => number = (v) => v,
): StackDate {
  const next = seededRandom(`date ${n}`);
  const season = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / 24);
  const values = new Float32Array(bands * pixels);
  for (let b = 0; b < bands; b++)
    for (let p = 0; p < pixels; p++) {
      const { ground, green } = land[p]!;
      const value = ground * (1 + 0.2 * b) + (b === bands - 1 ? 0.3 * green * season : 0) + 0.01 * (next() - 0.5);
      values[b * pixels + p] = change(value, b);
    }
  const day = new Date(Date.UTC(2021, 0, 1 + 15 * n)).toISOString().slice(0, 10);
  return { acquisition: `a${n}`, date: day, pass: null, orbit: null, quantity: "reflectance", scale: 1e-4, offset: 0, values, data: 1, clear: 1, ...more }; // biome-ignore format: one value
}

const series = (change: (n: number) => StackDate = (n) => dateOf(n)): StackLooked => ({
  radar: false,
  optical: true,
  bands,
  pixels,
  dates: Array.from({ length: 24 }, (_, n) => change(n)),
});
const told = (looked: StackLooked) =>
  judgeStack(looked).map(({ doubt, dates }) => [doubt.kind === "level" ? doubt.level : doubt.kind, dates.map(({ acquisition }) => acquisition).join(" ")]); // biome-ignore format: one table

test("dates that differ by season and noise only are left alone", () => {
  expect(judgeStack(series())).toEqual([]);
});

test.each([
  ["offset-still-in", 0.1, -0.1],
  ["offset-taken-twice", -0.1, 0.1],
] as const)("%s from a day on is found with every date of it, and nothing else", (level, by, add) => {
  const looked = series((n) => dateOf(n, {}, (value) => (n >= 15 ? value + by : value)));
  const [found, ...others] = judgeStack(looked);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ severity: "caution", doubt: { kind: "level", level } });
  const acquisitions = Array.from({ length: 9 }, (_, i) => `a${15 + i}`);
  expect(found!.repair).toEqual({ kind: "add", add, acquisitions });
  expect(found!.dates.map(({ acquisition }) => acquisition)).toEqual(acquisitions);
});

test("what was taken off once is not taken off again", () => {
  const looked = series((n) => dateOf(n, n >= 15 ? { offset: -0.1 } : {}, (value) => (n >= 15 ? value + 0.1 : value)));
  expect(told(looked).some(([level]) => level === "offset-still-in")).toBe(false);
});

test("one date with +1000 in it is named; a thin cloud, which takes contrast away, is only brighter", () => {
  const offset = series((n) => dateOf(n, {}, (value) => (n === 9 ? value + 0.1 : value)));
  expect(told(offset)).toEqual([["offset-still-in", "a9"]]);
  const cloud = series((n) => dateOf(n, {}, (value) => (n === 9 ? 0.3 + 0.3 * value : value)));
  expect(told(cloud)).toEqual([["brighter", "a9"]]);
  expect(judgeStack(cloud)[0]!.repair).toEqual({ kind: "leave-out", acquisitions: ["a9"] });
});

test("numbers that were never divided are divided", () => {
  const looked = series((n) => dateOf(n, {}, (value) => (n % 12 === 3 ? value * 10_000 : value)));
  const [found, ...others] = judgeStack(looked);
  expect(others).toEqual([]);
  expect(found!.doubt).toMatchObject({ kind: "level", level: "factor", factor: 10_000 });
  expect(found!.repair).toEqual({ kind: "times", times: 1e-4, acquisitions: ["a3", "a15"] });
});

test("a picture under two dates is found, and the later one is left out", () => {
  const looked = series((n) => (n === 12 ? { ...dateOf(12), values: dateOf(11).values } : dateOf(n)));
  expect(told(looked)).toEqual([["same-pixels", "a11 a12"]]);
  expect(judgeStack(looked)[0]!.repair).toEqual({ kind: "leave-out", acquisitions: ["a12"] });
});

test("dates that nothing is seen of, and the time they leave uncovered, are told", () => {
  const nothing = new Float32Array(bands * pixels).fill(Number.NaN);
  const looked = series(
    (n) =>
    n >= 6 && n <= 10 ? { ...dateOf(n), values: nothing, clear: 0 } : n === 20 ? { ...dateOf(n), values: nothing, data: 0, clear: 0 } : dateOf(n), // biome-ignore format: one choice
  );
  expect(judgeStack(looked).map(({ doubt }) => doubt)).toEqual([
    { kind: "nothing-there" },
    { kind: "nothing-clear" },
    { kind: "long-gap", from: "2021-03-17", to: "2021-06-15", days: 90, between: 5 },
  ]);
});

test("pictures that lie years apart are no season with a gap", () => {
  const looked = series((n) => ({ ...dateOf(n), date: `${2000 + 2 * n}-07-01` }));
  expect(judgeStack(looked)).toEqual([]);
});

/** Backscatter in decibels around −12, with a slope that one orbit sees 3 dB brighter. */
const radar = (
  change: (n: number) => Partial<StackDate>,
  value: (db: number, n: number, p: number) => number = (db) => db,
): StackLooked => ({
  ...series((n) => {
    const date = dateOf(n, { quantity: "backscatter-db", pass: "ascending", orbit: 88, ...change(n) });
    return { ...date, values: date.values.map((one, at) => value(-12 + 30 * (one - 0.1), n, at % pixels)) };
  }),
  radar: true,
  optical: false,
});

test("linear power among decibels is read as power", () => {
  const looked = radar(() => ({}), (db, n) => (n === 4 ? 10 ** (db / 10) : db)); // biome-ignore format: one call
  expect(told(looked)).toEqual([["linear-not-decibels", "a4"]]);
  expect(judgeStack(looked)[0]!.repair).toEqual({ kind: "linear", acquisitions: ["a4"] });
});

test("two orbits in one series are told with what lies between them, and can be parted", () => {
  const looked = radar(
    (n) => ({ orbit: n % 2 ? 88 : 161 }),
    (db, n, p) => (n % 2 && p % 3 === 0 ? db + 3 : db),
  );
  const [found, ...others] = judgeStack(looked);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ severity: "note", repair: { kind: "split-orbits" } });
  expect(found!.doubt).toMatchObject({
    kind: "orbits",
    orbits: [
      { pass: "ascending", orbit: 161, dates: 12 },
      { pass: "ascending", orbit: 88, dates: 12 },
    ],
  });
  const passes = radar((n) => ({ pass: n % 2 ? "ascending" : "descending" }));
  expect(judgeStack(passes)[0]).toMatchObject({ severity: "caution" });
});

test("of fewer than three dates nothing is said of their numbers", () => {
  const two = { ...series(), dates: [dateOf(0), dateOf(1, {}, (value) => value + 0.1)] };
  expect(judgeStack(two)).toEqual([]);
});
