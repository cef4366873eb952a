import { type Affine, apply, invert } from "../../src-shared/geo/affine.ts";
import { type Bend, bendAt } from "../../src-shared/geo/bend.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import { isGeographic, transformer } from "./crs.ts";

/**
 * Where the pixels of a target grid lie in a source image: exact at the nodes of a lattice, linear between them.
 * proj4 transforms about a million points a second, a lattice makes that enough for any number of pixels.
 */
export interface Lattice {
  /** target pixels from node to node; node 0 is the upper-left corner of pixel 0 */
  readonly step: number;
  readonly across: number;
  readonly down: number;
  /** source image coordinates, in pixels; NaN off the map */
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** The largest distance, in source pixels, between the lattice and the exact transform. */
const latticeTolerance = 1 / 1000;

export type PointTransform = (col: number, row: number) => readonly [x: number, y: number];

/** Target pixel → source pixel, exactly; less `bend` at its place in the target's CRS. */
export function exactTransform(
  target: GeoBox,
  source: GeoBox,
  bend?: Bend,
): { readonly transform: PointTransform; readonly affine: boolean } {
  const toPixel = invert(source.affine);
  const { identity, forward } = transformer(target.crs, source.crs);
  if (identity && !bend) {
    const t = compose(toPixel, target.affine);
    return { transform: (col, row) => apply(t, col, row), affine: true };
  }
  // A longitude of −179° belongs to an image that goes on past 180° as 181°.
  const wrap = isGeographic(source.crs) ? apply(source.affine, source.width / 2, source.height / 2)[0] : undefined;
  return {
    affine: false,
    transform: (col, row) => {
      const [mapX, mapY] = apply(target.affine, col, row);
      const [dx, dy] = bend ? bendAt(bend, mapX, mapY) : [0, 0];
      const [x, y] = forward(mapX - dx, mapY - dy);
      const near = wrap === undefined ? x : x + 360 * Math.round((wrap - x) / 360);
      return apply(toPixel, near, y);
    },
  };
}

function compose(outer: Affine, inner: Affine): Affine {
  return {
    a: outer.a + outer.b * inner.a + outer.c * inner.d,
    b: outer.b * inner.b + outer.c * inner.e,
    c: outer.b * inner.c + outer.c * inner.f,
    d: outer.d + outer.e * inner.a + outer.f * inner.d,
    e: outer.e * inner.b + outer.f * inner.e,
    f: outer.e * inner.c + outer.f * inner.f,
  };
}

/** A lattice over width × height pixels whose first corner is (col, row), as coarse as the tolerance allows. */
export function latticeOver(
  transform: PointTransform,
  window: { readonly col: number; readonly row: number; readonly width: number; readonly height: number },
  affine: boolean,
): Lattice {
  const longest = Math.max(window.width, window.height);
  if (affine) return nodes(transform, window, longest);
  for (let step = Math.min(64, longest); step > 1; step = Math.ceil(step / 2)) {
    const lattice = nodes(transform, window, step);
    if (withinTolerance(lattice, transform, window)) return lattice;
  }
  return nodes(transform, window, 1);
}

function nodes(
  transform: PointTransform,
  {
    col,
    row,
    width,
    height,
  }: { readonly col: number; readonly row: number; readonly width: number; readonly height: number },
  step: number,
): Lattice {
  const across = Math.ceil(width / step) + 1;
  const down = Math.ceil(height / step) + 1;
  const x = new Float64Array(across * down);
  const y = new Float64Array(across * down);
  for (let j = 0; j < down; j++) {
    for (let i = 0; i < across; i++) {
      const [px, py] = transform(col + i * step, row + j * step);
      x[j * across + i] = px;
      y[j * across + i] = py;
    }
  }
  return { step, across, down, x, y };
}

function withinTolerance(
  { step, across, down, x, y }: Lattice,
  transform: PointTransform,
  { col, row }: { readonly col: number; readonly row: number },
): boolean {
  const limit = latticeTolerance ** 2;
  for (let j = 0; j + 1 < down; j++) {
    for (let i = 0; i + 1 < across; i++) {
      const at = j * across + i;
      // The centre and one edge of every cell: a fold or the date line shows in one of them.
      for (const [u, v] of [
        [0.5, 0.5],
        [0.5, 0],
      ] as const) {
        const [ex, ey] = transform(col + (i + u) * step, row + (j + v) * step);
        const mx = mix(x, at, across, u, v);
        const my = mix(y, at, across, u, v);
        const distance = (mx - ex) ** 2 + (my - ey) ** 2;
        if (Number.isNaN(distance)) {
          const allOff =
            Number.isNaN(ex) && [at, at + 1, at + across, at + across + 1].every((k) => Number.isNaN(x[k]!));
          if (!allOff) return false;
        } else if (distance > limit) return false;
      }
    }
  }
  return true;
}

const mix = (a: Float64Array, at: number, across: number, u: number, v: number) =>
  (a[at]! * (1 - u) + a[at + 1]! * u) * (1 - v) + (a[at + across]! * (1 - u) + a[at + across + 1]! * u) * v;

/** Source coordinates of the points (`first` + i, `row`), i from 0 to the length of `xs`, in target pixels from the lattice's corner. */
export function rowOfLattice(lattice: Lattice, first: number, row: number, xs: Float64Array, ys: Float64Array): void {
  const { step, across, down, x, y } = lattice;
  const j = Math.min(down - 2, Math.max(0, Math.floor(row / step)));
  const v = row / step - j;
  const base = j * across;
  let index = 0;
  for (let i = 0; i + 1 < across && index < xs.length; i++) {
    const left = base + i;
    const x0 = x[left]! * (1 - v) + x[left + across]! * v;
    const y0 = y[left]! * (1 - v) + y[left + across]! * v;
    const dx = (x[left + 1]! * (1 - v) + x[left + across + 1]! * v - x0) / step;
    const dy = (y[left + 1]! * (1 - v) + y[left + across + 1]! * v - y0) / step;
    const end = i + 2 === across ? Number.POSITIVE_INFINITY : (i + 1) * step;
    for (; index < xs.length && first + index < end; index++) {
      const u = first + index - i * step;
      xs[index] = x0 + dx * u;
      ys[index] = y0 + dy * u;
    }
  }
}

/** The source pixels the lattice touches, or `undefined` when it is off the map everywhere. */
export function reachOf({
  x,
  y,
}: Pick<Lattice, "x" | "y">): { minX: number; minY: number; maxX: number; maxY: number } | undefined {
  let minX = Number.POSITIVE_INFINITY;
  let minY = Number.POSITIVE_INFINITY;
  let maxX = Number.NEGATIVE_INFINITY;
  let maxY = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i]!)) continue;
    minX = Math.min(minX, x[i]!);
    maxX = Math.max(maxX, x[i]!);
    minY = Math.min(minY, y[i]!);
    maxY = Math.max(maxY, y[i]!);
  }
  return minX <= maxX ? { minX, minY, maxX, maxY } : undefined;
}
