import DragBox from "ol/interaction/DragBox.js";
import type { Ground, Lendings, OnMap, ToolAtWork } from "./handler.ts";

const withModifier = ({ originalEvent: { shiftKey, ctrlKey, metaKey } }: OnMap): boolean =>
  shiftKey || ctrlKey || metaKey;

/** Click selects, Shift or Ctrl adds and takes away, a drag with Shift selects a box; a second click takes what lies below. */
export function startSelecting({ map, labels: layer, labelling }: Ground & Pick<Lendings, "labels">): ToolAtWork {
  const { labelDrawing, labels, selection } = labelling;
  const click = (event: OnMap) => {
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
  const move = (event: OnMap) => {
    if (event.dragging) return;
    const [x = 0, y = 0] = event.coordinate;
    const found = layer.at(x, y)[0];
    const id = found ? Number(found.getId()) : null;
    if (id !== labelDrawing.hovered) labelDrawing.hover(id);
    map.getTargetElement()?.classList.toggle("over-label", id !== null);
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
  return {
    click,
    move,
    leave() {
      labelDrawing.hover(null);
    },
    keys: {
      Escape() {
        if (selection.labels.size === 0) return false;
        labels.select([]);
        return true;
      },
    },
    stop() {
      labelDrawing.hover(null);
      map.getTargetElement()?.classList.remove("over-label");
      map.removeInteraction(box);
    },
  };
}
