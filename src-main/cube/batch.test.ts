import { expect, test } from "vitest";
import type { Modality } from "../../src-shared/eo/index.ts";
import { clear, noData, unclear } from "../imagery/index.ts";
import { type BatchShape, collate } from "./batch.ts";
import type { Sample } from "./sample.ts";

const series: Modality = {
  name: "s2",
  kind: "series",
  sensor: "sentinel-2",
  bands: ["B04", "B08"],
  resolutionMeters: 10,
  patchPixels: 1,
  acquisitions: [],
  duplicateDates: "error",
  resampling: "bilinear",
  clearClasses: [4],
};
const image: Modality = { ...series, name: "aerial", kind: "image", sensor: "aerial", bands: ["R"], patchPixels: 2 };
const shape: BatchShape = {
  batchSize: 2,
  patchesHigh: 1,
  patchesWide: 2,
  modalities: [image, series],
  dates: { s2: 3 },
  normalizations: [
    { modality: "aerial", pixels: 1, bands: [{ name: "R", mean: 100, std: 50 }] },
    {
      modality: "s2",
      pixels: 1,
      bands: [
        { name: "B04", mean: 1, std: 2 },
        { name: "B08", mean: 0, std: 1 },
      ],
    },
  ],
};
const window = { col: 0, row: 0, width: 2, height: 1 };
const sample: Sample = {
  window,
  inputs: {
    aerial: {
      shape: [1, 1, 2, 4],
      values: Float32Array.of(100, 150, 100, 100, 200, 100, 100, 0),
      states: Uint8Array.of(clear, clear, clear, noData, clear, clear, noData, noData),
      dates: ["2019-01-01"],
      days: Int32Array.of(1),
      clearShares: Float32Array.of(0.6),
      dropped: [],
    },
    s2: {
      shape: [2, 2, 1, 2],
      values: Float32Array.of(1, 3, 5, 6, 0, 5, 0, 8),
      states: Uint8Array.of(clear, unclear, noData, clear),
      dates: ["2019-04-10", "2019-05-10"],
      days: Int32Array.of(100, 130),
      clearShares: Float32Array.of(0.5, 0.5),
      dropped: [],
    },
  },
  labels: Int32Array.of(4, -1),
};

test("dates are padded with 0 at the end, missing samples are empty, and unlabelled is −1", () => {
  const batch = collate([sample], shape, { epoch: 3, index: 7 });
  const s2 = batch.inputs.s2!;
  expect(batch).toMatchObject({ epoch: 3, index: 7, windows: [window] });
  expect(s2.values.shape).toEqual([2, 3, 2, 1, 2]);
  expect([...s2.values.data.subarray(0, 12)]).toEqual([0, 1, 5, 6, 0, 2, 0, 8, 0, 0, 0, 0]);
  expect(s2.values.data.subarray(12).every((value) => value === 0)).toBe(true);
  expect(s2.dates).toEqual({ type: "int64", shape: [2, 3], data: BigInt64Array.of(100n, 130n, 0n, 0n, 0n, 0n) });
  expect(s2.mask.shape).toEqual([2, 3, 2]);
  expect([...s2.mask.data]).toEqual([1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  expect(batch.labels).toEqual({ type: "int64", shape: [2, 2], data: BigInt64Array.of(4n, -1n, -1n, -1n) });
});

test("an image has no dates, and a patch with half of its pixels counts as seen", () => {
  const aerial = collate([sample], shape, { epoch: 0, index: 0 }).inputs.aerial!;
  expect(aerial.values.shape).toEqual([2, 1, 2, 4]);
  expect([...aerial.values.data.subarray(0, 8)]).toEqual([0, 1, 0, 0, 2, 0, 0, 0]);
  expect(aerial.dates).toBeUndefined();
  expect([...aerial.mask.data]).toEqual([1, 0, 0, 0]);
});

test("a sample that does not fit its batch names both shapes", () => {
  expect(() => collate([sample], { ...shape, dates: { s2: 1 } }, { epoch: 0, index: 0 })).toThrow(
    "s2: sample [2,2,1,2] in a batch of [1,2,1,2]",
  );
  expect(() => collate([sample, sample, sample], shape, { epoch: 0, index: 0 })).toThrow("3 samples for a batch of 2");
});

test("tile targets are put behind one another", () => {
  const { labels: _, ...rest } = sample;
  const batch = collate([{ ...rest, targets: Float32Array.of(1, 0, 1) }], shape, { epoch: 0, index: 0 });
  expect(batch.targets).toEqual({ type: "float32", shape: [2, 3], data: Float32Array.of(1, 0, 1, 0, 0, 0) });
  expect(batch.labels).toBeUndefined();
});

test("the samples themselves are left as they were", () => {
  const before = structuredClone(sample.inputs.s2!.values);
  collate([sample], shape, { epoch: 0, index: 0 });
  expect(sample.inputs.s2!.values).toEqual(before);
});
