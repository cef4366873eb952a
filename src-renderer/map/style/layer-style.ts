import type { LayerSource } from "../../../src-shared/ipc/index.ts";
import type { IndexId } from "./formulas.ts";
import type { PresetId } from "./presets.ts";
import { type RampId, ramps } from "./ramps.ts";

/** `usual`: the values a sensor's bands usually have, the same for all dates; `view`: what is on screen when it was set. */
export type Stretch = "usual" | "layer" | "view" | "manual";
export const blends = ["normal", "multiply", "screen", "overlay", "darken", "lighten", "difference"] as const;
export type Blend = (typeof blends)[number];

/** The map's words in `LayerRow.style`. All may be missing; other parts of the window keep words of their own beside. */
export interface LayerStyle {
  /** a ready combination; `composite` and `single` take `bands` */
  readonly preset: PresetId | "composite" | "single" | "classes" | IndexId | null;
  /** red, green and blue, or the one band */
  readonly bands: readonly string[];
  readonly stretch: Stretch | null;
  /** percentiles cut off below and above, for `layer` and `view` */
  readonly percent: readonly [low: number, high: number];
  /** per channel, for `manual` and `view` */
  readonly ranges: readonly (readonly [low: number, high: number])[];
  readonly gamma: number;
  readonly ramp: RampId | null;
  readonly invert: boolean;
  readonly blend: Blend;
  /** class codes that are not drawn */
  readonly hidden: readonly number[];
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const pair = (value: unknown): readonly [number, number] | null =>
  isList(value) && value.length === 2 && value.every((one) => Number.isFinite(one))
    ? [Number(value[0]), Number(value[1])]
    : null;

/** What was stored, with everything that is missing or makes no sense replaced. */
export function readStyle(stored: Readonly<Record<string, unknown>>): LayerStyle {
  const { preset, bands, stretch, percent, ranges, gamma, ramp, invert, blend, hidden } = stored;
  return {
    preset: typeof preset === "string" ? (preset as LayerStyle["preset"]) : null,
    bands: isList(bands) ? bands.filter((band): band is string => typeof band === "string") : [],
    stretch: ["usual", "layer", "view", "manual"].includes(stretch as string) ? (stretch as Stretch) : null,
    percent: pair(percent) ?? [2, 98],
    ranges: isList(ranges) ? ranges.flatMap((range) => [pair(range) ?? ([0, 1] as const)]) : [],
    gamma: typeof gamma === "number" && gamma > 0 ? Math.min(5, Math.max(0.1, gamma)) : 1,
    ramp: typeof ramp === "string" && Object.hasOwn(ramps, ramp) ? (ramp as RampId) : null,
    invert: invert === true,
    blend: blends.includes(blend as Blend) ? (blend as Blend) : "normal",
    hidden: isList(hidden) ? hidden.filter((code): code is number => Number.isInteger(code)) : [],
  };
}

/** Is the layer drawn by the colours of its classes? */
export const isClasses = (source: LayerSource, { preset }: LayerStyle): boolean =>
  source.kind === "classes" ? preset === null || preset === "classes" : preset === "classes";
