import type { LegendClass } from "../../src-shared/domain/legend.ts";
import { certain } from "../../src-shared/domain/stored-shares.ts";
import type { BlendedRows } from "../cube/index.ts";
import { argmax } from "./argmax.ts";

/** Values of the class map: 0 is no data, otherwise the legend's code. */
export const noClass = 0;

/** Both bytes of a share where nothing is known of the patch (`noShare`). */
export const emptyByte = 255;

/** Byte planes of a stored row: the class, then high and low byte of the confidence and of each class's probability. */
export const planesOfRow = (classes: number): number => 1 + 2 * (1 + classes);

/** Names the layout, so that rows of another version are not continued. */
export const rowLayout = "shares of 10000 in two bytes";

/** The planes of a share: 0 is the confidence, 1 + k the probability of class k. */
export const planesOfShare = (share: number): readonly [high: number, low: number] => [1 + 2 * share, 2 + 2 * share];

/** Blended logits → rows of byte planes: class code, confidence, probabilities. */
export function rowBytes({ height, width, logits }: BlendedRows, legend: readonly LegendClass[]): Uint8Array {
  const classes = legend.length;
  const planes = planesOfRow(classes);
  const size = height * width;
  const bytes = new Uint8Array(size * planes);
  const exponentials = new Float64Array(classes);
  for (let row = 0; row < height; row++) {
    for (let col = 0; col < width; col++) {
      const at = row * width + col;
      const out = (plane: number) => row * planes * width + plane * width + col;
      if (!(logits[classes * size + at]! > 0)) {
        bytes[out(0)] = noClass;
        for (let plane = 1; plane < planes; plane++) bytes[out(plane)] = emptyByte;
        continue;
      }
      const best = argmax(classes, (k) => logits[k * size + at]!);
      let sum = 0;
      for (let k = 0; k < classes; k++) {
        exponentials[k] = Math.exp(logits[k * size + at]! - logits[best * size + at]!);
        sum += exponentials[k]!;
      }
      const put = (share: number, value: number) => {
        const [high, low] = planesOfShare(share);
        bytes[out(high)] = value >> 8;
        bytes[out(low)] = value & 255;
      };
      bytes[out(0)] = legend[best]!.code;
      put(0, Math.round(certain / sum));
      for (let k = 0; k < classes; k++) put(1 + k, Math.round((certain * exponentials[k]!) / sum));
    }
  }
  return bytes;
}

/** Shares from the planes that were read for them, high and low in turn. */
export function sharesOf(planes: readonly Uint8Array[]): Uint16Array[] {
  return Array.from({ length: planes.length / 2 }, (_, i) => {
    const [high, low] = [planes[2 * i]!, planes[2 * i + 1]!];
    return Uint16Array.from(high, (byte, at) => (byte << 8) | low[at]!);
  });
}
