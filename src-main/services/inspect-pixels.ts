// The pixels of one acquisition at a place, piece by piece: every band at the pixels of its finest file. A coarser file gives
// the pixel that a finer pixel's centre lies in, as gdallocationinfo does, so no value is made up by interpolation.
import {
  type Acquisition,
  type AcquisitionFile,
  type AcquisitionPiece,
  bandNamesOf,
  gridsOfPiece,
  indicesFor,
  isNoPixel,
  measuredPieces,
  type QualityBand,
  qualityOfPiece,
  radiometryOf,
} from "../../src-shared/eo/index.ts";
import { apply, invert } from "../../src-shared/geo/affine.ts";
import type { Crs } from "../../src-shared/geo/crs.ts";
import { type GeoBox, resolutionOf } from "../../src-shared/geo/geobox.ts";
import { clip, type PixelWindow } from "../../src-shared/geo/window.ts";
import type { Place } from "../../src-shared/ipc/inspect.ts";
import { headers, placeInImage } from "../imagery/index.ts";
import { type Raster, requireGeobox, transformer } from "../raster/index.ts";
import { type Polygonal, type Position, rasterizePolygon, representativePoint } from "../vector/index.ts";

/** No piece holds more pixels than this, whatever the polygon. */
const pixelsAtOnce = 1 << 19;

/** Columns `start` to `end` (not included) of `row`. */
export type PixelSpan = readonly [row: number, start: number, end: number];

/** A window of the finest grid, and which of its pixels belong to the place. */
export interface Piece {
  readonly window: PixelWindow;
  readonly spans: readonly PixelSpan[];
  /** per band of the acquisition: physical values, NaN without data */
  readonly bands: readonly Float32Array[];
  /** the mask's numbers; NaN where it has no pixel */
  readonly quality: Float64Array | undefined;
  readonly mask: QualityBand | undefined;
}

interface Source {
  readonly raster: Raster;
  readonly grid: GeoBox;
}

/**
 * All windows of `place`, read one after the other, piece by piece of the mosaic. Where pieces overlap the first one with
 * data counts. Nothing when the place lies outside the image.
 */
export async function* piecesOf(
  acquisition: Acquisition,
  place: Place,
  crs: Crs,
  signal?: AbortSignal,
): AsyncGenerator<Piece, void> {
  const names = bandNamesOf(acquisition);
  const pieces = measuredPieces(acquisition);
  const seen = pieces.length > 1 ? new Set<string>() : undefined;
  for (const piece of pieces) {
    // The header says where a piece lies: of hundreds the few around the place are opened.
    if (pieces.length > 1 && !holds(piece, place, crs, acquisition.shift)) continue;
    yield* windowsOfPiece(acquisition, piece, names, place, crs, seen, signal);
  }
}

/** May `place` lie in the frame of the piece? */
function holds(piece: AcquisitionPiece, place: Place, crs: Crs, shift: Acquisition["shift"]): boolean {
  const grids = gridsOfPiece(piece);
  return grids === undefined || grids.some((grid) => spansOf(place, crs, grid, shift).length > 0);
}

