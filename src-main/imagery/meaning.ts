/** What stored numbers are, written once: the physical value of a band's number, or that there is none. */
import type { AcquisitionFile, FileBand, Radiometry } from "../../src-shared/eo/index.ts";
import { isEcho, isReflected, type Judgement, type Limits, limitsOf } from "./possible.ts";

export interface Meaning {
  readonly scale: number;
  readonly offset: number;
  /** this stored number is no data, whatever the file itself says */
  readonly nodata?: number | undefined;
  /** stored × scale + offset is backscatter as power or amplitude; its physical value is in decibels */
  readonly linear: boolean;
  /** decibels of a tenfold value: 10 of power, 20 of amplitude, whose square is power */
  readonly decibels: 10 | 20;
  /** stored × scale + offset outside of these was never measured: no data */
  readonly limits: Limits;
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
  { radiometry: { quantity } }: Pick<AcquisitionFile, "radiometry">,
  { name, scale, offset, nodata }: FileBand,
  judgement?: Judgement,
): Meaning => {
  const decibels = quantity === "backscatter-amplitude" ? 20 : 10;
  const linear = isLinear(quantity);
  // Products of reflectance bring temperatures and angles too.
  const measured = quantity === "reflectance" && !isReflected(name) ? "unknown" : quantity;
  return { scale, offset, nodata, linear, decibels, limits: limitsOf(measured, judgement) };
};

const isLinear = (quantity: Radiometry["quantity"]): boolean =>
  quantity === "backscatter-linear" || quantity === "backscatter-amplitude";

/** The limits in stored numbers: what lies outside takes no part in resampling either. */
export function storedLimits({ scale, offset, limits }: Meaning): Limits | undefined {
  const ends = [(limits.low - offset) / scale, (limits.high - offset) / scale];
  return ends.some(Number.isNaN) ? undefined : { ...limits, low: Math.min(...ends), high: Math.max(...ends) };
}

/** The stored number that must not be mixed with its neighbours: what a person or the product called no data, power of 0. */
export const numberWithoutData = ({ nodata, linear, offset }: Meaning): number | undefined =>
  nodata ?? (linear && offset === 0 ? 0 : undefined);

/** What values are once they are read: backscatter is always in decibels. */
export const quantityRead = (quantity: Radiometry["quantity"]): Radiometry["quantity"] =>
  isLinear(quantity) ? "backscatter-db" : quantity;

/** Are stored numbers values but for a scale and an offset? */
export const isAffine = ({ linear }: Meaning): boolean => !linear;

/**
 * The physical value of a stored number as the nearest float32; NaN where there is no data: the nodata number, what is not finite,
 * what cannot be measured (`possible.ts`), and power of 0 or less. Such a power is the swath's edge or thermal noise taken off once too often; it has no logarithm, and any
 * number put in its place (−60 dB) would be learned from and measured as if it had been seen.
 */
export function physicalOf(
  stored: number,
  { scale, offset, nodata, linear, decibels: factor, limits }: Meaning,
): number {
  if (stored === nodata || !Number.isFinite(stored) || limits.fill?.includes(stored)) return Number.NaN;
  const value = Math.fround(stored * scale + offset);
  // NaN is not within any limits.
  if (!(value >= limits.low && value <= limits.high)) return Number.NaN;
  if (!linear) return value;
  const decibels = value > 0 ? Math.fround(factor * Math.log10(value)) : Number.NaN;
  return isEcho(decibels) ? decibels : Number.NaN;
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
  const { nodata } = meaning;
  const ends = storedLimits(meaning);
  // Of unsigned whole numbers most can all be measured: only one that is said to be none has to be looked for.
  if (
    ends &&
    isUnsigned(stored) &&
    !meaning.linear &&
    ends.low <= 0 &&
    ends.high >= 2 ** (8 * stored.BYTES_PER_ELEMENT)
  ) {
    if (nodata !== undefined) for (let i = 0; i < states.length; i++) if (stored[i] === nodata) states[i] = none;
    return;
  }
  for (let i = 0; i < states.length; i++)
    if (states[i] !== none && Number.isNaN(physicalOf(stored[i]!, meaning))) states[i] = none;
}

const isUnsigned = (stored: ArrayLike<number>): stored is Uint8Array | Uint16Array | Uint32Array =>
  stored instanceof Uint8Array || stored instanceof Uint16Array || stored instanceof Uint32Array;

/**
 * Sets the pixels to `none` in which every band holds exactly 0: the frame around an image that does not say what its frame is. In
 * one band alone 0 may have been measured.
 */
export function markBlank(states: Uint8Array, bands: readonly StoredBand[], none: number): void {
  const [first, ...others] = bands;
  if (!first || others.length === 0) return;
  for (let i = 0; i < states.length; i++)
    if (first.stored[i] === 0 && others.every(({ stored }) => stored[i] === 0)) states[i] = none;
}
