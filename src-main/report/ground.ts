import { apply, invert } from "../../src-shared/geo/affine.ts";
import { epsgCode } from "../../src-shared/geo/crs.ts";
import { type GeoBox, resolutionOf } from "../../src-shared/geo/geobox.ts";
import { crsName, isGeographic, transformer } from "../raster/index.ts";

/** How a grid of pixels lies on the ground, in metres. */
export interface Ground {
  readonly width: number;
  readonly height: number;
  readonly pixelWidthMeters: number;
  readonly pixelHeightMeters: number;
  /** where grid north points in the picture: degrees clockwise from up */
  readonly northDegrees: number;
  /** `EPSG:32631, WGS 84 / UTM zone 31N` */
  readonly crs: string;
  /** metres were measured at the middle of the map: its pixels do not all cover the same ground */
  readonly approximate: boolean;
}

/** A map unit this close to a metre on the ground is one: UTM and the national grids stay well inside. */
const metricTolerance = 0.01;

export function groundOf(grid: GeoBox): Ground {
  const { x, y } = resolutionOf(grid);
  const measured = pixelOnGround(grid);
  const metric = !isGeographic(grid.crs) && [measured.x / x, measured.y / y].every(isNearlyOne);
  const toPixel = invert(grid.affine);
  return {
    width: grid.width,
    height: grid.height,
    pixelWidthMeters: metric ? x : measured.x,
    pixelHeightMeters: metric ? y : measured.y,
    northDegrees: (Math.atan2(toPixel.c, -toPixel.f) * 180) / Math.PI,
    crs: epsgCode(grid.crs) === undefined ? crsName(grid.crs) : `${grid.crs}, ${crsName(grid.crs)}`,
    approximate: !metric,
  };
}

const isNearlyOne = (ratio: number): boolean => Math.abs(ratio - 1) < metricTolerance;

/**
 * The middle pixel's sides along the ellipsoid. Degrees, feet and Web Mercator's stretched metres are all measured
 * the same way: as the way between two longitudes and latitudes.
 */
function pixelOnGround(grid: GeoBox): { readonly x: number; readonly y: number } {
  const { forward } = transformer(grid.crs, "EPSG:4326");
  const [col, row] = [grid.width / 2, grid.height / 2];
  const place = (dCol: number, dRow: number) => forward(...apply(grid.affine, col + dCol, row + dRow));
  const [, latitude] = place(0, 0);
  const degree = metersPerDegree(latitude);
  const way = ([lon1, lat1]: [number, number], [lon2, lat2]: [number, number]): number =>
    Math.hypot((lon2 - lon1) * degree.x, (lat2 - lat1) * degree.y);
  const sides = { x: way(place(-0.5, 0), place(0.5, 0)), y: way(place(0, -0.5), place(0, 0.5)) };
  return Number.isFinite(sides.x) && Number.isFinite(sides.y) ? sides : resolutionOf(grid);
}

/** Series for the length of a degree on WGS 84, good to a few centimetres. */
function metersPerDegree(latitude: number): { readonly x: number; readonly y: number } {
  const phi = (latitude * Math.PI) / 180;
  return {
    x: 111412.84 * Math.cos(phi) - 93.5 * Math.cos(3 * phi) + 0.118 * Math.cos(5 * phi),
    y: 111132.92 - 559.82 * Math.cos(2 * phi) + 1.175 * Math.cos(4 * phi) - 0.0023 * Math.cos(6 * phi),
  };
}
