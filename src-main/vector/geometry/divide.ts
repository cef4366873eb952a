import {
  areaOf,
  type Polygon,
  type Polygonal,
  type Position,
  partsOf,
  type Ring,
  ringsContain,
  signedRingArea,
} from "./geometry.ts";
import { defectOf } from "./validity.ts";

/**
 * Cuts a polygon along a line. Its edges and the pieces of the line inside of it make a plane graph; the faces of the graph
 * that lie in the polygon are the pieces. A line that does not cut through changes nothing: one piece comes back per part.
 */
export function divide(geometry: Polygonal, line: readonly Position[]): Polygon[] {
  return partsOf(geometry).flatMap((part) => dividePart(part, line));
}

function dividePart(rings: readonly Ring[], line: readonly Position[]): Polygon[] {
  const whole: Polygon = { type: "Polygon", coordinates: rings };
  const edges = rings.flatMap((ring) => ring.slice(1).map((end, i): Edge => ({ from: ring[i]!, to: end, cuts: [] })));
  const blades = line.slice(1).map((end, i): Edge => ({ from: line[i]!, to: end, cuts: [] }));
  for (const blade of blades) {
    for (const edge of edges) meet(blade, edge);
    for (const other of blades) if (other !== blade) meet(blade, other);
  }
  const graph = new Graph();
  for (const edge of edges) for (const [p, q] of piecesOf(edge)) graph.connect(p, q);
  for (const blade of blades) {
    for (const [p, q] of piecesOf(blade)) {
      if (ringsContain(rings, (p[0] + q[0]) / 2, (p[1] + q[1]) / 2)) graph.connect(p, q);
    }
  }
  graph.prune();
  const faces = graph
    .faces()
    .flatMap(simpleLoops)
    .filter((ring) => ring.length > 3);
  const outsides = faces.filter((ring) => signedRingArea(ring) > 0);
  const holes = faces.filter((ring) => signedRingArea(ring) < 0);
  const inside = outsides.filter((ring) => {
    const [x, y] = pointIn(ring);
    return ringsContain(rings, x, y);
  });
  if (inside.length < 2) return [whole];
  const pieces = inside.map((outside): Ring[] => [outside]);
  for (const hole of holes) {
    // The outer face of the whole graph also runs clockwise; it lies in no piece.
    const [x, y] = pointIn(hole);
    const around = pieces
      .filter(
        ([outside]) =>
          ringsContain([outside!], x, y) && Math.abs(signedRingArea(outside!)) > Math.abs(signedRingArea(hole)),
      )
      .sort((p, q) => signedRingArea(p[0]!) - signedRingArea(q[0]!))[0];
    around?.push(hole);
  }
  const polygons = pieces.map((coordinates): Polygon => ({ type: "Polygon", coordinates }));
  const sum = polygons.reduce((total, polygon) => total + areaOf(polygon), 0);
  // Crossings are rounded: a line that crosses itself or runs along an edge closer than that is not followed.
  if (polygons.some((polygon) => defectOf(polygon))) return [whole];
  return Math.abs(sum - areaOf(whole)) <= 1e-6 * areaOf(whole) ? polygons : [whole];
}

interface Edge {
  readonly from: Position;
  readonly to: Position;
  readonly cuts: { readonly at: number; readonly position: Position }[];
}

/** Notes where two segments cross, with the same numbers in both. */
function meet(p: Edge, q: Edge): void {
  const [px, py] = [p.to[0] - p.from[0], p.to[1] - p.from[1]];
  const [qx, qy] = [q.to[0] - q.from[0], q.to[1] - q.from[1]];
  const turn = px * qy - py * qx;
  if (turn === 0) return;
  const [dx, dy] = [q.from[0] - p.from[0], q.from[1] - p.from[1]];
  const s = (dx * qy - dy * qx) / turn;
  const t = (dx * py - dy * px) / turn;
  if (s < -1e-12 || s > 1 + 1e-12 || t < -1e-12 || t > 1 + 1e-12) return;
  // A crossing at a corner is that corner, so that the graph has one node there.
  const corner = [
    { near: Math.abs(s) < 1e-9, position: p.from },
    { near: Math.abs(s - 1) < 1e-9, position: p.to },
    { near: Math.abs(t) < 1e-9, position: q.from },
    { near: Math.abs(t - 1) < 1e-9, position: q.to },
  ].find(({ near }) => near)?.position;
  const position: Position = corner ?? [p.from[0] + s * px, p.from[1] + s * py];
  p.cuts.push({ at: s, position });
  q.cuts.push({ at: t, position });
}

