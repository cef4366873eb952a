import { describe, expect, test } from "vitest";
import { northUp } from "../geo/affine.ts";
import { countCells, outlineOfCells, packCells, runsOfCells, unpackCells } from "./patch-cells.ts";

const window = (rows: readonly string[], col = 0, row = 0) => ({
  col,
  row,
  width: rows[0]!.length,
  height: rows.length,
});
const cellsOf = (rows: readonly string[], col = 0, row = 0) =>
  packCells(window(rows, col, row), (index) => rows.join("")[index] === "#")!;

function random(seed: number) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const ringArea = (ring: readonly (readonly [number, number])[]) =>
  ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i]![0] * y - x * ring[i]![1], 0) / 2;

describe("patches named one by one", () => {
  test("are packed without empty margins and come back bit by bit", () => {
    const cells = cellsOf(["....", ".##.", ".#..", "...."], 10, 20);
    expect(cells).toMatchObject({ col: 11, row: 21, width: 2, height: 2 });
    expect([...unpackCells(cells)]).toEqual([1, 1, 1, 0]);
    expect(runsOfCells(cells)).toEqual([
      [21, 11, 13],
      [22, 11, 12],
    ]);
    expect(countCells(cells)).toBe(3);
    expect(packCells(window(["..", ".."]), () => false)).toBeNull();
  });

  test("any pattern survives the text that it is kept as", () => {
    const next = random(7);
    for (let round = 0; round < 200; round++) {
      const size = { col: 0, row: 0, width: 1 + Math.floor(next() * 20), height: 1 + Math.floor(next() * 20) };
      const wanted = Array.from({ length: size.width * size.height }, () => next() < 0.5);
      const cells = packCells(size, (index) => wanted[index]!);
      const found = new Set(
        (cells ? runsOfCells(cells) : []).flatMap(([row, start, end]) =>
          Array.from({ length: end - start }, (_, i) => row * size.width + start + i),
        ),
      );
      expect([...found].sort((p, q) => p - q)).toEqual([...wanted.keys()].filter((index) => wanted[index]));
    }
  });

  test("an outline has the area of its patches, simple rings, and outsides that run counter-clockwise", () => {
    const next = random(3);
    for (const affine of [northUp(500000, 5600000, 10, 10), { a: 0, b: 2, c: 0, d: 0, e: 0, f: 2 }]) {
      for (let round = 0; round < 200; round++) {
        const size = { col: 5, row: 9, width: 1 + Math.floor(next() * 9), height: 1 + Math.floor(next() * 9) };
        const cells = packCells(size, () => next() < 0.6);
        if (!cells) continue;
        const parts = outlineOfCells(cells, affine);
        let area = 0;
        for (const part of parts) {
          part.forEach((ring, i) => {
            expect(ring[0]).toEqual(ring.at(-1));
            const corners = ring.slice(1).map(([x, y]) => `${x} ${y}`);
            expect(new Set(corners).size).toBe(corners.length);
            expect(ringArea(ring) > 0).toBe(i === 0);
            area += ringArea(ring);
          });
        }
        expect(area).toBeCloseTo(countCells(cells) * Math.abs(affine.b * affine.f), 3);
      }
    }
  });

  test("patches that touch only at a corner are parts of their own; a hole is a hole", () => {
    expect(outlineOfCells(cellsOf(["#.", ".#"]), northUp(0, 2, 1, 1))).toHaveLength(2);
    const ring = outlineOfCells(cellsOf(["###", "#.#", "###"]), northUp(0, 3, 1, 1));
    expect(ring.map((part) => part.length)).toEqual([2]);
    // The hole touches the outside at a corner: still one area with one hole, each ring simple.
    const pinched = outlineOfCells(cellsOf(["##.", "#.#", "###"]), northUp(0, 3, 1, 1));
    expect(pinched.map((part) => part.length)).toEqual([2]);
  });
});
