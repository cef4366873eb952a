import { getPointResolution, get as projectionOf, transform } from "ol/proj.js";

/** How a place of the project lies on the Earth: metres per map unit, and where true north points (degrees clockwise from up). */
export function groundScale(
  crs: string,
  [x, y]: readonly [number, number],
): { readonly metersPerUnit: number; readonly north: number } {
  const projection = projectionOf(crs);
  if (!projection) return { metersPerUnit: 1, north: 0 };
  const [longitude = 0, latitude = 0] = transform([x, y], projection, "EPSG:4326");
  const [x2 = x, y2 = y + 1] = transform([longitude, latitude + 0.001], "EPSG:4326", projection);
  return {
    metersPerUnit: getPointResolution(projection, 1, [x, y], "m"),
    north: (Math.atan2(x2 - x, y2 - y) * 180) / Math.PI,
  };
}
