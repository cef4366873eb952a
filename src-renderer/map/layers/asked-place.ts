import Feature from "ol/Feature.js";
import { fromExtent } from "ol/geom/Polygon.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import type { Bounds } from "../../../src-shared/geo/bounds.ts";

/** The frame around the place that a person is asked about: white on dark, so that it is seen on every image. */
export class AskedPlace {
  readonly #source = new VectorSource();
  readonly layer = new VectorLayer({
    source: this.#source,
    style: [
      new Style({ stroke: new Stroke({ color: "#10181c", width: 6 }) }),
      new Style({ stroke: new Stroke({ color: "#ffffff", width: 3 }) }),
    ],
  });

  /** Frames a place, in the project's CRS; `null`: none. */
  show(bounds: Bounds | null): void {
    this.#source.clear();
    if (!bounds) return;
    const { minX, minY, maxX, maxY } = bounds;
    this.#source.addFeature(new Feature(fromExtent([minX, minY, maxX, maxY])));
  }
}
