/** Which numbers can have been measured, by what they are. A number that cannot is no data: it is neither learned from nor drawn. */
import { type Radiometry, sensors } from "../../src-shared/eo/index.ts";

export interface Limits {
  readonly low: number;
  readonly high: number;
  /** stored numbers that are no data although they lie between */
  readonly fill?: readonly number[];
}

type Quantity = Radiometry["quantity"];

/** Far below the thermal noise of any radar (Sentinel-1: about −25 dB) and far above the echo of a corner reflector in a city. */
const decibels: Limits = { low: -80, high: 60 };

/** What programs write for “no data” and no sensor measures: −9999, −99999, and the least numbers of 16 and 32 bits. */
const fillNumbers: readonly number[] = [-9999, -99999, -32768, -2147483648];

/**
 * The widest range of physical values. Wide on purpose: what lies outside was never measured (a fill number that the file does not
 * declare, the logarithm of zero, a defect), and what lies inside is kept however unusual. Linear backscatter is limited as power.
 *
 * - reflectance: atmospheric correction and offsets leave at least −0.2 (Landsat Collection 2, Sentinel-2 with the offset taken off
 *   twice); −9999 × 0.0001 lies below. Clouds, snow, glint and fires stay under 2; 32767 and 65535 × 0.0001 lie above 3.
 * - backscatter: above. Power after the removal of noise may be a little negative: it is averaged before its logarithm is taken.
 * - brightness: counts of a camera, or radiance: never far below 0, never above a million.
 * - unknown (indices, heights, raw counts): the squares of 16-bit counts, 4.3 × 10⁹, are the largest numbers that images hold.
 */
const possible: Readonly<Record<Quantity, Limits>> = {
  reflectance: { low: -0.25, high: 3 },
  "backscatter-db": decibels,
  "backscatter-linear": { low: -1, high: 10 ** (decibels.high / 10) },
  "backscatter-amplitude": { low: 0, high: 10 ** (decibels.high / 20) },
  brightness: { low: -100, high: 1e6 },
  unknown: { low: -1e10, high: 1e10, fill: fillNumbers },
};

/** Where it is asked what numbers mean, digital numbers of 16 bits and decibels called power must be seen. */
const conceivable: Readonly<Record<Quantity, Limits>> = {
  reflectance: { low: -0.25, high: 65_535 },
  "backscatter-db": { low: -80, high: 65_535 },
  "backscatter-linear": { low: -80, high: 65_535 },
  "backscatter-amplitude": { low: -80, high: 65_535 },
  brightness: possible.brightness,
  unknown: possible.unknown,
};

/**
 * `possible`: as imagery is read. `conceivable`: for judging whether the scale or the unit that was decided can be right, when a whole
 * image lies outside of what is possible.
 */
export type Judgement = "possible" | "conceivable";

export const limitsOf = (quantity: Quantity, judgement: Judgement = "possible"): Limits =>
  (judgement === "possible" ? possible : conceivable)[quantity];

const reflected: ReadonlySet<string> = new Set(
  Object.values(sensors).flatMap(({ bands }) =>
    bands.flatMap(({ name, wavelengthNanometers }) => (wavelengthNanometers === undefined ? [] : [name])),
  ),
);

/** Is that a band of reflected light? B10 is one of Sentinel-2 only; Landsat's is a temperature. */
export const isReflected = (band: string): boolean => reflected.has(band) && band !== "B10";

/** Is that decibel value one of backscatter? The logarithm of power near 0 is rounding noise. */
export const isEcho = (value: number): boolean => value >= decibels.low && value <= decibels.high;

/** Before a unit is known: digital numbers of 16 bits, reflectance, power or decibels, but no number that stands for “nothing”. */
export const isConceivable = (stored: number): boolean =>
  stored > -9999 && stored <= 65_535 && !fillNumbers.includes(stored);
