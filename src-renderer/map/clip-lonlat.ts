import type { Position } from "geojson";
import type { Bounds } from "../../src-shared/geo/bounds.ts";

type Inside = (p: Position) => boolean;
type Cut = (p: Position, q: Position) => Position;

const edgesOf = ({ minX, minY, maxX, maxY }: Bounds): readonly (readonly [Inside, Cut])[] => {
  const atX =
    (x: number): Cut =>
    ([px, py], [qx, qy]) => [x, py! + ((qy! - py!) * (x - px!)) / (qx! - px!)];
  const atY =
    (y: number): Cut =>
    ([px, py], [qx, qy]) => [px! + ((qx! - px!) * (y - py!)) / (qy! - py!), y];
  return [
    [([x]) => x! >= minX, atX(minX)],
    [([x]) => x! <= maxX, atX(maxX)],
    [([, y]) => y! >= minY, atY(minY)],
    [([, y]) => y! <= maxY, atY(maxY)],
  ];
};

/** The part of a ring inside a rectangle (Sutherland and Hodgman, 1974): enough to keep a projection within its domain. */
export function clipRing(ring: readonly Position[], bounds: Bounds): Position[] {
  let points: readonly Position[] = ring;
  for (const [inside, cut] of edgesOf(bounds)) {
    const out: Position[] = [];
    points.forEach((point, i) => {
      const before = points[(i + points.length - 1) % points.length]!;
      if (inside(point)) {
        if (!inside(before)) out.push(cut(before, point));
        out.push(point);
      } else if (inside(before)) out.push(cut(before, point));
    });
    points = out;
    if (points.length === 0) return [];
  }
  return [...points];
}

/** The runs of a line whose positions lie inside; what leaves is cut at its last position. */
export function clipLine(line: readonly Position[], { minX, minY, maxX, maxY }: Bounds): Position[][] {
  const runs: Position[][] = [];
  let run: Position[] = [];
  for (const point of line) {
    const [x, y] = point as [number, number];
    if (x >= minX && x <= maxX && y >= minY && y <= maxY) run.push(point);
    else if (run.length > 0) {
      runs.push(run);
      run = [];
    }
  }
  if (run.length > 0) runs.push(run);
  return runs.filter(({ length }) => length > 1);
}
