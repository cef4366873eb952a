import Collection from "ol/Collection.js";
import type Feature from "ol/Feature.js";
import type Geometry from "ol/geom/Geometry.js";
import LineString from "ol/geom/LineString.js";
import Polygon from "ol/geom/Polygon.js";
import type Draw from "ol/interaction/Draw.js";
import { createBox, type Options } from "ol/interaction/Draw.js";
import Modify from "ol/interaction/Modify.js";
import Snap from "ol/interaction/Snap.js";
import VectorLayer from "ol/layer/Vector.js";
import type OlMap from "ol/Map.js";
import VectorSource from "ol/source/Vector.js";
import CircleStyle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import type { LabelDrawing, Rejected } from "../../state/label-drawing.svelte.ts";
import type { LabelFeature, LabelLayer } from "../layers/labels.ts";
import type { Ground, Lendings, ToolAtWork } from "./handler.ts";
import type { DrawnShape } from "./modes.ts";
import { leftButton, sketching } from "./sketch.ts";
import { type Keys, keysInTurn } from "./tool-keys.ts";

export type Drawn = DrawnShape | "line";

/** The most polygons near the view to snap to; more would make the pointer slow. */
const snapTargets = 1200;

/** Pixels that a freehand outline may be off what the hand drew. */
const smoothing = 1.2;

/** Draws shapes and hands each to `submit`. A refused shape stays editable until it is corrected or discarded. */
export function startDrawing(
  { map, labels: layer, labelling: { labels, labelDrawing } }: Ground & Pick<Lendings, "labels">,
  kind: Drawn,
  color: () => string,
  submit: (geometry: Geometry) => Promise<void>,
): ToolAtWork {
  const source = new VectorSource();
  const sketches = new VectorLayer({ source, style: refusedStyle, zIndex: 560, updateWhileInteracting: true });
  map.addLayer(sketches);
  const sketch = sketching({
    ...optionsOf(kind),
    style: (feature) => sketchStyle(feature.getGeometry()?.getType(), color()),
  });
  const { draw } = sketch;
  const modify = new Modify({ source, style: handleStyle, condition: leftButton });
  /** what was refused, in order, with the reason */
  const refused = new Map<Feature, unknown>();
  /** waiting for an answer */
  const offered = new Set<Feature>();
  let over = false;

  draw.on("drawstart", () => {
    labels.forgetFailure();
  });
  draw.on("drawend", ({ feature }) => {
    const geometry = feature.getGeometry()!;
    if (kind === "freehand")
      feature.setGeometry(smoothed(geometry as Polygon, map.getView().getResolution()! * smoothing));
    void offer(feature);
  });

  async function offer(feature: Feature): Promise<void> {
    if (offered.has(feature)) return;
    offered.add(feature);
    try {
      await submit(feature.getGeometry()!);
      drop(feature);
    } catch (error) {
      // Without the tool there are no handles to mend it with.
      if (over) labels.fail(error);
      else {
        refused.set(feature, error);
        if (!source.hasFeature(feature)) source.addFeature(feature);
        tell();
      }
    } finally {
      offered.delete(feature);
    }
  }

  function drop(feature: Feature): void {
    refused.delete(feature);
    if (over) return;
    if (source.hasFeature(feature)) source.removeFeature(feature);
    tell();
  }

  /** One refused shape at a time: the oldest. */
  function tell(): void {
    const [first] = refused;
    draw.setActive(!first);
    if (first)
      labelDrawing.reject({ error: first[1], retry: () => void offer(first[0]), discard: () => drop(first[0]) });
    else labelDrawing.settle();
  }

  const stopSnapping = startSnapping(map, layer, labelDrawing, [draw, modify]);
  const mending: Keys = {
    Escape: () => ifRejected(labelDrawing, ({ discard }) => discard()),
    Enter: () => ifRejected(labelDrawing, ({ retry }) => retry()),
    Delete: () => ifRejected(labelDrawing, () => modify.removePoint()),
  };
  return {
    keys: keysInTurn(mending, sketch.keys),
    // The right button ends, as in QGIS; a menu would be in the way.
    menu() {
      sketch.menu();
      return true;
    },
    stop() {
      over = true;
      stopSnapping();
      labelDrawing.settle();
      map.removeLayer(sketches);
    },
  };
}

/** Without the corners that lie within `tolerance` of the line of the others; no corner is moved, as `Polygon.simplify` would. */
function smoothed(outline: Polygon, tolerance: number): Polygon {
  const line = new LineString(outline.getCoordinates()[0]!).simplify(tolerance) as LineString;
  const ring = line.getCoordinates();
  return ring.length > 3 ? new Polygon([ring]) : outline;
}

/** Does something about the refused shape, if there is one. */
export function ifRejected({ rejected }: LabelDrawing, act: (rejected: Rejected) => unknown): boolean {
  return rejected !== null && act(rejected) !== false;
}

function optionsOf(kind: Drawn): Options {
  const only = { condition: leftButton };
  if (kind === "point") return { type: "Point", ...only };
  if (kind === "line") return { type: "LineString", ...only };
  if (kind === "rectangle") return { type: "Circle", geometryFunction: createBox(), ...only };
  if (kind === "freehand") return { type: "Polygon", freehandCondition: leftButton, ...only };
  return { type: "Polygon", ...only };
}

/** Snaps to corners and edges of labels near the view. OpenLayers calls the interaction that was added last first. */
export function startSnapping(
  map: OlMap,
  layer: LabelLayer,
  labelDrawing: LabelDrawing,
  others: readonly (Draw | Modify)[],
): () => void {
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
    $effect(() => snap.setActive(labelDrawing.snapping));
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
