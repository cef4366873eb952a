import type { GeoBox } from "../geo/geobox.ts";
import type { LegendClass } from "./legend.ts";

/** How places are drawn: all alike, class by class of the map, or on a grid with a random start. */
export const sampleMethods = ["stratified", "simple", "systematic"] as const;
export type SampleMethod = (typeof sampleMethods)[number];

/** How the units of a stratified sample are divided: by area, alike, or by area times expected spread (Neyman). */
export const allocations = ["proportional", "equal", "optimal"] as const;
export type Allocation = (typeof allocations)[number];

/** A class of the map that a sample was drawn from. */
export interface SampleStratum extends LegendClass {
  /** pixels of the map */
  readonly pixels: number;
  /** the user's accuracy that was expected when the sample was planned */
  readonly expected: number;
}

/** Everything that decides which places a sample has: the same again draws the same places. */
export interface SampleDesign {
  readonly method: SampleMethod;
  readonly seed: number;
  /** of a stratified sample */
  readonly allocation: Allocation | null;
  /** of each class, of a stratified sample */
  readonly minimum: number;
  /** pixels between neighbours, a whole number or not; of a systematic sample */
  readonly spacing: number | null;
  /** the map's pixels: one is one unit */
  readonly grid: GeoBox;
  readonly squareMetersPerPixel: number;
  readonly strata: readonly SampleStratum[];
  /** of the map, which may be deleted later */
  readonly mapName: string;
}

export interface AreaSample {
  readonly id: number;
  readonly name: string;
  /** `null` once the map was deleted */
  readonly mapId: number | null;
  readonly design: SampleDesign;
  readonly createdAt: string;
}

/** Answers that are no class of the legend. */
export const otherClass = 0;
export const cannotTell = -1;

/** One place of a sample. */
export interface AreaUnit {
  /** in the random order in which places are shown, from 1 */
  readonly position: number;
  readonly col: number;
  readonly row: number;
  /** the class that the map has there */
  readonly stratum: number;
  /** a class, `otherClass`, `cannotTell`; `null`: open */
  readonly answer: number | null;
}

/** The chance with which a bound is broken. */
const missed = 0.05;

/**
 * The share that may be wrong all the same, with 95 % confidence, where none of so many random places was: about 3 / places.
 * @see Hanley and Lippman-Hand 1983, If nothing goes wrong, is everything all right? (rule of three; here the exact binomial bound)
 */
export const mayBeWrong = (places: number): number => 1 - missed ** (1 / places);

/** How many random places without an error show, with 95 % confidence, that no more than `share` is wrong. */
export const placesFor = (share: number): number => Math.ceil(Math.log(missed) / Math.log(1 - share));
