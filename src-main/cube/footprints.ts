/**
 * Where images lie, in patches: the one place that knows how an acquisition's files become an area. A footprint may be a
 * little too large (a swath's black corners belong to the file), never too small.
 */
import {
  type Acquisition,
  bandsOfPiece,
  bandsRead,
  type Modality,
  measuredPieces,
  type Shift,
} from "../../src-shared/eo/index.ts";
import { type Affine, apply, invert } from "../../src-shared/geo/affine.ts";
import { boundsOfPoints } from "../../src-shared/geo/bounds.ts";
import { type GeoBox, positionsOver } from "../../src-shared/geo/geobox.ts";
import { boundsAfterShift, placeAfterShift, placeBeforeShift } from "../imagery/index.ts";
import { isGeographic, transformer } from "../raster/index.ts";
import { commonPatches, type Grid, geoboxOfPatches, type PatchWindow, patchesCovering } from "./grid.ts";
import { membersOf } from "./modalities.ts";
import { PatchSet } from "./patch-set.ts";

/** Where a file's pixels lie; `crs` is what a person chose for it. */
export type PlaceOfFile = (path: string, crs: string | undefined) => GeoBox | Promise<GeoBox>;

export interface FootprintRequest {
  readonly grid: Grid;
  /** footprints end at its edge */
  readonly within: PatchWindow;
  /** the project's area, when it is less than its box: what a modality shows beyond is context of tiles, and no place to work on */
  readonly limit?: PatchSet | undefined;
  readonly modalities: readonly Modality[];
  readonly acquisitions: readonly Acquisition[];
}

/** Footprints of a project's imagery. */
export class Footprints {
  readonly #acquisitions: ReadonlyMap<string, ReadonlyMap<string, PatchSet>>;
  readonly #modalities: ReadonlyMap<string, PatchSet>;

  constructor(acquisitions: ReadonlyMap<string, ReadonlyMap<string, PatchSet>>, limit?: PatchSet) {
    this.#acquisitions = acquisitions;
    this.#modalities = new Map(
      [...acquisitions].map(([name, members]) => {
        const reached = PatchSet.union([...new Set(members.values())]);
        return [name, limit ? reached.within(limit) : reached];
      }),
    );
  }

  get names(): readonly string[] {
    return [...this.#modalities.keys()];
  }

  /** Patches of the area that a modality's files reach on any date. */
  modality(name: string): PatchSet {
    return this.#modalities.get(name) ?? PatchSet.empty;
  }

  /** Patches that one acquisition of a modality reaches with all bands of the modality. */
  acquisition(modality: string, id: string): PatchSet {
    return this.#acquisitions.get(modality)?.get(id) ?? PatchSet.empty;
  }

  /** Patches that any of the modalities reaches (all of them when none is named). */
  any(names: readonly string[] = this.names): PatchSet {
    return PatchSet.union(names.map((name) => this.modality(name)));
  }

  /** Patches that at least two of the modalities reach. */
  shared(names: readonly string[] = this.names): PatchSet {
    return PatchSet.heldTwice(names.map((name) => this.modality(name)));
  }
}

/** At most so many headers are read at once. */
const readersAtOnce = 16;

/** The footprints of all acquisitions of the modalities; each file's place is asked for once. */
export async function footprintsOf(request: FootprintRequest, placeOf: PlaceOfFile): Promise<Footprints> {
  const { grid, within, limit, modalities, acquisitions } = request;
  const files = new Map<string, { readonly path: string; readonly crs: string | undefined; place?: GeoBox }>();
  const keyOf = (path: string, crs: string | undefined) => `${path}\n${crs ?? ""}`;
  const used = modalities.map((modality) => {
    const wanted = new Set(bandsRead(modality));
    const members = membersOf(modality, acquisitions).map((acquisition) => {
      // A piece without one of the bands gives the modality no pixels.
      const whole = measuredPieces(acquisition).filter((piece) => {
        const names = new Set(bandsOfPiece(piece).map(({ name }) => name));
        return bandsRead(modality).every((name) => names.has(name));
      });
      const pieces = whole.map((piece) => {
        const keys = new Set<string>();
        for (const { name, path, crs } of bandsOfPiece(piece)) {
          if (!wanted.has(name)) continue;
          keys.add(keyOf(path, crs));
          if (!files.has(keyOf(path, crs))) files.set(keyOf(path, crs), { path, crs });
        }
        return keys;
      });
      return { acquisition, pieces };
    });
    return { name: modality.name, members };
  });
  const queue = files.values();
  const reader = async () => {
    for (const file of queue) file.place = await placeOf(file.path, file.crs);
  };
  await Promise.all(Array.from({ length: Math.min(readersAtOnce, files.size) }, reader));

  const rasterized = new Map<string, PatchSet>();
  const footprint = (place: GeoBox, shift: Acquisition["shift"]): PatchSet => {
    const { crs, affine, width, height } = place;
    const key = JSON.stringify([crs, Object.values(affine), width, height, shift ?? null]);
    const known = rasterized.get(key);
    if (known) return known;
    const found = footprintOf(grid, within, place, shift);
    rasterized.set(key, found);
    return found;
  };
  return new Footprints(
    new Map(
      used.map(({ name, members }) => [
        name,
        new Map(
          members.map(({ acquisition, pieces }) => {
            const parts = pieces.map((keys) => {
              // A pixel needs all bands: where one of the files ends, the piece ends.
              const sets = [...keys].map((key) => footprint(files.get(key)!.place!, acquisition.shift));
              return sets.reduce((all, set) => all.within(set), sets[0] ?? PatchSet.empty);
            });
            return [acquisition.id, parts.length === 1 ? parts[0]! : PatchSet.union(parts)];
          }),
        ),
      ]),
    ),
    limit,
  );
}

