import type Projection from "ol/proj/Projection.js";
import { register } from "ol/proj/proj4.js";
import { get as getProjection, transformExtent } from "ol/proj.js";
import TileGrid from "ol/tilegrid/TileGrid.js";
import proj4 from "proj4";
import type { Bounds } from "../../src-shared/geo/bounds.ts";
import { deepestLevel, resolutionOfLevel, tileSize } from "../../src-shared/geo/tile-grid.ts";
import type { OpenedProject } from "../../src-shared/ipc/index.ts";

const grids = new Map<number, TileGrid>();

/**
 * The pyramid of src-shared/geo/tile-grid, as OpenLayers wants it. On a screen (or a picture) with `density` pixels to the
 * pixel of CSS a tile is drawn that much smaller, so that its pixels meet the screen's; its address stays.
 */
export function projectTileGrid(density: 1 | 2 | 4): TileGrid {
  let grid = grids.get(density);
  if (!grid) {
    grid = new TileGrid({
      origin: [0, 0],
      resolutions: Array.from({ length: deepestLevel + 1 }, (_, z) => resolutionOfLevel(z) * density),
      tileSize: tileSize / density,
    });
    grids.set(density, grid);
  }
  return grid;
}

export const densityFor = (pixelRatio: number): 1 | 2 | 4 => (pixelRatio < 1.4 ? 1 : pixelRatio < 2.8 ? 2 : 4);

const lonLat = "EPSG:4326";

/** The project's CRS for OpenLayers. A CRS without a code goes by a name of its own. */
export function projectionOf({
  grid,
  proj,
  lonLat: area,
}: Pick<OpenedProject, "grid" | "proj" | "lonLat">): Projection {
  const { crs } = grid.geobox;
  const code = /^EPSG:\d+$/i.test(crs) ? crs.toUpperCase() : `project:${proj}`;
  if (code !== lonLat && !getProjection(code)) {
    proj4.defs(code, proj);
    register(proj4);
  }
  const projection = getProjection(code);
  if (!projection) throw new Error(`No projection ${code}`);
  // The graticule asks how far the projection reaches: some degrees around the project are enough.
  if (area && code !== lonLat) {
    const reach = 6;
    const world = [
      Math.max(-180, area.minX - reach),
      Math.max(-85, area.minY - reach),
      Math.min(180, area.maxX + reach),
      Math.min(85, area.maxY + reach),
    ];
    projection.setWorldExtent(world);
    projection.setExtent(transformExtent(world, lonLat, projection, 8));
  }
  return projection;
}

/** Between a CRS and longitude, latitude. A point outside of its domain becomes NaN. */
export interface LonLatTransform {
  toLonLat(x: number, y: number): [longitude: number, latitude: number];
  fromLonLat(longitude: number, latitude: number): [x: number, y: number];
}

export function lonLatTransform(proj: string): LonLatTransform {
  const { forward, inverse } = proj4(lonLat, proj);
  const guarded =
    (transform: (point: [number, number]) => number[]) =>
    (x: number, y: number): [number, number] => {
      try {
        const [tx, ty] = transform([x, y]);
        return Number.isFinite(tx) && Number.isFinite(ty) ? [tx!, ty!] : [Number.NaN, Number.NaN];
      } catch {
        return [Number.NaN, Number.NaN];
      }
    };
  return { toLonLat: guarded(inverse), fromLonLat: guarded(forward) };
}

/** Degrees between places at which a projection is tried. */
const pace = 0.5;

/**
 * As much of `around` as the projection shows in one piece with `area`, longitudes and latitudes: many are cut along the meridian
 * opposite to their middle one, where a place a step further lies at the other end of the map.
 */
export function continuousAround({ fromLonLat }: LonLatTransform, area: Bounds, around: Bounds): Bounds {
  const latitude = (area.minY + area.maxY) / 2;
  const apart = (p: number, q: number): number => {
    const [[x, y], [u, v]] = [fromLonLat(p, latitude), fromLonLat(q, latitude)];
    return Math.hypot(u - x, v - y);
  };
  const usual = apart(area.minX, area.minX + pace / 100) * 100;
  const middle = (area.minX + area.maxX) / 2;
  // No cut is narrower than a degree of latitude; around a pole all steps are tiny.
  const [below, above] = [-0.5, 0.5].map((dy) => fromLonLat(middle, latitude + dy));
  const degree = Math.hypot(above![0] - below![0], above![1] - below![1]) || 0;
  const limit = (from: number, to: number): number => {
    const side = Math.sign(to - from);
    let before = usual;
    for (let x = from; side * (to - x) > 0; x += side * pace) {
      const step = apart(x, x + side * pace);
      if (step > Math.max(8 * before, degree)) {
        // Halved until the cut lies between two neighbours; what is drawn ends on this side of it.
        let [near, far] = [x, x + side * pace];
        for (let halving = 0; halving < 40; halving++) {
          const middle = (near + far) / 2;
          if (apart(near, middle) > apart(middle, far)) far = middle;
          else near = middle;
        }
        return near;
      }
      if (Number.isFinite(step)) before = step;
    }
    return to;
  };
  return { ...around, minX: limit(middle, around.minX), maxX: limit(middle, around.maxX) };
}

/** From another CRS, given by its PROJ definition, into the project's. */
export function transformBetween(from: string, to: string, x: number, y: number): [number, number] {
  const [tx, ty] = proj4(from, to, [x, y]) as [number, number];
  return [tx, ty];
}

/** The middle of an MGRS square, `31UES4856`; `null` when there is no such square. */
export function mgrsToLonLat(text: string): [longitude: number, latitude: number] | null {
  try {
    return proj4.mgrs.toPoint(text);
  } catch {
    return null;
  }
}
