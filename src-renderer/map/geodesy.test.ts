import { expect, test } from "vitest";
import { densified, ellipsoidArea, geodesicLength } from "./geodesy.ts";

test("lengths are PROJ's geodesics", () => {
  // printf '51.04 3.70 51.07 3.75\n48 2 -33 151\n' | geod +ellps=WGS84 -I +units=m
  expect(geodesicLength([3.7, 51.04], [3.75, 51.07])).toBeCloseTo(4840.344, 3);
  expect(geodesicLength([2, 48], [151, -33])).toBeCloseTo(16937788.504, 2);
  expect(geodesicLength([3.7, 51.04], [3.7, 51.04])).toBe(0);
});

test("areas are those of an equal-area projection", () => {
  // The same ring, its edges cut 200 times, in EPSG:6933 by OGR: 10530239.277556345.
  const ring = [
    [3.7, 51.04],
    [3.75, 51.045],
    [3.745, 51.07],
    [3.69, 51.065],
  ] as const;
  const closed = densified([...ring, ring[0]], 200).slice(0, -1);
  const area = 10530239.277556345;
  expect(Math.abs(ellipsoidArea(closed) / area - 1)).toBeLessThan(1e-8);
  expect(ellipsoidArea(closed.toReversed())).toBeCloseTo(ellipsoidArea(closed), 3);
});
