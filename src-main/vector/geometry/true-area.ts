import { type Crs, epsgCode } from "../../../src-shared/geo/crs.ts";
import { transformer } from "../../raster/crs.ts";

const semiMajor = 6378137;
const flattening = 1 / 298.257223563;
const squaredEccentricity = flattening * (2 - flattening);

/**
 * Square metres on the ground (WGS 84) per square unit of the map around a place. A map plane within half a per cent
 * of the truth, as UTM is, counts as 1, so that areas are those other programs show; degrees, feet and Web Mercator are put right.
 */
export function squareMetersPerUnit(crs: Crs, x: number, y: number): number {
  const { forward } = transformer(crs, "EPSG:4326");
  // A step of about a metre or a hundred-thousandth of a degree, whichever the unit is.
  const step = Math.max(Math.abs(x), Math.abs(y)) > 400 || epsgCode(crs) === 3857 ? 1 : 1e-5;
  const [west, south] = forward(x - step, y);
  const [east, north] = forward(x + step, y);
  const [left, low] = forward(x, y - step);
  const [right, high] = forward(x, y + step);
  const degrees = Math.abs((east - west) * (high - low) - (right - left) * (north - south)) / (4 * step * step);
  const [, latitude] = forward(x, y);
  const sine = Math.sin((latitude * Math.PI) / 180);
  const q = 1 - squaredEccentricity * sine * sine;
  // Radius along the meridian times radius of the parallel.
  const perSquareRadian =
    ((semiMajor * (1 - squaredEccentricity)) / q ** 1.5) * ((semiMajor / Math.sqrt(q)) * Math.sqrt(1 - sine * sine));
  const scale = degrees * (Math.PI / 180) ** 2 * perSquareRadian;
  if (!Number.isFinite(scale)) throw new Error(`No area scale at (${x}, ${y}) in ${crs}`);
  return Math.abs(scale - 1) < 0.005 ? 1 : scale;
}
