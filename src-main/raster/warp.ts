import { AppError } from "../../src-shared/errors/index.ts";
import { apply, invert } from "../../src-shared/geo/affine.ts";
import type { Bend } from "../../src-shared/geo/bend.ts";
import { type GeoBox, geoboxOfWindow } from "../../src-shared/geo/geobox.ts";
import { clip, type PixelWindow } from "../../src-shared/geo/window.ts";
import { lonLatBounds, transformer } from "./crs.ts";
import { exactTransform, type Lattice, latticeOver, type PointTransform, reachOf, rowOfLattice } from "./lattice.ts";
import { pool } from "./pool/pool.ts";
import { buffersIn } from "./pool/transfer.ts";
import type { Work } from "./pool/work.ts";
import type { PixelBlock, Raster } from "./raster.ts";
import { requireGeobox } from "./require-geobox.ts";
import { nearestEdge, type ResampleInput, type ResampleMethod, resample } from "./resample.ts";
import { allocate, sampleTypes } from "./sample-type.ts";
import { between, both, type Range, unlike } from "./validity.ts";

/** Bringing a raster onto any grid. */
export interface WarpOptions extends Work {
  /** 1-based; all bands by default */
  readonly bands?: readonly number[] | undefined;
  readonly method: ResampleMethod;
  /** per band, a number that is no data beside what the file says: it takes no part in the kernel, and is not valid */
  readonly nodata?: readonly (number | undefined)[] | undefined;
  /** per band, the numbers that are data beside what the file says: others, and what is not finite, take no part and are not valid */
  readonly limits?: readonly (Range | undefined)[] | undefined;
  /** what the pixel at a place of `target` shows lies that much before it, in units of the target's CRS */
  readonly bend?: Bend | undefined;
  /** "auto" reads the coarsest overview that is still at least as fine as the target */
  readonly overviews?: "auto" | "none" | undefined;
  /**
   * The grid that `target` is a tile of. The kernel's width is then measured over all of it, as gdalwarp does for a
   * whole map; without it the kernel follows the resolutions at the source's centre. Tiles agree either way.
   */
  readonly whole?: GeoBox | undefined;
}

/** Target pixels are worked on in squares of this size: a thread's share. */
const pieceSize = 512;
/** So few pixels are faster here than in a worker thread. */
const fewPixels = 1024;
/** No piece reads more source bytes than this at once; larger ones are cut up. */
const sourceBytes = 1 << 26;

/**
 * `source` on the grid `target`. Memory is bounded by the size of `target`, so ask for tiles of a large map.
 * The result of a pixel does not depend on which tile asked for it.
 * @throws AppError "raster-without-transform", "raster-without-crs", "crs-unknown", "crs-unusable"
 */
