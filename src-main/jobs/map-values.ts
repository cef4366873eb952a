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

/**
 * Shares of 10,000 as maps store them, each rounded by itself, and the position of the largest.
 * @param shares takes them: [count]
 */
export function storedShares(count: number, logit: (k: number) => number, shares: Float64Array): number {
  const best = argmax(count, logit);
  const highest = logit(best);
  let sum = 0;
  for (let k = 0; k < count; k++) {
    shares[k] = Math.exp(logit(k) - highest);
    sum += shares[k]!;
  }
  for (let k = 0; k < count; k++) shares[k] = Math.round((certain * shares[k]!) / sum);
  return best;
}

/** Blended logits → rows of byte planes: class code, confidence, probabilities. */
export function rowBytes({ height, width, logits }: BlendedRows, legend: readonly LegendClass[]): Uint8Array {
  const classes = legend.length;
  const planes = planesOfRow(classes);
  const size = height * width;
  const bytes = new Uint8Array(size * planes);
  const shares = new Float64Array(classes);
  for (let row = 0; row < height; row++) {
    for (let col = 0; col < width; col++) {
      const at = row * width + col;
      const out = (plane: number) => row * planes * width + plane * width + col;
      if (!(logits[classes * size + at]! > 0)) {
        bytes[out(0)] = noClass;
        for (let plane = 1; plane < planes; plane++) bytes[out(plane)] = emptyByte;
        continue;
      }
      const best = storedShares(classes, (k) => logits[k * size + at]!, shares);
      const put = (share: number, value: number) => {
        const [high, low] = planesOfShare(share);
        bytes[out(high)] = value >> 8;
        bytes[out(low)] = value & 255;
      };
      bytes[out(0)] = legend[best]!.code;
      put(0, shares[best]!);
      for (let k = 0; k < classes; k++) put(1 + k, shares[k]!);
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
