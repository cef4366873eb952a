import { expect, test } from "vitest";
import { type Bend, bendAt, bendNodes, isBend } from "./bend.ts";

const bounds = { minX: 100, minY: 200, maxX: 1100, maxY: 800 };
const bendOf = (columns: number, rows: number, at: (x: number, y: number) => readonly [number, number]): Bend => {
  const lattice = { bounds, columns, rows };
  const values = bendNodes(lattice).map(([x, y]) => at(x, y));
  return { ...lattice, dx: values.map(([dx]) => dx), dy: values.map(([, dy]) => dy) };
};

test("two nodes each way hold an affine displacement, more hold a smooth one, and outside it is that of the edge", () => {
  const affine = (x: number, y: number) => [0.01 * x - 0.02 * y + 3, 0.005 * y - 1] as const;
  const small = bendOf(2, 2, affine);
  const large = bendOf(6, 5, affine);
  for (const [x, y] of [
    [100, 200],
    [437, 611],
    [1099, 799],
  ] as const)
    for (const bend of [small, large])
      for (const axis of [0, 1] as const) expect(bendAt(bend, x, y)[axis]).toBeCloseTo(affine(x, y)[axis], 9);
  expect(bendAt(small, 5000, 400)).toEqual(bendAt(small, 1100, 400));
  const wave = (x: number, y: number) => [20 * Math.sin(x / 250), 15 * Math.cos(y / 200)] as const;
  const bend = bendOf(9, 7, wave);
  for (let x = 100; x <= 1100; x += 37)
    expect(
      Math.hypot(bendAt(bend, x, 500)[0] - wave(x, 500)[0], bendAt(bend, x, 500)[1] - wave(x, 500)[1]),
    ).toBeLessThan(0.6);
});

test("what is no bend is none: another number of values, absurd nodes, numbers that are none", () => {
  const good = bendOf(3, 2, () => [1, 2]);
  expect(isBend(good)).toBe(true);
  for (const bad of [
    null,
    7,
    { ...good, columns: 1 },
    { ...good, columns: 4000, rows: 4000 },
    { ...good, dx: [1] },
    { ...good, dy: [...good.dy.slice(1), "2"] },
    { ...good, bounds: { ...bounds, maxX: bounds.minX } },
    { ...good, bounds: {} },
  ])
    expect(isBend(bad)).toBe(false);
});
