import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { because } from "../../../src-shared/errors/reasons/index.ts";
import type { Polygonal, Position } from "./geometry.ts";
import { defectOf, orientation } from "./validity.ts";

const square = (x: number, y: number, size: number): Position[] => [
  [x, y],
  [x + size, y],
  [x + size, y + size],
  [x, y + size],
  [x, y],
];
const polygon = (...coordinates: Position[][]): Polygonal => ({ type: "Polygon", coordinates });
const several = (...coordinates: Position[][][]): Polygonal => ({ type: "MultiPolygon", coordinates });

test.for<[name: string, geometry: Polygonal, problem: string | undefined]>([
  ["a square", polygon(square(0, 0, 4)), undefined],
  ["the other way round", polygon(square(0, 0, 4).toReversed()), undefined],
  [
    "a bow tie",
    polygon([
      [0, 0],
      [4, 4],
      [4, 0],
      [0, 4],
      [0, 0],
    ]),
    "its outline crosses itself",
  ],
  [
    "an open outline",
    polygon([
      [0, 0],
      [4, 0],
      [4, 4],
      [0, 4],
    ]),
    "its outline is not closed",
  ],
  [
    "a line there and back",
    polygon([
      [0, 0],
      [4, 0],
      [0, 0],
    ]),
    "its outline has fewer than three corners",
  ],
  [
    "a spike",
    polygon([
      [0, 0],
      [4, 0],
      [4, 4],
      [4, 9],
      [4, 4],
      [0, 4],
      [0, 0],
    ]),
    "its outline touches itself",
  ],
  [
    "an eight",
    polygon([
      [0, 0],
      [2, 2],
      [4, 0],
      [4, 4],
      [2, 2],
      [0, 4],
      [0, 0],
    ]),
    "its outline touches itself",
  ],
  ["a hole", polygon(square(0, 0, 9), square(2, 2, 3)), undefined],
  [
    "a hole at the corner",
    polygon(square(0, 0, 9), [
      [0, 0],
      [3, 1],
      [1, 3],
      [0, 0],
    ]),
    undefined,
  ],
  ["a hole outside", polygon(square(0, 0, 4), square(6, 6, 2)), "a hole lies outside of it"],
  ["a hole across the edge", polygon(square(0, 0, 4), square(3, 1, 2)), "two of its rings cross"],
  ["a hole along the edge", polygon(square(0, 0, 4), square(0, 1, 2)), "two of its rings share an edge"],
  ["a hole in a hole", polygon(square(0, 0, 9), square(1, 1, 6), square(2, 2, 2)), "a hole lies inside another hole"],
  ["two parts", several([square(0, 0, 2)], [square(5, 5, 2)]), undefined],
  ["two parts at a corner", several([square(0, 0, 2)], [square(2, 2, 2)]), undefined],
  ["overlapping parts", several([square(0, 0, 4)], [square(2, 1, 4)]), "two of its parts overlap"],
  ["neighbouring parts", several([square(0, 0, 2)], [square(2, 0, 2)]), "two of its parts share an edge"],
  ["a part in a part", several([square(0, 0, 9)], [square(2, 2, 2)]), "one of its parts lies inside another"],
  ["an island in a lake", several([square(0, 0, 9), square(1, 1, 6)], [square(2, 2, 2)]), undefined],
  [
    "a repeated corner",
    polygon([
      [0, 0],
      [4, 0],
      [4, 0],
      [4, 4],
      [0, 0],
    ]),
    undefined,
  ],
  [
    "no number",
    polygon([
      [0, 0],
      [4, Number.NaN],
      [4, 4],
      [0, 0],
    ]),
    "a coordinate is not a finite number",
  ],
])("%s", ([, geometry, problem]) => {
  const defect = defectOf(geometry);
  expect(defect && because(defect.problem)).toBe(problem);
});

test("the place of a crossing is named", () => {
  expect(
    defectOf(
      polygon([
        [0, 0],
        [4, 4],
        [4, 0],
        [0, 4],
        [0, 0],
      ]),
    )?.at,
  ).toEqual([2, 2]);
});

/** What GEOS says about many geometries at once. */
function geos(geometries: readonly Polygonal[]): boolean[] {
  const program = `
import json, sys
from osgeo import ogr, gdal
gdal.PushErrorHandler("CPLQuietErrorHandler")
print(json.dumps([ogr.CreateGeometryFromJson(json.dumps(g)).IsValid() for g in json.load(sys.stdin)]))
`;
  return JSON.parse(
    execFileSync("/usr/bin/python3", ["-W", "ignore", "-c", program], {
      input: JSON.stringify(geometries),
      encoding: "utf8",
    }),
  ) as boolean[];
}

test("thousands of random polygons with and without defects are judged as GEOS judges them", { tags: ["gdal"] }, () => {
  // Few coordinates make touching corners, shared edges and crossings common.
  const position = fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 }));
  const ring = fc.array(position, { minLength: 3, maxLength: 7 }).map((corners) => [...corners, corners[0]!]);
  const box = fc
    .tuple(position, fc.integer({ min: 1, max: 6 }))
    .map(([[x, y], size]): Position[] => square(x, y, size));
  const rings = fc.oneof(
    fc.array(ring, { minLength: 1, maxLength: 2 }),
    fc.array(box, { minLength: 1, maxLength: 3 }),
    fc.array(ring, { minLength: 1, maxLength: 3 }).map((inner) => [square(-1, -1, 9), ...inner]),
    fc.array(ring, { minLength: 1, maxLength: 2 }).map((inner) => [square(0, 0, 7), ...inner]),
  );
  const shapes = fc.oneof(
    rings.map((coordinates) => polygon(...coordinates)),
    fc.array(rings, { minLength: 2, maxLength: 3 }).map((parts) => several(...parts)),
  );
  const geometries = fc.sample(shapes, { numRuns: 6000, seed: 20190501 });
  const verdicts = geos(geometries);
  expect(verdicts.filter(Boolean).length).toBeGreaterThan(500);
  const different = geometries.filter((geometry, i) => (defectOf(geometry) === undefined) !== verdicts[i]);
  expect(different.slice(0, 3)).toEqual([]);
});

test("the side of a line is exact where rounding would guess", () => {
  // Three points on a line through numbers that have no exact double sum, moved by one unit in the last place.
  const [a, b]: [Position, Position] = [
    [12, 12],
    [24, 24],
  ];
  for (let i = 0; i < 200; i++) {
    const x = 0.5 + i * 2 ** -53;
    for (let j = 0; j < 20; j++) {
      const y = 0.5 + j * 2 ** -53;
      expect(orientation(a, b, [x, y])).toBe(Math.sign(y - x));
    }
  }
  expect(orientation([0, 0], [1e-300, 1e-300], [2e-300, 2e-300])).toBe(0);
  expect(orientation([-1e15, 3], [1e15, 3], [0, 3])).toBe(0);
});
