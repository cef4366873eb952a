import Feature from "ol/Feature.js";
import type LineString from "ol/geom/LineString.js";
import type Polygon from "ol/geom/Polygon.js";
import VectorLayer from "ol/layer/Vector.js";
import type OlMap from "ol/Map.js";
import VectorSource from "ol/source/Vector.js";
import CircleStyle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import { densified, ellipsoidArea, geodesicLength } from "../geodesy.ts";
import { measure } from "../index.ts";
import type { LonLatTransform } from "../projection.ts";
import type { Ground, ToolAtWork } from "./handler.ts";
import type { Measured } from "./measure-state.svelte.ts";
import { leftButtonAlone, sketching } from "./sketch.ts";

const accent = "#0b7a68";
const style = [
  new Style({ stroke: new Stroke({ color: "rgba(255, 255, 255, 0.9)", width: 5 }) }),
  new Style({
    stroke: new Stroke({ color: accent, width: 2.2 }),
    fill: new Fill({ color: "rgba(11, 122, 104, 0.14)" }),
    image: new CircleStyle({
      radius: 5,
      fill: new Fill({ color: accent }),
      stroke: new Stroke({ color: "#ffffff", width: 1.6 }),
    }),
  }),
];

/** Measures a line or an outline. */
export function startMeasuring({ map, lonLat }: Ground, kind: Measured["kind"]): ToolAtWork {
  const source = new VectorSource();
  const layer = new VectorLayer({ source, style, zIndex: 800, className: "measure-canvas" });
  const { draw, keys, menu } = sketching({
    type: kind === "length" ? "LineString" : "Polygon",
    style,
    condition: leftButtonAlone,
    // Shift drags a box to zoom; measuring goes by clicks alone.
    freehandCondition: () => false,
  });
  measure.now = null;
  const tell = (feature: Feature, finished: boolean) => {
    const geometry = feature.getGeometry() as LineString | Polygon;
    const line =
      geometry.getType() === "LineString"
        ? (geometry as LineString).getCoordinates()
        : (geometry as Polygon).getCoordinates()[0]!;
    measure.now = figures(kind, line as [number, number][], lonLat, finished, metersOf(map));
  };
  draw.on("drawstart", ({ feature }) => {
    source.clear();
    tell(feature, false);
    feature.getGeometry()!.on("change", () => tell(feature, false));
  });
  draw.on("drawend", ({ feature }) => {
    source.addFeature(new Feature(feature.getGeometry()!.clone()));
    tell(feature, true);
  });
  draw.on("drawabort", () => {
    measure.now = null;
  });
  map.addLayer(layer);
  map.addInteraction(draw);
  return {
    keys: {
      ...keys,
      // What was measured goes too.
      Escape() {
        if (measure.now === null) return false;
        draw.abortDrawing();
        source.clear();
        measure.now = null;
        return true;
      },
    },
    menu,
    stop() {
      map.removeInteraction(draw);
      map.removeLayer(layer);
      layer.dispose();
      measure.now = null;
    },
  };
}

const metersOf = (map: OlMap): number => map.getView().getProjection().getMetersPerUnit() ?? 1;

/** Straight lines of the map are followed in parts of it, so that what is measured is what is drawn. */
export function figures(
  kind: Measured["kind"],
  line: readonly (readonly [number, number])[],
  { toLonLat }: LonLatTransform,
  finished: boolean,
  metersPerUnit: number,
): Measured {
  const closed = kind === "area" && line.length > 2 ? [...line, line[0]!] : line;
  const fine = densified(closed, 16).map(([x, y]) => toLonLat(x, y));
  let length = 0;
  for (let i = 1; i < fine.length; i++) length += geodesicLength(fine[i - 1]!, fine[i]!);
  let planeLength = 0;
  let twice = 0;
  for (let i = 1; i < closed.length; i++) {
    const [x0, y0] = closed[i - 1]!;
    const [x1, y1] = closed[i]!;
    planeLength += Math.hypot(x1 - x0, y1 - y0);
    twice += (x0 - line[0]![0]) * (y1 - line[0]![1]) - (x1 - line[0]![0]) * (y0 - line[0]![1]);
  }
  return {
    kind,
    length: Number.isFinite(length) ? length : 0,
    planeLength: planeLength * metersPerUnit,
    area: kind === "area" && fine.length > 3 ? ellipsoidArea(fine) : 0,
    planeArea: (Math.abs(twice) / 2) * metersPerUnit ** 2,
    finished,
  };
}
