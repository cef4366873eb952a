import { expect, test } from "vitest";
import { type Acquisition, clearSclClasses, type Modality } from "../../src-shared/eo/index.ts";
import { northUp } from "../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import { clear, noData, unclear } from "../imagery/index.ts";
import { analyticReader } from "./analytic-reader.ts";
import { readQuality, readScene } from "./time-series.ts";

const tile = (i: number): GeoBox => ({
  crs: "EPSG:32631",
  affine: northUp(500_000 + i * 1000, 5_600_000, 10, 10),
  width: 6,
  height: 6,
});
const count = 300;
const name = (i: number) => `tile-${String(i).padStart(3, "0")}`;
const radiometry = {
  quantity: "unknown",
  scale: 1,
  offset: 0,
  decidedBy: { code: "written", text: "" },
  warnings: [],
} as const;
const acquisition: Acquisition = {
  id: "a",
  sensor: "sentinel-2",
  date: "2019-06-10",
  pieces: Array.from({ length: count }, (_, i) => ({
    files: [
      {
        path: name(i),
        grid: tile(i),
        bands: [{ name: "B02", bandIndex: 1, scale: 1, offset: 0 }],
        radiometry,
        facts: {},
        evidence: [],
      },
      {
        path: `mask-${name(i)}`,
        grid: tile(i),
        bands: [],
        quality: { kind: "scl", bandIndex: 1 },
        radiometry,
        facts: {},
        evidence: [],
      },
    ],
  })),
};
const modality: Modality = {
  name: "s2",
  kind: "series",
  sensor: "sentinel-2",
  bands: ["B02"],
  resolutionMeters: 10,
  patchPixels: 1,
  acquisitions: ["a"],
  duplicateDates: "keep",
  resampling: "nearest",
  clearClasses: clearSclClasses,
};
const reader = () =>
  analyticReader(
    Array.from({ length: count }, (_, i) => [
      { path: name(i), geobox: tile(i), bands: [{ value: () => i }] },
      {
        path: `mask-${name(i)}`,
        geobox: tile(i),
        bands: [{ value: (x: number) => (x < 500_000 + i * 1000 + 30 ? 4 : 9) }],
      },
    ]).flat(),
  );
const date = { date: acquisition.date, acquisitions: [acquisition] };

test("of hundreds of tiles of one date only those that touch the window are opened", async () => {
  const fake = reader();
  const { values, states } = await readScene(fake, modality, date, tile(7));
  expect(fake.warps.map(({ path }) => path)).toEqual(["tile-007", "mask-tile-007"]);
  expect([...new Set(values)]).toEqual([7]);
  expect([...states.subarray(0, 6)]).toEqual([clear, clear, clear, unclear, unclear, unclear]);
  const between = { ...tile(7), affine: northUp(507_500, 5_600_000, 10, 10) };
  fake.warps.length = 0;
  expect((await readScene(fake, modality, date, between)).states.every((state) => state === noData)).toBe(true);
  expect(await readQuality(fake, modality, date, between)).toEqual(new Uint8Array(36));
  expect(fake.warps).toEqual([]);
});

test("a window over two tiles takes each pixel from its tile, moved by the acquisition's correction", async () => {
  const fake = reader();
  const wide: GeoBox = { ...tile(7), width: 106 };
  const { values } = await readScene(fake, modality, date, wide);
  expect(fake.warps.map(({ path }) => path)).toEqual(["tile-007", "mask-tile-007", "tile-008", "mask-tile-008"]);
  expect([values[0], values[50], values[100]]).toEqual([7, 0, 8]);
  const moved = { ...date, acquisitions: [{ ...acquisition, shift: { dx: 1000, dy: 0 } }] };
  expect((await readScene(fake, modality, moved, tile(8))).values[0]).toBe(7);
});
