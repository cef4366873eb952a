import { expect, test } from "vitest";
import { clipLine, clipRing, coastOf, continuous, continuousRing, turnsInto } from "./clip-lonlat.ts";

const box = { minX: 0, minY: 0, maxX: 10, maxY: 10 };

/** By the shoelace formula. */
const areaOf = (ring: readonly (readonly number[])[]): number =>
  Math.abs(
    ring.reduce((sum, [x, y], i) => {
      const [nx, ny] = ring[(i + 1) % ring.length]!;
      return sum + x! * ny! - nx! * y!;
    }, 0),
  ) / 2;

test("a ring inside stays as it is, one outside is gone", () => {
  const ring = [
    [1, 1],
    [9, 1],
    [5, 9],
    [1, 1],
  ];
  expect(clipRing(ring, box)).toEqual(ring);
  expect(
    clipRing(
      ring.map(([x, y]) => [x! + 20, y!]),
      box,
    ),
  ).toEqual([]);
});

test("of a ring round the whole box the box is left", () => {
  const ring = [
    [-50, -50],
    [60, -50],
    [60, 60],
    [-50, 60],
    [-50, -50],
  ];
  expect(areaOf(clipRing(ring, box))).toBe(100);
});

test("a ring across an edge and a corner is cut there", () => {
  const diamond = [
    [10, 0],
    [14, 4],
    [10, 8],
    [6, 4],
    [10, 0],
  ];
  const half = clipRing(diamond, box);
  expect(areaOf(half)).toBe(16);
  expect(half.every(([x]) => x! <= 10)).toBe(true);
  const quarter = clipRing(
    diamond.map(([x, y]) => [x!, y! - 4]),
    box,
  );
  expect(areaOf(quarter)).toBe(8);
});

test("a line is divided where it leaves, and single positions are no line", () => {
  const line = [
    [1, 1],
    [2, 2],
    [20, 2],
    [3, 3],
    [30, 3],
    [4, 4],
    [5, 5],
  ];
  expect(clipLine(line, box)).toEqual([
    [
      [1, 1],
      [2, 2],
    ],
    [
      [4, 4],
      [5, 5],
    ],
  ]);
});

test("longitudes go on where a line crosses the antimeridian, and come back", () => {
  const xs = (line: number[][]) => continuous(line).map(([x]) => x);
  expect(xs([170, 179, -179, -170, 179, 170].map((x) => [x, 0]))).toEqual([170, 179, 181, 190, 179, 170]);
  expect(xs([-170, -179, 179, 170].map((x) => [x, 0]))).toEqual([-170, -179, -181, -190]);
  expect(xs([-90, 0, 90].map((x) => [x, 0]))).toEqual([-90, 0, 90]);
  expect(continuous([])).toEqual([]);
});

test("a ring round a pole reaches to it; others stay closed as they are", () => {
  const round = (lat: number) => [-120, 0, 120, -120].map((x) => [x, lat]);
  expect(areaOf(continuousRing(round(-70)))).toBe(360 * 20);
  expect(areaOf(continuousRing(round(60)))).toBe(360 * 30);
  const across = [
    [178, 0],
    [-178, 0],
    [-178, 4],
    [178, 4],
    [178, 0],
  ];
  expect(areaOf(continuousRing(across))).toBe(16);
  expect(continuousRing(across)).toHaveLength(across.length);
  expect(continuousRing([])).toEqual([]);
});

test("what lies a turn away comes into view, as often as the view is wide", () => {
  const island = [-179, -178].map((x) => [x, 0]);
  expect(turnsInto(island, { minX: 170, maxX: 190 })).toEqual([360]);
  expect(turnsInto(island, { minX: -190, maxX: -170 })).toEqual([0]);
  expect(turnsInto(island, { minX: -10, maxX: 10 })).toEqual([]);
  expect(turnsInto(island, { minX: -210, maxX: 210 })).toEqual([0, 360]);
});

test("a coast has no edges along the antimeridian or a pole, where land is cut or closed", () => {
  // Chukotka as files cut it: from the antimeridian to the west and back.
  const chukotka = [
    [180, 69],
    [176, 70],
    [172, 68],
    [180, 65],
    [180, 69],
  ];
  expect(coastOf(chukotka)).toEqual([chukotka.slice(0, 4)]);
  expect(coastOf(chukotka.map(([x, y]) => [x! - 360, y!]))[0]).toHaveLength(4);
  const antarctica = continuousRing([
    [-180, -80],
    [-60, -70],
    [60, -70],
    [180, -80],
  ]);
  expect(coastOf(antarctica)).toEqual([antarctica.slice(0, 4)]);
  const island = [
    [10, 10],
    [12, 10],
    [12, 12],
    [10, 10],
  ];
  expect(coastOf(island)).toEqual([island]);
});