function piecesOf({ from, to, cuts }: Edge): [Position, Position][] {
  const stops = [from, ...cuts.toSorted((p, q) => p.at - q.at).map(({ position }) => position), to];
  return stops.slice(1).flatMap((end, i): [Position, Position][] => {
    const start = stops[i]!;
    return start[0] === end[0] && start[1] === end[1] ? [] : [[start, end]];
  });
}

/** A face that touches itself in a corner is an outline and a hole that meet there: a ring each. */
function simpleLoops(ring: Ring): Ring[] {
  const loops: Ring[] = [];
  const path: Position[] = [];
  const seen = new Map<string, number>();
  for (const position of ring) {
    const key = keyOf(position);
    const before = seen.get(key);
    if (before !== undefined) {
      const loop = path.splice(before);
      for (const passed of loop) seen.delete(keyOf(passed));
      loops.push([...loop, position]);
    }
    seen.set(key, path.length);
    path.push(position);
  }
  return loops;
}

const keyOf = ([x, y]: Position): string => `${x},${y}`;

/** Nodes by their exact coordinates, each with its neighbours. */
class Graph {
  readonly #nodes = new Map<string, { readonly position: Position; readonly next: Set<string> }>();

  connect(p: Position, q: Position): void {
    this.#node(p).next.add(keyOf(q));
    this.#node(q).next.add(keyOf(p));
  }

  #node(position: Position) {
    const key = keyOf(position);
    const known = this.#nodes.get(key);
    if (known) return known;
    const node = { position, next: new Set<string>() };
    this.#nodes.set(key, node);
    return node;
  }

  /** Dangling ends are removed: they divide nothing. */
  prune(): void {
    const ends = [...this.#nodes].filter(([, { next }]) => next.size < 2).map(([key]) => key);
    for (let key = ends.pop(); key !== undefined; key = ends.pop()) {
      const node = this.#nodes.get(key);
      if (!node || node.next.size > 1) continue;
      this.#nodes.delete(key);
      for (const neighbour of node.next) {
        const other = this.#nodes.get(neighbour)!;
        other.next.delete(key);
        if (other.next.size < 2) ends.push(neighbour);
      }
    }
  }

  /** Every ring of the plane graph: at each node the next edge clockwise from where it came. Insides run counter-clockwise. */
  faces(): Ring[] {
    const around = new Map(
      [...this.#nodes].map(([key, { position, next }]) => {
        const angle = (to: string) => {
          const [x, y] = this.#nodes.get(to)!.position;
          return Math.atan2(y - position[1], x - position[0]);
        };
        return [key, [...next].toSorted((p, q) => angle(p) - angle(q))];
      }),
    );
    const walked = new Set<string>();
    const rings: Ring[] = [];
    for (const [start, neighbours] of around) {
      for (const first of neighbours) {
        if (walked.has(`${start} ${first}`)) continue;
        const ring: Position[] = [];
        let [from, to] = [start, first];
        while (!walked.has(`${from} ${to}`)) {
          walked.add(`${from} ${to}`);
          ring.push(this.#nodes.get(from)!.position);
          const choices = around.get(to)!;
          const onward = choices.at(choices.indexOf(from) - 1)!;
          [from, to] = [to, onward];
        }
        rings.push([...ring, ring[0]!]);
      }
    }
    return rings;
  }
}

/** A position inside a ring, close to its longest edge: its middle, moved slightly inwards. */
function pointIn(ring: Ring): Position {
  let best = 0;
  let longest = -1;
  for (let i = 1; i < ring.length; i++) {
    const length = Math.hypot(ring[i]![0] - ring[i - 1]![0], ring[i]![1] - ring[i - 1]![1]);
    if (length > longest) [longest, best] = [length, i];
  }
  const [x1, y1] = ring[best - 1]!;
  const [x2, y2] = ring[best]!;
  const side = (signedRingArea(ring) > 0 ? 1 : -1) * 1e-6;
  return [(x1 + x2) / 2 - side * (y2 - y1), (y1 + y2) / 2 + side * (x2 - x1)];
}
