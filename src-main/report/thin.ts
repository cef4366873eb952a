/** A point of a curve. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

/**
 * At most four points per pixel column: the first, the lowest, the highest and the last, in their order.
 * Drawn at that width the line looks the same, spikes included, however many points the run left.
 */
export function thin(points: readonly CurvePoint[], columns: number): readonly CurvePoint[] {
  if (points.length <= 4 * columns) return points;
  const left = points[0]!.x;
  const span = points.at(-1)!.x - left || 1;
  const columnOf = (point: CurvePoint): number =>
    Math.min(columns - 1, Math.floor(((point.x - left) / span) * columns));
  const kept: CurvePoint[] = [];
  for (let start = 0; start < points.length; ) {
    const column = columnOf(points[start]!);
    let end = start;
    let low = start;
    let high = start;
    while (end < points.length && columnOf(points[end]!) === column) {
      if (points[end]!.y < points[low]!.y) low = end;
      if (points[end]!.y > points[high]!.y) high = end;
      end++;
    }
    const chosen = [...new Set([start, low, high, end - 1])].sort((p, q) => p - q);
    for (const index of chosen) kept.push(points[index]!);
    start = end;
  }
  return kept;
}

/**
 * The mean of each `width` neighbouring points (an odd number), so that a noisy curve shows its course. It starts and
 * ends where it has all its neighbours: fewer would bend or roughen the ends.
 */
export function runningMean(points: readonly CurvePoint[], width: number): readonly CurvePoint[] {
  const half = (width - 1) / 2;
  const sums = [0];
  for (const point of points) sums.push(sums.at(-1)! + point.y);
  return points.slice(half, points.length - half).map((point, index) => {
    return { x: point.x, y: (sums[index + width]! - sums[index]!) / width };
  });
}
