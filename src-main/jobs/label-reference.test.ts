import { expect, test } from "vitest";
import type { SplitPart } from "../../src-shared/domain/job.ts";
import { sampleLabels } from "./fixtures/sample.ts";
import { referenceOf, validationMetrics } from "./label-reference.ts";

test("labels have the same name as long as their places and classes are the same, whatever the other parts are", () => {
  const labels = sampleLabels();
  const name = referenceOf(labels, "test");
  expect(referenceOf(structuredClone(labels), "test")).toBe(name);
  expect(referenceOf(labels, "train")).not.toBe(name);
  const changed = (change: (part: SplitPart) => object, only: SplitPart) => ({
    ...labels,
    polygons: labels.polygons.map((own) => (own.part === only ? { ...own, ...change(own.part) } : own)),
  });
  expect(
    referenceOf(
      changed(() => ({ classCode: 9 }), "train"),
      "test",
    ),
  ).toBe(name);
  expect(
    referenceOf(
      changed(() => ({ classCode: 9 }), "test"),
      "test",
    ),
  ).not.toBe(name);
  expect(
    referenceOf(
      changed(() => ({ part: "test" }), "train"),
      "test",
    ),
  ).not.toBe(name);
  const first = labels.polygons.findIndex(({ part }) => part === "test");
  const moved = labels.polygons.with(first, { ...labels.polygons[first]!, coordinates: [[[[0, 0], [1, 0], [1, 1], [0, 0]]]] }); // biome-ignore format: a triangle
  expect(referenceOf({ ...labels, polygons: moved }, "test")).not.toBe(name);
  expect(referenceOf({ ...labels, crs: "EPSG:32632" }, "test")).not.toBe(name);
});

test("figures that nobody knows are not told", () => {
  expect(validationMetrics(undefined)).toEqual({});
  const score = { macroF1: null, overallAccuracy: 0.5, calibrationError: null, commonest: null } as never;
  expect(validationMetrics(score)).toEqual({ validationAccuracy: 0.5 });
});