export async function warp(source: Raster, target: GeoBox, options: WarpOptions): Promise<PixelBlock> {
  const { signal, urgent } = options;
  signal?.throwIfAborted();
  const grid = requireGeobox(source);
  const numbers = options.bands ?? source.info.bands.map((_, i) => i + 1);
  const same = options.method === "nearest" && !options.bend ? windowOnGrid(grid, target) : undefined;
  // Pixels of the image as they are need no kernel. Pixels that are absent from the file are handled below.
  if (same && (await source.absence(same, { bands: numbers })) === undefined)
    return withoutNumbers(await source.readWindow(same, { bands: numbers, signal, urgent }), options);
  const plan = planOf(source, grid, target, options);
  const infos = numbers.map((n) => source.info.bands[n - 1]);
  const fill = infos.map((band) => band?.nodata ?? 0);
  const length = target.width * target.height;
  const bands = infos.map((_, i) => {
    const array = allocate(source.info.dataType, length);
    return fill[i] ? array.fill(fill[i]) : array;
  });
  const valid = infos.map(() => new Uint8Array(length));
  let absent = true;

  const place = async (piece: PixelWindow): Promise<void> => {
    signal?.throwIfAborted();
    const lattice = latticeOver(plan.transform, piece, plan.affine);
    const lone = options.method === "nearest" && piece.width * piece.height === 1;
    const window = sourceWindow(lone ? centreOf(lattice) : lattice, plan, options.method);
    if (!window) return;
    const { overview } = plan;
    const absence = await source.absence(window, { bands: numbers, overview });
    // The result is already filled with no data. Zeros need no reading either where the piece lies inside the image.
    if (absence === "nothing") return;
    if (absence === "zeros" && within(lattice, plan)) {
      for (const mask of valid) fillPiece(mask, piece, target.width);
      return;
    }
    const bytes = window.width * window.height * numbers.length * (sampleTypes[source.info.dataType].bytes + 4);
    if (bytes > sourceBytes && piece.width * piece.height > 1) {
      for (const half of halves(piece)) await place(half);
      return;
    }
    // One target pixel over more source pixels than fit: only overviews can answer that.
    if (bytes > sourceBytes) throw new AppError("raster-needs-overviews", { path: source.info.path });
    absent = false;
    const found = await source.readWindow(window, { bands: numbers, overview, signal, urgent });
    const read = withoutNumbers(found, options);
    const task: ResampleInput = {
      method: options.method,
      source: { ...window, bands: read.bands, valid: read.valid },
      lattice,
      width: piece.width,
      height: piece.height,
      scaleX: plan.scaleX,
      scaleY: plan.scaleY,
      fill,
      nodata: infos.map((band) => band?.nodata),
    };
    const few = options.method === "nearest" && piece.width * piece.height * numbers.length <= fewPixels;
    const result = few
      ? resample(task)
      : await pool.run("resample", task, { signal, urgent, transfer: buffersIn([read, lattice]) });
    result.bands.forEach((band, i) => {
      for (let row = 0; row < piece.height; row++) {
        const to = (piece.row + row) * target.width + piece.col;
        const from = row * piece.width;
        bands[i]!.set(band.subarray(from, from + piece.width), to);
        const mask = result.valid[i];
        if (mask) valid[i]!.set(mask.subarray(from, from + piece.width), to);
        else valid[i]!.fill(1, to, to + piece.width);
      }
    });
  };

  const pieces = [...piecesOf(target)];
  let next = 0;
  const work = async () => {
    while (next < pieces.length) await place(pieces[next++]!);
  };
  await Promise.all(Array.from({ length: Math.min(pieces.length, pool.size + 1) }, work));
  return {
    width: target.width,
    height: target.height,
    bands,
    valid: valid.map((mask) => (mask.indexOf(0) < 0 ? undefined : mask)),
    absent,
  };
}

/** The block without the pixels that hold their band's number, or none between its limits. */
function withoutNumbers(block: PixelBlock, { nodata, limits }: Pick<WarpOptions, "nodata" | "limits">): PixelBlock {
  if (![...(nodata ?? []), ...(limits ?? [])].some((one) => one !== undefined)) return block;
  const valid = block.valid.map((mask, i) => {
    const [number, ends, pixels] = [nodata?.[i], limits?.[i], block.bands[i]!];
    const named = number === undefined ? mask : both(mask, unlike(pixels, number));
    return ends === undefined ? named : both(named, between(pixels, ends));
  });
  return { ...block, valid };
}

/**
 * Which pixels of an image on `grid` hold the centres of the pixels of `target`, as nearest `warp` takes them: for what is no raster but lies on a grid.
 * @returns [target pixels] row · width + column of the image, −1 beside it
 * @throws AppError "crs-unknown", "crs-unusable"
 */
export function pixelsUnder(grid: GeoBox, target: GeoBox): Float64Array {
  const { transform, affine } = exactTransform(target, grid);
  const { width, height } = target;
  const lattice = latticeOver(transform, { col: 0, row: 0, width, height }, affine);
  const [xs, ys] = [new Float64Array(width), new Float64Array(width)];
  const found = new Float64Array(width * height).fill(-1);
  for (let row = 0; row < height; row++) {
    rowOfLattice(lattice, 0.5, row + 0.5, xs, ys);
    for (let col = 0; col < width; col++) {
      const [x, y] = [Math.floor(xs[col]! + nearestEdge), Math.floor(ys[col]! + nearestEdge)];
      if (x >= 0 && y >= 0 && x < grid.width && y < grid.height) found[row * width + col] = y * grid.width + x;
    }
  }
  return found;
}

/** The window of `grid` that `target` is, when its pixels are pixels of `grid`; it reaches into the image. */
function windowOnGrid(grid: GeoBox, target: GeoBox): PixelWindow | undefined {
  const same = (["b", "c", "e", "f"] as const).every((key) => grid.affine[key] === target.affine[key]);
  if (!same || !transformer(target.crs, grid.crs).identity) return undefined;
  const [left, top] = apply(invert(grid.affine), target.affine.a, target.affine.d);
  const [col, row] = [Math.round(left), Math.round(top)];
  // Far less than what moves a pixel's centre into the next pixel, and more than what sums of coordinates lose.
  if (Math.abs(left - col) > 1e-6 || Math.abs(top - row) > 1e-6) return undefined;
  const window = { col, row, width: target.width, height: target.height };
  return clip(window, grid.width, grid.height) && window;
}

