import { expect, test } from "vitest";
import { type Chart, lineChart } from "./chart.ts";
import { chartsOf } from "./curves.ts";

const chart = (points: readonly (readonly [number, number])[], more: Partial<Chart> = {}): string =>
  lineChart(
    { title: "Loss", xLabel: "Step", series: [{ name: "Loss", points: points.map(([x, y]) => ({ x, y })) }], ...more },
    520,
  ).text;

const paths = (svg: string): string[] => [...svg.matchAll(/class="line[^"]*" d="([^"]+)"/g)].map(([, d]) => d!);
const ticks = (svg: string, anchor: "end" | "middle"): string[] =>
  [...svg.matchAll(/class="tick"[^>]*text-anchor="(\w+)">([^<]+)</g)]
    .filter(([, at]) => at === anchor)
    .map(([, , text]) => text!);

test("ticks are round numbers that frame the values", () => {
  const svg = chart([
    [0, 0.13],
    [50, 1.42],
    [100, 0.9],
  ]);
  expect(ticks(svg, "end")).toEqual(["0.0", "0.5", "1.0", "1.5"]);
  expect(ticks(svg, "middle")).toEqual(["0", "20", "40", "60", "80", "100"]);
});

test("a value that is no number leaves a gap instead of a line across it", () => {
  expect(
    paths(
      chart([
        [0, 1],
        [1, 2],
        [2, Number.NaN],
        [3, 2],
        [4, 1],
      ]),
    ),
  ).toHaveLength(2);
  expect(chart([[0, Number.NaN]])).toContain("no value was recorded");
});

test("a single value is a dot and a constant a level line", () => {
  expect(chart([[7, 3]])).toContain("<circle");
  const [level] = paths(
    chart([
      [0, 3],
      [1, 3],
    ]),
  );
  const [, y1, y2] = /M\S+ (\S+)L\S+ (\S+)/.exec(level!)!;
  expect(y1).toBe(y2);
});

test("ten thousand noisy values become a short path and a mean over it", () => {
  const points = Array.from({ length: 10_000 }, (_, index) => [index, Math.sin(index * 12.9898) + 2] as const);
  const svg = chart(points);
  const [faint, mean] = paths(svg);
  expect(faint!.split(/[ML]/).length - 1).toBeLessThanOrEqual(4 * 520);
  expect(mean).toBeDefined();
  expect(svg).toContain("mean of 251 values");
});

test("a smooth curve of many values is drawn as it is", () => {
  const points = Array.from({ length: 2000 }, (_, index) => [index, Math.exp(-index / 500)] as const);
  expect(paths(chart(points))).toHaveLength(1);
});

test("losses share a chart, scores share one from 0 to 1, every other quantity has its own", () => {
  const charts = chartsOf([
    { step: 1, values: { learningRate: 0.001, macroF1: 0.2, loss: 3 } },
    { step: 2, values: { learningRate: 0.0005, validationLoss: 2, overallAccuracy: 0.5 } },
  ]);
  expect(charts.map(({ title, series, limits }) => [title, series.map(({ name }) => name), limits])).toEqual([
    ["Loss", ["Loss", "Validation loss"], undefined],
    ["Score", ["Macro F1", "Overall accuracy"], [0, 1]],
    ["Learning rate", ["Learning rate"], undefined],
  ]);
  expect(charts[0]!.series[1]!.points).toEqual([{ x: 2, y: 2 }]);
});
