import fc from "fast-check";
import { expect, test } from "vitest";
import { divide } from "./divide.ts";
import { areaOf, type Polygon, type Position } from "./geometry.ts";
import { common, subtract, translated, unite, withoutLoops } from "./operations.ts";
import { overlaps } from "./overlaps.ts";
import { defectOf } from "./validity.ts";

const box = (x: number, y: number, width: number, height = width): Polygon => ({
  type: "Polygon",
  coordinates: [
    [
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
      [x, y],
    ],
  ],
});
const withHole: Polygon = {
  type: "Polygon",
  coordinates: [...box(0, 0, 10).coordinates, ...box(4, 4, 2).coordinates.map((ring) => ring.toReversed())],
};

test("neighbours become one polygon without their border", () => {
  const { coordinates } = unite([box(0, 0, 10), box(10, 0, 10)]);
  expect(coordinates).toHaveLength(1);
  expect(areaOf({ type: "MultiPolygon", coordinates })).toBe(200);
});

test("a hole is cut out, and what two polygons share is measured", () => {
  expect(areaOf(subtract(box(0, 0, 10), box(2, 2, 3)))).toBe(91);
  expect(areaOf(common(box(0, 0, 10), box(8, 8, 10)))).toBe(4);
  expect(areaOf(common(box(0, 0, 10), box(10, 0, 10)))).toBe(0);
  expect(translated(box(0, 0, 1), 5, -2).coordinates[0]![0]![0]).toEqual([5, -2]);
});

test("a line through cuts a polygon in two, through a bay in three, and past it not at all", () => {
  const halves = divide(box(0, 0, 10), [
    [5, -1],
    [5, 11],
  ]);
  expect(halves.map(areaOf)).toEqual([50, 50]);
  const bay: Polygon = {
    type: "Polygon",
    coordinates: [
      [
        [0, 0],
        [30, 0],
        [30, 20],
        [20, 20],
        [20, 10],
        [10, 10],
        [10, 20],
        [0, 20],
        [0, 0],
      ],
    ],
  };
  const across: Position[] = [
    [-1, 15],
    [31, 15],
  ];
  expect(divide(bay, across).map(areaOf).toSorted()).toEqual([400, 50, 50]);
  const past: Position[] = [
    [-5, 40],
    [50, 40],
  ];
  expect(divide(bay, past)).toEqual([bay]);
});

test("a line that ends inside divides nothing; one that comes back out does, holes stay where they are", () => {
  const into: Position[] = [
    [5, -1],
    [5, 3],
  ];
  expect(divide(withHole, into)).toHaveLength(1);
  const throughHole = divide(withHole, [
    [5, -1],
    [5, 11],
  ]);
  expect(throughHole.map(areaOf)).toEqual([48, 48]);
  const corner = divide(withHole, [
    [-1, 3],
    [3, 3],
    [3, -1],
  ]);
  expect(corner.map(areaOf).toSorted((p, q) => p - q)).toEqual([9, 87]);
  for (const piece of [...throughHole, ...corner]) expect(defectOf(piece)).toBeUndefined();
});

test("pieces of any cut add up to the whole and are valid", () => {
  const number = fc.integer({ min: -5, max: 15 });
  const position = fc.tuple(number, number);
  fc.assert(
    fc.property(fc.array(position, { minLength: 2, maxLength: 5 }), (line) => {
      const pieces = divide(withHole, line as Position[]);
      expect(pieces.reduce((sum, piece) => sum + areaOf(piece), 0)).toBeCloseTo(96, 6);
      if (pieces.length > 1) for (const piece of pieces) expect(defectOf(piece)).toBeUndefined();
    }),
    { numRuns: 300, seed: 1 },
  );
});

test("loops of a freehand outline are cleaned, small parts dropped", () => {
  const bowtie: Polygon = {
    type: "Polygon",
    coordinates: [
      [
        [0, 0],
        [10, 0],
        [9.9, 10],
        [10.1, 10.2],
        [10.1, 10],
        [9.8, 10.1],
        [0, 10],
        [0, 0],
      ],
    ],
  };
  expect(defectOf(bowtie)).toBeDefined();
  const clean = withoutLoops(bowtie, 1);
  expect(defectOf(clean)).toBeUndefined();
  expect(areaOf(clean)).toBeGreaterThan(99);
  expect(areaOf(clean)).toBeLessThan(101);
});

test("overlaps are found, neighbours with a common border are none", () => {
  const places = [box(0, 0, 10), box(10, 0, 10), box(5, 5, 3), box(19, 9, 10)].map((geometry, id) => ({
    id,
    geometry,
  }));
  const found = [...overlaps(places, 0.1)].filter((overlap) => overlap !== undefined);
  expect(found.map(({ first, second, area }) => [first, second, area])).toEqual([
    [0, 2, 9],
    [1, 3, 1],
  ]);
});
