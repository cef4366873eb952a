import type { Encoding } from "../tiff/image-layout.ts";

/** Numbers as they lie in memory, band after band, line after line or pixel after pixel. Plain data. */
export interface RawImage {
  /** “bsq”: all of a band; “bil”: a line of each band; “bip”: a number of each band */
  readonly interleave: "bsq" | "bil" | "bip";
  /** bytes before the first number */
  readonly start: number;
  /** of one line of one band */
  readonly lineBytes: number;
  readonly encoding: Encoding;
}
