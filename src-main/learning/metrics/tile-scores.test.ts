import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { averagePrecision, bestThresholds, commonestClasses, microF1Interval, tileScores } from "./tile-scores.ts";

interface Case {
  readonly name: string;
  readonly presence: number[][];
  readonly probabilities: number[][];
  readonly thresholds: number[];
  readonly scores: Record<string, number>;
  readonly classes: Record<string, number>[];
}
const path = join(import.meta.dirname, "fixtures/tile-scores.json");
const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: Case[] };

test.each(cases)("scores are scikit-learn's: $name", ({ presence, probabilities, thresholds, scores, classes }) => {
  const ours = tileScores(probabilities.flat(), presence.flat(), thresholds);
  const { weightedPrecision: _, weightedRecall: __, ...compared } = scores;
  for (const [name, value] of Object.entries(compared)) expect(ours[name as "microF1"], name).toBeCloseTo(value, 12);
  expect(ours.occurring).toBe(classes.filter(({ support }) => support! > 0).length);
  for (const [k, own] of classes.entries()) {
    for (const [name, value] of Object.entries(own))
      expect(ours.classes[k]![name as "f1"], `${k} ${name}`).toBeCloseTo(value, 12);
    if (own.support === 0) expect(ours.classes[k]).toMatchObject({ precision: null, recall: null, f1: null });
  }
});

test("a class that no tile holds has no score, and a false alarm for it costs micro precision", () => {
  const scores = tileScores([0.9, 0.9, 0.9, 0.1], [1, 0, 1, 0], [0.5, 0.5]);
  expect(scores.classes[1]).toEqual({ precision: null, recall: null, f1: null, averagePrecision: null, support: 0, predicted: 1 }); // biome-ignore format: one line
  expect([scores.macroF1, scores.occurring, scores.microPrecision]).toEqual([1, 1, 2 / 3]);
});

/** Tiles of two classes, most of them right; the same numbers on every machine. */
function tilesAtRandom(count: number): { probabilities: number[]; presence: number[] } {
  let state = 11;
  const random = () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  const presence = Array.from({ length: 2 * count }, () => (random() < 0.5 ? 1 : 0));
  return { presence, probabilities: presence.map((truth) => (random() < 0.8 ? truth : 1 - truth)) };
}

test("the interval of the micro F1 is that of a bootstrap over places, and copies of a place add no certainty", () => {
  const half = [0.5, 0.5];
  const { probabilities, presence } = tilesAtRandom(120);
  const alone = Array.from({ length: 120 }, (_, n) => String(n));
  const own = microF1Interval(probabilities, presence, half, alone);
  let state = 5;
  const draws = Array.from({ length: 4000 }, () => {
    const picked = Array.from({ length: 120 }, () => {
      state = (state * 16807) % 2147483647;
      return state % 120;
    });
    const of = (values: readonly number[]) => picked.flatMap((n) => [values[2 * n]!, values[2 * n + 1]!]);
    return tileScores(of(probabilities), of(presence), half).microF1;
  }).sort((p, q) => p - q);
  expect(own[0]).toBeCloseTo(draws[100]!, 1.7);
  expect(own[1]).toBeCloseTo(draws[3900]!, 1.7);
  // Every tile five times at its place: as certain as before. As tiles of other places: surer.
  const five = (values: readonly number[]) => Array.from({ length: 5 }, () => values).flat();
  const again = microF1Interval(five(probabilities), five(presence), half, five(alone.map(Number)).map(String));
  for (const end of [0, 1] as const) expect(again[end]).toBeCloseTo(own[end], 9);
  const elsewhere = microF1Interval(five(probabilities), five(presence), half, five(alone.map(Number)).map((_, n) => String(n))); // biome-ignore format: one call
  expect(elsewhere[1] - elsewhere[0]).toBeLessThan(0.6 * (own[1] - own[0]));
  // One place tells nothing of others.
  expect(
    microF1Interval(
      probabilities,
      presence,
      half,
      alone.map(() => "one"),
    ),
  ).toEqual([0, 1]);
});

test("thresholds are the best on the tiles they are chosen on, by trying every one", () => {
  const samples = 40;
  const presence: number[] = [];
  const probabilities: number[] = [];
  let state = 7;
  const random = () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  for (let n = 0; n < samples * 3; n++) {
    presence.push(random() < 0.3 ? 1 : 0);
    probabilities.push(Math.round(100 * (0.3 * presence.at(-1)! + 0.7 * random())) / 100);
  }
  const chosen = bestThresholds(probabilities, presence, 3, 0.5);
  const f1 = (thresholds: number[]) => tileScores(probabilities, presence, thresholds).classes.map((one) => one.f1!);
  const best = [0, 0, 0];
  for (let threshold = 0; threshold < 1; threshold += 0.005)
    for (const [k, value] of f1([threshold, threshold, threshold]).entries()) best[k] = Math.max(best[k]!, value);
  for (const [k, value] of f1(chosen).entries()) expect(value).toBeCloseTo(best[k]!, 12);
  // Nobody holds the class: nothing to choose by.
  expect(bestThresholds([0.2, 0.9], [0, 0], 1, 0.5)).toEqual([0.5]);
  // As good as the usual one: the usual one stays.
  expect(bestThresholds([0.9, 0.1], [1, 0], 1, 0.5)).toEqual([0.5]);
});

test("the commonest classes are as many as score best: one that is nearly everywhere, not the rare ones", () => {
  const rows = Array.from({ length: 20 }, (_, n) => [1, n < 15 ? 1 : 0, n < 2 ? 1 : 0]);
  expect([...commonestClasses(rows.flat(), 3)]).toEqual([1, 1, 0]);
  expect(averagePrecision([0.1, 0.2], [0, 0])).toBe(0);
});
