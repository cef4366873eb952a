import type { LayerSource, LayerStatistics } from "../../../src-shared/ipc/index.ts";
import { bandRoles, indexOf, numbers } from "./formulas.ts";
import { isClasses, type LayerStyle, type Stretch } from "./layer-style.ts";
import { type Channel, indicesOf, plainBands, presetsOf } from "./presets.ts";
import type { RampId } from "./ramps.ts";

/** What a layer shows: its channels, the bands they need in the order of the tile, and how they are coloured. */
export interface Composition {
  readonly channels: readonly Channel[];
  readonly bands: readonly string[];
  /** colours by class code */
  readonly classes: boolean;
  /** one channel: its colours */
  readonly ramp: RampId;
}

export type Range = readonly [low: number, high: number];

const bandsOf = (channels: readonly Channel[]): string[] => [
  ...new Set(channels.flatMap((channel) => (channel.kind === "band" ? [channel.band] : channel.bands))),
];

const compositionOf = (channels: readonly Channel[], ramp: RampId): Composition => ({
  channels,
  bands: bandsOf(channels),
  classes: false,
  ramp,
});

/** The composition a style asks for; where its bands are missing, the nearest that is possible. `null`: nothing to draw. */
export function compose(source: LayerSource, style: LayerStyle): Composition | null {
  if (isClasses(source, style)) {
    const band = source.bands.find(({ classes }) => classes)?.name ?? source.bands[0]?.name;
    if (band === undefined) return null;
    return { channels: [{ kind: "band", band }], bands: [band], classes: true, ramp: "greys" };
  }
  const plain = plainBands(source);
  const known = new Set(plain);
  const presets = presetsOf(source);
  const preset = presets.find(({ id }) => id === style.preset);
  if (preset) return compositionOf(preset.channels, "greys");
  const index = indicesOf(source).find(({ id }) => id === style.preset);
  if (index) return compositionOf([index.channel], style.ramp ?? indexOf(index.id).ramp);
  const asked = style.bands.filter((band) => known.has(band));
  const bandChannels = (names: readonly string[]) => names.map((band): Channel => ({ kind: "band", band }));
  if (style.preset === "composite" && asked.length === 3) return compositionOf(bandChannels(asked), "greys");
  if (style.preset === "single" && asked[0]) return compositionOf(bandChannels([asked[0]]), style.ramp ?? "greys");
  // Nothing was chosen, or what was chosen is not there.
  if (presets[0]) return compositionOf(presets[0].channels, "greys");
  if (plain.length >= 3) return compositionOf(bandChannels(plain.slice(0, 3)), "greys");
  const first = plain[0];
  if (first === undefined) return null;
  return compositionOf(bandChannels([first]), style.ramp ?? (source.kind === "confidence" ? "viridis" : "greys"));
}

/** The default stretch of a layer. */
export function stretchOf(source: LayerSource, style: LayerStyle, composition: Composition): Stretch {
  if (style.stretch) return style.stretch;
  return composition.channels.every((channel) => usualRange(source, channel)) ? "usual" : "layer";
}

/** The values that a channel usually has: the same for every date, so that dates can be compared by eye. */
export function usualRange(source: LayerSource, channel: Channel): Range | null {
  if (channel.kind === "index") return indexOf(channel.index).range;
  if (source.range) return source.range;
  if (source.kind === "confidence") return [0, 100];
  const { quantity, sensor } = source;
  if (!sensor) return null;
  const roles = bandRoles[sensor];
  const is = (...names: (keyof typeof roles)[]) => names.some((role) => roles[role]?.includes(channel.band));
  if (quantity === "reflectance") return is("blue", "green", "red") ? [0, 0.22] : [0, 0.5];
  if (quantity === "backscatter-db") return is("vv") ? [-20, 0] : [-27, -6];
  return null;
}

/** The percentiles of a layer's own values; an index has no stored statistics and keeps its usual range. */
export function layerRanges(
  source: LayerSource,
  { channels }: Composition,
  figures: readonly LayerStatistics[],
  [low, high]: Range,
): Range[] {
  return channels.map((channel): Range => {
    if (channel.kind === "index") return usualRange(source, channel) ?? [0, 1];
    const found = figures.find(({ band }) => band === channel.band);
    if (!found || found.count === 0) return [0, 1];
    return apart([percentileOf(found.percentiles, low), percentileOf(found.percentiles, high)]);
  });
}

/** Linear between the percentiles that are known. */
export function percentileOf(known: LayerStatistics["percentiles"], percent: number): number {
  const above = known.findIndex(([p]) => p >= percent);
  if (above <= 0) return (above === 0 ? known[0] : known.at(-1))?.[1] ?? 0;
  const [p0, v0] = known[above - 1]!;
  const [p1, v1] = known[above]!;
  return v0 + ((v1 - v0) * (percent - p0)) / (p1 - p0);
}

/** Percentiles of values. */
export function rangeOf(values: Float64Array, [low, high]: Range): Range {
  if (values.length === 0) return [0, 1];
  values.sort();
  const at = (percent: number) => values[Math.round((percent / 100) * (values.length - 1))]!;
  return apart([at(low), at(high)]);
}

/** Equal ends would divide by zero: a flat image is drawn in the middle of the ramp. */
const apart = ([low, high]: Range): Range => (high > low ? [low, high] : [low - 0.5, low + 0.5]);

/** The value of a channel from the values of the tile's bands. */
export function channelValue(channel: Channel, bands: readonly string[], values: ArrayLike<number>): number {
  if (channel.kind === "band") return values[bands.indexOf(channel.band)]!;
  const picked = channel.bands.map((band) => values[bands.indexOf(band)]!);
  return indexOf(channel.index).of(numbers, picked);
}
