/** A pixel-to-map transform, in GDAL's order: x = a + b·col + c·row, y = d + e·col + f·row. */
export interface Affine {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

/** The north-up affine whose upper-left corner is (minX, maxY); sizes in map units per pixel. */
export function northUp(minX: number, maxY: number, pixelWidth: number, pixelHeight: number): Affine {
  return { a: minX, b: pixelWidth, c: 0, d: maxY, e: 0, f: -pixelHeight };
}

export function apply(t: Affine, col: number, row: number): [x: number, y: number] {
  return [t.a + t.b * col + t.c * row, t.d + t.e * col + t.f * row];
}

/** True when `invert` has an answer: pixels have an area, and every number is one. */
export function isInvertible(t: Affine): boolean {
  const determinant = t.b * t.f - t.c * t.e;
  return (
    [t.a, t.b, t.c, t.d, t.e, t.f, determinant].every(Number.isFinite) &&
    determinant !== 0 &&
    Number.isFinite(1 / determinant)
  );
}

/** The map-to-pixel transform of `t`. A degenerate transform throws. */
export function invert(t: Affine): Affine {
  const determinant = t.b * t.f - t.c * t.e;
  if (!Number.isFinite(determinant) || determinant === 0) {
    throw new Error(`Affine without inverse: [${[t.a, t.b, t.c, t.d, t.e, t.f].join(", ")}]`);
  }
  const b = t.f / determinant;
  const c = -t.c / determinant;
  const e = -t.e / determinant;
  const f = t.b / determinant;
  return { a: -(b * t.a + c * t.d), b, c, d: -(e * t.a + f * t.d), e, f };
}

/** True when rows run along x and columns along y, without rotation or shear. */
export function isAxisAligned(t: Affine): boolean {
  return t.c === 0 && t.e === 0;
}
