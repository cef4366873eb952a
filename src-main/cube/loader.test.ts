import { expect, test } from "vitest";
import { type Acquisition, type Modality, withPieces } from "../../src-shared/eo/index.ts";
import { seededRandom } from "../files/index.ts";
import { analyticReader, type FormulaRaster, flandersSquare } from "./analytic-reader.ts";
import type { Batch } from "./batch.ts";
import { Cube } from "./cube.ts";
import { type PatchWindow, patchesOfGeobox, tilesInside } from "./grid.ts";
import { batchesPerEpoch, type LoaderSpec, prefetched, readBatches } from "./loader.ts";
import { proposeModalities } from "./modalities.ts";
import { type Augmentation, noAugmentation, orderOfChoice, readSample } from "./sample.ts";
import { runningDays } from "./time-series.ts";

const grid = { crs: "EPSG:32631", patchMeters: 10 };
const area = patchesOfGeobox(grid, flandersSquare);

const dates = Array.from({ length: 12 }, (_, month) => `2019-${String(month + 1).padStart(2, "0")}-15`);
const rasters: FormulaRaster[] = [
  ...dates.map((date, month) => ({
    path: `s2-${date}`,
    bands: [
      {
        value: (x: number, y: number) =>
          month === 3 ? undefined : 1000 * (month + 1) + ((x / 10) % 64) + ((y / 10) % 64) * 2,
      },
    ],
  })),
  // Cloudy in the west in odd months, everywhere in month 5.
  ...dates.map((date, month) => ({
    path: `scl-${date}`,
    bands: [{ value: (x: number) => (month === 5 || (month % 2 === 1 && x < 575000) ? 9 : 4) }],
  })),
  { path: "aerial", bands: [{ value: (x: number, y: number) => Math.floor(x) + Math.floor(y) / 1e4 }] },
];

const plain = (path: string, name: string) => [{ name, path, bandIndex: 1, scale: 1, offset: 0 }];
const radiometry = {
  quantity: "unknown",
  scale: 1,
  offset: 0,
  decidedBy: { code: "written", text: "test" },
  warnings: [],
} as const;
const acquisitions: Acquisition[] = [
  ...dates.map(
    (date): Acquisition =>
      withPieces({
        id: date,
        sensor: "sentinel-2",
        date,
        bands: plain(`s2-${date}`, "B04"),
        quality: { kind: "scl", path: `scl-${date}`, bandIndex: 1 },
        radiometry,
        evidence: [],
      }),
  ),
  withPieces({
    id: "photo",
    sensor: "aerial",
    date: "2018-07-01",
    bands: plain("aerial", "R"),
    radiometry,
    evidence: [],
  }),
];
const modalities: readonly Modality[] = proposeModalities(acquisitions, {
  patchMeters: 10,
  nativeMeters: { aerial: 1 },
});
const identity = modalities.map((modality) => ({
  modality: modality.name,
  pixels: 1,
  bands: modality.bands.map((name) => ({ name, mean: 0, std: 1 })),
}));

function cubeOf(cacheBytes = 1e9, delay = 0) {
  const reader = analyticReader(rasters, delay);
  return {
    reader,
    cube: new Cube({ grid, modalities, acquisitions, days: runningDays(dates) }, reader, { cacheBytes }),
  };
}

const windows = tilesInside(area, 8);
const everything: Augmentation = { orientations: true, dateDropout: 0.2, dateJitter: 3 };
const labels = (window: PatchWindow) =>
  Int32Array.from(
    { length: window.width * window.height },
    (_, i) => (i % window.width) + 100 * Math.floor(i / window.width),
  );

function spec(more: Partial<LoaderSpec> = {}): LoaderSpec {
  return {
    windows,
    shape: { batchSize: 4, patchesHigh: 8, patchesWide: 8, modalities, dates: { s2: 6 }, normalizations: identity },
    sample: { dates: 6, choice: "random", augmentation: everything, labels },
    seed: 7,
    epoch: 2,
    shuffle: true,
    lastBatch: "keep",
    ...more,
  };
}

async function collect(cube: Cube, given: LoaderSpec): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of readBatches(cube, given)) batches.push(batch);
  return batches;
}

test("a cube kept in memory and one that reads piece by piece give the same batches to the bit", async () => {
  const whole = cubeOf();
  expect(whole.cube.fits(area)).toBe(true);
  await whole.cube.preload(area);
  const inMemory = await collect(whole.cube, spec());
  const poor = cubeOf(20_000);
  expect(poor.cube.fits(area)).toBe(false);
  const piecewise = await collect(poor.cube, spec());
  expect(piecewise).toEqual(inMemory);
  expect(inMemory).toHaveLength(batchesPerEpoch(spec()));
  expect(poor.reader.warps.length).toBeGreaterThan(whole.reader.warps.length);
  await whole.cube.preload(area);
  const before = whole.reader.warps.length;
  await collect(whole.cube, spec({ epoch: 3 }));
  expect(whole.reader.warps.length).toBe(before);
});

test("an epoch is a function of seed and epoch, and goes on where it stopped", async () => {
  const { cube } = cubeOf();
  const first = await collect(cube, spec());
  expect(await collect(cube, spec({ prefetch: 0 }))).toEqual(first);
  expect(await collect(cube, spec({ startBatch: 5 }))).toEqual(first.slice(5));
  const seen = (batches: Batch[]) => batches.flatMap((batch) => batch.windows.map(({ col, row }) => `${col},${row}`));
  expect(new Set(seen(first)).size).toBe(windows.length);
  expect(seen(await collect(cube, spec({ epoch: 3 })))).not.toEqual(seen(first));
  expect(seen(await collect(cube, spec({ seed: 8 })))).not.toEqual(seen(first));
});

