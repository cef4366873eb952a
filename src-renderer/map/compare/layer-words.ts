import { sensors } from "../../../src-shared/eo/sensors.ts";
import type { LayerFacts } from "../../../src-shared/ipc/index.ts";
import { format, t } from "../../i18n/index.ts";
import { timeline } from "../../state/index.ts";

/** A layer in a line: its name, or its sensor and date, with its clouds where they are known. */
export function layerWords(layer: Pick<LayerFacts, "id" | "kind" | "name" | "sensor" | "date" | "detail">): string {
  if (layer.name && layer.kind === "confidence") return t("compare.confidence", { name: layer.name });
  if (layer.name && layer.kind === "set-size") return t("layers.setSizeOf", { name: layer.name });
  if (layer.name) return layer.name;
  const parts = [
    ...(layer.date ? [format.day(layer.date)] : []),
    layer.sensor ? sensors[layer.sensor].title : layer.id,
    ...(layer.detail === "ascending" || layer.detail === "descending" ? [t(`time.${layer.detail}`)] : []),
  ];
  const cloud = timeline.clouds.get(layer.id.replace(/^acquisition:/, ""))?.cloud;
  if (cloud != null) parts.push(t("time.cloud", { share: format.percent(cloud, 0) }));
  return parts.join(" · ");
}