/** Every pixel of a piece lies in the image. */
function within(lattice: Lattice, { width, height }: Plan): boolean {
  const inside = (values: Float64Array, end: number) => values.every((value) => value >= 0 && value <= end);
  return inside(lattice.x, width) && inside(lattice.y, height);
}

function fillPiece(mask: Uint8Array, { col, row, width, height }: PixelWindow, across: number): void {
  for (let y = row; y < row + height; y++) mask.fill(1, y * across + col, y * across + col + width);
}

function* piecesOf({ width, height }: GeoBox): Generator<PixelWindow> {
  for (let row = 0; row < height; row += pieceSize) {
    for (let col = 0; col < width; col += pieceSize) {
      yield { col, row, width: Math.min(pieceSize, width - col), height: Math.min(pieceSize, height - row) };
    }
  }
}

function halves({ col, row, width, height }: PixelWindow): PixelWindow[] {
  if (width >= height) {
    const left = Math.ceil(width / 2);
    return [
      { col, row, width: left, height },
      { col: col + left, row, width: width - left, height },
    ];
  }
  const top = Math.ceil(height / 2);
  return [
    { col, row, width, height: top },
    { col, row: row + top, width, height: height - top },
  ];
}

interface Plan {
  readonly overview: number | undefined;
  /** size of the image that is read: full resolution or the overview */
  readonly width: number;
  readonly height: number;
  readonly transform: PointTransform;
  readonly affine: boolean;
  readonly scaleX: number;
  readonly scaleY: number;
}

function planOf(source: Raster, grid: GeoBox, target: GeoBox, options: WarpOptions): Plan {
  const full = exactTransform(target, grid, options.bend);
  const ratio = (options.whole && ratioOver(grid, options.whole)) ?? ratioAt(grid, target, full.transform);
  const overview = options.overviews === "none" ? undefined : overviewFor(source, Math.min(ratio.x, ratio.y));
  const size = overview === undefined ? source.info : source.info.overviews[overview]!;
  const zoomX = source.info.width / size.width;
  const zoomY = source.info.height / size.height;
  const transform: PointTransform =
    overview === undefined
      ? full.transform
      : (col, row) => {
          const [x, y] = full.transform(col, row);
          return [x / zoomX, y / zoomY];
        };
  return {
    overview,
    width: size.width,
    height: size.height,
    transform,
    affine: full.affine,
    scaleX: snapped(zoomX / ratio.x),
    scaleY: snapped(zoomY / ratio.y),
  };
}

/** GDAL takes a ratio within 5 % of 1 : n as 1 : n, so that two UTM zones at one resolution are not “shrunk” by 0.3 %. */
function snapped(scale: number): number {
  if (scale >= 1) return scale;
  const times = 1 / scale;
  const whole = Math.round(times);
  return Math.abs(times - whole) < 0.05 ? 1 / whole : scale;
}

/**
 * Source pixels per target pixel, across and down. Measured at the source's centre, not the tile's, so that
 * neighbouring tiles of one map use one kernel; only images larger than a country are measured where the tile is.
 */
function ratioAt(grid: GeoBox, target: GeoBox, transform: PointTransform): { readonly x: number; readonly y: number } {
  const span = spanOf(grid);
  let col = target.width / 2;
  let row = target.height / 2;
  if (span < 20) {
    const back = exactTransform(grid, target).transform(grid.width / 2, grid.height / 2);
    if (back.every(Number.isFinite)) [col, row] = back as [number, number];
  }
  const half = 0.5;
  const [x0, y0] = transform(col - half, row);
  const [x1, y1] = transform(col + half, row);
  const [x2, y2] = transform(col, row - half);
  const [x3, y3] = transform(col, row + half);
  // A target pixel's extent along the source's columns and rows, whichever way the grids are turned.
  const x = Math.hypot(x1 - x0, x3 - x2);
  const y = Math.hypot(y1 - y0, y3 - y2);
  return { x: Number.isFinite(x) && x > 0 ? x : 1, y: Number.isFinite(y) && y > 0 ? y : 1 };
}

