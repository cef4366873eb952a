import { format } from "../i18n/index.ts";
import { type Notation, writeDegrees, writeDms } from "./coordinates.ts";
import { mapView } from "./index.ts";

/** A position of the project's CRS as people read it. Digits follow the size of a pixel on screen. */
export function writtenPlace([x, y]: readonly [number, number], notation: Notation): string {
  const { lonLat, metersPerUnit, view, geographic } = mapView;
  const meters = view.resolution * metersPerUnit;
  if (notation !== "project" && lonLat) {
    const [longitude, latitude] = lonLat.toLonLat(x, y);
    if (!Number.isFinite(longitude)) return "–";
    return notation === "dd"
      ? writeDegrees(longitude, latitude, format.number, meters < 0.5 ? 7 : meters < 50 ? 5 : 3)
      : writeDms(longitude, latitude, format.number, meters < 0.5 ? 3 : meters < 50 ? 1 : 0);
  }
  const digits = geographic ? (meters < 0.5 ? 7 : 5) : meters < 0.2 ? 2 : meters < 2 ? 1 : 0;
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false };
  return `${format.number(x, options)}  ${format.number(y, options)}`;
}
