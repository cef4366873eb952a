/** Where the pieces of an acquisition lie, from their headers: which touch a window, and which show the same place. */
import { type AcquisitionPiece, gridsOfPiece } from "../../src-shared/eo/index.ts";
import { apply, invert } from "../../src-shared/geo/affine.ts";
import type { Bend } from "../../src-shared/geo/bend.ts";
import { area, type Bounds, intersection } from "../../src-shared/geo/bounds.ts";
import type { Crs } from "../../src-shared/geo/crs.ts";
import { boundsOf, type GeoBox, positionsOver } from "../../src-shared/geo/geobox.ts";
import { transformer } from "../raster/index.ts";
import { boundsIn, mostOf } from "./place.ts";

/** A piece's bounds in a CRS; `null` where they are not known or have no coordinates there. */
const known = new WeakMap<AcquisitionPiece, Map<Crs, readonly (Bounds | null)[]>>();

/** May the piece have pixels in `target`? One pixel of `target` is added around: resampling reaches so far, and what a bend displaces. */
export const touches = (piece: AcquisitionPiece, target: GeoBox, bend?: Bend): boolean =>
  reach(boundsOfPiece(piece, target.crs), target, mostOf(bend));

/** The same of a grid. */
export const gridTouches = (grid: GeoBox, target: GeoBox): boolean =>
  reach([boundsIn(grid, target.crs) ?? null], target);

function reach(bounds: readonly (Bounds | null)[], target: GeoBox, more = { x: 0, y: 0 }): boolean {
  const own = boundsOf(target);
  const { a: _, d: __, b, c, e, f } = target.affine;
  const [x, y] = [Math.abs(b) + Math.abs(c) + more.x, Math.abs(e) + Math.abs(f) + more.y];
  const wide = { minX: own.minX - x, minY: own.minY - y, maxX: own.maxX + x, maxY: own.maxY + y };
  return bounds.some((one) => one === null || intersection(one, wide) !== undefined);
}

function boundsOfPiece(piece: AcquisitionPiece, crs: Crs): readonly (Bounds | null)[] {
  const byCrs = known.get(piece) ?? new Map<Crs, readonly (Bounds | null)[]>();
  known.set(piece, byCrs);
  let bounds = byCrs.get(crs);
  if (!bounds) {
    const grids = gridsOfPiece(piece);
    bounds = grids ? grids.map((grid) => (grid.crs === crs ? boundsOf(grid) : (boundsIn(grid, crs) ?? null))) : [null];
    byCrs.set(crs, bounds);
  }
  return bounds;
}

/**
 * How much of the smaller of two footprints lies in the other, 0 to 1, whatever their coordinate systems: exact for upright
 * grids of one CRS, else looked up at 24 × 24 places of the smaller one.
 */
export function sharedPart(p: GeoBox, q: GeoBox): number {
  const upright = ({ affine }: GeoBox) => affine.c === 0 && affine.e === 0;
  if (p.crs === q.crs) {
    const [a, b] = [boundsOf(p), boundsOf(q)];
    const common = intersection(a, b);
    if (!common) return 0;
    if (upright(p) && upright(q)) return area(common) / Math.min(area(a), area(b));
  }
  return Math.max(shareOf(p, q), shareOf(q, p));
}

/** The share of `grid` that lies in the frame of `other`. */
export function shareOf(grid: GeoBox, other: GeoBox): number {
  const { forward } = transformer(grid.crs, other.crs);
  const toPixel = invert(other.affine);
  const [width, height] = [grid.width / 24, grid.height / 24];
  const places = positionsOver({ width: grid.width - width, height: grid.height - height }, 23);
  const inside = places.filter(([col, row]) => {
    const [x, y] = forward(...apply(grid.affine, col + width / 2, row + height / 2));
    const [u, v] = apply(toPixel, x, y);
    return u >= 0 && v >= 0 && u <= other.width && v <= other.height;
  });
  return inside.length / places.length;
}
