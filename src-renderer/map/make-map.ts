import { defaults as controlsByDefault } from "ol/control/defaults.js";
import DragPan from "ol/interaction/DragPan.js";
import { defaults as interactionsByDefault } from "ol/interaction/defaults.js";
import OlMap from "ol/Map.js";
import type MapBrowserEvent from "ol/MapBrowserEvent.js";
import type Projection from "ol/proj/Projection.js";
import View from "ol/View.js";
import type { Bounds } from "../../src-shared/geo/bounds.ts";
import { extentOf } from "./raster/raster-layer.ts";

/** A map without OpenLayers' own buttons, and with the middle button to pan under any tool. */
export function makeMap(target: HTMLElement, projection: Projection, bounds: Bounds): OlMap {
  const metersPerUnit = projection.getMetersPerUnit() ?? 1;
  const middleButton = ({ originalEvent }: MapBrowserEvent) =>
    originalEvent instanceof PointerEvent && originalEvent.pointerType === "mouse" && originalEvent.button === 1;
  const map = new OlMap({
    target,
    controls: controlsByDefault({ attribution: false, rotate: false, zoom: false }),
    // Keys are followed by keys.ts, which knows when someone is typing.
    interactions: interactionsByDefault({ keyboard: false, onFocusOnly: false }).extend([
      new DragPan({ condition: middleButton }),
    ]),
    maxTilesLoading: 12,
    view: new View({
      projection,
      minResolution: 0.01 / metersPerUnit,
      maxResolution: 6000 / metersPerUnit,
      enableRotation: true,
      constrainRotation: false,
      center: [(bounds.minX + bounds.maxX) / 2, (bounds.minY + bounds.maxY) / 2],
      resolution: 10 / metersPerUnit,
    }),
  });
  map.getView().fit(extentOf(bounds), { padding: [40, 40, 40, 40], size: map.getSize() ?? [800, 600] });
  return map;
}
