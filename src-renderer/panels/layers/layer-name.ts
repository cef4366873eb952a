import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import type { LayerFacts } from "../../../src-shared/ipc/index.ts";
import { format, type PlainKey, t } from "../../i18n/index.ts";
import type { Slot } from "../../state/layers.svelte.ts";
import type { IconName } from "../../ui/index.ts";

/** What a layer is called: as the person calls it, else by what it is. */
export function layerName(layer: LayerFacts): string {
  if (layer.kind === "acquisition") {
    const own = layer.name ?? (layer.date ? format.day(layer.date) : t("layers.kind.acquisition"));
    return layer.pieces > 1 ? `${own} · ${t("import.pieces", { count: layer.pieces })}` : own;
  }
  if (layer.kind === "confidence") return t("layers.confidenceOf", { name: layer.name ?? "" });
  if (layer.kind === "set-size") return t("layers.setSizeOf", { name: layer.name ?? "" });
  if (layer.kind === "uncertain") return t("layers.uncertainOf", { name: layer.name ?? "" });
  if (layer.kind === "labels") return t("layers.labelsOf", { name: layer.name ?? "" });
  return layer.name ?? t(`layers.kind.${layer.kind}`);
}

/** A class of a layer's legend in the window's language: those of our own layers have English names in their files. */
export function legendName(layer: string, { code, name }: Pick<LegendClass, "code" | "name">): string {
  if (layer.startsWith("set-size:")) return t("maps.sets.size", { count: code });
  return layer.startsWith("uncertain:") ? t("layers.kind.uncertain") : name;
}

export const slotName = (slot: Slot): string =>
  slot.sensor ? t(`layers.sensor.${slot.sensor}`) : slot.members[0] ? layerName(slot.members[0]) : slot.id;

const sensorIcons = {
  "sentinel-2": "satellite",
  landsat: "satellite",
  "sentinel-1": "radar",
  aerial: "aircraft",
  other: "image",
} as const satisfies Record<NonNullable<LayerFacts["sensor"]>, IconName>;

const kindIcons = {
  acquisition: "image",
  raster: "image",
  map: "map",
  confidence: "contrast",
  "set-size": "list",
  uncertain: "help",
  difference: "side-by-side",
  surface: "contrast",
  labels: "tag",
  vector: "polygon",
  split: "split",
  grid: "grid",
  limit: "area",
  basemap: "globe",
  graticule: "compass",
  group: "layers",
} as const satisfies Record<Slot["kind"], IconName>;

export const slotIcon = (slot: Pick<Slot, "kind" | "sensor">): IconName =>
  slot.sensor ? sensorIcons[slot.sensor] : kindIcons[slot.kind];

/** Everything that the filter box looks at. */
export const searchText = (layer: LayerFacts): string =>
  [layerName(layer), layer.date, layer.sensor, layer.detail, layer.bands.join(" "), layer.modalities.join(" ")]
    .filter(Boolean)
    .join(" ")
    .toLowerCase();

export const kindKey = (kind: LayerFacts["kind"]): PlainKey => `layers.kind.${kind}`;
