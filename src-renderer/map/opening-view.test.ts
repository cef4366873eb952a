import { expect, test } from "vitest";
import { openingView, placeFrom } from "./opening-view.ts";

const square = (x: number, y: number, side = 640) => ({
  bounds: { minX: x, minY: y, maxX: x + side, maxY: y + side },
});
const box = { minX: 0, minY: 0, maxX: 46_000, maxY: 30_000 };
const far = [square(45_000, 29_000), square(0, 25_000), square(5_000, 0)];

test("a project opens on its images: far-apart places on the first one, images in a corner on all of them, full boxes whole", () => {
  expect(openingView(box, far)).toEqual(far[0]!.bounds);
  expect(openingView(box, [square(0, 0), square(2_000, 0)])).toEqual({ minX: 0, minY: 0, maxX: 2_640, maxY: 640 });
  expect(openingView(box, [square(100, 100)])).toEqual(square(100, 100).bounds);
  expect(openingView(box, [{ bounds: box }])).toBeNull();
  expect(openingView(box, [])).toBeNull();
});

test("one place after the other is flown to, from wherever the view is", () => {
  const [first, second, third] = far;
  expect(placeFrom(first!.bounds, far, 1)).toBe(second);
  expect(placeFrom(third!.bounds, far, 1)).toBe(first);
  expect(placeFrom(first!.bounds, far, -1)).toBe(third);
  // The whole box shows all three, and empty ground none: the nearest to the middle.
  expect(placeFrom(box, far, 1)).toBe(third);
  expect(placeFrom(square(1_000, 20_000).bounds, far, -1)).toBe(second);
  expect(placeFrom(box, [], 1)).toBeUndefined();
});
