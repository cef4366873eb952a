import { expect, test } from "vitest";
import { rampColor } from "./ramp.ts";

test("the ramp grows lighter with every per cent, so that it can be read in grey", () => {
  const grey = Array.from({ length: 101 }, (_, index) => {
    const [r, g, b] = rampColor(index / 100);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  });
  expect(grey.every((value, index) => index === 0 || value > grey[index - 1]!)).toBe(true);
  expect(grey[0]).toBeLessThan(40);
  expect(grey[100]).toBeGreaterThan(200);
});
