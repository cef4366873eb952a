import type { QualityBand } from "./acquisition.ts";

/** Masks whose meaning is documented by their producer, and own ones whose name says what they hold. */
export const maskProducts = [
  "landsat-qa-pixel",
  "landsat-pixel-qa",
  "hls-fmask",
  "fmask4",
  "maja-clm",
  "s2cloudless-clm",
  "planet-udm2",
  "planet-udm",
  "sentinel-2-qa60",
  "own-cloud",
  "own-clear",
] as const;
export type MaskProduct = (typeof maskProducts)[number];

/** How a mask is read: the part of `QualityBand` that says what its numbers mean. */
export type MaskMeaning = Pick<QualityBand, "kind" | "clear" | "bits">;

/**
 * Which numbers of a mask are clear. Of a bit field those with none of its bits set; else the values that came with the mask,
 * or those of the modality. `undefined`: the mask hides nothing.
 */
export function clearTest(
  { kind, clear, bits = [] }: MaskMeaning,
  clearClasses: readonly number[],
): ((value: number) => boolean) | undefined {
  if (kind === "bits") {
    // Fields of up to 32 bits; `>>>` keeps the highest one a number.
    const wanted = bits.reduce((sum, bit) => (sum | (1 << bit)) >>> 0, 0);
    return wanted === 0 ? undefined : (value) => (value & wanted) === 0;
  }
  const values = new Set(clear ?? (kind === "scl" ? clearClasses : []));
  return values.size === 0 ? undefined : (value) => values.has(value);
}

/** Does this number say that there is no pixel at all? Only the scene classification has one. */
export const isNoPixel = ({ kind }: MaskMeaning, value: number): boolean => kind === "scl" && value === 0;
