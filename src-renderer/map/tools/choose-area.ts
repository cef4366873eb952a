import Feature from "ol/Feature.js";
import PolygonGeometry, { fromExtent } from "ol/geom/Polygon.js";
import Draw, { createBox } from "ol/interaction/Draw.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import type { Bounds } from "../../../src-shared/geo/bounds.ts";
import { mapView, registerTool } from "../map-state.svelte.ts";

type Rings = readonly (readonly (readonly [x: number, y: number])[])[];

/** A place for a map or an export. */
export interface ChosenArea {
  readonly bounds: Bounds;
  /** of a polygon; a rectangle needs none */
  readonly outline: Rings | null;
}

const style = [
  new Style({ stroke: new Stroke({ color: "rgba(255, 255, 255, 0.9)", width: 4 }) }),
  new Style({
    stroke: new Stroke({ color: "#0b7a68", width: 2, lineDash: [6, 4] }),
    fill: new Fill({ color: "rgba(11, 122, 104, 0.10)" }),
  }),
];

/** Marks an area on the map; `null` marks nothing. Returns how to take the mark away. */
export function markArea(area: ChosenArea | null): () => void {
  if (!area) return () => {};
  const { minX, minY, maxX, maxY } = area.bounds;
  const geometry = area.outline
    ? new PolygonGeometry(area.outline.map((ring) => ring.map(([x, y]) => [x, y])))
    : fromExtent([minX, minY, maxX, maxY]);
  const layer = new VectorLayer({ source: new VectorSource({ features: [new Feature(geometry)] }), style });
  return mapView.overlays.add(layer, { id: "chosen-area", zIndex: 520 });
}

/** Lets the person draw a rectangle (two clicks) or a polygon; answers once, and gives the map back. */
export function chooseArea(kind: "rectangle" | "polygon", done: (area: ChosenArea | null) => void): () => void {
  const id = `choose-${kind}`;
  const before = mapView.tool;
  let over = false;
  const end = (area: ChosenArea | null) => {
    if (over) return;
    over = true;
    if (mapView.tool === id) mapView.tool = before === id ? "pan" : before;
    unregister();
    done(area);
  };
  const unregister = registerTool({
    id,
    cursor: "crosshair",
    start(map) {
      const source = new VectorSource();
      const layer = new VectorLayer({ source, style, zIndex: 521 });
      const draw = new Draw({
        source,
        type: kind === "rectangle" ? "Circle" : "Polygon",
        ...(kind === "rectangle" ? { geometryFunction: createBox() } : {}),
        style,
      });
      draw.on("drawend", ({ feature }) => {
        const geometry = feature.getGeometry() as PolygonGeometry;
        const [minX, minY, maxX, maxY] = geometry.getExtent() as [number, number, number, number];
        const rings = geometry.getCoordinates().map((ring) => ring.map(([x, y]) => [x!, y!] as const));
        const empty = maxX - minX <= 0 || maxY - minY <= 0;
        queueMicrotask(() =>
          end(empty ? null : { bounds: { minX, minY, maxX, maxY }, outline: kind === "polygon" ? rings : null }),
        );
      });
      const giveUp = (event: KeyboardEvent) => event.key === "Escape" && end(null);
      addEventListener("keydown", giveUp, { capture: true });
      map.addLayer(layer);
      map.addInteraction(draw);
      return () => {
        removeEventListener("keydown", giveUp, { capture: true });
        map.removeInteraction(draw);
        map.removeLayer(layer);
        // Another tool was taken meanwhile.
        queueMicrotask(() => end(null));
      };
    },
  });
  mapView.tool = id;
  return () => end(null);
}
