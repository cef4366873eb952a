import { expect, test } from "vitest";
import { readScale, resolutionOfScale, scaleBar, scaleOf } from "./scale.ts";

test("a scale is read as people write it, in English, French and Swiss", () => {
  for (const text of ["1:25000", "1 : 25 000", "25000", "1/25.000", "1:25,000", "1:25 000", "1:25 000", " 1:25’000 "])
    expect(readScale(text)).toBe(25_000);
  expect(readScale("1:1'000'000")).toBe(1_000_000);
  expect(readScale("500")).toBe(500);
});

test("what is no scale is refused, not guessed: a decimal is not ten times as much", () => {
  for (const text of ["", "1:", "abc", "1:0", "25000.5", "1:2500.00", "2,5", "1:25{000}", "1:25 00", "-500"])
    expect(readScale(text)).toBeNull();
});

test("a scale is that of 96 pixels to the inch, and its own inverse", () => {
  // 25 000 × 25.4 mm / 96
  expect(resolutionOfScale(25_000, 1)).toBeCloseTo(6.614_583, 6);
  expect(scaleOf(resolutionOfScale(25_000, 0.3048), 0.3048)).toBeCloseTo(25_000, 6);
});

test("the bar is the longest of 1, 2, 5, 10 … that fits", () => {
  for (const [metersPerPixel, meters] of [
    [1.2, 100],
    [2, 200],
    [4.2, 500],
    [8.4, 1000],
    [0.001, 0.1],
  ] as const) {
    const bar = scaleBar(metersPerPixel, 120);
    expect(bar.meters).toBeCloseTo(meters, 9);
    expect(bar.width * metersPerPixel).toBeCloseTo(meters, 9);
    expect(bar.width).toBeLessThanOrEqual(120);
    expect(bar.width).toBeGreaterThan(120 / 2.5 - 1e-9);
  }
});
