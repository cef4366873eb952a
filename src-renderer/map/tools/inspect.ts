import type { Coordinate } from "ol/coordinate.js";
import type Polygon from "ol/geom/Polygon.js";
import CircleStyle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import { pins } from "../../state/index.ts";
import { showPanel } from "../../state/show-panel.ts";
import { pinAt } from "../compare/pin-at.ts";
import type { Ground, ToolAtWork } from "./handler.ts";
import { leftButtonAlone, sketching } from "./sketch.ts";

/** Inspecting a pixel by a click. Shift, Ctrl or ⌘ adds a pin beside the others. */
export const startInspectingPoint = (): ToolAtWork => ({
  click({ coordinate, originalEvent }) {
    const [x, y] = coordinate as [number, number];
    const { shiftKey, ctrlKey, metaKey } = originalEvent as PointerEvent;
    pinAt(x, y, shiftKey || ctrlKey || metaKey ? { add: true } : {});
  },
  stop() {},
});

const style = new Style({
  stroke: new Stroke({ color: "#d55e00", width: 2 }),
  fill: new Fill({ color: "rgba(213, 94, 0, 0.12)" }),
  image: new CircleStyle({ radius: 4, fill: new Fill({ color: "#d55e00" }) }),
});

/** Inspecting the pixels of an outline. */
export function startInspectingArea({ map }: Ground): ToolAtWork {
  const { draw, keys, menu } = sketching({
    type: "Polygon",
    style,
    condition: leftButtonAlone,
    freehandCondition: () => false,
  });
  draw.on("drawend", ({ feature }) => {
    const rings = (feature.getGeometry() as Polygon).getCoordinates();
    showPanel("inspector");
    pins.put({
      kind: "polygon",
      coordinates: [rings.map((ring: Coordinate[]) => ring.map(([x, y]) => [x!, y!] as const))],
    });
  });
  map.addInteraction(draw);
  return { keys, menu, stop: () => void map.removeInteraction(draw) };
}
