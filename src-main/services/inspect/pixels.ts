// The pixels of one acquisition at a place, piece by piece: every band at the pixels of its finest file. A coarser file gives
// the pixel that a finer pixel's centre lies in, as gdallocationinfo does, so no value is made up by interpolation.
import {
  type Acquisition,
  type AcquisitionPiece,
  bandNamesOf,
  gridsOfPiece,
  indicesFor,
  measuredPieces,
  radiometryOf,
} from "../../../src-shared/eo/index.ts";
import { apply, invert } from "../../../src-shared/geo/affine.ts";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import { type GeoBox, geoboxOfWindow, resolutionOf } from "../../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../../src-shared/geo/window.ts";
import type { Place } from "../../../src-shared/ipc/inspect.ts";
import {
  clear,
  physicalInto,
  pixelSizeIn,
  placeBeforeShift,
  type Reader,
  readPart,
  unclear,
} from "../../imagery/index.ts";
import { transformer } from "../../raster/index.ts";
import { type Polygonal, type Position, rasterizePolygon, representativePoint } from "../../vector/index.ts";

/** No piece holds more pixels than this, whatever the polygon. */
const pixelsAtOnce = 1 << 19;

/** Columns `start` to `end` (not included) of `row`. */
export type PixelSpan = readonly [row: number, start: number, end: number];

/** A window of the finest grid, and which of its pixels belong to the place. */
export interface PlaceWindow {
  readonly window: PixelWindow;
  readonly spans: readonly PixelSpan[];
  /** per band of the acquisition: physical values, NaN without data */
  readonly bands: readonly Float32Array[];
  /** of the window's pixels; one has data when some band has */
  readonly states: Uint8Array;
}

export interface PlaceRequest {
  readonly place: Place;
  /** of the place: the project's */
  readonly crs: Crs;
  readonly clearClasses: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * All windows of `place`, read one after the other, piece by piece of the mosaic. Where pieces overlap each pixel is that of the first
 * piece that sees it best, as everywhere. Nothing when the place lies outside the image.
 */
export async function* piecesOf(
  reader: Reader,
  acquisition: Acquisition,
  request: PlaceRequest,
): AsyncGenerator<PlaceWindow, void> {
  const { place, crs } = request;
  const all = measuredPieces(acquisition);
  // Only pieces around the place are opened, as the catalog's headers say where each lies.
  const pieces = all.length > 1 ? all.filter((piece) => holds(piece, place, crs, acquisition.shift)) : all;
  if (pieces.length <= 1) {
    for (const piece of pieces)
      for await (const { part } of windowsOfPiece(reader, acquisition, piece, request)) yield part;
    return;
  }
  // Clear pixels of any piece first; then pixels that no piece sees clearly. Memory holds one window at a time.
  const seen = new Set<string>();
  for (const wanted of [clear, unclear])
    for (const piece of pieces) {
      for await (const { part, grid } of windowsOfPiece(reader, acquisition, piece, request))
        yield { ...part, spans: notYetSeen(seen, part, grid, wanted) };
      // A point is one pixel, also where pieces of two zones show it on grids of their own.
      if (place.kind === "point" && seen.size > 0) return;
    }
}

/** May `place` lie in the frame of the piece? */
function holds(piece: AcquisitionPiece, place: Place, crs: Crs, shift: Acquisition["shift"]): boolean {
  const grids = gridsOfPiece(piece);
  return grids === undefined || grids.some((grid) => spansOf(place, crs, grid, shift).length > 0);
}

async function* windowsOfPiece(
  reader: Reader,
  acquisition: Acquisition,
  piece: AcquisitionPiece,
  { place, crs, clearClasses, signal }: PlaceRequest,
): AsyncGenerator<{ readonly part: PlaceWindow; readonly grid: GeoBox }, void> {
  const grid = await finestGrid(reader, piece, crs);
  const names = bandNamesOf(acquisition);
  const options = { bands: names, clearClasses, method: "nearest", vector: "each", signal } as const;
  for (const [window, spans] of windowsOf(spansOf(place, crs, grid, acquisition.shift))) {
    const { bands, states } = await readPart(reader, { piece, grid: geoboxOfWindow(grid, window) }, options);
    const planes = bands.map((band) => {
      const plane = new Float32Array(states.length).fill(Number.NaN);
      if (band) physicalInto(plane, band);
      return plane;
    });
    yield { part: { window, spans, bands: planes, states }, grid };
  }
}

/** The grid of the measured file with the smallest pixels. */
async function finestGrid(reader: Reader, { files }: AcquisitionPiece, crs: Crs): Promise<GeoBox> {
  let finest: { readonly grid: GeoBox; readonly side: number } | undefined;
  for (const { path, crs: chosen } of files.filter(({ bands }) => bands.length > 0)) {
    const { geobox } = await reader.facts(path, chosen);
    const { side } = pixelSizeIn(geobox, crs);
    if (!finest || side < finest.side) finest = { grid: geobox, side };
  }
  return finest!.grid;
}

/** The pixels in state `wanted` or better that no piece before has shown: overlapping tiles of one grid show a pixel twice. */
function notYetSeen(
  seen: Set<string>,
  { window, spans, states }: PlaceWindow,
  grid: GeoBox,
  wanted: number,
): PixelSpan[] {
  const { x, y } = resolutionOf(grid);
  const left: PixelSpan[] = [];
  for (const [row, start, end] of spans) {
    for (let col = start; col < end; col++) {
      if (states[(row - window.row) * window.width + col - window.col]! < wanted) continue;
      const [px, py] = apply(grid.affine, col + 0.5, row + 0.5);
      const key = `${grid.crs} ${Math.round((4 * px) / x)} ${Math.round((4 * py) / y)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      left.push([row, col, col + 1]);
    }
  }
  return left;
}

/** The pixels of a place on a grid: the one around a point; those of a polygon as gdal_rasterize burns them, at least one. */
function spansOf(place: Place, crs: Crs, grid: GeoBox, shift: Acquisition["shift"]): PixelSpan[] {
  const { forward, identity } = transformer(crs, grid.crs);
  const toGrid = (x: number, y: number): Position => forward(...placeBeforeShift(x, y, shift));
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
  // Narrower than a pixel: the pixel that contains it is used.
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

/** Bands and indices of an acquisition, and how an index is computed from the bands. */
export function variablesOf(acquisition: Acquisition) {
  const names = bandNamesOf(acquisition);
  const reflectance = radiometryOf(acquisition).quantity === "reflectance";
  return indicesFor(acquisition.sensor, names, reflectance).map((index) => ({
    ...index,
    from: index.bands.map((band) => names.indexOf(band)),
  }));
}
