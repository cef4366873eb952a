import type { GeoBox } from "../../src-shared/geo/geobox.ts";

/** The whole image in at most `side` × `side` pixels. */
export function thumbnailGrid(grid: GeoBox, side: number): GeoBox {
  const width = Math.min(side, grid.width);
  const height = Math.min(side, grid.height);
  const { a, b, c, d, e, f } = grid.affine;
  const across = grid.width / width;
  const down = grid.height / height;
  return { ...grid, width, height, affine: { a, b: b * across, c: c * down, d, e: e * across, f: f * down } };
}
