import type { Position } from "geojson";
import Feature from "ol/Feature.js";
import MultiLineString from "ol/geom/MultiLineString.js";
import MultiPolygon from "ol/geom/MultiPolygon.js";
import Point from "ol/geom/Point.js";
import LayerGroup from "ol/layer/Group.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import CircleStyle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import Text from "ol/style/Text.js";
import type { Bounds } from "../../../src-shared/geo/bounds.ts";
import { loadPlaces, loadWorld, type Place, type World } from "../basemap-data.ts";
import { clipLine, clipRing, coastOf, moveEast, turnsInto } from "../clip-lonlat.ts";
import type { MapColors } from "../colors.ts";
import { continuousAround, type LonLatTransform } from "../projection.ts";

export interface BasemapOptions {
  readonly transform: LonLatTransform;
  /** of the project's area, longitude and latitude */
  readonly area: Bounds;
  /** metres per map unit */
  readonly metersPerUnit: number;
  readonly colors: MapColors;
}

/** Degrees around the project that are drawn: a projection is not defined far from its area. */
const reach = { coarse: 30, fine: 6, places: 5 };

/** From this many metres per pixel on, the small-scale outlines are enough. */
const fineUpTo = 700;

/**
 * Metres per pixel below which borders have no dashes: a canvas draws every dash of a line, also of the thousand kilometres beside
 * the view, and each step closer would take twice as long.
 */
const solidBelow = 30;

/** Land, borders and places below everything else. What is far away is never projected. */
export class Basemap {
  readonly group: LayerGroup;
  readonly #options: BasemapOptions;
  #colors: MapColors;
  readonly #land: Record<"coarse" | "fine", VectorLayer>;
  readonly #places: VectorLayer;
  readonly #asked = new Map<string, Promise<void>>();

