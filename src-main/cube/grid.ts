/**
 * Patches and tiles, counted from the origin of the CRS and not from the requested area:
 * the same place is the same patch in every project area, so maps of neighbouring areas fit.
 */
import type { Affine } from "../../src-shared/geo/affine.ts";
import { northUp } from "../../src-shared/geo/affine.ts";
import type { Bounds } from "../../src-shared/geo/bounds.ts";
import type { Crs } from "../../src-shared/geo/crs.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";

export interface Grid {
  readonly crs: Crs;
  /** side of a patch, in map units (metres in a projected CRS) */
  readonly patchMeters: number;
  /** where patch (0, 0) has its upper-left corner; the CRS origin unless the data force another, as TreeSatAI's tiles do */
  readonly origin?: { readonly x: number; readonly y: number };
}

/** A rectangle of patches in absolute indices: column 0 begins at the origin's x, rows count southwards from its y. */
export interface PatchWindow {
  readonly col: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
  /**
   * Where this window's own patch (0, 0) has its upper-left corner, for a labelled tile that lies between the patches of
   * the grid. Such a window shares its patches with no other; without it the window lies on the patches of its grid.
   */
  readonly origin?: { readonly x: number; readonly y: number };
}

/** The window of a tile of `side` × `side` patches whose upper-left corner lies exactly at (x, y), wherever that is. */
export const windowAt = (x: number, y: number, side: number): PatchWindow => ({
  col: 0,
  row: 0,
  width: side,
  height: side,
  origin: { x, y },
});

/** A difference of a millionth of a patch is the same edge: decimal coordinates are rounded. */
const slack = 1e-6;

const originOf = (grid: Grid) => grid.origin ?? { x: 0, y: 0 };

/** The patches that cover `bounds`: every patch that it touches with more than an edge. */
export function patchesCovering(grid: Grid, bounds: Bounds): PatchWindow {
  const { x, y } = originOf(grid);
  const col = Math.floor((bounds.minX - x) / grid.patchMeters + slack);
  const row = Math.floor((y - bounds.maxY) / grid.patchMeters + slack);
  const right = Math.ceil((bounds.maxX - x) / grid.patchMeters - slack);
  const bottom = Math.ceil((y - bounds.minY) / grid.patchMeters - slack);
  return { col, row, width: Math.max(0, right - col), height: Math.max(0, bottom - row) };
}

/** The rectangle that a window of patches covers, in coordinates of the grid's system. */
export function boundsOfPatches(grid: Grid, window: PatchWindow): Bounds {
  const { x, y } = window.origin ?? originOf(grid);
  const { patchMeters } = grid;
  return {
    minX: x + window.col * patchMeters,
    maxX: x + (window.col + window.width) * patchMeters,
    maxY: y - window.row * patchMeters,
    minY: y - (window.row + window.height) * patchMeters,
  };
}

/** The pixel grid of `window` with `patchPixels` pixels along each side of a patch. */
export function geoboxOfPatches(grid: Grid, window: PatchWindow, patchPixels = 1): GeoBox {
  const { minX, maxY } = boundsOfPatches(grid, window);
  const pixel = grid.patchMeters / patchPixels;
  return {
    crs: grid.crs,
    affine: northUp(minX, maxY, pixel, pixel),
    width: window.width * patchPixels,
    height: window.height * patchPixels,
  };
}

/** The window of patches that `geobox` is, one pixel per patch; a grid that lies between patches throws. */
export function patchesOfGeobox(grid: Grid, geobox: GeoBox): PatchWindow {
  const { x, y } = originOf(grid);
  const { a, b, d, f }: Affine = geobox.affine;
  const col = Math.round((a - x) / grid.patchMeters);
  const row = Math.round((y - d) / grid.patchMeters);
  const off = Math.max(
    Math.abs((a - x) / grid.patchMeters - col),
    Math.abs((y - d) / grid.patchMeters - row),
    Math.abs(b - grid.patchMeters),
    Math.abs(f + grid.patchMeters),
  );
  if (geobox.crs !== grid.crs || off > 1e-3) {
    throw new Error(
      `Grid [${[a, b, d, f].join(", ")}] ${geobox.crs} is not on patches of ${grid.patchMeters} (${grid.crs})`,
    );
  }
  return { col, row, width: geobox.width, height: geobox.height };
}

