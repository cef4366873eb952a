import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { clear, noData, rasterReader } from "../imagery/index.ts";
import { flandersSquare } from "./analytic-reader.ts";
import { importFiles } from "./import-files.ts";
import { proposeModalities } from "./modalities.ts";
import { normalizeInPlace, RunningStatistics, StatisticsGatherer } from "./normalize.ts";
import { readTimeSeries, runningDays } from "./time-series.ts";

interface Expected {
  readonly moments: string[];
  readonly bands: string[];
  readonly pixels: number;
  readonly mean: number[];
  readonly std: number[];
}

const numpy = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/statistics.json"), "utf8")) as Expected;
const sample = join(import.meta.dirname, "../../resources/sample/flanders-crops-2019");
const reader = rasterReader();
afterAll(() => reader.close());

async function series() {
  const files = numpy.moments.flatMap((moment) =>
    ["S2_L2A_10m", "S2_SCL_20m"].map((kind) => ({ path: join(sample, kind, `${kind}_${moment}.tif`) })),
  );
  const acquisitions = await importFiles(reader, files);
  const [modality] = proposeModalities(acquisitions, { patchMeters: 10 });
  const days = runningDays(acquisitions.map(({ date }) => date));
  return { modality: modality!, series: await readTimeSeries(reader, modality!, acquisitions, flandersSquare, days) };
}

test("statistics of the clear pixels of three dates are numpy's", async () => {
  const read = await series();
  const gatherer = new StatisticsGatherer(read.modality, { seed: 1 });
  gatherer.add(read.series);
  const found = gatherer.result();
  expect(found.pixels).toBe(numpy.pixels);
  for (const [index, band] of found.bands.entries()) {
    expect(band.name).toBe(numpy.bands[index]);
    expect(band.mean / numpy.mean[index]!).toBeCloseTo(1, 6);
    expect(band.std / numpy.std[index]!).toBeCloseTo(1, 6);
  }
  expect(gatherer.outliers).toEqual([]);
});

test("a seeded part of the pixels gives the same statistics again, and almost those of all", async () => {
  const read = await series();
  const gather = (seed: number) => {
    const gatherer = new StatisticsGatherer(read.modality, { seed, share: 0.2 });
    gatherer.add(read.series);
    return gatherer.result();
  };
  expect(gather(1)).toEqual(gather(1));
  expect(gather(1)).not.toEqual(gather(2));
  expect(gather(1).bands[3]!.mean / numpy.mean[3]!).toBeCloseTo(1, 1);
});

test("running statistics keep their digits far from zero", () => {
  const running = new RunningStatistics();
  for (let i = 0; i < 1000; i++) running.add(1e9 + (i % 2));
  expect(running.std).toBeCloseTo(0.5, 9);
  expect(running.mean).toBeCloseTo(1e9 + 0.5, 6);
});

test("normalising cuts, centres and scales, and leaves 0 where there is no data", () => {
  const values = Float32Array.of(-5, 1, 9, 7, 2, 2);
  const states = Uint8Array.of(clear, clear, noData);
  const bands = [
    { name: "a", mean: 1, std: 2, clip: { low: -1, high: 3 } },
    { name: "b", mean: 2, std: 0.5 },
  ];
  normalizeInPlace(values, states, 2, 3, { modality: "m", bands, pixels: 3 });
  expect([...values]).toEqual([-1, 0, 0, 10, 0, 0]);
});

test("a band that never changes is centred and not blown up", () => {
  const modality = { name: "m", bands: ["a"] } as unknown as ConstructorParameters<typeof StatisticsGatherer>[0];
  const gatherer = new StatisticsGatherer(modality, { seed: 0 });
  gatherer.add({ shape: [1, 1, 1, 2], values: Float32Array.of(4, 4), states: Uint8Array.of(clear, clear) });
  expect(gatherer.result().bands[0]).toEqual({ name: "a", mean: 4, std: 1 });
});

test("one broken pixel in a hundred thousand changes neither mean nor spread; a rare bright class stays", () => {
  const modality = { name: "m", bands: ["a"] } as unknown as ConstructorParameters<typeof StatisticsGatherer>[0];
  const gathered = (...extra: number[]) => {
    const gatherer = new StatisticsGatherer(modality, { seed: 0 });
    // Even numbers of [0.1, 0.3): by hand their mean is 0.2 and their spread 0.2 / √12.
    const values = Float32Array.from([...Array.from({ length: 100_000 }, (_, i) => 0.1 + (i * 7919) % 100_000 * 2e-6), ...extra]); // biome-ignore format: one list
    gatherer.add({ shape: [1, 1, 1, values.length], values, states: new Uint8Array(values.length).fill(clear) });
    return { ...gatherer.result().bands[0]!, outliers: gatherer.outliers };
  };
  const clean = gathered();
  expect(clean.mean).toBeCloseTo(0.2, 5);
  expect(clean.std).toBeCloseTo(0.2 / Math.sqrt(12), 5);
  for (const broken of [[1e9], [-1e9, 1e9], [65_535], [20]]) {
    const found = gathered(...broken);
    expect(found.mean / clean.mean).toBeCloseTo(1, 9);
    expect(found.std / clean.std).toBeCloseTo(1, 9);
    expect(found.outliers).toEqual([{ band: "a", count: broken.length }]);
  }
  // Half a percent of snow in a dark place is no defect.
  const snow = gathered(...Array<number>(500).fill(0.95));
  expect(snow.outliers).toEqual([]);
  expect(snow.mean).toBeCloseTo((0.2 * 100_000 + 0.95 * 500) / 100_500, 5);
});