test("turning a sample turns its inputs, its masks and its labels alike", async () => {
  const { cube } = cubeOf();
  const window = windows[10]!;
  const options = { dates: 3, choice: "spread", labels } as const;
  const plainSample = await readSample(cube, window, { ...options, augmentation: noAugmentation }, [1]);
  for (let seed = 0; seed < 8; seed++) {
    const turned = await readSample(
      cube,
      window,
      { ...options, augmentation: { ...noAugmentation, orientations: true } },
      [seed],
    );
    for (let p = 0; p < 64; p++) {
      // Labels and pixels are turned alike: each label holds the place it came from.
      const from = turned.labels![p]!;
      const old = Math.floor(from / 100) * 8 + (from % 100);
      for (let t = 0; t < 3; t++) {
        expect(turned.inputs.s2!.values[t * 64 + p]).toBe(plainSample.inputs.s2!.values[t * 64 + old]);
        expect(turned.inputs.s2!.states[t * 64 + p]).toBe(plainSample.inputs.s2!.states[t * 64 + old]);
      }
    }
    const corner = (sample: typeof turned, row: number, col: number) => sample.inputs.aerial!.values[row * 80 + col];
    const patchMean = (sample: typeof turned, p: number) => {
      let sum = 0;
      for (let i = 0; i < 100; i++)
        sum += corner(sample, Math.floor(p / 8) * 10 + Math.floor(i / 10), (p % 8) * 10 + (i % 10))!;
      return sum / 100;
    };
    const from = turned.labels![0]!;
    expect(patchMean(turned, 0)).toBeCloseTo(patchMean(plainSample, Math.floor(from / 100) * 8 + (from % 100)), 6);
  }
});

test("dates without data are left out, all-cloudy ones are taken last, and days stay in the count", async () => {
  const { cube } = cubeOf();
  const west = windows[0]!;
  const options = { dates: 6, choice: "random", augmentation: noAugmentation, modalities: ["s2"] } as const;
  for (let seed = 0; seed < 20; seed++) {
    const { inputs } = await readSample(cube, west, options, [seed]);
    // In the west the odd months are cloudy: the six clear months are all there is.
    expect(inputs.s2!.dates.map((date) => Number(date.slice(5, 7)))).toEqual([1, 3, 5, 7, 9, 11]);
    expect([...inputs.s2!.clearShares]).toEqual([1, 1, 1, 1, 1, 1]);
  }
  const all = await readSample(cube, west, { ...options, dates: 99 }, [0]);
  expect(all.inputs.s2!.dates).toHaveLength(11);
  expect(all.inputs.s2!.dates).not.toContain("2019-04-15");
  const early = await readSample(
    cube,
    west,
    { ...options, dates: 99, augmentation: { ...noAugmentation, dateJitter: 400 } },
    [3],
  );
  for (const day of early.inputs.s2!.days) {
    expect(day).toBeGreaterThanOrEqual(1);
    expect(day).toBeLessThan(367);
  }
});

test("spread takes the clearest of each part of the year, clearest the clearest, and radar is taken evenly", () => {
  const of = (shares: readonly number[]) => dates.map((date, month) => ({ date, clearShare: shares[month]! }));
  const shares = [0.1, 0.9, 0.2, 0.3, 0.8, 0.1, 0.5, 0.6, 0.4, 0.2, 0.7, 0.1];
  const choose = (choice: "spread" | "clearest", given: readonly number[], most: number) =>
    orderOfChoice(of(given), most, choice, seededRandom(0), 0)
      .slice(0, most)
      .sort((p, q) => p - q);
  expect(choose("clearest", shares, 3)).toEqual([1, 4, 10]);
  expect(choose("spread", shares, 4)).toEqual([1, 4, 7, 10]);
  const even = choose("spread", Array(12).fill(1), 4);
  expect(even.map((index) => Math.floor(index / 3))).toEqual([0, 1, 2, 3]);
  const apart = choose("clearest", Array(12).fill(1), 2);
  expect(apart[1]! - apart[0]!).toBeGreaterThan(4);
});

test("no more batches are read ahead than asked for", async () => {
  let started = 0;
  let used = 0;
  const read = async (index: number) => {
    started++;
    return index;
  };
  for await (const index of prefetched(0, 20, 3, read)) {
    expect(index).toBe(used++);
    expect(started - used).toBeLessThanOrEqual(3);
    await new Promise((resolve) => setImmediate(resolve));
    expect(started).toBe(Math.min(20, used + 3));
  }
  expect(used).toBe(20);
});

test("aborting stops the loop and what is being read", async () => {
  const { cube, reader } = cubeOf(1e9, 5);
  const stop = new AbortController();
  const loop = (async () => {
    for await (const batch of readBatches(cube, spec(), stop.signal)) if (batch.index === 1) stop.abort();
  })();
  await expect(loop).rejects.toMatchObject({ name: "AbortError" });
  const after = reader.warps.length;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(reader.warps.length).toBe(after);
  // The cube itself is whole: what was aborted is read again.
  expect(await collect(cube, spec({ startBatch: batchesPerEpoch(spec()) - 1 }))).toHaveLength(1);
});

test("leaving the loop early leaves nothing running, and a failed read comes out at its turn", async () => {
  const { cube } = cubeOf(1e9, 1);
  for await (const batch of readBatches(cube, spec())) if (batch.index === 0) break;
  const seen: number[] = [];
  const failing = (async () => {
    for await (const index of prefetched(0, 5, 4, async (i) => {
      if (i === 2) throw new Error("disk gone");
      return i;
    }))
      seen.push(index);
  })();
  await expect(failing).rejects.toThrow("disk gone");
  expect(seen).toEqual([0, 1]);
});
