import fc from "fast-check";
import { expect, test } from "vitest";
import { runningMean, thin } from "./thin.ts";

const curve = fc
  .array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 3000 })
  .map((values) => values.map((y, x) => ({ x, y })));

test("thinning keeps the ends, the extremes and the order, in at most four points per column", () => {
  fc.assert(
    fc.property(curve, fc.integer({ min: 1, max: 200 }), (points, columns) => {
      const kept = thin(points, columns);
      expect(kept.length).toBeLessThanOrEqual(Math.max(points.length > 4 * columns ? 0 : points.length, 4 * columns));
      expect([kept[0], kept.at(-1)]).toEqual([points[0], points.at(-1)]);
      const ys = points.map(({ y }) => y);
      const keptYs = kept.map(({ y }) => y);
      expect([Math.min(...keptYs), Math.max(...keptYs)]).toEqual([Math.min(...ys), Math.max(...ys)]);
      expect(kept.every((point, index) => index === 0 || point.x > kept[index - 1]!.x)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test("a spike of one value among thousands is still there", () => {
  const points = Array.from({ length: 5000 }, (_, x) => ({ x, y: x === 2345 ? 9 : 1 }));
  expect(thin(points, 100).filter(({ y }) => y === 9)).toEqual([{ x: 2345, y: 9 }]);
});

test("a running mean starts and ends where it has all its neighbours", () => {
  const points = [1, 2, 6, 3, 5].map((y, x) => ({ x, y }));
  expect(runningMean(points, 3)).toEqual([
    { x: 1, y: 3 },
    { x: 2, y: 11 / 3 },
    { x: 3, y: 14 / 3 },
  ]);
});
