import Feature from "ol/Feature.js";
import PolygonGeometry, { fromExtent } from "ol/geom/Polygon.js";
import { createBox } from "ol/interaction/Draw.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import type { Bounds } from "../../../src-shared/geo/bounds.ts";
import { mapView } from "../index.ts";
import type { Ground, Lendings, ToolAtWork } from "./handler.ts";
import { factsOf } from "./modes.ts";
import { leftButtonAlone, sketching } from "./sketch.ts";

type Rings = readonly (readonly (readonly [x: number, y: number])[])[];

/** A place for a map or an export. */
export interface ChosenArea {
  readonly bounds: Bounds;
  /** of a polygon; a rectangle needs none */
  readonly outline: Rings | null;
}

const style = [
  new Style({ stroke: new Stroke({ color: "rgba(255, 255, 255, 0.9)", width: 4 }) }),
  new Style({
    stroke: new Stroke({ color: "#0b7a68", width: 2, lineDash: [6, 4] }),
    fill: new Fill({ color: "rgba(11, 122, 104, 0.10)" }),
  }),
];

/** Marks an area on the map; `null` marks nothing. Returns how to take the mark away. */
export function markArea(area: ChosenArea | null): () => void {
  if (!area) return () => {};
  const { minX, minY, maxX, maxY } = area.bounds;
  const geometry = area.outline
    ? new PolygonGeometry(area.outline.map((ring) => ring.map(([x, y]) => [x, y])))
    : fromExtent([minX, minY, maxX, maxY]);
  const layer = new VectorLayer({ source: new VectorSource({ features: [new Feature(geometry)] }), style });
  return mapView.overlays.add(layer, { id: "chosen-area", zIndex: 520 });
}

/** Who waits for an area. */
export interface AreaRequest {
  /** Answers; only the first answer counts. `null`: the person gave up. */
  end(area: ChosenArea | null): void;
}

/** Lets the user draw a rectangle (two clicks) or a polygon; answers once, then restores the previous tool. */
export function chooseArea(kind: "rectangle" | "polygon", done: (area: ChosenArea | null) => void): () => void {
  const mode = `choose-${kind}` as const;
  const before = factsOf(mapView.tool).family === "area" ? "pan" : mapView.tool;
  let over = false;
  const request: AreaRequest = {
    end(area) {
      if (over) return;
      over = true;
      // Another form may have asked for an area meanwhile: then the mode is its.
      if (mapView.tool === mode && mapView.lent.area === request) mapView.tool = before;
      takeBack();
      done(area);
    },
  };
  const takeBack = mapView.lend("area", request);
  mapView.tool = mode;
  return () => request.end(null);
}

export function startChoosing(
  { map, area: request }: Ground & Pick<Lendings, "area">,
  kind: "rectangle" | "polygon",
): ToolAtWork {
  const { draw, keys, menu } = sketching({
    type: kind === "rectangle" ? "Circle" : "Polygon",
    ...(kind === "rectangle" ? { geometryFunction: createBox() } : {}),
    style,
    condition: leftButtonAlone,
    freehandCondition: () => false,
  });
  draw.on("drawend", ({ feature }) => {
    const geometry = feature.getGeometry() as PolygonGeometry;
    const [minX, minY, maxX, maxY] = geometry.getExtent() as [number, number, number, number];
    const rings = geometry.getCoordinates().map((ring) => ring.map(([x, y]) => [x!, y!] as const));
    const empty = maxX - minX <= 0 || maxY - minY <= 0;
    queueMicrotask(() =>
      request.end(empty ? null : { bounds: { minX, minY, maxX, maxY }, outline: kind === "polygon" ? rings : null }),
    );
  });
  map.addInteraction(draw);
  return {
    keys: {
      ...keys,
      Escape() {
        request.end(null);
        return true;
      },
    },
    menu,
    stop() {
      map.removeInteraction(draw);
      // Another tool was chosen meanwhile.
      queueMicrotask(() => request.end(null));
    },
  };
}
