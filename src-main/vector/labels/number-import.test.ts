import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { northUp } from "../../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import { readFeatures } from "../formats/read.ts";
import { importingNumbers, type NumberImport, type NumberImportOptions, numberOf } from "./number-import.ts";

const folder = mkdtempSync(join(tmpdir(), "number-import-"));
afterAll(() => rmSync(folder, { recursive: true }));
const grid: GeoBox = { crs: "EPSG:32631", affine: northUp(574680, 5622440, 10, 10), width: 64, height: 64 };
const free = { minimum: null, maximum: null, nodata: [] };

test.each([
  [12.5, 12.5],
  [" 12,5 ", 12.5],
  ["1,234.5", 1234.5],
  ["1.234,5", 1234.5],
  ["1e2", 100],
  ["-3", -3],
  [null, "no-number"],
  ["", "no-number"],
  ["a tree", "text"],
  ["12 m", "text"],
  ["1.2.3", "text"],
  [true, "text"],
  ["NaN", "not-finite"],
  ["-inf", "not-finite"],
  [Number.NaN, "not-finite"],
  [Number.POSITIVE_INFINITY, "not-finite"],
  [-9999, "no-data"],
  ["-9999", "no-data"],
  [-3.4028234663852886e38, "no-data"],
  [1e30, "absurd"],
  ["1e30", "absurd"],
] as const)("the field's value %j is %j", (value, wanted) => {
  expect(numberOf(value, free)).toBe(wanted);
});

test("a comma is decimal or parts thousands by all the texts of the field; where none tells, it is asked", () => {
  const numbers = (...texts: string[]) => imported(fileOf("commas", texts.map((text, i) => [point(i, i), text]))).places.map(({ value }) => value); // biome-ignore format: one line
  expect(numbers("1,234", "980", "2,345,678")).toEqual([1234, 980, 2_345_678]);
  expect(numbers("1,234", "12.5")).toEqual([1234, 12.5]);
  expect(numbers("1,234", "12,5", "0,125")).toEqual([1.234, 12.5, 0.125]);
  expect(numbers("1.234.567", "1.234")).toEqual([1_234_567, 1234]);
  expect(() => numbers("1,234", "980")).toThrow(/may be 1234 or 1.234/);
});

test("what may not be is left out by its reason; a number for no data inside of the range is data", () => {
  const range = { minimum: 0, maximum: 80, nodata: [255] };
  expect([-1, 81, 255, 40].map((value) => numberOf(value, range))).toEqual([
    "below-minimum",
    "above-maximum",
    "no-data",
    40,
  ]);
  expect(numberOf(-9999, { minimum: -20_000, maximum: null, nodata: [] })).toBe(-9999);
});

const at = (col: number, row: number) => [574680 + 10 * col, 5622440 - 10 * row];
function fileOf(name: string, shapes: readonly (readonly [geometry: unknown, height: unknown])[]): string {
  const path = join(folder, `${name}.geojson`);
  const features = shapes.map(([geometry, height]) => ({ type: "Feature", properties: { height }, geometry }));
  const crs = { type: "name", properties: { name: "urn:ogc:def:crs:EPSG::32631" } };
  writeFileSync(path, JSON.stringify({ type: "FeatureCollection", crs, features }));
  return path;
}
const point = (col: number, row: number) => ({ type: "Point", coordinates: at(col, row) });
const square = (col: number, row: number, side: number) => ({
  type: "Polygon",
  coordinates: [[at(col, row), at(col, row + side), at(col + side, row + side), at(col + side, row), at(col, row)]],
});
function imported(path: string, options: Partial<NumberImportOptions> = {}): NumberImport {
  const steps = importingNumbers(readFeatures(path), { ...free, field: "height", grid, swap: false, ...options });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

test("points on one patch are one place with their mean, and every shape is accounted for", () => {
  const path = fileOf("mixed", [
    [point(1.2, 1.2), 10],
    [point(1.8, 1.7), 20],
    [point(30, 30), "7,5"],
    [square(10, 10, 3), 30],
    [point(40, 40), "high"],
    [point(41, 40), -9999],
    [point(500, 40), 12],
    [null, 12],
  ]);
  const { places, report } = imported(path);
  expect(places.map(({ value, patches }) => [value, patches])).toEqual([
    [15, 1],
    [7.5, 1],
    [30, 9],
  ]);
  expect(report).toMatchObject({ total: 8, used: 3, points: 2, merged: 1, low: 7.5, high: 30 });
  const dropped = report.dropped.reduce((sum, { count }) => sum + count, 0);
  expect(report.used + report.merged + dropped).toBe(report.total);
  expect(report.dropped).toContainEqual({ reason: "outside", count: 1 });
});

test("a number far from all others is named, and not thrown away", () => {
  const shapes = Array.from({ length: 20 }, (_, i) => [point(i + 0.5, 5.5), 10 + (i % 5)] as const);
  const { report } = imported(fileOf("far", [...shapes, [point(40.5, 5.5), 1400]]));
  expect(report).toMatchObject({ used: 21, farOff: [1400] });
});

test("texts, nothing usable, no such field and another place are one sentence each", () => {
  const texts = fileOf("texts", [
    [point(1, 1), "oak"],
    [point(2, 2), "beech"],
  ]);
  const sentence = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  expect(sentence(() => imported(texts))).toMatch(/holds no numbers, but for example “oak”, “beech”\. Choose/);
  expect(sentence(() => imported(texts, { field: "nothing" }))).toMatch(/“nothing”/);
  expect(sentence(() => imported(fileOf("low", [[point(1, 1), -4]]), { minimum: 0 }))).toMatch(
    /None of the 1 shapes .* below the lowest number allowed/,
  );
  expect(sentence(() => imported(fileOf("away", [[point(900, 900), 4]])))).toMatch(/project/);
});
