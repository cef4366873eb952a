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

/** Longitudes without jumps: where a line crosses the antimeridian they go on past ±180. */
export function continuous(line: readonly Position[]): Position[] {
  let turn = 0;
  return line.map((position, i) => {
    const [x, y] = position as [number, number];
    if (i > 0) turn -= Math.round((x - line[i - 1]![0]!) / 360);
    return [x + 360 * turn, y];
  });
}

/** The same of a closed ring. One that goes once round the Earth encloses the nearer pole, which becomes its far side. */
export function continuousRing(ring: readonly Position[]): Position[] {
  const positions = continuous(ring);
  const [first, last] = [positions[0], positions.at(-1)];
  if (!first || !last || Math.abs(last[0]! - first[0]!) < 180) return positions;
  const mean = positions.reduce((sum, [, y]) => sum + y!, 0) / positions.length;
  const pole = mean < 0 ? -90 : 90;
  return [...positions, [last[0]!, pole], [first[0]!, pole], first];
}

/** Degrees: files round the antimeridian to about a thousandth of a degree. */
const nearly = 0.002;
const onAntimeridian = (x: number): boolean => Math.abs(Math.abs(((x % 360) + 360) % 360) - 180) < nearly;
const atPole = (y: number): boolean => Math.abs(y) > 89.9;

/**
 * The coast of a ring of land: without the edges that no coast has, along the antimeridian, where files cut countries in two, and
 * along a pole, to which `continuousRing` closes land around it.
 */
export function coastOf(ring: readonly Position[]): Position[][] {
  const lines: Position[][] = [];
  let line: Position[] = [];
  for (const [i, point] of ring.entries()) {
    const before = ring[i - 1];
    const drawn =
      before !== undefined &&
      !(onAntimeridian(before[0]!) && onAntimeridian(point[0]!)) &&
      !(atPole(before[1]!) || atPole(point[1]!));
    if (drawn) {
      if (line.length === 0) line.push(before);
      line.push(point);
    } else if (line.length > 0) {
      lines.push(line);
      line = [];
    }
  }
  if (line.length > 0) lines.push(line);
  return lines;
}

/** By how many degrees, whole turns, longitudes are moved so that they come to lie between `minX` and `maxX`. */
export function turnsInto(positions: readonly Position[], { minX, maxX }: Pick<Bounds, "minX" | "maxX">): number[] {
  let [west, east] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [x] of positions) {
    west = Math.min(west, x!);
    east = Math.max(east, x!);
  }
  const turns: number[] = [];
  for (let turn = Math.ceil((minX - east) / 360) + 0; turn <= (maxX - west) / 360; turn++) turns.push(360 * turn);
  return turns;
}

export const moveEast = (positions: readonly Position[], degrees: number): readonly Position[] =>
  degrees === 0 ? positions : positions.map(([x, y]) => [x! + degrees, y!]);
