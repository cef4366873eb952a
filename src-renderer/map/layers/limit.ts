import Feature from "ol/Feature.js";
import MultiLineString from "ol/geom/MultiLineString.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import type { ProjectGrid } from "../../../src-shared/domain/job.ts";
import { boundsOf, type GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { MapColors } from "../colors.ts";
import { edgeLines } from "./limit-lines.ts";

/** The edge of a grid, closed. */
function frameOf(geobox: GeoBox): MultiLineString {
  const { minX, minY, maxX, maxY } = boundsOf(geobox);
  const ring = [
    [minX, minY],
    [maxX, minY],
    [maxX, maxY],
    [minX, maxY],
    [minX, minY],
  ];
  return new MultiLineString([ring]);
}

/** Where the project ends, when it is less than its box: an outline along the edges of patches. */
export class LimitLayer {
  readonly #source = new VectorSource();
  readonly layer = new VectorLayer({ source: this.#source, updateWhileAnimating: true });

  recolor({ grid, markHalo }: MapColors): void {
    this.layer.setStyle([
      new Style({ stroke: new Stroke({ color: markHalo, width: 5 }) }),
      new Style({ stroke: new Stroke({ color: grid, width: 2.4 }) }),
    ]);
  }

  /** @param frame draw the whole box where nothing else says where the project lies */
  show({ limit, patchMeters, geobox }: Pick<ProjectGrid, "limit" | "patchMeters" | "geobox">, frame = false): void {
    this.#source.clear(true);
    if (!limit) {
      if (frame) this.#source.addFeature(new Feature(frameOf(geobox)));
      return;
    }
    // Rows are counted from the origin of the coordinate system to the south.
    const lines = edgeLines(limit).map(([x1, y1, x2, y2]) => [
      [x1 * patchMeters, -y1 * patchMeters],
      [x2 * patchMeters, -y2 * patchMeters],
    ]);
    this.#source.addFeature(new Feature(new MultiLineString(lines)));
  }
}