/**
 * Windows of `size` × `size` patches whose corners lie on multiples of `stride`, every one that touches `area`.
 * With stride = size these are the tiles; with less they overlap. Row by row, from the north-west.
 */
export function tilesCovering(area: PatchWindow, size: number, stride = size): PatchWindow[] {
  return [...new TileRows(area, size, stride)];
}

/** The tiles of `tilesCovering` that lie wholly inside `area`: training looks at no place outside its images. */
export function tilesInside(area: PatchWindow, size: number, stride = size): PatchWindow[] {
  return tilesCovering(area, size, stride).filter(
    (tile) =>
      tile.col >= area.col &&
      tile.row >= area.row &&
      tile.col + tile.width <= area.col + area.width &&
      tile.row + tile.height <= area.row + area.height,
  );
}

/** The windows of `tilesCovering`, each made when it is asked for: a Sentinel-2 scene has millions of them. */
export class TileRows implements Iterable<PatchWindow> {
  readonly size: number;
  readonly stride: number;
  /** tiles in a row, and rows of tiles */
  readonly columns: number;
  readonly rows: number;
  /** in strides from the origin */
  readonly #firstCol: number;
  readonly #firstRow: number;

  constructor(area: PatchWindow, size: number, stride = size) {
    this.size = size;
    this.stride = stride;
    const first = (start: number) => Math.floor((start - size) / stride) + 1;
    const count = (start: number, length: number) => Math.ceil((start + length) / stride) - first(start);
    const empty = area.width <= 0 || area.height <= 0;
    this.#firstCol = first(area.col);
    this.#firstRow = first(area.row);
    this.columns = empty ? 0 : count(area.col, area.width);
    this.rows = empty ? 0 : count(area.row, area.height);
  }

  get length(): number {
    return this.columns * this.rows;
  }

  at(index: number): PatchWindow | undefined {
    if (index < 0 || index >= this.length) return undefined;
    const { size, stride, columns } = this;
    const row = (this.#firstRow + Math.floor(index / columns)) * stride;
    return { col: (this.#firstCol + (index % columns)) * stride, row, width: size, height: size };
  }

  *[Symbol.iterator](): Generator<PatchWindow, void> {
    yield* this.from(0);
  }

  /** The positions of the tiles that touch `window`, in order. */
  *touching(window: PatchWindow): Generator<number, void> {
    const { size, stride, columns, rows } = this;
    if (window.width <= 0 || window.height <= 0) return;
    const first = (start: number, offset: number) => Math.max(0, Math.floor((start - size) / stride) + 1 - offset);
    const last = (end: number, offset: number, count: number) => Math.min(count, Math.ceil(end / stride) - offset);
    const right = last(window.col + window.width, this.#firstCol, columns);
    const bottom = last(window.row + window.height, this.#firstRow, rows);
    for (let row = first(window.row, this.#firstRow); row < bottom; row++)
      for (let col = first(window.col, this.#firstCol); col < right; col++) yield row * columns + col;
  }

  /** The tiles from the one at `index` on. */
  *from(index: number): Generator<PatchWindow, void> {
    for (let next = index; next < this.length; next++) yield this.at(next)!;
  }
}

/** The patches that both windows hold; `undefined` when there are none. */
export function commonPatches(p: PatchWindow, q: PatchWindow): PatchWindow | undefined {
  const col = Math.max(p.col, q.col);
  const row = Math.max(p.row, q.row);
  const width = Math.min(p.col + p.width, q.col + q.width) - col;
  const height = Math.min(p.row + p.height, q.row + q.height) - row;
  return width > 0 && height > 0 ? { col, row, width, height } : undefined;
}
