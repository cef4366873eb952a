import Feature from "ol/Feature.js";
import MultiLineString from "ol/geom/MultiLineString.js";
import type Polygon from "ol/geom/Polygon.js";
import { fromExtent } from "ol/geom/Polygon.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import type { ProjectGrid } from "../../../src-shared/domain/job.ts";
import { boundsOf } from "../../../src-shared/geo/geobox.ts";
import type { MapColors } from "../colors.ts";
import { extentOf } from "../raster/raster-layer.ts";

/** The project's area, and its tiles and patches where they are wide enough on screen to be distinguished. */
export class ProjectGridLayer {
  readonly layer: VectorLayer;
  readonly #grid: ProjectGrid;
  readonly #source = new VectorSource();
  #shown = "";

  constructor(grid: ProjectGrid, colors: MapColors) {
    this.#grid = grid;
    this.layer = new VectorLayer({ source: this.#source, className: "grid-canvas" });
    this.recolor(colors);
  }

  recolor({ grid, markHalo }: MapColors): void {
    const area = [
      new Style({ stroke: new Stroke({ color: markHalo, width: 4 }) }),
      new Style({ stroke: new Stroke({ color: grid, width: 1.8 }) }),
    ];
    const tile = new Style({ stroke: new Stroke({ color: grid, width: 0.8 }) });
    const patch = new Style({ stroke: new Stroke({ color: grid, width: 0.35 }) });
    this.layer.setStyle((feature) =>
      feature.get("what") === "area" ? area : feature.get("what") === "tile" ? tile : patch,
    );
  }

  /** Lines of the view only: a large project has millions of patches. */
  show(view: readonly number[], resolution: number): void {
    const { geobox, tilePatches } = this.#grid;
    const { minX, minY, maxX, maxY } = boundsOf(geobox);
    const patch = Math.abs(geobox.affine.b);
    const left = Math.max(minX, view[0]!);
    const bottom = Math.max(minY, view[1]!);
    const right = Math.min(maxX, view[2]!);
    const top = Math.min(maxY, view[3]!);
    const key = [left, bottom, right, top, Math.round(Math.log2(resolution) * 4)].join();
    if (key === this.#shown) return;
    this.#shown = key;
    const area = new Feature(fromExtent(extentOf({ minX, minY, maxX, maxY })) as Polygon);
    area.set("what", "area");
    const features: Feature[] = [area];
    const lines = (side: number, what: string) => {
      if (side / resolution < 8 || left >= right || bottom >= top) return;
      const parts: number[][][] = [];
      for (let x = minX + Math.floor((left - minX) / side) * side; x <= right; x += side) {
        if (x >= left)
          parts.push([
            [x, bottom],
            [x, top],
          ]);
      }
      for (let y = maxY - Math.floor((maxY - top) / side) * side; y >= bottom; y -= side) {
        if (y <= top)
          parts.push([
            [left, y],
            [right, y],
          ]);
      }
      const feature = new Feature(new MultiLineString(parts));
      feature.set("what", what);
      features.push(feature);
    };
    lines(patch, "patch");
    lines(patch * tilePatches, "tile");
    this.#source.clear(true);
    this.#source.addFeatures(features);
  }
}
