import { expect, test } from "vitest";
import { style } from "./style.ts";

type Rgb = readonly number[];

/** The variables of the light palette, then those of the dark one. */
const [light, dark] = [...style.matchAll(/:root\{([^}]*)\}/g)].map(
  ([, body]) => new Map([...body!.matchAll(/--([\w-]+):([^;]+)/g)].map(([, name, value]) => [name!, value!.trim()])),
) as [Map<string, string>, Map<string, string>];

function rgb(value: string): Rgb {
  if (!value.startsWith("#")) return value.split(/\s+/).map(Number);
  const digits = value.length === 4 ? value.replace(/[0-9a-f]/g, "$&$&") : value;
  return [1, 3, 5].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
}

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(color: Rgb): number {
  const [r, g, b] = color.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
const contrast = (p: Rgb, q: Rgb): number => {
  const [bright, dim] = [luminance(p), luminance(q)].sort((a, b) => b - a) as [number, number];
  return (bright + 0.05) / (dim + 0.05);
};
const over = (top: Rgb, alpha: number, below: Rgb): Rgb =>
  top.map((channel, index) => channel * alpha + below[index]! * (1 - alpha));

test.each([
  ["light", light],
  ["dark", dark],
] as const)("text and lines of the %s palette have the contrast that WCAG AA asks for", (_, palette) => {
  const color = (name: string): Rgb => rgb(palette.get(name)!);
  const paper = color("paper");
  for (const name of ["ink", "muted", "link"]) expect(contrast(color(name), paper)).toBeGreaterThanOrEqual(4.5);
  for (const name of ["s0", "s1", "s2", "s3", "s4", "s5"])
    expect(contrast(color(name), paper)).toBeGreaterThanOrEqual(3);
  // The darkest shade of a matrix cell: .1 + .42 and .08 + .5 of the colour.
  expect(style).toContain("calc(.1 + .42*var(--share))");
  expect(style).toContain("calc(.08 + .5*var(--share))");
  expect(contrast(color("ink"), over(color("hit"), 0.52, paper))).toBeGreaterThanOrEqual(4.5);
  expect(contrast(color("ink"), over(color("miss"), 0.58, paper))).toBeGreaterThanOrEqual(4.5);
});