/** Edges are followed in pieces of about so many patches: curves in another projection bend little over that. */
const piecePatches = 64;
const mostPieces = 256;

/**
 * The patches of `within` that an image touches. In another CRS its edges are followed in small steps; a turned image is a
 * polygon. `shift` (units of the grid's CRS) is added to where the pixels lie.
 */
export function footprintOf(
  grid: Grid,
  within: PatchWindow,
  image: GeoBox,
  shift: Acquisition["shift"] = { dx: 0, dy: 0 },
): PatchSet {
  const { forward, identity } = transformer(image.crs, grid.crs);
  const { b, c, e, f } = image.affine;
  if (identity && ((c === 0 && e === 0) || (b === 0 && f === 0))) {
    const corners = [apply(image.affine, 0, 0), apply(image.affine, image.width, image.height)];
    const bounds = boundsOfPoints(corners);
    const window = bounds && commonPatches(patchesCovering(grid, boundsAfterShift(bounds, shift)), within);
    return window ? PatchSet.ofWindow(window) : PatchSet.empty;
  }
  const part = identity ? image : nearby(grid, within, image, shift);
  if (part === "unknown") return PatchSet.ofWindow(within);
  if (!part) return PatchSet.empty;
  const origin = grid.origin ?? { x: 0, y: 0 };
  const toPatch = (col: number, row: number): [number, number] => {
    const [x, y] = placeAfterShift(...forward(...apply(part.affine, col, row)), shift);
    return [(x - origin.x) / grid.patchMeters, (origin.y - y) / grid.patchMeters];
  };
  const ring = outline(part, toPatch, identity ? 1 : undefined);
  // A part of the outline has no coordinates in this system: the edge of the image is unknown there.
  if (ring.some(([x, y]) => !Number.isFinite(x) || !Number.isFinite(y))) return PatchSet.ofWindow(within);
  return touchedRows(ring, identity ? 0 : bendOf(ring), within);
}

/**
 * The part of an image around `within`: far from there a projection may have no coordinates, or wrong ones. `unknown` where
 * `within` crosses a discontinuity of the image's system (the 180th meridian, a pole).
 */
function nearby(grid: Grid, within: PatchWindow, image: GeoBox, shift: Shift): GeoBox | "unknown" | undefined {
  const area = geoboxOfPatches(grid, within);
  const { forward } = transformer(grid.crs, image.crs);
  const points = positionsOver(area, 16).map(([col, row]) => {
    const [x, y] = apply(area.affine, col, row);
    return forward(...placeBeforeShift(x, y, shift));
  });
  if (points.some(([x, y]) => !Number.isFinite(x) || !Number.isFinite(y))) return "unknown";
  const around = boundsOfPoints(points)!;
  const degrees = isGeographic(image.crs);
  if (degrees && around.maxX - around.minX > 180) return "unknown";
  const centre = apply(image.affine, image.width / 2, image.height / 2)[0];
  const turn = degrees ? 360 * Math.round((centre - (around.minX + around.maxX) / 2) / 360) : 0;
  const toPixel = inverseOf(image.affine);
  if (!toPixel) return undefined;
  const [spanX, spanY] = [around.maxX - around.minX, around.maxY - around.minY];
  const pixels = boundsOfPoints(
    [around.minX - spanX / 50, around.maxX + spanX / 50].flatMap((x) =>
      [around.minY - spanY / 50, around.maxY + spanY / 50].map((y) => apply(toPixel, x + turn, y)),
    ),
  )!;
  const col = Math.max(0, Math.floor(pixels.minX) - 1);
  const row = Math.max(0, Math.floor(pixels.minY) - 1);
  const width = Math.min(image.width, Math.ceil(pixels.maxX) + 1) - col;
  const height = Math.min(image.height, Math.ceil(pixels.maxY) + 1) - row;
  if (width <= 0 || height <= 0) return undefined;
  const [x, y] = apply(image.affine, col, row);
  return { ...image, affine: { ...image.affine, a: x - turn, d: y }, width, height };
}

