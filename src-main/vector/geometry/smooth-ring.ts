import type { Position } from "./geometry.ts";

/** A bend of a pixel outline, in pixels. `fixed` ones are where three areas meet, and the corners of the raster. */
export interface Bend {
  readonly x: number;
  readonly y: number;
  readonly fixed: boolean;
}

/**
 * Cuts the corners of a ring of pixel edges (Chaikin 1974), `times` times, at a quarter of each edge and never farther than
 * half a pixel; half as far the next time.
 *
 * Neighbours stay neighbours: a border is cut the same way from both of its sides, to the last bit, because it begins and
 * ends at fixed bends and every cut looks at one corner and its two edges. And no two borders cross: all cuts of a corner
 * stay in the half of its pixel that lies at the corner.
 */
export function smoothRing(ring: readonly Bend[], times: number): Position[] {
  let points: readonly Bend[] = ring;
  let reach = 0.5;
  for (let time = 0; time < times; time++) {
    points = cut(points, reach);
    reach /= 2;
  }
  return points.map(({ x, y }) => [x, y]);
}

function cut(points: readonly Bend[], reach: number): Bend[] {
  const result: Bend[] = [];
  for (const [i, point] of points.entries()) {
    if (point.fixed) {
      result.push(point);
      continue;
    }
    result.push(towards(point, points.at(i - 1)!, reach), towards(point, points[(i + 1) % points.length]!, reach));
  }
  return result;
}

/** From either end of a border the same numbers enter the same sum. */
function towards(from: Bend, to: Bend, reach: number): Bend {
  const length = Math.hypot(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
  const share = Math.min(0.25, reach / length);
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share, fixed: false };
}
