import fc from "fast-check";
import { expect, test } from "vitest";
import { readWkb, writeWkb } from "../formats/wkb.ts";
import {
  areaOf,
  areaWithin,
  type Polygonal,
  type Position,
  partsOf,
  representativePoint,
  ringsContain,
} from "./geometry.ts";
import { common } from "./operations.ts";
import { polygonize } from "./polygonize.ts";

test("a representative point lies inside: not in a hole, not beside a bent parcel", () => {
  const grid = {
    crs: "EPSG:32631",
    affine: { a: 500_000, b: 10, c: 0, d: 5_600_000, e: 0, f: -10 },
    width: 12,
    height: 12,
  };
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 144, maxLength: 144 }), (pixels) => {
      for (const { geometry } of polygonize((row) => pixels.slice(row * 12, row * 12 + 12), grid)) {
        const [x, y] = representativePoint(geometry);
        expect(ringsContain(partsOf(geometry)[0]!, x, y)).toBe(true);
        // Not on a flat edge either: no corner is at its height.
        expect(
          partsOf(geometry)[0]!
            .flat()
            .every((corner) => corner[1] !== y),
        ).toBe(true);
      }
    }),
    { numRuns: 40 },
  );
});

test("areas keep their digits far from the origin", () => {
  const far = (x: number, y: number): Position => [4_321_000 + x, 5_622_440 + y];
  const geometry: Polygonal = {
    type: "Polygon",
    coordinates: [
      [far(0, 0), far(0.25, 0), far(0.25, 0.25), far(0, 0.25), far(0, 0)],
      [far(0.0625, 0.0625), far(0.125, 0.0625), far(0.125, 0.125), far(0.0625, 0.0625)],
    ],
  };
  expect(areaOf(geometry)).toBe(0.0625 - 0.001953125);
});

test("well-known binary comes back as it was written, in either byte order and with heights dropped", () => {
  const ring: Position[] = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 0],
  ];
  const geometry = {
    type: "GeometryCollection",
    geometries: [
      { type: "MultiPolygon", coordinates: [[ring], [ring, ring]] },
      { type: "MultiLineString", coordinates: [ring] },
      { type: "MultiPoint", coordinates: ring },
      { type: "Point", coordinates: [1, 2] },
    ],
  } as const;
  expect(readWkb(writeWkb(geometry))).toEqual(geometry);
  // Big-endian points: plain, ISO with height (1001) and measure too (3001), extended with height and a system number.
  const point = (type: number, srid: boolean, ...values: number[]): Uint8Array => {
    const bytes = Buffer.alloc(5 + (srid ? 4 : 0) + 8 * values.length);
    bytes.writeUInt32BE(type >>> 0, 1);
    values.forEach((value, i) => {
      bytes.writeDoubleBE(value, 5 + (srid ? 4 : 0) + 8 * i);
    });
    return bytes;
  };
  for (const bytes of [
    point(1, false, 3, 4),
    point(1001, false, 3, 4, 9),
    point(3001, false, 3, 4, 9, 9),
    point(0xa0000001, true, 3, 4, 9),
  ]) {
    expect(readWkb(bytes)).toEqual({ type: "Point", coordinates: [3, 4] });
  }
});

test("binary that ends early, promises too much or draws curves says so", () => {
  const whole = writeWkb({
    type: "LineString",
    coordinates: [
      [0, 0],
      [1, 1],
    ],
  });
  for (let length = 0; length < whole.length; length++) {
    expect(() => readWkb(whole.subarray(0, length))).toThrow("ends too early");
  }
  const greedy = Uint8Array.of(1, 2, 0, 0, 0, 255, 255, 255, 255);
  expect(() => readWkb(greedy)).toThrow("ends too early");
  expect(() => readWkb(Uint8Array.of(1, 10, 0, 0, 0, 0, 0, 0, 0))).toThrow("type 10 (curves or surfaces)");
});

test("the area inside a rectangle is that of the cut polygon", () => {
  let state = 5;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const bounds = { minX: 0, minY: 0, maxX: 10, maxY: 10 };
  const rectangle: Polygonal = {
    type: "Polygon",
    coordinates: [
      [
        [0, 0],
        [10, 0],
        [10, 10],
        [0, 10],
        [0, 0],
      ],
    ],
  };
  for (let round = 0; round < 300; round++) {
    // A star around a place near the rectangle: often concave, often crossing its sides several times.
    const [cx, cy] = [next() * 14 - 2, next() * 14 - 2];
    const corners = Array.from({ length: 12 }, (_, i): Position => {
      const radius = 0.5 + next() * 7;
      return [cx + radius * Math.cos((i * Math.PI) / 6), cy + radius * Math.sin((i * Math.PI) / 6)];
    });
    const hole: Position[] = [
      [cx, cy],
      [cx + 0.2, cy],
      [cx + 0.2, cy + 0.2],
      [cx, cy],
    ];
    const star: Polygonal = { type: "Polygon", coordinates: [[...corners, corners[0]!], hole] };
    expect(areaWithin(star, bounds)).toBeCloseTo(areaOf(common(star, rectangle)), 6);
  }
});
