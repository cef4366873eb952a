import { expect, test } from "vitest";
import type { Geometry, Position } from "../../vector/index.ts";
import { simplified, verticesOf } from "./simplify.ts";

const view = { minX: 0, minY: 0, maxX: 100, maxY: 100 };
const square = (x: number, y: number, side: number): Position[] => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
  [x, y],
];

test("a line keeps its ends and is never further from the original than the tolerance", () => {
  const coordinates = Array.from({ length: 1001 }, (_, i): Position => [i / 10, 20 * Math.sin(i / 100)]);
  const thin = simplified({ type: "LineString", coordinates }, { tolerance: 2 }) as Geometry & {
    coordinates: Position[];
  };
  expect(thin.coordinates.length).toBeLessThan(90);
  expect([thin.coordinates[0], thin.coordinates.at(-1)]).toEqual([coordinates[0], coordinates.at(-1)]);
  for (const [x, y] of coordinates) {
    expect(Math.min(...thin.coordinates.map(([u, v]) => Math.hypot(u - x, v - y)))).toBeLessThanOrEqual(2);
  }
});

test("rings stay closed, small fields stay fields, small holes go", () => {
  const field: Geometry = { type: "Polygon", coordinates: [square(10, 10, 50), square(20, 20, 0.5)] };
  const shape = simplified(field, { tolerance: 2 }) as Geometry & { coordinates: Position[][] };
  expect(shape.coordinates).toEqual([square(10, 10, 50)]);
  const tiny = simplified({ type: "Polygon", coordinates: [square(5, 5, 0.1)] }, { tolerance: 50 });
  expect(tiny).toMatchObject({ type: "Polygon" });
  const [ring] = (tiny as unknown as { coordinates: Position[][] }).coordinates;
  expect(ring!.length).toBeGreaterThanOrEqual(4);
  expect(ring![0]).toEqual(ring!.at(-1));
});

test("parts beside the view are left out, parts across its edge are whole", () => {
  const parts: Geometry = {
    type: "MultiPolygon",
    coordinates: [[square(-50, -50, 10)], [square(95, 95, 10)], [square(200, 0, 10)]],
  };
  expect(simplified(parts, { within: view })).toEqual({ type: "MultiPolygon", coordinates: [[square(95, 95, 10)]] });
  expect(simplified({ type: "Point", coordinates: [101, 50] }, { within: view })).toBeNull();
  expect(
    simplified({ type: "GeometryCollection", geometries: [parts] }, { within: { ...view, minX: 300, maxX: 400 } }),
  ).toBeNull();
});

test("positions are counted in every kind of shape", () => {
  const polygon: Geometry = { type: "Polygon", coordinates: [square(0, 0, 1), square(0, 0, 1)] };
  const all: Geometry = {
    type: "GeometryCollection",
    geometries: [
      polygon,
      { type: "Point", coordinates: [0, 0] },
      { type: "MultiPolygon", coordinates: [polygon.coordinates] },
    ],
  };
  expect(verticesOf(all)).toBe(21);
});
