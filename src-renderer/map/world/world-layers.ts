import Feature from "ol/Feature.js";
import MultiLineString from "ol/geom/MultiLineString.js";
import MultiPolygon from "ol/geom/MultiPolygon.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import { fromLonLat } from "ol/proj.js";
import VectorSource from "ol/source/Vector.js";
import CircleStyle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import Text from "ol/style/Text.js";
import { loadPlaces, loadWorld, type Place } from "../basemap-data.ts";
import { coastOf } from "../clip-lonlat.ts";
import type { MapColors } from "../colors.ts";

/** Metres per pixel at the equator from where the finer coast is drawn. */
const fineFrom = 2000;
const shown = (lat: number): number => Math.max(-85, Math.min(85, lat));

/** Land, borders and places of the whole world in Mercator, for choosing a place without a project. */
export function worldLayers() {
  const sources = { coarse: new VectorSource(), fine: new VectorSource() };
  const land = {
    coarse: new VectorLayer({ source: sources.coarse, minResolution: fineFrom }),
    fine: new VectorLayer({ source: sources.fine, maxResolution: fineFrom }),
  };
  const placeSource = new VectorSource();
  const places = new VectorLayer({ source: placeSource, declutter: true, zIndex: 20 });
  const asked = new Set<string>();

  async function add(detail: "coarse" | "fine"): Promise<void> {
    const { land: polygons, borders } = await loadWorld(detail);
    const ring = (positions: readonly (readonly number[])[]) => positions.map(([x, y]) => fromLonLat([x!, shown(y!)]));
    sources[detail].addFeature(new Feature(new MultiPolygon(polygons.map((rings) => rings.map(ring)))));
    for (const [kind, lines] of [
      ["coast", polygons.flat().flatMap(coastOf)],
      ["border", borders],
    ] as const) {
      const feature = new Feature(new MultiLineString(lines.map(ring)));
      feature.set("kind", kind);
      sources[detail].addFeature(feature);
    }
  }

  async function addPlaces(): Promise<void> {
    // The list is in order of size, and far more than a map to choose from needs.
    const largest = (await loadPlaces()).slice(0, 30_000);
    placeSource.addFeatures(
      largest.map(({ lonLat, ...place }) => {
        const feature = new Feature(new Point(fromLonLat([...lonLat])));
        feature.setProperties(place, true);
        return feature;
      }),
    );
  }

  const ask = (what: string, load: () => Promise<void>) => {
    if (asked.has(what)) return;
    asked.add(what);
    // The base map is optional: when loading fails, the next move tries again.
    load().catch(() => asked.delete(what));
  };

  return {
    layers: [land.coarse, land.fine, places],

    need(resolution: number): void {
      ask("coarse", () => add("coarse"));
      if (resolution < fineFrom) ask("fine", () => add("fine"));
      ask("places", addPlaces);
    },

    recolor(colors: MapColors): void {
      const ground = new Style({ fill: new Fill({ color: colors.land }) });
      const coast = new Style({ stroke: new Stroke({ color: colors.coast, width: 0.8 }) });
      const border = new Style({ stroke: new Stroke({ color: colors.border, width: 0.8, lineDash: [4, 3] }) });
      for (const layer of Object.values(land))
        layer.setStyle((feature) => {
          const kind: unknown = feature.get("kind");
          return kind === "border" ? border : kind === "coast" ? coast : ground;
        });
      places.setStyle((feature, resolution) => placeStyle(feature.getProperties() as Place, resolution, colors));
    },
  };
}

function placeStyle({ name, population, capital }: Place, resolution: number, colors: MapColors): Style | undefined {
  const least =
    resolution > 15_000
      ? 8_000_000
      : resolution > 6000
        ? 2_000_000
        : resolution > 2000
          ? 500_000
          : resolution > 600
            ? 100_000
            : resolution > 200
              ? 20_000
              : 0;
  if (population < least && !(capital && resolution < 5000)) return undefined;
  return new Style({
    image: new CircleStyle({ radius: capital ? 2.5 : 1.8, fill: new Fill({ color: colors.place }) }),
    text: new Text({
      text: name,
      font: `${population > 1_000_000 ? 600 : 400} 11px system-ui, sans-serif`,
      offsetY: -9,
      fill: new Fill({ color: colors.place }),
      stroke: new Stroke({ color: colors.halo, width: 3 }),
    }),
    zIndex: Math.round(Math.log10(population + 1) * 10),
  });
}
