import type { SensorId } from "../../../src-shared/eo/sensors.ts";
import type { LayerSource } from "../../../src-shared/ipc/index.ts";
import { bandFor, type IndexId, indexOf, indices, type Role } from "./formulas.ts";

export type PresetId = "natural" | "infrared" | "agriculture" | "swir" | "redEdge" | "radar";

/** A channel is one band or the value of an index. */
export type Channel =
  | { readonly kind: "band"; readonly band: string }
  | { readonly kind: "index"; readonly index: IndexId; readonly bands: readonly string[] };

type ChannelOfRole = Role | { readonly index: IndexId };

/** Combinations that analysts know by name; red, green, blue. */
const composites: readonly {
  readonly id: PresetId;
  readonly channels: readonly [ChannelOfRole, ChannelOfRole, ChannelOfRole];
}[] = [
  { id: "natural", channels: ["red", "green", "blue"] },
  { id: "infrared", channels: ["nir", "red", "green"] },
  { id: "agriculture", channels: ["swir1", "nir", "blue"] },
  { id: "swir", channels: ["swir2", "nir", "red"] },
  { id: "redEdge", channels: ["nir", "redEdge", "red"] },
  { id: "radar", channels: ["vv", "vh", { index: "vvvh" }] },
];

/** The bands that can be coloured as amounts. */
export const plainBands = (source: LayerSource): string[] =>
  source.bands.filter(({ classes }) => !classes).map(({ name }) => name);

function channelOf(source: LayerSource, sensor: SensorId, wanted: ChannelOfRole): Channel | undefined {
  const available = new Set(plainBands(source));
  if (typeof wanted === "string") {
    const band = bandFor(sensor, wanted, available);
    return band === undefined ? undefined : { kind: "band", band };
  }
  return indexChannel(source, sensor, wanted.index);
}

function indexChannel(source: LayerSource, sensor: SensorId, id: IndexId): Channel | undefined {
  const available = new Set(plainBands(source));
  const bands = indexOf(id).roles.map((role) => bandFor(sensor, role, available));
  if (bands.includes(undefined)) return undefined;
  return { kind: "index", index: id, bands: bands as string[] };
}

/** The combinations that the layer's bands allow, the usual one first. */
export function presetsOf(source: LayerSource): { readonly id: PresetId; readonly channels: readonly Channel[] }[] {
  const { sensor } = source;
  if (!sensor) return [];
  return composites.flatMap(({ id, channels }) => {
    const made = channels.map((channel) => channelOf(source, sensor, channel));
    return made.includes(undefined) ? [] : [{ id, channels: made as Channel[] }];
  });
}

/** The indices that the layer's bands allow. */
export function indicesOf(source: LayerSource): { readonly id: IndexId; readonly channel: Channel }[] {
  const { sensor } = source;
  if (!sensor) return [];
  return indices.flatMap(({ id }) => {
    const channel = indexChannel(source, sensor, id);
    return channel ? [{ id, channel }] : [];
  });
}