async function* windowsOfPiece(
  acquisition: Acquisition,
  piece: AcquisitionPiece,
  names: readonly string[],
  place: Place,
  crs: Crs,
  seen: Set<string> | undefined,
  signal?: AbortSignal,
): AsyncGenerator<Piece, void> {
  const measured = piece.files.filter(({ bands }) => bands.length > 0);
  const sources = new Map<AcquisitionFile, Source>();
  for (const file of measured) {
    const raster = await headers.open(file.path, file.crs);
    sources.set(file, { raster, grid: requireGeobox(raster) });
  }
  const finest = [...sources.values()].reduce((p, q) => (resolutionOf(q.grid).x < resolutionOf(p.grid).x ? q : p));
  const spans = spansOf(place, crs, finest.grid, acquisition.shift);
  for (const [window, own] of windowsOf(spans)) {
    signal?.throwIfAborted();
    const length = window.width * window.height;
    const bands: Float32Array[] = names.map(() => new Float32Array(length).fill(Number.NaN));
    for (const [file, source] of sources) {
      const wanted = file.bands.flatMap((band) => {
        const index = names.indexOf(band.name);
        return index < 0 ? [] : [{ band, index }];
      });
      const numbers = wanted.map(({ band }) => band.bandIndex);
      const read = await readOn(source, finest.grid, window, numbers, signal);
      const linear = file.radiometry.quantity === "backscatter-linear";
      wanted.forEach(({ band, index }, i) => {
        const plane = read.bands[i]!;
        const valid = read.valid[i];
        bands[index] = Float32Array.from({ length: plane.length }, (_, at) => {
          const stored = plane[at]!;
          const none = (valid && valid[at] === 0) || stored === band.nodata || Number.isNaN(stored);
          const value = none ? Number.NaN : stored * band.scale + band.offset;
          return linear ? decibels(value) : value;
        });
      });
    }
    let quality: Float64Array | undefined;
    const mask = qualityOfPiece(piece);
    if (mask) {
      const raster = await headers.open(mask.path, mask.crs);
      const read = await readOn({ raster, grid: requireGeobox(raster) }, finest.grid, window, [mask.bandIndex], signal);
      quality = Float64Array.from(read.bands[0]!, (value, at) =>
        read.valid[0]?.[at] === 0 || isNoPixel(mask, value) ? Number.NaN : value,
      );
    }
    const spread = seen ? notYetSeen(seen, { window, spans: own, bands, quality, mask }, finest.grid) : own;
    yield { window, spans: spread, bands, quality, mask };
  }
}

