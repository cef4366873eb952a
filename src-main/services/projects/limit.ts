// The area of a project that ends at polygons: which patches belong to it.
import { AppError } from "../../../src-shared/errors/index.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { AreaOfFile } from "../../../src-shared/ipc/app.ts";
import {
  boundsOfPatches,
  type Grid,
  geoboxOfPatches,
  PatchSet,
  type PatchWindow,
  patchesCovering,
} from "../../cube/index.ts";
import { sameCrs, transformer } from "../../raster/index.ts";
import {
  eachFeatureInSubprocess,
  type Geometry,
  isPolygonal,
  type Polygonal,
  rasterizePolygon,
  type Transform,
  transformGeometry,
} from "../../vector/index.ts";
import { boundsIn } from "../layers/vectors.ts";

/** Rings of a polygon: the first outside, others are holes. */
type Outline = readonly (readonly (readonly [x: number, y: number])[])[];

/**
 * The patches of an area in `box`: those that a polygon touches, and of images (and files of points) those of their boxes.
 * @throws AppError "project-area-empty" when there are none
 */
export async function limitOfPlaces(places: readonly AreaOfFile[], grid: Grid, box: PatchWindow): Promise<PatchSet> {
  const sets = await Promise.all(
    places.map(
      async (place) => (place.kind === "vector" ? await touched(place, grid, box) : null) ?? boxOf(place, grid),
    ),
  );
  const limit = PatchSet.union(sets).inside(box);
  if (limit.size === 0) throw new AppError("project-area-empty", { paths: places.map(({ path }) => path) });
  return limit;
}

/** The patches of `box` that a polygon in the project's own system touches. */
export const limitOfOutline = (rings: Outline, grid: Grid, box: PatchWindow): PatchSet =>
  patchesTouched({ type: "Polygon", coordinates: rings.map(closed) }, geoboxOfPatches(grid, box), box).inside(box);

function closed(ring: Outline[number]): [number, number][] {
  const points = ring.map(([x, y]): [number, number] => [x, y]);
  const [first, last] = [points[0], points.at(-1)];
  return first && last && (first[0] !== last[0] || first[1] !== last[1]) ? [...points, first] : points;
}

/** Whether some of these places lie a patch or more beyond `box`, where the project has no patches. */
export function reachBeyond(
  places: readonly Pick<AreaOfFile, "bounds" | "crs">[],
  grid: Grid,
  box: PatchWindow,
): boolean {
  const { minX, minY, maxX, maxY } = boundsOfPatches(grid, box);
  const most = grid.patchMeters;
  return places.some(({ bounds, crs }) => {
    const own = sameCrs(crs, grid.crs) ? bounds : boundsIn(bounds, crs, grid.crs);
    return !own || own.minX < minX - most || own.minY < minY - most || own.maxX > maxX + most || own.maxY > maxY + most;
  });
}

function boxOf({ bounds, crs }: AreaOfFile, grid: Grid): PatchSet {
  const own = sameCrs(crs, grid.crs) ? bounds : boundsIn(bounds, crs, grid.crs);
  return own ? PatchSet.ofWindow(patchesCovering(grid, own)) : PatchSet.empty;
}

/** Patches that the polygons of a file touch; `null` when it holds none. */
async function touched({ path, crs }: AreaOfFile, grid: Grid, box: PatchWindow): Promise<PatchSet | null> {
  const { forward } = transformer(crs, grid.crs);
  const geobox = geoboxOfPatches(grid, box);
  // Outlines along the edges of patches become slightly larger when they are transformed and back.
  const hair = grid.patchMeters / 1000;
  const rounded = (value: number) => Math.round(value / hair) * hair;
  const placed: Transform = (x, y) => {
    const [east, north] = forward(x, y);
    return [rounded(east), rounded(north)];
  };
  const sets: PatchSet[] = [];
  await eachFeatureInSubprocess(
    path,
    { crs },
    () => {},
    ({ geometry }) => {
      if (!geometry) return true;
      for (const polygon of polygonsOf(transformGeometry(geometry, placed)))
        sets.push(patchesTouched(polygon, geobox, box));
      return true;
    },
  );
  return sets.length === 0 ? null : PatchSet.union(sets);
}

function polygonsOf(geometry: Geometry): Polygonal[] {
  if (geometry.type === "GeometryCollection") return geometry.geometries.flatMap(polygonsOf);
  return isPolygonal(geometry) && geometry.coordinates.length > 0 ? [geometry] : [];
}

function patchesTouched(polygon: Polygonal, geobox: GeoBox, { col, row }: PatchWindow): PatchSet {
  const windows: PatchWindow[] = [];
  const add = (y: number, start: number, end: number) => {
    windows.push({ col: col + start, row: row + y, width: end - start, height: 1 });
  };
  rasterizePolygon(polygon, geobox, add, { allTouched: true });
  return PatchSet.of(windows);
}
