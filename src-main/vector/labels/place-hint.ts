import type { PlaceHint } from "../../../src-shared/errors/place-hint.ts";
import { type Crs, epsgCode } from "../../../src-shared/geo/crs.ts";
import { boundsOf, type GeoBox } from "../../../src-shared/geo/geobox.ts";
import { isGeographic, transformer } from "../../raster/crs.ts";
import type { FeatureLayer } from "../formats/feature.ts";
import { type Position, positionsOf } from "../geometry/geometry.ts";

/** As many positions as a guess looks at. */
const looked = 2000;

/**
 * Why no shape of a layer lies in the project, found by trying: another coordinate system, exchanged coordinates, degrees where
 * the file says metres. With the evidence; `undefined` when nothing explains it.
 */
export function placeHint(layer: FeatureLayer, grid: GeoBox): PlaceHint | undefined {
  const positions = sampled(layer);
  if (positions.length === 0) return undefined;
  for (const crs of candidates(layer.crs, grid)) {
    for (const swap of [false, true]) {
      if (crs === layer.crs && !swap) continue;
      const inside = insideOf(positions, crs, swap, grid);
      if (inside < positions.length / 10 || inside === 0) continue;
      return { kind: "fits", crs: crs === layer.crs ? null : crs, swap, inside, of: positions.length };
    }
  }
  if (layer.crs === undefined) return undefined;
  const degrees = positions.every(([x, y]) => Math.abs(x) <= 180 && Math.abs(y) <= 90);
  const [x, y] = positions[0]!;
  const at = [Number(x.toPrecision(9)), Number(y.toPrecision(9))] as const;
  const geographic = safely(() => isGeographic(layer.crs!)) ?? false;
  if (degrees && !geographic) {
    return { kind: "unit", crs: named(layer.crs), looksLike: "degrees", at };
  }
  if (geographic && positions.some(([px, py]) => Math.abs(px) > 360 || Math.abs(py) > 360)) {
    return { kind: "unit", crs: named(layer.crs), looksLike: "metres", at };
  }
  const lonLat = safely(() => transformer(layer.crs!, "EPSG:4326").forward(x, y));
  const middle = safely(() => {
    const { minX, minY, maxX, maxY } = boundsOf(grid);
    return transformer(grid.crs, "EPSG:4326").forward((minX + maxX) / 2, (minY + maxY) / 2);
  });
  if (!lonLat || !middle || !lonLat.every(Number.isFinite)) return undefined;
  return { kind: "elsewhere", shapes: rounded(lonLat), project: rounded(middle) };
}

const rounded = ([lon, lat]: readonly [number, number]): readonly [number, number] => [
  Number(lon.toFixed(3)),
  Number(lat.toFixed(3)),
];

const named = (crs: Crs): string => (crs.length > 40 ? `${crs.slice(0, 40)} …` : crs);

function sampled(layer: FeatureLayer): Position[] {
  const positions: Position[] = [];
  for (const { geometry } of layer.features) {
    if (!geometry) continue;
    const [first] = positionsOf(geometry);
    if (first) positions.push(first);
    if (positions.length >= looked) break;
  }
  return positions;
}

/** What people most often forget to say or say wrongly: the project's own system, degrees, web maps, the UTM zones around. */
function candidates(own: Crs | undefined, grid: GeoBox): Crs[] {
  const { minX, maxX, minY, maxY } = boundsOf(grid);
  const middle = safely(() => transformer(grid.crs, "EPSG:4326").forward((minX + maxX) / 2, (minY + maxY) / 2));
  const zone = middle ? Math.floor((middle[0] + 180) / 6) + 1 : undefined;
  const utm = zone === undefined ? [] : [32600, 32700, 25800].map((base) => `EPSG:${base + zone}`);
  const likely = ["EPSG:4326", ...(epsgCode(grid.crs) === undefined ? [] : [grid.crs]), "EPSG:3857", ...utm];
  return [...new Set([...(own === undefined ? [] : [own]), ...likely])];
}

function insideOf(positions: readonly Position[], crs: Crs, swap: boolean, grid: GeoBox): number {
  const forward = safely(() => transformer(crs, grid.crs).forward);
  if (!forward) return 0;
  const area = boundsOf(grid);
  return positions.filter(([x, y]) => {
    const [px, py] = safely(() => (swap ? forward(y, x) : forward(x, y))) ?? [Number.NaN, Number.NaN];
    return px >= area.minX && px <= area.maxX && py >= area.minY && py <= area.maxY;
  }).length;
}

/** A system that is not known, or a place where it is not defined, explains nothing. */
function safely<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
