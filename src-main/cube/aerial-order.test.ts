import { expect, test } from "vitest";
import { seededRandom } from "../files/index.ts";
import { nearInfraredFirst } from "./aerial-order.ts";

/** Fields and woods: light from above varies in all bands alike, plants raise near infrared alone. */
function scene(plants: number): { colors: number[][]; infrared: number[] } {
  const random = seededRandom("aerial", 1);
  const pixels = Array.from({ length: 400 }, () => ({ light: 60 + 80 * random(), green: random() * plants }));
  const band = (gain: number, own: number) =>
    pixels.map(({ light, green }) => gain * light + own * green + 4 * random());
  return { colors: [band(1, -5), band(0.9, 0), band(0.8, -5)], infrared: band(0.6, 90) };
}

test("near infrared is found first where plants make it bright, and not where it stands last", () => {
  const { colors, infrared } = scene(1.2);
  const bright = infrared.map((value) => value + 60);
  expect(nearInfraredFirst([bright, ...colors])).toBe(true);
  expect(nearInfraredFirst([...colors, bright])).toBe(false);
});

test("grey ground, too few pixels, bands without variation and other numbers of bands decide nothing", () => {
  const { colors, infrared } = scene(0);
  expect(nearInfraredFirst([infrared, ...colors])).toBe(false);
  expect(
    nearInfraredFirst([
      [1, 2],
      [1, 2],
      [1, 2],
      [1, 2],
    ]),
  ).toBe(false);
  expect(nearInfraredFirst(Array.from({ length: 4 }, () => new Array(100).fill(7)))).toBe(false);
  expect(nearInfraredFirst(colors)).toBe(false);
});