/** The same from the sizes of the common rectangle in both grids, in pixels. */
function ratioOver(grid: GeoBox, whole: GeoBox): { readonly x: number; readonly y: number } | undefined {
  const inTarget = outlineReach(exactTransform(grid, whole).transform, 0, 0, grid.width, grid.height);
  if (!inTarget) return undefined;
  const left = Math.max(0, Math.floor(inTarget.minX));
  const top = Math.max(0, Math.floor(inTarget.minY));
  const right = Math.min(whole.width, Math.ceil(inTarget.maxX));
  const bottom = Math.min(whole.height, Math.ceil(inTarget.maxY));
  if (right <= left || bottom <= top) return undefined;
  const inSource = outlineReach(exactTransform(whole, grid).transform, left, top, right, bottom);
  if (!inSource) return undefined;
  const across = Math.min(grid.width - Math.floor(Math.max(0, inSource.minX)), inSource.maxX - inSource.minX);
  const down = Math.min(grid.height - Math.floor(Math.max(0, inSource.minY)), inSource.maxY - inSource.minY);
  return across > 0 && down > 0 ? { x: across / (right - left), y: down / (bottom - top) } : undefined;
}

/** Where the outline of a rectangle lands, from 21 points on each side. */
function outlineReach(transform: PointTransform, left: number, top: number, right: number, bottom: number) {
  const steps = 20;
  const x: number[] = [];
  const y: number[] = [];
  for (let i = 0; i <= steps; i++) {
    const col = left + ((right - left) * i) / steps;
    const row = top + ((bottom - top) * i) / steps;
    for (const [px, py] of [transform(col, top), transform(col, bottom), transform(left, row), transform(right, row)]) {
      x.push(px);
      y.push(py);
    }
  }
  return reachOf({ x: Float64Array.from(x), y: Float64Array.from(y) });
}

/** Of each grid of a source: its outline is followed in hundreds of points. */
const spans = new WeakMap<GeoBox, number>();

/** Degrees that the grid spans. */
function spanOf(grid: GeoBox): number {
  const known = spans.get(grid);
  if (known !== undefined) return known;
  const bounds = lonLatBounds(grid);
  const span = bounds ? Math.max(bounds.maxX - bounds.minX, bounds.maxY - bounds.minY) : Number.POSITIVE_INFINITY;
  spans.set(grid, span);
  return span;
}

/** The overview gdalwarp's AUTO would read: not coarser than the target, except by rounding. */
function overviewFor(source: Raster, ratio: number): number | undefined {
  const { overviews, width } = source.info;
  let chosen: number | undefined;
  overviews.forEach((overview, i) => {
    if (width / overview.width <= ratio + 0.1) chosen = i;
  });
  return ratio > 1.1 ? chosen : undefined;
}

/** The one point that a single nearest pixel needs, however far its corners lie apart. */
function centreOf(lattice: Lattice): Pick<Lattice, "x" | "y"> {
  const x = new Float64Array(1);
  const y = new Float64Array(1);
  rowOfLattice(lattice, 0.5, 0.5, x, y);
  return { x, y };
}

function sourceWindow(lattice: Pick<Lattice, "x" | "y">, plan: Plan, method: ResampleMethod): PixelWindow | undefined {
  const reach = reachOf(lattice);
  if (!reach) return undefined;
  const radius = method === "cubic" ? 2 : method === "bilinear" ? 1 : 0;
  const marginX = Math.ceil(radius / Math.min(1, plan.scaleX)) + 1;
  const marginY = Math.ceil(radius / Math.min(1, plan.scaleY)) + 1;
  const col = Math.floor(Math.max(-1, reach.minX)) - marginX;
  const row = Math.floor(Math.max(-1, reach.minY)) - marginY;
  const right = Math.ceil(Math.min(plan.width + 1, reach.maxX)) + marginX;
  const bottom = Math.ceil(Math.min(plan.height + 1, reach.maxY)) + marginY;
  if (reach.maxX < 0 || reach.maxY < 0 || reach.minX > plan.width || reach.minY > plan.height) return undefined;
  return clip({ col, row, width: right - col, height: bottom - row }, plan.width, plan.height);
}

/** The grid of a tile of `target`, for callers that walk a large map tile by tile. */
export const tileOf = (target: GeoBox, window: PixelWindow): GeoBox => geoboxOfWindow(target, window);
