import { expect, test } from "vitest";
import type { Observation, PlaceSeries } from "../../../src-shared/ipc/index.ts";
import { linesOf } from "./chart-data.ts";

const at = (
  date: string,
  state: Observation["state"],
  value: number | null,
  deviation: number | null = null,
): Observation => ({
  acquisition: `s2-${date}`,
  date,
  time: "10:50:00",
  state,
  clearShare: state === "clear" ? 1 : 0,
  count: 1,
  values: [value],
  deviations: deviation === null ? null : [deviation],
});
const place = (...observations: Observation[]): PlaceSeries => ({
  groups: [
    {
      key: "sentinel-2",
      sensor: "sentinel-2",
      pass: null,
      variables: [{ name: "B08", kind: "band", unit: "reflectance", wavelengthNanometers: 833, formula: null }],
      observations,
    },
  ],
});

test("clear values make the line, masked ones stand beside it, and places share one time axis", () => {
  const first = place(at("2019-04-01", "clear", 0.3), at("2019-04-06", "masked", 0.7), at("2019-04-11", "clear", 0.4));
  const second = place(at("2019-04-01", "clear", 0.1, 0.02), at("2019-04-16", "none", null, 0));
  const { times, lines } = linesOf(
    [
      { key: "p", color: "red", series: first },
      { key: "q", color: "blue", series: second },
    ],
    "sentinel-2",
    ["B08"],
    () => "black",
  );
  expect(times).toHaveLength(4);
  expect(times).toEqual([...times].sort((p, q) => p - q));
  expect(lines.map(({ color }) => color)).toEqual(["red", "blue"]);
  expect(lines[0]!.clear).toEqual([0.3, null, 0.4, null]);
  expect(lines[0]!.masked).toEqual([null, 0.7, null, null]);
  expect(lines[0]!.low).toBeNull();
  expect(lines[1]!.high).toEqual([expect.closeTo(0.12), null, null, null]);
});

test("two products of one moment keep points of their own", () => {
  const twice = place(at("2019-04-01", "clear", 0.3), { ...at("2019-04-01", "clear", 0.5), acquisition: "other" });
  const { times } = linesOf([{ key: "p", color: "red", series: twice }], "sentinel-2", ["B08"], () => "black");
  expect(new Set(times).size).toBe(2);
});
