import { northUp } from "./affine.ts";
import type { Bounds } from "./bounds.ts";
import type { Crs } from "./crs.ts";
import type { GeoBox } from "./geobox.ts";

/**
 * The pyramid of map tiles in a project's CRS: every level halves the pixel, and all tiles hang on the origin (0, 0)
 * of the CRS. Ten units (metres) are a level of their own, so that pixels of 10, 20 and 40 m that lie on
 * multiples of their size, as Sentinel's do, meet tile pixels one to one.
 */
export interface TileAddress {
  /** level, 0 the coarsest */
  readonly z: number;
  /** column, counted eastwards from the origin; negative west of it */
  readonly x: number;
  /** row, counted southwards from the origin; negative north of it */
  readonly y: number;
}

/** Side of a tile in pixels. */
export const tileSize = 256;
/** Fine enough for centimetres in degrees. */
export const deepestLevel = 40;
const levelOfTen = 13;

/** Map units per pixel. */
export const resolutionOfLevel = (z: number): number => 10 * 2 ** (levelOfTen - z);

/** The level whose pixels are nearest to `resolution` in size, as a ratio. */
export function levelFor(resolution: number): number {
  const level = Math.round(levelOfTen - Math.log2(resolution / 10));
  return Math.min(deepestLevel, Math.max(0, level));
}

export function boundsOfTile({ z, x, y }: TileAddress): Bounds {
  const side = tileSize * resolutionOfLevel(z);
  return { minX: x * side, minY: 0 - (y + 1) * side, maxX: (x + 1) * side, maxY: 0 - y * side };
}

export function geoboxOfTile(crs: Crs, tile: TileAddress): GeoBox {
  const resolution = resolutionOfLevel(tile.z);
  const { minX, maxY } = boundsOfTile(tile);
  return { crs, affine: northUp(minX, maxY, resolution, resolution), width: tileSize, height: tileSize };
}

/** The tiles of a level that share ground with `bounds`, row by row. A shared edge is no shared ground. */
export function tilesCovering(bounds: Bounds, z: number): TileAddress[] {
  const side = tileSize * resolutionOfLevel(z);
  const tiles: TileAddress[] = [];
  for (let y = Math.floor(0 - bounds.maxY / side); y < Math.ceil(0 - bounds.minY / side); y++) {
    for (let x = Math.floor(bounds.minX / side); x < Math.ceil(bounds.maxX / side); x++) tiles.push({ z, x, y });
  }
  return tiles;
}
