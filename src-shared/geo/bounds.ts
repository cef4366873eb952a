/** A rectangle of coordinates, in the units of its CRS. */
export interface Bounds {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

/** The common rectangle, or `undefined` when they do not overlap (touching edges do not overlap). */
export function intersection(p: Bounds, q: Bounds): Bounds | undefined {
  const minX = Math.max(p.minX, q.minX);
  const minY = Math.max(p.minY, q.minY);
  const maxX = Math.min(p.maxX, q.maxX);
  const maxY = Math.min(p.maxY, q.maxY);
  return minX < maxX && minY < maxY ? { minX, minY, maxX, maxY } : undefined;
}

export function union(p: Bounds, q: Bounds): Bounds {
  return {
    minX: Math.min(p.minX, q.minX),
    minY: Math.min(p.minY, q.minY),
    maxX: Math.max(p.maxX, q.maxX),
    maxY: Math.max(p.maxY, q.maxY),
  };
}

export function area(p: Bounds): number {
  return Math.max(0, p.maxX - p.minX) * Math.max(0, p.maxY - p.minY);
}

/** The rectangle around points; those with a coordinate that is no number are passed over. `undefined` when none is left. */
export function boundsOfPoints(points: Iterable<readonly [x: number, y: number]>): Bounds | undefined {
  let bounds: Bounds | undefined;
  for (const [x, y] of points) {
    if (Number.isFinite(x) && Number.isFinite(y)) {
      const point = { minX: x, minY: y, maxX: x, maxY: y };
      bounds = bounds ? union(bounds, point) : point;
    }
  }
  return bounds;
}
