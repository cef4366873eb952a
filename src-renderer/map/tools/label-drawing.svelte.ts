import Collection from "ol/Collection.js";
import type Feature from "ol/Feature.js";
import type Geometry from "ol/geom/Geometry.js";
import Draw, { createBox, type Options } from "ol/interaction/Draw.js";
import Modify from "ol/interaction/Modify.js";
import Snap from "ol/interaction/Snap.js";
import VectorLayer from "ol/layer/Vector.js";
import type OlMap from "ol/Map.js";
import VectorSource from "ol/source/Vector.js";
import CircleStyle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import { labels } from "../../state/index.ts";
import type { LabelFeature, LabelLayer } from "../layers/labels.ts";
import { listenForKeys } from "./label-keys.ts";

export type Drawn = "point" | "polygon" | "rectangle" | "freehand" | "line";

/** Polygons near the view that corners and edges are caught by; more would make the pointer slow. */
const snapTargets = 1200;

/** Draws shapes and hands each to `submit`. One that is refused stays, with handles, until it is mended or given up. */
export function startDrawing(
  map: OlMap,
  layer: LabelLayer,
  kind: Drawn,
  color: () => string,
  submit: (geometry: Geometry) => Promise<void>,
): () => void {
  const source = new VectorSource();
  const sketches = new VectorLayer({ source, style: refusedStyle, zIndex: 560, updateWhileInteracting: true });
  map.addLayer(sketches);
  const draw = new Draw({
    ...optionsOf(kind),
    style: (feature) => sketchStyle(feature.getGeometry()?.getType(), color()),
  });
  const modify = new Modify({ source, style: handleStyle });
  let sketching = false;

  draw.on("drawstart", () => {
    sketching = true;
    labels.failed = null;
  });
  draw.on("drawabort", () => {
    sketching = false;
  });
  draw.on("drawend", ({ feature }) => {
    sketching = false;
    const geometry = feature.getGeometry()!;
    const shape = kind === "freehand" ? geometry.simplify(map.getView().getResolution()! * 1.2) : geometry;
    feature.setGeometry(shape);
    void offer(feature);
  });

  async function offer(feature: Feature): Promise<void> {
    try {
      await submit(feature.getGeometry()!);
      done();
    } catch (error) {
      if (!source.hasFeature(feature)) source.addFeature(feature);
      draw.setActive(false);
      labels.rejected = { error, retry: () => void offer(feature), discard: done };
    }
  }

  function done(): void {
    source.clear();
    labels.rejected = null;
    draw.setActive(true);
  }

  const snapping = startSnapping(map, layer, [draw, modify]);
  const stopKeys = listenForKeys({
    Escape: () => {
      if (labels.rejected) labels.rejected.discard();
      else if (sketching) draw.abortDrawing();
      else return false;
      return true;
    },
    Backspace: () => {
      if (!sketching) return false;
      draw.removeLastPoint();
      return true;
    },
    "Mod+Z": () => {
      if (!sketching) return false;
      draw.removeLastPoint();
      return true;
    },
    Enter: () => {
      if (labels.rejected) labels.rejected.retry();
      else if (sketching) draw.finishDrawing();
      else return false;
      return true;
    },
    Delete: () => labels.rejected !== null && modify.removePoint(),
  });
  // The right button ends, as in QGIS.
  const finish = (event: MouseEvent) => {
    event.preventDefault();
    if (sketching) draw.finishDrawing();
  };
  const viewport = map.getViewport()!;
  viewport.addEventListener("contextmenu", finish);
  return () => {
    viewport.removeEventListener("contextmenu", finish);
    stopKeys();
    snapping();
    labels.rejected = null;
    map.removeLayer(sketches);
  };
}

function optionsOf(kind: Drawn): Options {
  const only = {
    stopClick: true,
    condition: (event: { originalEvent: PointerEvent | KeyboardEvent | WheelEvent }) =>
      (event.originalEvent as PointerEvent).button === 0,
  };
  if (kind === "point") return { type: "Point", ...only };
  if (kind === "line") return { type: "LineString", ...only };
  if (kind === "rectangle") return { type: "Circle", geometryFunction: createBox(), ...only };
  if (kind === "freehand") return { type: "Polygon", freehand: true };
  return { type: "Polygon", ...only };
}

/** Catches corners and edges of labels near the view while snapping is on. Snap has to be the last to see the pointer first. */
export function startSnapping(map: OlMap, layer: LabelLayer, others: readonly (Draw | Modify)[]): () => void {
  const near = new Collection<LabelFeature>();
  const snap = new Snap({ features: near, pixelTolerance: 10 });
  for (const interaction of others) map.addInteraction(interaction);
  map.addInteraction(snap);
  const gather = () => {
    near.clear();
    // What is drawn as patches has only its box to snap to.
    const found = layer.within(map.getView().calculateExtent(map.getSize())).filter((feature) => !feature.get("many"));
    if (found.length <= snapTargets) near.extend(found);
  };
  gather();
  map.on("moveend", gather);
  layer.source.on("change", soon);
  let timer: ReturnType<typeof setTimeout> | undefined;
  function soon(): void {
    clearTimeout(timer);
    timer = setTimeout(gather, 60);
  }
  const stop = $effect.root(() => {
    $effect(() => snap.setActive(labels.snapping));
  });
  return () => {
    stop();
    clearTimeout(timer);
    map.un("moveend", gather);
    layer.source.un("change", soon);
    map.removeInteraction(snap);
    for (const interaction of others) map.removeInteraction(interaction);
  };
}

const dot = (color: string) =>
  new CircleStyle({ radius: 4.5, fill: new Fill({ color: "#ffffff" }), stroke: new Stroke({ color, width: 2 }) });

function sketchStyle(type: string | undefined, color: string): Style[] {
  if (type === "Point") return [new Style({ image: dot(color) })];
  return [
    new Style({ stroke: new Stroke({ color: "rgba(255, 255, 255, 0.9)", width: 4 }) }),
    new Style({ stroke: new Stroke({ color, width: 2 }), fill: new Fill({ color: `${color}40` }) }),
  ];
}

const refusedStyle = [
  new Style({ stroke: new Stroke({ color: "rgba(255, 255, 255, 0.9)", width: 5 }) }),
  new Style({
    stroke: new Stroke({ color: "#b3261e", width: 2.2, lineDash: [7, 5] }),
    fill: new Fill({ color: "rgba(179, 38, 30, 0.14)" }),
    image: dot("#b3261e"),
  }),
];

export const handleStyle = new Style({ image: dot("#1558d6") });