/** The pixels of a piece that no earlier piece of the mosaic has data for: overlapping tiles of one grid show a pixel twice. */
function notYetSeen(seen: Set<string>, { window, spans, bands }: Piece, grid: GeoBox): PixelSpan[] {
  const { x, y } = resolutionOf(grid);
  const left: PixelSpan[] = [];
  for (const [row, start, end] of spans) {
    for (let col = start; col < end; col++) {
      const at = (row - window.row) * window.width + col - window.col;
      if (bands.every((plane) => Number.isNaN(plane[at]!))) continue;
      const [px, py] = apply(grid.affine, col + 0.5, row + 0.5);
      const key = `${grid.crs} ${Math.round((4 * px) / x)} ${Math.round((4 * py) / y)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      left.push([row, col, col + 1]);
    }
  }
  return left;
}

const decibels = (power: number): number => (power > 0 ? 10 * Math.log10(power) : Number.NaN);

/** The pixels of a place on a grid: the one around a point; those of a polygon as gdal_rasterize burns them, at least one. */
function spansOf(place: Place, crs: Crs, grid: GeoBox, shift: Acquisition["shift"]): PixelSpan[] {
  const { forward, identity } = transformer(crs, grid.crs);
  const toGrid = (x: number, y: number): Position => forward(...placeInImage(x, y, shift));
  const pixelAt = (x: number, y: number): PixelSpan[] => {
    const [col, row] = apply(invert(grid.affine), ...toGrid(x, y)).map(Math.floor) as [number, number];
    const inside = col >= 0 && row >= 0 && col < grid.width && row < grid.height;
    return inside ? [[row, col, col + 1]] : [];
  };
  if (place.kind === "point") return pixelAt(place.x, place.y);
  // Straight edges are curves in another projection: followed in steps.
  const steps = identity ? 1 : 16;
  const ring = (positions: readonly (readonly [number, number])[]): Position[] =>
    positions.flatMap(([x, y], i) => {
      const [nextX, nextY] = positions[i + 1] ?? [x, y];
      const parts = i + 1 < positions.length ? steps : 1;
      return Array.from({ length: parts }, (_, k) =>
        toGrid(x + ((nextX - x) * k) / parts, y + ((nextY - y) * k) / parts),
      );
    });
  const geometry: Polygonal = { type: "MultiPolygon", coordinates: place.coordinates.map((part) => part.map(ring)) };
  const spans: PixelSpan[] = [];
  rasterizePolygon(geometry, grid, (row, start, end) => spans.push([row, start, end]));
  if (spans.length > 0) return spans.sort((p, q) => p[0] - q[0] || p[1] - q[1]);
  // Narrower than a pixel: the pixel it lies in stands for it.
  return pixelAt(...representativePoint({ type: "MultiPolygon", coordinates: place.coordinates }));
}

/** Spans in order of row, cut into windows of a bounded size. */
function* windowsOf(spans: readonly PixelSpan[]): Generator<readonly [PixelWindow, readonly PixelSpan[]]> {
  let own: PixelSpan[] = [];
  const windowOf = (some: readonly PixelSpan[]): PixelWindow => {
    const col = some.reduce((least, [, start]) => Math.min(least, start), Number.POSITIVE_INFINITY);
    const right = some.reduce((most, [, , end]) => Math.max(most, end), 0);
    const row = some[0]![0];
    return { col, row, width: right - col, height: some.at(-1)![0] - row + 1 };
  };
  let bounds: PixelWindow | undefined;
  for (const [row, from, to] of spans) {
    for (let start = from; start < to; start += pixelsAtOnce) {
      const span: PixelSpan = [row, start, Math.min(to, start + pixelsAtOnce)];
      const col = Math.min(bounds?.col ?? start, start);
      const right = Math.max(bounds ? bounds.col + bounds.width : 0, span[2]);
      const top = bounds?.row ?? row;
      if (own.length > 0 && (right - col) * (row - top + 1) > pixelsAtOnce) {
        yield [windowOf(own), own];
        own = [];
        bounds = { col: start, row, width: span[2] - start, height: 1 };
      } else bounds = { col, row: top, width: right - col, height: row - top + 1 };
      own.push(span);
    }
  }
  if (own.length > 0) yield [windowOf(own), own];
}

interface ReadBands {
  readonly bands: readonly ArrayLike<number>[];
  readonly valid: readonly (Uint8Array | undefined)[];
}

/** Bands of one file at the pixels of `window` of `grid`. */
async function readOn(
  { raster, grid: own }: Source,
  grid: GeoBox,
  window: PixelWindow,
  bands: readonly number[],
  signal?: AbortSignal,
): Promise<ReadBands> {
  if (sameGrid(own, grid)) return raster.readWindow(window, { bands, signal });
  const { forward } = transformer(grid.crs, own.crs);
  const toPixel = invert(own.affine);
  const length = window.width * window.height;
  const cols = new Int32Array(length);
  const rows = new Int32Array(length);
  let [left, top, right, bottom] = [own.width, own.height, -1, -1];
  for (let at = 0; at < length; at++) {
    const col = window.col + (at % window.width) + 0.5;
    const row = window.row + Math.floor(at / window.width) + 0.5;
    const [c, r] = apply(toPixel, ...forward(...apply(grid.affine, col, row))).map(Math.floor) as [number, number];
    const inside = c >= 0 && r >= 0 && c < own.width && r < own.height;
    cols[at] = inside ? c : -1;
    rows[at] = r;
    if (!inside) continue;
    left = Math.min(left, c);
    top = Math.min(top, r);
    right = Math.max(right, c);
    bottom = Math.max(bottom, r);
  }
  const nothing = () => new Uint8Array(length);
  const needed = clip(
    { col: left, row: top, width: right - left + 1, height: bottom - top + 1 },
    own.width,
    own.height,
  );
  if (right < 0 || !needed) return { bands: bands.map(nothing), valid: bands.map(nothing) };
  const read = await raster.readWindow(needed, { bands, signal });
  const place = (at: number) => (rows[at]! - needed.row) * needed.width + cols[at]! - needed.col;
  return {
    bands: read.bands.map((plane) => Float64Array.from({ length }, (_, at) => (cols[at]! < 0 ? 0 : plane[place(at)]!))),
    valid: read.valid.map((mask) =>
      Uint8Array.from({ length }, (_, at) => (cols[at]! < 0 ? 0 : mask ? mask[place(at)]! : 1)),
    ),
  };
}

function sameGrid(p: GeoBox, q: GeoBox): boolean {
  const keys = ["a", "b", "c", "d", "e", "f"] as const;
  return p.crs === q.crs && keys.every((key) => p.affine[key] === q.affine[key]);
}

/** Bands and indices of an acquisition, and how an index is computed from the bands. */
export function variablesOf(acquisition: Acquisition) {
  const names = bandNamesOf(acquisition);
  const reflectance = radiometryOf(acquisition).quantity === "reflectance";
  return indicesFor(acquisition.sensor, names, reflectance).map((index) => ({
    ...index,
    from: index.bands.map((band) => names.indexOf(band)),
  }));
}
