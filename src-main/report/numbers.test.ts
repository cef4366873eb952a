import { expect, test } from "vitest";
import { duration, grouped, hectares, length, percent, score, trimmed, words } from "./numbers.ts";
import { niceTicks } from "./ticks.ts";

/** Narrow spaces read as plain ones. */
const plain = (text: string): string => text.replaceAll("\u202f", " ");

test.each([
  [grouped(1401), "1401"],
  [grouped(1234567), "1 234 567"],
  [grouped(-12345.678, 1), "\u221212 345.7"],
  [grouped(-0.0001, 2), "0.00"],
  [grouped(Number.NaN), "–"],
  [score(0.8861), "0.886"],
  [score(1), "1.000"],
  [percent(0.1234), "12.3 %"],
  [percent(0.0000001), "< 0.1 %"],
  [percent(0), "0.0 %"],
  [percent(Number.NaN), "–"],
  [hectares(100), "0.01"],
  [hectares(409_600), "41.0"],
  [hectares(49_600_000), "4960"],
  [length(10), "10 m"],
  [length(0.2), "0.2 m"],
  [length(63.998), "64 m"],
  [length(2000), "2 km"],
  [trimmed(1234.5), "1235"],
  [duration(0.04), "0.0 s"],
  [duration(9.96), "10 s"],
  [duration(59.6), "1 min 00 s"],
  [duration(214.6), "3 min 35 s"],
  [duration(7384), "2 h 03 min"],
])("a number reads as people write it: %s", (text, expected) => {
  expect(plain(text)).toBe(expected);
});

test.each([
  ["validationLoss", "Validation loss"],
  ["macroF1", "Macro F1"],
  ["learning_rate", "Learning rate"],
  ["validationMacroF1", "Validation macro F1"],
  ["OA", "OA"],
  ["…", "…"],
])("the metric %s reads %s", (key, expected) => {
  expect(words(key)).toBe(expected);
});

test.each([
  [0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1], 1],
  [0, 7.3, 5, [0, 2, 4, 6], 0],
  [0.0002, 0.0011, 4, [0.0005, 0.001], 4],
  [-30, 12, 4, [-20, 0], 0],
])("ticks from %s to %s are multiples of 1, 2 or 5", (low, high, wanted, values, decimals) => {
  const ticks = niceTicks(low, high, wanted);
  expect(ticks.values).toHaveLength(values.length);
  ticks.values.forEach((value, index) => {
    expect(value).toBeCloseTo(values[index]!, 12);
  });
  expect(ticks.decimals).toBe(decimals);
});
