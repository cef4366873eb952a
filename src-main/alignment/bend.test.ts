/** @module-tag gdal */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { isOff } from "../../src-shared/domain/alignment.ts";
import { bendAt, bendNodes } from "../../src-shared/geo/bend.ts";
import { boundsOf } from "../../src-shared/geo/geobox.ts";
import { placeAfterShift, placeBeforeShift, rasterReader } from "../imagery/index.ts";
import { fitBend, type TiePoint } from "./fit-bend.ts";
import { patchOf } from "./patch.ts";
import { measureSeries } from "./series.ts";
import { movedImage, unharmed } from "./testing/moved-image.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-bend-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
// Enlarged to 5 m: enough windows for a field.
const source = {
  path: join(
    import.meta.dirname,
    "../../resources/sample/flanders-crops-2019/S2_L2A_10m/S2_L2A_10m_20190421T105702.tif",
  ),
  band: 4,
  resolution: 5,
};

test("an affine displacement that gdalwarp made is found, and reading with it puts the pixels back", async () => {
  const reference = await movedImage(room, "reference", source, unharmed);
  const { minX, maxY } = boundsOf(reference.grid);
  // Up to four pixels of 5 m from corner to corner.
  const correction = (x: number, y: number) =>
    [4 + 0.02 * (x - minX) - 0.01 * (maxY - y), -3 + 0.012 * (x - minX)] as const;
  const mishap = { ...unharmed, correction, constant: false };
  const moved = await movedImage(room, "moved", source, mishap, "2019-04-22");
  const reader = rasterReader();
  const spec = { area: reference.grid, dates: [moved.acquisition], reference: [reference.acquisition] };
  const [found] = (await measureSeries(reader, { ...spec, model: "affine", signal: new AbortController().signal }))
    .dates;
  expect(found!.refused).toBeNull();
  expect(isOff(found!)).toBe(true);
  const { dx, dy, bend } = found!.correction!;
  let squares = 0;
  for (const [x, y] of bendNodes({ bounds: boundsOf(reference.grid), columns: 9, rows: 9 })) {
    const [bx, by] = bendAt(bend!, x, y);
    const [tx, ty] = correction(x, y);
    squares += ((dx + bx - tx) ** 2 + (dy + by - ty) ** 2) / 81;
  }
  expect(Math.sqrt(squares) / 5).toBeLessThan(0.1);

  const read = (shift?: typeof found extends undefined ? never : NonNullable<typeof found>["correction"]) =>
    patchOf(reader, { ...moved.acquisition, ...(shift ? { shift } : {}) }, "B1", reference.grid);
  const truth = await patchOf(reader, reference.acquisition, "B1", reference.grid);
  const distance = (other: Awaited<ReturnType<typeof read>>) => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < truth.values.length; i++) {
      if (!truth.valid[i] || !other.valid[i]) continue;
      sum += Math.abs(truth.values[i]! - other.values[i]!);
      count++;
    }
    expect(count).toBeGreaterThan(truth.values.length / 2);
    return sum / count;
  };
  expect(distance(await read(found!.correction))).toBeLessThan(distance(await read()) / 5);
  await reader.close();
});

test("a place before and after a correction that differs from place to place is the same place", () => {
  const bounds = { minX: 0, minY: 0, maxX: 1000, maxY: 1000 };
  const bend = { bounds, columns: 3, rows: 3, dx: [5, 0, -4, 3, 8, 0, 0, 2, 9], dy: [0, 7, 0, -6, 0, 3, 4, 0, -5] };
  const shift = { dx: 12.5, dy: -30, bend };
  for (const [x, y] of [
    [10, 990],
    [513, 404],
    [870, 120],
  ] as const) {
    const [back, again] = placeBeforeShift(...placeAfterShift(x, y, shift), shift);
    expect(back).toBeCloseTo(x, 6);
    expect(again).toBeCloseTo(y, 6);
  }
});

test("a fifth of tie points that are wrong changes the field through the others by nothing that matters", () => {
  const lattice = { bounds: { minX: 0, minY: 0, maxX: 100, maxY: 100 }, columns: 5, rows: 5 };
  const truth = (x: number, y: number) => [0.03 * x - 0.01 * y, 2 - 0.0004 * x * y] as const;
  const ties = Array.from({ length: 100 }, (_, i): TiePoint => {
    const [x, y] = [5 + 10 * (i % 10), 5 + 10 * Math.floor(i / 10)];
    const [dx, dy] = truth(x, y);
    const wrong = i % 5 === 2;
    return { x, y, dx: dx + (wrong ? 15 : 0), dy: dy - (wrong ? 20 : 0), weight: 1 };
  });
  const { dx, dy, weights, residual } = fitBend(lattice, ties, { bending: 0.05, cross: 0.05, exact: 0.02 });
  expect(residual).toBeLessThan(0.05);
  expect(weights.filter((weight) => weight === 0)).toHaveLength(20);
  const [x, y] = bendAt({ ...lattice, dx, dy }, 52, 37);
  expect(Math.hypot(x - truth(52, 37)[0], y - truth(52, 37)[1])).toBeLessThan(0.05);
});
