import { noModifierKeys } from "ol/events/condition.js";
import type Feature from "ol/Feature.js";
import type Geometry from "ol/geom/Geometry.js";
import type LineString from "ol/geom/LineString.js";
import type Polygon from "ol/geom/Polygon.js";
import Draw, { type Options } from "ol/interaction/Draw.js";
import type { OnMap } from "./handler.ts";
import type { Keys } from "./tool-keys.ts";

/** Other buttons than the left one are for panning and menus; the button of a moving pointer is -1. */
export const leftButton = ({ originalEvent }: OnMap): boolean => (originalEvent as PointerEvent).button <= 0;
/** Shift with the left button draws a box to zoom. */
export const leftButtonAlone = (event: OnMap): boolean => leftButton(event) && noModifierKeys(event);

/** An outline being drawn: Enter and the right button end it, Backspace and Ctrl+Z take its last corner back, Esc gives it up. */
export interface Sketch {
  readonly draw: Draw;
  readonly busy: () => boolean;
  /** Ends the outline, unless it has too few corners to be one. */
  finish(): void;
  readonly keys: Keys;
  /** Ends what is being drawn; `false` when nothing is. */
  readonly menu: () => boolean;
}

export function sketching(options: Options): Sketch {
  const draw = new Draw({ stopClick: true, ...options });
  let sketch: Feature<Geometry> | null = null;
  draw.on("drawstart", ({ feature }) => {
    sketch = feature;
  });
  const forget = () => {
    sketch = null;
  };
  draw.on("drawend", forget);
  draw.on("drawabort", forget);
  const busy = () => sketch !== null;
  const finish = () => {
    if (sketch && isWhole(sketch.getGeometry()!, options.type)) draw.finishDrawing();
  };
  const whileBusy = (act: () => void) => () => {
    if (!busy()) return false;
    act();
    return true;
  };
  const takeBack = whileBusy(() => draw.removeLastPoint());
  return {
    draw,
    busy,
    finish,
    keys: {
      Escape: whileBusy(() => draw.abortDrawing()),
      Enter: whileBusy(finish),
      Backspace: takeBack,
      "Mod+Z": takeBack,
    },
    menu: whileBusy(finish),
  };
}

/** Has a sketch as many different corners as a shape of its kind needs, the pointer's place not counted? */
function isWhole(geometry: Geometry, drawn: Options["type"]): boolean {
  const [minX, minY, maxX, maxY] = geometry.getExtent() as [number, number, number, number];
  if (drawn === "Circle") return maxX > minX && maxY > minY;
  if (drawn === "LineString") return different((geometry as LineString).getCoordinates().slice(0, -1)) >= 2;
  // The ring of a sketch ends with the pointer's place and the first corner again.
  if (drawn === "Polygon") return different((geometry as Polygon).getCoordinates()[0]!.slice(0, -2)) >= 3;
  return true;
}

const different = (places: readonly (readonly number[])[]): number => new Set(places.map(([x, y]) => `${x} ${y}`)).size;
