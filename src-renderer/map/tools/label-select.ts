import DragBox from "ol/interaction/DragBox.js";
import type OlMap from "ol/Map.js";
import type MapBrowserEvent from "ol/MapBrowserEvent.js";
import { labels, selection } from "../../state/index.ts";
import type { LabelLayer } from "../layers/labels.ts";
import { listenForKeys } from "./label-keys.ts";

type Click = MapBrowserEvent<PointerEvent | KeyboardEvent | WheelEvent>;
const withModifier = ({ originalEvent: { shiftKey, ctrlKey, metaKey } }: Click): boolean =>
  shiftKey || ctrlKey || metaKey;

/** Click selects, Shift or Ctrl adds and takes away, a drag with Shift selects a box; a second click takes what lies below. */
export function startSelecting(map: OlMap, layer: LabelLayer): () => void {
  const click = (event: Click) => {
    const [x = 0, y = 0] = event.coordinate;
    const found = layer.at(x, y).map((feature) => Number(feature.getId()));
    if (found.length === 0) {
      if (!withModifier(event)) labels.select([]);
      return;
    }
    const at = found.findIndex((id) => selection.labels.has(id));
    const next = found[(at + 1) % found.length]!;
    if (withModifier(event)) labels.select([at < 0 ? found[0]! : found[at]!], "toggle");
    else labels.select([selection.labels.size === 1 && at >= 0 ? next : found[0]!]);
  };
  const hover = (event: Click) => {
    if (event.dragging) return;
    const [x = 0, y = 0] = event.coordinate;
    const found = layer.at(x, y)[0];
    const id = found ? Number(found.getId()) : null;
    if (id !== labels.hovered) labels.hovered = id;
    map.getTargetElement()?.classList.toggle("over-label", id !== null);
  };
  const leave = () => {
    labels.hovered = null;
  };
  const box = new DragBox({
    condition: (event) => event.originalEvent.shiftKey && (event.originalEvent as PointerEvent).button === 0,
    className: "label-box",
  });
  box.on("boxend", () => {
    const found = layer.within(box.getGeometry().getExtent());
    labels.select(
      found.map((feature) => Number(feature.getId())),
      "add",
    );
  });
  map.addInteraction(box);
  map.on("click", click);
  map.on("pointermove", hover);
  map.getViewport()!.addEventListener("pointerleave", leave);
  const stopKeys = listenForKeys({
    Escape: () => {
      if (selection.labels.size === 0) return false;
      labels.select([]);
      return true;
    },
  });
  return () => {
    stopKeys();
    labels.hovered = null;
    map.getTargetElement()?.classList.remove("over-label");
    map.getViewport()!.removeEventListener("pointerleave", leave);
    map.un("click", click);
    map.un("pointermove", hover);
    map.removeInteraction(box);
  };
}
