/**
 * Colours for confidence, dark violet to light yellow: even steps of lightness in OKLCH, so that the order is also
 * seen by colour-blind eyes and on a grey print.
 */
import type { Rgb } from "./picture.ts";

/** lightness, chroma, hue in degrees */
const anchors: readonly (readonly [number, number, number])[] = [
  [0.26, 0.11, 305],
  [0.42, 0.11, 270],
  [0.58, 0.09, 220],
  [0.74, 0.13, 165],
  [0.93, 0.17, 108],
];

/** The colour of a share between 0 and 1. */
export function rampColor(share: number): Rgb {
  const at = Math.min(1, Math.max(0, share)) * (anchors.length - 1);
  const index = Math.min(anchors.length - 2, Math.floor(at));
  const [low, high] = [anchors[index]!, anchors[index + 1]!];
  const between = (channel: 0 | 1 | 2): number => low[channel] + (high[channel] - low[channel]) * (at - index);
  return rgbOfOklch(between(0), between(1), between(2));
}

/** OKLCH to sRGB: Björn Ottosson, “A perceptual color space for image processing” (2020). */
function rgbOfOklch(lightness: number, chroma: number, hueDegrees: number): Rgb {
  const hue = (hueDegrees * Math.PI) / 180;
  const [a, b] = [chroma * Math.cos(hue), chroma * Math.sin(hue)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channel = (linear: number): number => {
    const clipped = Math.min(1, Math.max(0, linear));
    return Math.round(255 * (clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055));
  };
  return [
    channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    channel(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}
