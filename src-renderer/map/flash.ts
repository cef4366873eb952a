import Feature from "ol/Feature.js";
import { fromExtent } from "ol/geom/Polygon.js";
import VectorLayer from "ol/layer/Vector.js";
import type OlMap from "ol/Map.js";
import VectorSource from "ol/source/Vector.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import type { Bounds } from "../../src-shared/geo/bounds.ts";
import type { MapColors } from "./colors.ts";

const duration = 1100;

/** Marks a place: an outline that appears, pulses once and fades out. */
export function flash(map: OlMap, { minX, minY, maxX, maxY }: Bounds, { mark, markHalo }: MapColors): void {
  const pixel = map.getView().getResolution() ?? 1;
  // A point, or something smaller than a finger, gets a frame that can be seen.
  const grow = Math.max(0, 12 * pixel - Math.min(maxX - minX, maxY - minY)) / 2;
  const feature = new Feature(fromExtent([minX - grow, minY - grow, maxX + grow, maxY + grow]));
  const layer = new VectorLayer({
    source: new VectorSource({ features: [feature] }),
    zIndex: 900,
    className: "flash-canvas",
  });
  const began = performance.now();
  layer.setStyle(() => {
    const age = (performance.now() - began) / duration;
    const strength = Math.max(0, Math.min(1, age * 8, (1 - age) * 2));
    const alpha = Math.round(strength * 255)
      .toString(16)
      .padStart(2, "0");
    return [
      new Style({ stroke: new Stroke({ color: markHalo, width: 6 * strength }) }),
      new Style({
        stroke: new Stroke({ color: `${mark}${alpha}`, width: 2.5 }),
        fill: new Fill({
          color: `${mark}${Math.round(strength * 40)
            .toString(16)
            .padStart(2, "0")}`,
        }),
      }),
    ];
  });
  map.addLayer(layer);
  const step = () => {
    if (performance.now() - began > duration) {
      map.removeLayer(layer);
      layer.dispose();
      return;
    }
    layer.changed();
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}
