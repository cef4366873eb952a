import { expect, test } from "vitest";
import { edgeLines } from "./limit-lines.ts";

test("a rectangle has four lines, and one cut into stretches the same four", () => {
  const four = [
    [2, 3, 7, 3],
    [2, 7, 7, 7],
    [2, 3, 2, 7],
    [7, 3, 7, 7],
  ];
  const sorted = (lines: readonly (readonly number[])[]) => lines.map(String).sort();
  expect(sorted(edgeLines([{ col: 2, row: 3, width: 5, height: 4 }]))).toEqual(sorted(four));
  const cut = [
    { col: 2, row: 3, width: 2, height: 3 },
    { col: 4, row: 3, width: 3, height: 3 },
    { col: 2, row: 6, width: 5, height: 1 },
  ];
  expect(sorted(edgeLines(cut))).toEqual(sorted(four));
});

test("any set of patches has exactly the edges between its patches and the others", () => {
  // A pseudo-random picture, written as stretches of rows; its edges are counted patch by patch.
  let seed = 7;
  const chance = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  const side = 24;
  const picture = Array.from({ length: side }, () => Array.from({ length: side }, () => chance() < 0.6));
  const has = (col: number, row: number) => picture[row]?.[col] === true;
  const windows = picture.flatMap((line, row) =>
    line.flatMap((inside, col) => {
      if (!inside || has(col - 1, row)) return [];
      let width = 1;
      while (has(col + width, row)) width++;
      return [{ col, row, width, height: 1 }];
    }),
  );
  const wanted = new Set<string>();
  for (let row = 0; row <= side; row++) {
    for (let col = 0; col <= side; col++) {
      if (has(col, row) !== has(col, row - 1)) wanted.add(`h${col},${row}`);
      if (has(col, row) !== has(col - 1, row)) wanted.add(`v${col},${row}`);
    }
  }
  const found = edgeLines(windows).flatMap(([x1, y1, x2, y2]) =>
    y1 === y2
      ? Array.from({ length: x2 - x1 }, (_, i) => `h${x1 + i},${y1}`)
      : Array.from({ length: y2 - y1 }, (_, i) => `v${x1},${y1 + i}`),
  );
  expect(found.length).toBe(new Set(found).size);
  expect(new Set(found)).toEqual(wanted);
});
