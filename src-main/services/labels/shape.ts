import type { LabelPolygon } from "../../../src-shared/domain/job.ts";
import type { LabelShape } from "../../../src-shared/domain/label.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { reason } from "../../../src-shared/errors/reasons/index.ts";
import { apply, invert } from "../../../src-shared/geo/affine.ts";
import { boundsOf, type GeoBox } from "../../../src-shared/geo/geobox.ts";
import {
  areaWithin,
  defectOf,
  type MultiPolygon,
  type Polygonal,
  rasterizePolygon,
  representativePoint,
  squareMetersPerUnit,
  withStandardWinding,
} from "../../vector/index.ts";

type Coordinates = LabelPolygon["coordinates"];

export const multi = (coordinates: Coordinates): MultiPolygon => ({ type: "MultiPolygon", coordinates });

/** A shape with everything that follows from it. @throws AppError when it cannot be a label */
export function shapeOf(coordinates: Coordinates, grid: GeoBox): LabelShape {
  const polygon = multi(coordinates);
  if (coordinates.length === 0) throw new AppError("label-invalid", { problem: reason("nothing-left-of-shape") });
  const defect = defectOf(polygon);
  if (defect) {
    const [x, y] = defect.at?.map((value) => Number(value.toPrecision(9))) ?? [];
    const { problem } = defect;
    throw new AppError("label-invalid", {
      problem: x === undefined || y === undefined ? problem : reason("defect-near", { problem, x, y }),
    });
  }
  const turned = withStandardWinding(polygon) as MultiPolygon;
  if (!touches(turned, grid)) throw new AppError("label-outside", {});
  const [x, y] = representativePoint(turned);
  return {
    coordinates: turned.coordinates,
    x,
    y,
    patches: patchCount(turned, grid),
    hectares: hectaresOf(turned, grid),
  };
}

/** Patches whose centre lies in the polygon. */
export function patchCount(polygon: Polygonal, grid: GeoBox): number {
  let patches = 0;
  rasterizePolygon(polygon, grid, (_row, start, end) => {
    patches += end - start;
  });
  return patches;
}

const scales = new WeakMap<GeoBox, Map<string, number>>();

/** Hectares on the ground of what lies inside the project. The scale is found once per square of about a thousandth of the grid: it changes slowly. */
export function hectaresOf(polygon: Polygonal, grid: GeoBox): number {
  const [x, y] = representativePoint(polygon);
  const known = scales.get(grid) ?? new Map<string, number>();
  scales.set(grid, known);
  const [col, row] = apply(invert(grid.affine), x, y);
  const key = `${Math.floor((32 * col) / grid.width)}:${Math.floor((32 * row) / grid.height)}`;
  let scale = known.get(key);
  if (scale === undefined) {
    scale = squareMetersPerUnit(grid.crs, x, y);
    known.set(key, scale);
  }
  return (areaWithin(polygon, boundsOf(grid)) * scale) / 10_000;
}

/** Does any of it lie over a patch of the grid? */
export function touches(polygon: Polygonal, grid: GeoBox): boolean {
  let touched = false;
  const note = () => {
    touched = true;
  };
  rasterizePolygon(polygon, grid, note);
  if (!touched) rasterizePolygon(polygon, grid, note, { allTouched: true });
  return touched;
}

/** The square of the patch that a position lies in. */
export function patchAround([x, y]: readonly [number, number], grid: GeoBox): Coordinates {
  const [col, row] = apply(invert(grid.affine), x, y).map(Math.floor) as [number, number];
  if (col < 0 || row < 0 || col >= grid.width || row >= grid.height) throw new AppError("label-outside", {});
  return patchSquare(col, row, grid);
}

function patchSquare(col: number, row: number, { affine }: GeoBox): Coordinates {
  const corner = (dc: number, dr: number) => apply(affine, col + dc, row + dr);
  return [[[corner(0, 0), corner(0, 1), corner(1, 1), corner(1, 0), corner(0, 0)]]];
}
