import fc from "fast-check";
import { expect, test } from "vitest";
import { Blender, planBlend, raisedCosine } from "./blend.ts";
import type { PatchWindow } from "./grid.ts";

/**
 * A network for tests: its answer for a patch depends on the patch and, wrongly, on the position of the tile. Real networks
 * do that too, which is why tiles are blended.
 */
function logitsOf(tile: PatchWindow, channels: number): Float32Array {
  const logits = new Float32Array(tile.width * tile.height * channels);
  for (let row = 0; row < tile.height; row++) {
    for (let col = 0; col < tile.width; col++) {
      for (let k = 0; k < channels; k++) {
        const place = Math.sin((tile.col + col) * 0.7 + (tile.row + row) * 1.3 + k);
        const tileOffset = Math.cos(tile.col * 0.31 + tile.row * 0.17 + k) * 0.5;
        logits[(row * tile.width + col) * channels + k] = place + tileOffset;
      }
    }
  }
  return logits;
}

/** [K, height, width] of the area. */
function mapOf(area: PatchWindow, size: number, overlap: number, channels = 2): Float32Array {
  const plan = planBlend(area, size, overlap);
  const blender = new Blender(plan, channels);
  const map = new Float32Array(channels * area.height * area.width).fill(Number.NaN);
  for (const tile of plan.tiles) {
    const rows = blender.add(tile, logitsOf(tile, channels));
    if (!rows) continue;
    for (let k = 0; k < channels; k++) {
      const plane = rows.logits.subarray(k * rows.height * area.width, (k + 1) * rows.height * area.width);
      map.set(plane, (k * area.height + rows.row - area.row) * area.width);
    }
  }
  return map;
}

const at = (map: Float32Array, area: PatchWindow, k: number, row: number, col: number) =>
  map[(k * area.height + row - area.row) * area.width + col - area.col]!;

test("the map of a union is the union of the maps, to the bit", () => {
  const places = fc.record({
    col: fc.integer({ min: -500, max: 500 }),
    row: fc.integer({ min: -500, max: 500 }),
    width: fc.integer({ min: 2, max: 25 }),
    height: fc.integer({ min: 2, max: 25 }),
  });
  const tiles = fc
    .integer({ min: 2, max: 8 })
    .chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 0, max: size - 1 })));
  fc.assert(
    fc.property(places, tiles, fc.boolean(), (whole, [size, overlap], across) => {
      const [cutCols, cutRows] = [Math.ceil(whole.width / 2), Math.ceil(whole.height / 2)];
      const parts = across
        ? [
            { ...whole, width: cutCols },
            { ...whole, col: whole.col + cutCols, width: whole.width - cutCols },
          ]
        : [
            { ...whole, height: cutRows },
            { ...whole, row: whole.row + cutRows, height: whole.height - cutRows },
          ];
      const union = mapOf(whole, size, overlap);
      for (const part of parts) {
        const map = mapOf(part, size, overlap);
        for (let k = 0; k < 2; k++) {
          for (let row = part.row; row < part.row + part.height; row++) {
            for (let col = part.col; col < part.col + part.width; col++) {
              expect(at(map, part, k, row, col)).toBe(at(union, whole, k, row, col));
            }
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("blending leaves no seam where tiles meet", () => {
  const area = { col: 3, row: 5, width: 96, height: 8 };
  // An answer that depends on the tile only: what remains of it after blending are jumps at the tiles' edges.
  const stepsAt = (overlap: number) => {
    const plan = planBlend(area, 8, overlap);
    const blender = new Blender(plan, 1);
    const rows: number[] = [];
    for (const tile of plan.tiles) {
      const done = blender.add(tile, new Float32Array(64).fill(Math.cos(tile.col * 2.1)));
      if (done && rows.length === 0) rows.push(...done.logits.subarray(0, area.width));
    }
    return Math.max(...rows.slice(1).map((value, i) => Math.abs(value - rows[i]!)));
  };
  expect(stepsAt(0)).toBeGreaterThan(1);
  expect(stepsAt(4)).toBeLessThan(0.45 * stepsAt(0));
});

test("two half-overlapping windows add up to one", () => {
  const window = raisedCosine(8);
  for (let i = 0; i < 4; i++) expect(window[i]! + window[i + 4]!).toBeCloseTo(1, 12);
});

test("rows are handed out once, in order, and no more than a tile's height is held", () => {
  const area = { col: -7, row: -9, width: 13, height: 40 };
  const plan = planBlend(area, 6);
  const blender = new Blender(plan, 1);
  let next = area.row;
  for (const tile of plan.tiles) {
    const rows = blender.add(tile, logitsOf(tile, 1));
    if (!rows) continue;
    expect(rows.row).toBe(next);
    expect(rows.height).toBeLessThanOrEqual(6);
    expect(rows.logits.every(Number.isFinite)).toBe(true);
    next = rows.row + rows.height;
  }
  expect(next).toBe(area.row + area.height);
});

test("a map goes on from its state after any tile, to the bit", () => {
  const area = { col: 1, row: 2, width: 9, height: 9 };
  const plan = planBlend(area, 4);
  const whole = mapOf(area, 4, 2);
  for (const stop of [1, 5, 17, plan.tiles.length - 1]) {
    const before = new Blender(plan, 2);
    for (const tile of [...plan.tiles].slice(0, stop)) before.add(tile, logitsOf(tile, 2));
    const after = new Blender(plan, 2, structuredClone(before.state()));
    for (const tile of plan.tiles.from(stop)) {
      const rows = after.add(tile, logitsOf(tile, 2));
      if (!rows) continue;
      const start = (rows.row - area.row) * area.width;
      expect(rows.logits.subarray(0, rows.height * area.width)).toEqual(
        whole.subarray(start, start + rows.height * area.width),
      );
    }
    expect(after.state()).toMatchObject({ tiles: plan.tiles.length, row: area.row + area.height });
  }
});

test("a tile out of turn and logits of the wrong size are refused", () => {
  const blender = new Blender(planBlend({ col: 0, row: 0, width: 4, height: 4 }, 4), 2);
  expect(() => blender.add({ col: 0, row: 0, width: 4, height: 4 }, new Float32Array(32))).toThrow(/out of turn/);
  expect(() => blender.add({ col: -2, row: -2, width: 4, height: 4 }, new Float32Array(16))).toThrow(/16 logits/);
});
