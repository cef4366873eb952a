import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { quiet, sampleGrid, wholeSeason } from "./fixtures/sample.ts";
import { dayCountOf, openCube, projectArea } from "./imagery.ts";
import {
  calendarOf,
  changeBands,
  columnsOf,
  limitsOf,
  monthOf,
  monthsOf,
  namesOfColumns,
  readPatchRows,
  withLimits,
} from "./monthly-values.ts";

interface Witness {
  readonly months: readonly string[];
  readonly pixels: readonly { readonly column: number; readonly row: number; readonly s2: readonly number[][]; readonly s1: readonly number[][] }[]; // biome-ignore format: one shape
}
const witness = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/monthly.json"), "utf8")) as Witness;

test("monthly values of the sample are those of GDAL and numpy: medians of clear pixels, means of decibels, gaps interpolated", async () => {
  const grid = sampleGrid();
  const imagery = await wholeSeason();
  const { modalities } = imagery;
  const months = monthsOf(imagery.acquisitions.map(({ date }) => date));
  expect(namesOfColumns(modalities.slice(0, 1), months).slice(0, witness.months.length)).toEqual(
    witness.months.map((month) => `S2 B02 ${month}`),
  );
  const cube = openCube(grid, imagery, modalities, dayCountOf(imagery));
  try {
    const area = projectArea(grid);
    const wanted = new Uint8Array(area.width * area.height);
    for (const { column, row } of witness.pixels) wanted[row * area.width + column] = 1;
    const { values, seen } = await readPatchRows(
      cube,
      area,
      modalities,
      months,
      (date) => monthOf(months, date),
      quiet.signal,
      wanted,
    );
    expect(seen).toEqual(wanted);
    const columns = columnsOf(modalities, months);
    for (const { column, row, s2, s1 } of witness.pixels) {
      const at = (row * area.width + column) * columns;
      const found = [...values.subarray(at, at + columns)];
      const expected = modalities.flatMap(({ name }) => (name === "s2" ? s2 : s1).flat());
      const away = expected.map((value, j) => Math.abs(value - found[j]!) / Math.max(1, Math.abs(value)));
      expect(Math.max(...away)).toBeLessThan(2e-6);
    }
    // What was not asked for is not computed.
    const other = wanted.indexOf(0);
    expect(Number.isNaN(values[other * columns]!)).toBe(true);
  } finally {
    await cube.close();
  }
});

test("a season begins with its first month, and is found again in other years", () => {
  const season = monthsOf(["2018-08-02", "2019-03-01", "2019-11-29"]);
  expect(season).toEqual({ year: 2018, month: 8, count: 16, everyYear: false });
  expect([monthOf(season, "2018-08-31"), monthOf(season, "2019-11-01")]).toEqual([0, 15]);
  expect([monthOf(season, "2018-07-31"), monthOf(season, "2019-12-01")]).toEqual([-1, -1]);
  const learned = { kind: "running", referenceYear: 2018, period: 734 } as const;
  const later = calendarOf(season, learned, { ...learned, referenceYear: 2022 });
  expect([later("2022-08-15"), later("2023-11-29"), later("2022-07-31")]).toEqual([0, 15, -1]);
  // Half a year later where it is winter in summer.
  const south = calendarOf(season, learned, { ...learned, shiftDays: 182 });
  expect([south("2018-02-10"), south("2019-05-05")]).toEqual([0, 15]);
  const year = monthsOf(["2019-03-01", "2019-10-05"]);
  const ofYear = { kind: "of-year", period: 367 } as const;
  expect(calendarOf(year, ofYear, ofYear)("2027-03-20")).toBe(0);
});

test("series of more than two years are told by months of any year", () => {
  const months = monthsOf(["2016-05-01", "2018-05-01"]);
  expect(months).toMatchObject({ month: 1, count: 12, everyYear: true });
  expect([monthOf(months, "2017-01-09"), monthOf(months, "2031-12-31")]).toEqual([0, 11]);
  expect(namesOfColumns([{ name: "s2", kind: "series", sensor: "sentinel-2", bands: ["B08"], patchPixels: 1 }], months)[0]).toBe("S2 B08 month 01"); // biome-ignore format: one call
});