function inverseOf(affine: Affine): Affine | undefined {
  const determinant = affine.b * affine.f - affine.c * affine.e;
  return Number.isFinite(determinant) && determinant !== 0 ? invert(affine) : undefined;
}

type Point = readonly [x: number, y: number];

/** The outline of an image in patches, closed; as many points along each side as its length asks for. */
function outline(
  { width, height }: GeoBox,
  toPatch: (col: number, row: number) => [number, number],
  pieces?: number,
): Point[] {
  const corners: Point[] = [
    [0, 0],
    [width, 0],
    [width, height],
    [0, height],
  ];
  const ring: Point[] = [];
  for (const [index, [col, row]] of corners.entries()) {
    const [nextCol, nextRow] = corners[(index + 1) % 4]!;
    const from = toPatch(col, row);
    const to = toPatch(nextCol, nextRow);
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    const steps = pieces ?? Math.min(mostPieces, Math.max(2, Math.ceil(length / piecePatches) || mostPieces));
    ring.push(from);
    for (let step = 1; step < steps; step++) {
      const share = step / steps;
      ring.push(toPatch(col + (nextCol - col) * share, row + (nextRow - row) * share));
    }
  }
  ring.push(ring[0]!);
  return ring;
}

/** Closer than this to a patch's edge is on the edge: a curve between two points, decimals of coordinates. */
const slack = 1e-6;

/**
 * How far the true edge may lie beside the straight line between two points of an outline: an eighth of the second
 * difference, where three points follow each other along a side (at a corner it is no bend).
 */
function bendOf(ring: readonly Point[]): number {
  let most = 0;
  for (let i = 1; i < ring.length - 1; i++) {
    const [[ax, ay], [bx, by], [cx, cy]] = [ring[i - 1]!, ring[i]!, ring[i + 1]!];
    const along = (bx - ax) * (cx - bx) + (by - ay) * (cy - by);
    const lengths = Math.hypot(bx - ax, by - ay) * Math.hypot(cx - bx, cy - by);
    if (along < 0.9 * lengths) continue;
    most = Math.max(most, Math.hypot(ax - 2 * bx + cx, ay - 2 * by + cy) / 8);
  }
  return most;
}

/** In each row the patches from the westernmost to the easternmost place that the outline reaches there, give or take `bend`. */
function touchedRows(ring: readonly Point[], bend: number, within: PatchWindow): PatchSet {
  const ys = ring.map(([, y]) => y);
  const top = Math.max(within.row, Math.floor(Math.min(...ys) - bend + slack));
  const bottom = Math.min(within.row + within.height, Math.ceil(Math.max(...ys) + bend - slack));
  if (bottom <= top) return PatchSet.empty;
  const left = new Float64Array(bottom - top).fill(Number.POSITIVE_INFINITY);
  const right = new Float64Array(bottom - top).fill(Number.NEGATIVE_INFINITY);
  const reach = (row: number, x: number) => {
    const at = row - top;
    if (at < 0 || at >= left.length) return;
    left[at] = Math.min(left[at]!, x);
    right[at] = Math.max(right[at]!, x);
  };
  for (let i = 1; i < ring.length; i++) {
    const [[x0, y0], [x1, y1]] = ring[i - 1]![1] <= ring[i]![1] ? [ring[i - 1]!, ring[i]!] : [ring[i]!, ring[i - 1]!];
    const at = (y: number) => (y1 === y0 ? x1 : x0 + ((x1 - x0) * (y - y0)) / (y1 - y0));
    const first = Math.max(top, Math.floor(y0 - bend));
    const last = Math.min(bottom - 1, Math.floor(y1 + bend));
    for (let row = first; row <= last; row++) {
      const inside = (y: number) => Math.min(y1, Math.max(y0, y));
      reach(row, at(inside(row - bend)));
      reach(row, at(inside(row + 1 + bend)));
      if (y0 === y1) reach(row, x0);
    }
  }
  const end = within.col + within.width;
  return PatchSet.ofRows(
    top,
    Array.from(left, (west, at): [number, number] => [
      Math.max(within.col, Math.floor(west - bend + slack)),
      Math.min(end, Math.ceil(right[at]! + bend - slack)),
    ]),
  );
}

/** The area with room around it, within which footprints are computed: chunks and tiles that touch the area end inside of it. */
export function footprintWindow(area: PatchWindow): PatchWindow {
  const step = 64;
  const col = Math.floor(area.col / step) * step - step;
  const row = Math.floor(area.row / step) * step - step;
  return {
    col,
    row,
    width: Math.ceil((area.col + area.width) / step) * step + step - col,
    height: Math.ceil((area.row + area.height) / step) * step + step - row,
  };
}
