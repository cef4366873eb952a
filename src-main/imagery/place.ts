/** Where an acquisition's pixels lie: the correction of its position, and the size of its pixels in another system. */
import type { Shift } from "../../src-shared/eo/index.ts";
import { apply } from "../../src-shared/geo/affine.ts";
import { type Bend, bendAt } from "../../src-shared/geo/bend.ts";
import { type Bounds, boundsOfPoints } from "../../src-shared/geo/bounds.ts";
import type { Crs } from "../../src-shared/geo/crs.ts";
import { type GeoBox, positionsOver, resolutionOf } from "../../src-shared/geo/geobox.ts";
import { transformer } from "../raster/index.ts";

/** What of a correction differs from place to place, for a reading on `gridBeforeShift`: its places are those of that grid. */
export function bendBeforeShift(shift: Shift | undefined): Bend | undefined {
  if (!shift?.bend) return undefined;
  const { minX, minY, maxX, maxY } = shift.bend.bounds;
  const { dx, dy } = shift;
  return { ...shift.bend, bounds: { minX: minX - dx, minY: minY - dy, maxX: maxX - dx, maxY: maxY - dy } };
}

/** The grid on which the files of an image are read so that its corrected pixels lie on `target` (project's CRS): `target` less the shift. */
export function gridBeforeShift(target: GeoBox, shift: Shift | undefined): GeoBox {
  if (!shift || (shift.dx === 0 && shift.dy === 0)) return target;
  return { ...target, affine: { ...target.affine, a: target.affine.a - shift.dx, d: target.affine.d - shift.dy } };
}

/** The position in an image's files, in the project's CRS, of the corrected position (x, y). */
export function placeBeforeShift(x: number, y: number, shift: Shift | undefined): [x: number, y: number] {
  if (!shift) return [x, y];
  const [dx, dy] = shift.bend ? bendAt(shift.bend, x, y) : [0, 0];
  return [x - shift.dx - dx, y - shift.dy - dy];
}

/** The corrected position of the position (x, y) in an image's files, both in the project's CRS. */
export function placeAfterShift(x: number, y: number, shift: Shift | undefined): [x: number, y: number] {
  if (!shift) return [x, y];
  const [left, top] = [x + shift.dx, y + shift.dy];
  if (!shift.bend) return [left, top];
  // The bend is known at the corrected place. It changes by far less than itself on the way there, so a few steps arrive.
  let place: [x: number, y: number] = [left, top];
  for (let step = 0; step < 5; step++) {
    const [dx, dy] = bendAt(shift.bend, ...place);
    place = [left + dx, top + dy];
  }
  return place;
}

/** Bounds that hold the corrected bounds of bounds in an image's files. */
export function boundsAfterShift({ minX, minY, maxX, maxY }: Bounds, shift: Shift | undefined): Bounds {
  const { dx, dy } = shift ?? { dx: 0, dy: 0 };
  const { x, y } = mostOf(shift?.bend);
  return { minX: minX + dx - x, minY: minY + dy - y, maxX: maxX + dx + x, maxY: maxY + dy + y };
}

/** More than a bend displaces anywhere: between its nodes it may be a fifth larger than at them. */
export function mostOf(bend: Bend | undefined): { readonly x: number; readonly y: number } {
  const most = (values: readonly number[]) => 1.25 * values.reduce((so, value) => Math.max(so, Math.abs(value)), 0);
  return bend ? { x: most(bend.dx), y: most(bend.dy) } : { x: 0, y: 0 };
}

/**
 * The rectangle that `grid` covers in `crs`; `undefined` when no point of it has coordinates there. Edges are curved in another
 * projection, so they are followed in 20 steps.
 */
export function boundsIn(grid: GeoBox, crs: Crs): Bounds | undefined {
  const { forward } = transformer(grid.crs, crs);
  return boundsOfPoints(positionsOver(grid, 20).map(([col, row]) => forward(...apply(grid.affine, col, row))));
}

export interface PixelSize {
  /** lengths of a pixel's upper and left edge */
  readonly x: number;
  readonly y: number;
  /** of the square with the same area */
  readonly side: number;
}

/** Size of the pixel in the middle of `grid`, in units of `crs`. Where the middle has no coordinates there, in the grid's own units. */
export function pixelSizeIn(grid: GeoBox, crs: Crs): PixelSize {
  const { identity, forward } = transformer(grid.crs, crs);
  const [col, row] = [Math.floor(grid.width / 2), Math.floor(grid.height / 2)];
  const own = resolutionOf(grid);
  const at = (dCol: number, dRow: number) => forward(...apply(grid.affine, col + dCol, row + dRow));
  const { b, c, e, f } = grid.affine;
  const ownArea = Math.abs(b * f - c * e);
  if (identity) return { ...own, side: rounded(Math.sqrt(ownArea)) };
  const [x0, y0] = at(0, 0);
  const [x1, y1] = at(1, 0);
  const [x2, y2] = at(0, 1);
  const size = {
    x: Math.hypot(x1 - x0, y1 - y0),
    y: Math.hypot(x2 - x0, y2 - y0),
    side: rounded(Math.sqrt(Math.abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)))),
  };
  const usable = Object.values(size).every((value) => Number.isFinite(value) && value > 0);
  return usable ? size : { ...own, side: rounded(Math.sqrt(ownArea)) };
}

/** The last digits of a root are noise. */
const rounded = (value: number): number => Number(value.toPrecision(9));
