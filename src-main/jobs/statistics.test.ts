import { expect, test } from "vitest";
import { type Acquisition, clearSclClasses, type Modality, withPieces } from "../../src-shared/eo/index.ts";
import { northUp } from "../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import { type AnalyticReader, analyticReader, type FormulaRaster } from "../cube/analytic-reader.ts";
import { Cube, type PatchWindow, windowAt } from "../cube/index.ts";
import { quiet } from "./fixtures/sample.ts";
import { computeNormalizations, requirePixels, tilesTouching } from "./statistics.ts";
import { tileNormalizations } from "./tiles.ts";

const grid = { crs: "EPSG:32631", patchMeters: 10 };
/** 120 km by 160 km: too large to be visited patch by patch */
const area: PatchWindow = { col: 50_000, row: -570_000, width: 11_857, height: 15_604 };

const tile = (x: number, y: number): GeoBox => ({ crs: grid.crs, affine: northUp(x, y, 10, 10), width: 6, height: 6 });
const corners = [
  [500_400, 5_699_000],
  [560_000, 5_650_000],
  [618_000, 5_544_200],
] as const;

function imagery(
  files: readonly { readonly path: string; readonly place: GeoBox; readonly quality?: string }[],
  bands: readonly string[] = ["red"],
): { readonly acquisitions: Acquisition[]; readonly modality: Modality } {
  const acquisitions = files.map(
    ({ path, quality }, index): Acquisition =>
      withPieces({
        id: `a${index}`,
        sensor: "other",
        date: new Date(Date.UTC(2020, 0, 1 + (index % 366))).toISOString().slice(0, 10),
        bands: bands.map((name, b) => ({ name, path, bandIndex: b + 1, scale: 1, offset: 0 })),
        ...(quality ? { quality: { kind: "scl" as const, path: quality, bandIndex: 1 } } : {}),
        radiometry: {
          quantity: "unknown",
          scale: 1,
          offset: 0,
          decidedBy: { code: "written", text: "" },
          warnings: [],
        },
        evidence: [],
      }),
  );
  const modality: Modality = {
    name: "s2",
    kind: "series",
    sensor: "sentinel-2",
    bands,
    resolutionMeters: 10,
    patchPixels: 1,
    acquisitions: acquisitions.map(({ id }) => id),
    duplicateDates: "keep",
    resampling: "nearest",
    clearClasses: clearSclClasses,
  };
  return { acquisitions, modality };
}

const cubeOf = (reader: AnalyticReader, { acquisitions, modality }: ReturnType<typeof imagery>) =>
  new Cube({ grid, modalities: [modality], acquisitions, days: { kind: "of-year", period: 367 }, area }, reader);

const raster = (path: string, geobox: GeoBox, value: FormulaRaster["bands"][number]["value"]): FormulaRaster => ({
  path,
  geobox,
  bands: [{ value }],
});

test("statistics of three tiles in 185 million patches come from exactly their pixels, and nothing else is read", async () => {
  const files = corners.map(([x, y], index) => ({ path: `/${index}`, place: tile(x, y) }));
  // The value tells where the pixel is: 1 to 36 in the first tile, 37 to 72 in the second, 73 to 108 in the third.
  const number = (index: number, x: number, y: number) => {
    const [left, top] = corners[index]!;
    return 36 * index + 6 * Math.floor((top - y) / 10) + Math.floor((x - left) / 10) + 1;
  };
  const reader = analyticReader(
    files.map(({ path, place }, index) => raster(path, place, (x, y) => number(index, x, y))),
  );
  const [found] = await computeNormalizations(cubeOf(reader, imagery(files)), area, 1, quiet);
  expect(found!.pixels).toBe(108);
  expect(found!.bands[0]!.mean).toBeCloseTo(54.5, 10);
  expect(found!.bands[0]!.std).toBeCloseTo(Math.sqrt((108 ** 2 - 1) / 12), 10);
  // A tile may lie across chunks of 64 patches.
  expect(reader.warps.length).toBeLessThanOrEqual(12);
  for (const { target } of reader.warps) expect(target.width * target.height).toBeLessThanOrEqual(36);
  const again = await computeNormalizations(cubeOf(reader, imagery(files)), area, 1, quiet);
  expect(again).toEqual([found]);
});

