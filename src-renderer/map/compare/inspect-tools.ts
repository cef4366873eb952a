import type { Coordinate } from "ol/coordinate.js";
import type Polygon from "ol/geom/Polygon.js";
import Draw from "ol/interaction/Draw.js";
import type OlMap from "ol/Map.js";
import type MapBrowserEvent from "ol/MapBrowserEvent.js";
import CircleStyle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import { pins } from "../../state/index.ts";
import { showPanel } from "../../state/show-panel.ts";
import { registerTool } from "../map-state.svelte.ts";
import { pinAt } from "./pin-at.ts";

/** Inspecting a pixel by a click, and the pixels of an outline. Shift adds a pin beside the others. Returns how to take the tools away. */
export function registerInspectTools(): () => void {
  const stops = [
    registerTool({ id: "inspect", cursor: "crosshair", start: startPoint }),
    registerTool({ id: "inspect-area", cursor: "crosshair", start: startArea }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function startPoint(map: OlMap): () => void {
  const click = (event: MapBrowserEvent) => {
    const [x, y] = event.coordinate as [number, number];
    const { shiftKey, ctrlKey, metaKey } = event.originalEvent as PointerEvent;
    pinAt(x, y, shiftKey || ctrlKey || metaKey ? { add: true } : {});
  };
  map.on("click", click);
  return () => map.un("click", click);
}

const style = new Style({
  stroke: new Stroke({ color: "#d55e00", width: 2 }),
  fill: new Fill({ color: "rgba(213, 94, 0, 0.12)" }),
  image: new CircleStyle({ radius: 4, fill: new Fill({ color: "#d55e00" }) }),
});

function startArea(map: OlMap): () => void {
  const draw = new Draw({ type: "Polygon", style, freehandCondition: () => false, stopClick: true });
  draw.on("drawend", ({ feature }) => {
    const rings = (feature.getGeometry() as Polygon).getCoordinates();
    showPanel("inspector");
    pins.put({
      kind: "polygon",
      coordinates: [rings.map((ring: Coordinate[]) => ring.map(([x, y]) => [x!, y!] as const))],
    });
  });
  map.addInteraction(draw);
  const keydown = (event: KeyboardEvent) => {
    if (event.key === "Escape") draw.abortDrawing();
    else if (event.key === "Backspace") draw.removeLastPoint();
    else if (event.key === "Enter") draw.finishDrawing();
    else return;
    event.preventDefault();
  };
  map.getTargetElement()?.addEventListener("keydown", keydown);
  const target = map.getTargetElement();
  return () => {
    map.removeInteraction(draw);
    target?.removeEventListener("keydown", keydown);
  };
}
