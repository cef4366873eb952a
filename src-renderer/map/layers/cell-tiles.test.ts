import { expect, test } from "vitest";
import { packCells, unpackCells } from "../../../src-shared/domain/patch-cells.ts";
import { CellLabels, type CellTile, strideFor, tileSide } from "./cell-tiles.ts";

// A class raster of 700 × 500 patches as the program keeps it: per class one label for each square of 64 patches.
const [width, height, square] = [700, 500, 64];
const classAt = (col: number, row: number): number =>
  (col * 7 + row * 13) % 5 === 0 ? 0 : 1 + (Math.floor(col / 9 + row / 7) % 3);
const labels = new CellLabels();
let id = 0;
for (let row = 0; row < height; row += square)
  for (let col = 0; col < width; col += square)
    for (const classCode of [1, 2, 3]) {
      const window = { col, row, width: Math.min(square, width - col), height: Math.min(square, height - row) };
      const cells = packCells(
        window,
        (i) => classAt(col + (i % window.width), row + Math.floor(i / window.width)) === classCode,
      );
      if (cells) labels.put({ id: ++id, classCode, cells });
    }
const colorOf = (_: number, code: number) => [code, 10 * code, 0, 255] as const;

/** Every pixel of a tile beside the class of the patch at its middle. */
function wrongPixels({ stride, col, row }: CellTile): number {
  const pixels = labels.paint({ stride, col, row }, colorOf);
  let wrong = 0;
  for (let y = 0; y < tileSide; y++)
    for (let x = 0; x < tileSide; x++) {
      const [c, r] = [(col * tileSide + x) * stride + (stride >> 1), (row * tileSide + y) * stride + (stride >> 1)];
      const expected = c < width && r < height && c >= 0 && r >= 0 ? classAt(c, r) : 0;
      const at = (y * tileSide + x) * 4;
      const drawn = pixels ? [pixels[at], pixels[at + 1], pixels[at + 3]] : [0, 0, 0];
      if (drawn.join() !== (expected === 0 ? [0, 0, 0] : [expected, 10 * expected, 255]).join()) wrong++;
    }
  return wrong;
}

test("tiles show the class of every patch, and from far away of the patch at the middle of many", () => {
  for (const stride of [1, 2, 4, 16])
    for (const [col, row] of [[0, 0], [1, 2], [5, 3], [-1, 0], [6, 0]] as const) expect([stride, col, row, wrongPixels({ stride, col, row })]).toEqual([stride, col, row, 0]); // biome-ignore format: one list
  expect(labels.paint({ stride: 1, col: 6, row: 0 }, colorOf)).toBeUndefined();
});

test("a pixel of a tile is about one of the screen", () => {
  expect([20, 1, 0.9, 0.5, 0.26, 0.2, 0.01].map(strideFor)).toEqual([1, 1, 1, 2, 2, 4, 64]);
});

test("a patch belongs to the label that names it; what is hidden or gone is not drawn", () => {
  const own = new CellLabels();
  const cells = packCells({ col: 3, row: 5, width: 20, height: 30 }, (i) => i % 3 === 0)!;
  own.put({ id: 7, classCode: 2, cells });
  const bits = unpackCells(cells);
  for (const [i, bit] of bits.entries())
    expect(own.has(7, cells.col + (i % cells.width), cells.row + Math.floor(i / cells.width))).toBe(bit === 1);
  expect(own.has(7, 2, 5)).toBe(false);
  const tile = { stride: 1, col: 0, row: 0 };
  const alphas = (shown: boolean) =>
    own.paint(tile, () => (shown ? [1, 2, 3, 4] : undefined))!.filter((value, i) => i % 4 === 3 && value > 0).length;
  expect(alphas(true)).toBe(bits.filter((bit) => bit === 1).length);
  expect(alphas(false)).toBe(0);
  own.delete(7);
  expect(own.paint(tile, colorOf)).toBeUndefined();
});
