import Feature from "ol/Feature.js";
import { fromExtent } from "ol/geom/Polygon.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";

/** The outline of the one place that is asked about: light around dark, so that it is seen on every image. */
export class BlindPlaceLayer {
  readonly #source = new VectorSource();
  readonly layer = new VectorLayer({
    source: this.#source,
    updateWhileAnimating: true,
    style: [
      new Style({ stroke: new Stroke({ color: "#ffffff", width: 5 }) }),
      new Style({ stroke: new Stroke({ color: "#111111", width: 2 }) }),
    ],
  });

  show(box: readonly [minX: number, minY: number, maxX: number, maxY: number] | null): void {
    this.#source.clear(true);
    if (box) this.#source.addFeature(new Feature(fromExtent([...box])));
  }
}