test.each([
  ["outside", () => 5, undefined, [1_000_000, 5_000_000]],
  ["no-data", () => undefined, undefined, corners[1]],
  ["unclear", (x: number) => x, 9, corners[1]],
  ["constant", () => 5, undefined, corners[1]],
] as const)("an input without use is refused and named: %s", async (reason, value, cloud, [x, y]) => {
  const place = tile(x, y);
  const rasters = [raster("/a", place, value)];
  if (cloud !== undefined) rasters.push(raster("/scl", place, () => cloud));
  const cube = () =>
    cubeOf(
      analyticReader(rasters),
      imagery([{ path: "/a", place, ...(cloud === undefined ? {} : { quality: "/scl" }) }]),
    );
  const refusal = { code: "modality-without-pixels", details: { modality: "s2", reason } };
  await expect(computeNormalizations(cube(), area, 1, quiet)).rejects.toMatchObject(refusal);
  await expect(requirePixels(cube(), area, 1, quiet)).rejects.toMatchObject(refusal);
});

test("a few clear pixels are no statistics", async () => {
  const place = tile(...corners[0]);
  const [left, top] = corners[0];
  const corner = (x: number, y: number) => (x - left < 30 && top - y < 30 ? x + y : undefined);
  const cube = cubeOf(analyticReader([raster("/a", place, corner)]), imagery([{ path: "/a", place }]));
  const refusal = { code: "modality-without-pixels", details: { reason: "few", pixels: 9 } };
  await expect(computeNormalizations(cube, area, 1, quiet)).rejects.toMatchObject(refusal);
});

test("where most of an input is cloud, more places are looked at until enough is clear", async () => {
  // 400 tiles in a row, of which the last alone is clear: the usual 48 would hardly meet it.
  const files = Array.from({ length: 400 }, (_, index) => ({
    path: `/${index}`,
    place: tile(500_000 + 280 * index, 5_600_000),
    quality: `/scl${index}`,
  }));
  const rasters = files.flatMap(({ path, place, quality }, index) => [
    raster(path, place, (x) => x),
    raster(quality, place, () => (index === 399 ? 4 : 9)),
  ]);
  const [found] = await computeNormalizations(cubeOf(analyticReader(rasters), imagery(files)), area, 1, quiet);
  expect(found!.pixels).toBe(36);
});

test("a band that never changes is told of, the others are learned from", async () => {
  const place = tile(...corners[0]);
  const reader = analyticReader([{ path: "/a", geobox: place, bands: [{ value: (x) => x }, { value: () => 255 }] }]);
  const lines: string[] = [];
  const context = { ...quiet, log: (text: string) => lines.push(text) };
  const [found] = await computeNormalizations(
    cubeOf(reader, imagery([{ path: "/a", place }], ["red", "alpha"])),
    area,
    1,
    context,
  );
  expect(found!.bands.map(({ std }) => std === 1)).toEqual([false, true]);
  expect(lines).toEqual(["s2: alpha has the same value everywhere."]);
});

test("tiles of a set are those of its box that touch it, in the same order", async () => {
  const { PatchSet, tilesCovering } = await import("../cube/index.ts");
  const set = PatchSet.of([
    { col: 3, row: 5, width: 40, height: 9 },
    { col: 200, row: -30, width: 20, height: 50 },
    { col: 38, row: 10, width: 30, height: 30 },
  ]);
  const slow = tilesCovering(set.bounds!, 16).filter((window) => set.touches(window));
  expect(tilesTouching(set, 16)).toEqual(slow);
});

test("an input that few labelled tiles show gives its statistics all the same; one that is the same everywhere is refused", async () => {
  const [x, y] = corners[0];
  const windows = Array.from({ length: 2000 }, (_, n) => windowAt(x + 60 * (n % 50), y - 60 * Math.floor(n / 50), 6));
  // Of 2,000 tiles three show something: among the 256 that are looked at first there is none.
  const files = [1, 2, 3].map((n) => ({ path: `/${n}`, place: tile(x + 60 * n, y) }));
  const shown = (value: FormulaRaster["bands"][number]["value"]) =>
    cubeOf(analyticReader(files.map(({ path, place }) => raster(path, place, value))), imagery(files));
  const seeds = Array.from({ length: 8 }, (_, seed) => seed);
  for (const seed of seeds) {
    const [found] = await tileNormalizations(
      shown((px) => px - x),
      windows,
      seed,
      quiet,
    );
    expect(found!.pixels).toBeGreaterThanOrEqual(36);
    expect(found!.bands[0]!.clip!.high).toBeCloseTo(found!.bands[0]!.mean + 5 * found!.bands[0]!.std, 9);
  }
  await expect(tileNormalizations(shown(() => 5), windows, 1, quiet)).rejects.toMatchObject({ code: "modality-without-pixels", details: { reason: "constant" } }); // biome-ignore format: one call
  await expect(tileNormalizations(shown(() => undefined), windows, 1, quiet)).rejects.toMatchObject({ code: "tiles-without-data" }); // biome-ignore format: one call
});