test("images are told by figures of their pixels, small patches by their mean alone", () => {
  const image = { name: "aerial", kind: "image", sensor: "aerial", bands: ["red", "green"], patchPixels: 20 } as const;
  const none = monthsOf([]);
  expect(namesOfColumns([image], none)).toHaveLength(14);
  expect(namesOfColumns([image], none)[1]).toBe("AERIAL red spread");
  expect(columnsOf([{ ...image, patchPixels: 1 }], none)).toBe(2);
});

test("values of another place are told in spreads of the model's, and bands that nothing shows are missing", () => {
  const series = { name: "s2", kind: "series", sensor: "sentinel-2", bands: ["B04", "B08"], patchPixels: 1 } as const;
  const image = { name: "aerial", kind: "image", sensor: "aerial", bands: ["red"], patchPixels: 9 } as const;
  const months = monthsOf(["2019-05-01", "2019-06-01"]);
  const row = Float32Array.from({ length: columnsOf([series, image], months) }, (_, at) => at + 1);
  changeBands(row, [series, image], months, [[undefined, { scale: 2, shift: 10 }], [{ scale: 3, shift: 1 }]]);
  expect([...row]).toEqual([Number.NaN, Number.NaN, 16, 18, 16, 18, 22, 25, 28, 31, 34]);
});

test("missing numbers become the column's mean, and what nobody can have measured here is cut", () => {
  const columns = 2;
  const rows = Float32Array.from({ length: 400 }, (_, at) => (at % 2 === 0 ? (at / 2) % 100 : 5));
  rows[0] = 1e30;
  rows[2] = Number.NaN;
  const limits = limitsOf(rows, columns);
  expect(limits.high[0]).toBeLessThan(500);
  expect(limits.missing[0]).toBeGreaterThan(40);
  expect(limits.missing[0]).toBeLessThan(60);
  const told = new Uint32Array(columns);
  withLimits(rows, limits, told);
  expect([rows[0], rows[2]]).toEqual([limits.high[0], limits.missing[0]]);
  expect([...told]).toEqual([1, 0]);
  expect(rows.every(Number.isFinite)).toBe(true);
  const nothing = Float32Array.of(Number.NaN, 1, Number.NaN, 2);
  const empty = limitsOf(nothing, 2);
  withLimits(nothing, empty);
  expect([...nothing]).toEqual([0, 1, 0, 2]);
});

test("rows with indices hold those of every month behind the bands, and compute them again when bands are changed", async () => {
  const grid = sampleGrid(8);
  const imagery = await wholeSeason();
  const { modalities } = imagery;
  const months = { ...monthsOf(imagery.acquisitions.map(({ date }) => date)), indices: true };
  const names = namesOfColumns(modalities, months);
  expect(names).toHaveLength(columnsOf(modalities, months));
  expect(new Set(names.map((name) => name.split(" ").slice(0, 2).join(" ")))).toEqual(
    new Set(["S2 B02", "S2 B03", "S2 B04", "S2 B08", "S2 NDVI", "S2 NDWI", "S1-ASC VV", "S1-ASC VH", "S1-ASC VH−VV", "S1-ASC RVI"]), // biome-ignore format: one set
  );
  const cube = openCube(grid, imagery, modalities, dayCountOf(imagery));
  try {
    const area = projectArea(grid);
    const { values } = await readPatchRows(cube, area, modalities, months, (date) => monthOf(months, date), quiet.signal); // biome-ignore format: one call
    const ndviIs = () => {
      for (let row = 0; row < values.length; row += names.length)
        for (const month of ["2018-08", "2019-06"]) {
          const [nir, red, index] = ["B08", "B04", "NDVI"].map(
            (band) => values[row + names.indexOf(`S2 ${band} ${month}`)]!,
          ) as [number, number, number];
          expect(index).toBeCloseTo((nir - red) / (nir + red), 5);
        }
    };
    ndviIs();
    const before = values[names.indexOf("S2 NDVI 2019-06")];
    const changes = modalities.map(({ bands }) => bands.map((band) => ({ scale: band === "B08" ? 2 : 1, shift: 0 })));
    changeBands(values, modalities, months, changes);
    ndviIs();
    expect(values[names.indexOf("S2 NDVI 2019-06")]).toBeGreaterThan(before!);
  } finally {
    await cube.close();
  }
});
