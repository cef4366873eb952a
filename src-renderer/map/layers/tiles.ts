import Feature from "ol/Feature.js";
import Point from "ol/geom/Point.js";
import { fromExtent } from "ol/geom/Polygon.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import CircleStyle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import { type LegendClass, rgbOf } from "../../../src-shared/domain/legend.ts";
import type { ShownTile } from "../../state/tiles.svelte.ts";

/** Tiles smaller than this on screen are dots: single tiles of 60 m in a country would not be seen. */
const leastPixels = 7;

/** Labelled tiles or answers as squares: the class's colour, the stronger the larger its share or probability. */
export class TileLayer {
  readonly #source = new VectorSource();
  readonly layer = new VectorLayer({ source: this.#source, updateWhileAnimating: true });

  show(
    tiles: readonly ShownTile[],
    side: number,
    legend: readonly LegendClass[],
    colorBy: number | null,
    chosen: string | null,
  ): void {
    const colorOf = new Map(legend.map(({ code, color }) => [code, rgbOf(color)]));
    this.#source.clear(true);
    this.#source.addFeatures(
      tiles.map((tile) => {
        const feature = new Feature(fromExtent([tile.x, tile.y - side, tile.x + side, tile.y]));
        const likeliest = Object.entries(tile.values).toSorted((p, q) => q[1] - p[1])[0];
        const code = colorBy ?? Number(likeliest?.[0] ?? 0);
        const value = Math.min(1, Math.max(0, tile.values[code] ?? 0));
        const [red, green, blue] = colorOf.get(code) ?? [128, 128, 128];
        const fill = `rgba(${red}, ${green}, ${blue}, ${(0.15 + 0.7 * value).toFixed(3)})`;
        const strong = `rgb(${red}, ${green}, ${blue})`;
        const picked = tile.key === chosen;
        const square = new Style({
          fill: new Fill({ color: fill }),
          stroke: new Stroke({ color: picked ? "#ffffff" : strong, width: picked ? 3 : 1.4 }),
        });
        const dot = new Style({
          geometry: new Point([tile.x + side / 2, tile.y - side / 2]),
          image: new CircleStyle({
            radius: picked ? 7 : 5,
            fill: new Fill({ color: fill }),
            stroke: new Stroke({ color: picked ? "#ffffff" : strong, width: picked ? 2.5 : 1.6 }),
          }),
        });
        feature.setStyle((_, resolution) => (side / resolution < leastPixels ? dot : square));
        return feature;
      }),
    );
  }
}
