/** What stored numbers are, written once: the physical value of a band's number, or that there is none. */
import type { AcquisitionFile, FileBand, Radiometry } from "../../src-shared/eo/index.ts";

export interface Meaning {
  readonly scale: number;
  readonly offset: number;
  /** this stored number is no data, whatever the file itself says */
  readonly nodata?: number | undefined;
  /** stored × scale + offset is backscatter as power; its physical value is in decibels */
  readonly linear: boolean;
}

/** One band of a file on some grid, as stored. */
export interface StoredBand {
  readonly stored: ArrayLike<number>;
  /** 1 where the file has data; `undefined`: everywhere */
  readonly valid: Uint8Array | undefined;
  readonly meaning: Meaning;
}

/** What the numbers of a band of this file mean. */
export const meaningOf = (
  { radiometry }: Pick<AcquisitionFile, "radiometry">,
  { scale, offset, nodata }: FileBand,
): Meaning => ({ scale, offset, nodata, linear: radiometry.quantity === "backscatter-linear" });

/** The stored number that must not be mixed with its neighbours: what a person or the product called no data, power of 0. */
export const numberWithoutData = ({ nodata, linear, offset }: Meaning): number | undefined =>
  nodata ?? (linear && offset === 0 ? 0 : undefined);

/** What values are once they are read: backscatter is always in decibels. */
export const quantityRead = (quantity: Radiometry["quantity"]): Radiometry["quantity"] =>
  quantity === "backscatter-linear" ? "backscatter-db" : quantity;

/** Are stored numbers values but for a scale and an offset? */
export const isAffine = ({ linear }: Meaning): boolean => !linear;

/**
 * The physical value of a stored number as the nearest float32; NaN where there is no data: the nodata number, what is not finite, and
 * power of 0 or less. Such a power is the swath's edge or thermal noise taken off once too often; it has no logarithm, and any
 * number put in its place (−60 dB) would be learned from and measured as if it had been seen.
 */
export function physicalOf(stored: number, { scale, offset, nodata, linear }: Meaning): number {
  if (stored === nodata || !Number.isFinite(stored)) return Number.NaN;
  const value = Math.fround(stored * scale + offset);
  if (!Number.isFinite(value)) return Number.NaN;
  if (!linear) return value;
  return value > 0 ? Math.fround(10 * Math.log10(value)) : Number.NaN;
}

/** Physical values of a band's pixels into `plane`; NaN where there is no data. */
export function physicalInto(plane: Float32Array, { stored, valid, meaning }: StoredBand): void {
  for (let i = 0; i < plane.length; i++)
    plane[i] = valid && valid[i] === 0 ? Number.NaN : physicalOf(stored[i]!, meaning);
}

/** Does pixel `i` of the band have data? */
export const hasData = ({ stored, valid, meaning }: StoredBand, i: number): boolean =>
  !(valid && valid[i] === 0) && !Number.isNaN(physicalOf(stored[i]!, meaning));

/** Sets the pixels without data to `none`. */
export function markMissing(states: Uint8Array, { stored, valid, meaning }: StoredBand, none: number): void {
  if (valid) for (let i = 0; i < states.length; i++) if (valid[i] === 0) states[i] = none;
  const { nodata, linear, scale, offset } = meaning;
  // Any whole number is data, unless it is said to be none.
  if (isWhole(stored) && !linear && Number.isFinite(scale * 2 ** 32 + offset)) {
    if (nodata !== undefined) for (let i = 0; i < states.length; i++) if (stored[i] === nodata) states[i] = none;
    return;
  }
  for (let i = 0; i < states.length; i++)
    if (states[i] !== none && Number.isNaN(physicalOf(stored[i]!, meaning))) states[i] = none;
}

const isWhole = (stored: ArrayLike<number>): boolean =>
  ArrayBuffer.isView(stored) && !(stored instanceof Float32Array || stored instanceof Float64Array);