  constructor(options: BasemapOptions) {
    this.#options = options;
    this.#colors = options.colors;
    const { metersPerUnit } = options;
    const limit = fineUpTo / metersPerUnit;
    this.#land = {
      coarse: new VectorLayer({ source: new VectorSource(), minResolution: limit, className: "basemap-canvas" }),
      fine: new VectorLayer({ source: new VectorSource(), maxResolution: limit, className: "basemap-canvas" }),
    };
    this.#places = new VectorLayer({
      source: new VectorSource(),
      declutter: "places",
      className: "places-canvas",
      maxResolution: 2500 / metersPerUnit,
      zIndex: 150,
    });
    this.group = new LayerGroup({ layers: [this.#land.coarse, this.#land.fine, this.#places] });
    this.recolor(options.colors);
  }

  /** Loads what a view of this resolution needs, once. */
  async need(resolution: number): Promise<void> {
    const meters = resolution * this.#options.metersPerUnit;
    await Promise.all([
      this.#ask(meters > fineUpTo ? "coarse" : "fine"),
      meters < 2500 ? this.#ask("places") : undefined,
    ]);
  }

  recolor(colors: MapColors): void {
    this.#colors = colors;
    const land = new Style({ fill: new Fill({ color: colors.land }) });
    const coast = new Style({ stroke: new Stroke({ color: colors.coast, width: 0.8 }) });
    const [dashed, solid] = [[5, 3], undefined].map(
      (lineDash) =>
        new Style({ stroke: new Stroke({ color: colors.border, width: 1, ...(lineDash ? { lineDash } : {}) }) }),
    );
    for (const layer of Object.values(this.#land)) {
      layer.setStyle((feature, resolution) => {
        if (feature.get("coast")) return coast;
        if (!feature.get("border")) return land;
        return resolution * this.#options.metersPerUnit < solidBelow ? solid : dashed;
      });
    }
    this.#places.setStyle((feature, resolution) => this.#placeStyle(feature.getProperties() as Place, resolution));
  }

  dispose(): void {
    this.group.dispose();
  }

  #ask(what: "coarse" | "fine" | "places"): Promise<void> {
    const asked = this.#asked.get(what);
    if (asked) return asked;
    const asking = (
      what === "places"
        ? loadPlaces().then((places) => this.#addPlaces(places))
        : loadWorld(what).then((world) => this.#addWorld(what, world))
    ).catch(() => {
      // The base map is optional: when loading fails, the next view tries again.
      this.#asked.delete(what);
    });
    this.#asked.set(what, asking);
    return asking;
  }

  /** Longitudes may go past ±180, as those of the area do. */
  #around(degrees: number): Bounds {
    const { transform, area } = this.#options;
    const { minX, minY, maxX, maxY } = area;
    return continuousAround(transform, area, {
      minX: minX - degrees,
      minY: Math.max(-88, minY - degrees),
      maxX: maxX + degrees,
      maxY: Math.min(88, maxY + degrees),
    });
  }

  #addWorld(detail: "coarse" | "fine", { land, borders }: World): void {
    const around = this.#around(reach[detail]);
    const { transform } = this.#options;
    const moved = (positions: readonly Position[]) =>
      positions.map(([x, y]) => transform.fromLonLat(x!, y!)).filter(([x]) => Number.isFinite(x));
    const polygons = land.flatMap((rings) =>
      turnsInto(rings[0]!, around).flatMap((turn) => {
        const [outside, ...holes] = rings.map((ring) => moved(clipRing(moveEast(ring, turn), around)));
        return outside && outside.length >= 4 ? [[outside, ...holes.filter(({ length }) => length >= 4)]] : [];
      }),
    );
    const coasts = land.flatMap((rings) =>
      turnsInto(rings[0]!, around).flatMap((turn) =>
        rings.flatMap((ring) => coastOf(moveEast(ring, turn)).flatMap((line) => clipLine(line, around))),
      ),
    );
    const lines = borders
      .flatMap((line) => turnsInto(line, around).flatMap((turn) => clipLine(moveEast(line, turn), around)))
      .map(moved);
    const source = this.#land[detail].getSource()!;
    source.addFeature(new Feature(new MultiPolygon(polygons)));
    const border = new Feature(new MultiLineString(lines.filter(({ length }) => length > 1)));
    border.set("border", true);
    source.addFeature(border);
    const coast = new Feature(new MultiLineString(coasts.map(moved).filter(({ length }) => length > 1)));
    coast.set("coast", true);
    source.addFeature(coast);
  }

  #addPlaces(places: readonly Place[]): void {
    const around = this.#around(reach.places);
    const { transform } = this.#options;
    const near = places.filter(({ lonLat: [, y] }) => y >= around.minY && y <= around.maxY);
    this.#places.getSource()!.addFeatures(
      near.flatMap(({ lonLat: [x, y], ...place }) =>
        turnsInto([[x, y]], around).map((turn) => {
          const feature = new Feature(new Point(transform.fromLonLat(x + turn, y)));
          feature.setProperties(place, true);
          return feature;
        }),
      ),
    );
  }

  #placeStyle({ name, population, capital }: Place, resolution: number): Style | undefined {
    const meters = resolution * this.#options.metersPerUnit;
    // About as many names as a map of the scale carries.
    const least = meters > 1000 ? 300_000 : meters > 400 ? 80_000 : meters > 150 ? 20_000 : meters > 50 ? 5_000 : 0;
    if (population < least && !capital) return undefined;
    const large = population > 100_000 || capital;
    const { place, halo, land } = this.#colors;
    return new Style({
      zIndex: population,
      image: new CircleStyle({
        radius: large ? 3 : 2,
        fill: new Fill({ color: capital ? place : land }),
        stroke: new Stroke({ color: place, width: 1.2 }),
      }),
      text: new Text({
        text: name,
        font: `${large ? "600 12px" : "500 11px"} system-ui, "Segoe UI", "Noto Sans", sans-serif`,
        fill: new Fill({ color: place }),
        stroke: new Stroke({ color: halo, width: 3 }),
        textAlign: "left",
        offsetX: 7,
      }),
    });
  }
}
