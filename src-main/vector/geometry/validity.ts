import { type Reason, reason } from "../../../src-shared/errors/reasons/index.ts";
import { type Polygonal, type Position, partsOf, type Ring, ringsContain, signedRingArea } from "./geometry.ts";

/** What is wrong with a polygon, and where. */
export interface Defect {
  readonly problem: Reason;
  readonly at: Position | undefined;
}

interface Segment {
  readonly p: Position;
  readonly q: Position;
  readonly part: number;
  readonly ring: number;
  readonly index: number;
  /** segments in its ring, to know which are neighbours */
  readonly count: number;
}

/** Two rings of one part have a point in common. */
interface Touch {
  readonly part: number;
  readonly rings: readonly [number, number];
  readonly at: Position;
}

/**
 * The first thing that makes a polygon invalid in the sense of the OGC's simple features, or `undefined`.
 * Winding does not matter; holes may touch the outside in single points.
 */
export function defectOf(geometry: Polygonal): Defect | undefined {
  const parts = partsOf(geometry).map((part) => part.map(withoutRepeats));
  for (const part of parts) {
    for (const ring of part) {
      const defect = ringDefect(ring);
      if (defect) return defect;
    }
  }
  const touches: Touch[] = [];
  return crossingDefect(parts, touches) ?? nestingDefect(parts) ?? divisionDefect(touches);
}

/** Repeated positions are harmless. */
function withoutRepeats(ring: Ring): Ring {
  return ring.filter(([x, y], i) => i === 0 || x !== ring[i - 1]![0] || y !== ring[i - 1]![1]);
}

function ringDefect(ring: Ring): Defect | undefined {
  const first = ring[0];
  if (!first) return { problem: reason("ring-without-points"), at: undefined };
  for (const position of ring) {
    if (!Number.isFinite(position[0]) || !Number.isFinite(position[1])) {
      return { problem: reason("coordinate-not-finite"), at: undefined };
    }
  }
  const last = ring.at(-1)!;
  if (first[0] !== last[0] || first[1] !== last[1]) return { problem: reason("outline-not-closed"), at: last };
  if (ring.length < 4) return { problem: reason("outline-too-few-corners"), at: first };
  return undefined;
}

/** Sweeps over x: only segments whose ranges of x overlap are compared. */
function crossingDefect(parts: readonly (readonly Ring[])[], touches: Touch[]): Defect | undefined {
  const segments: Segment[] = parts.flatMap((rings, part) =>
    rings.flatMap((line, ring) =>
      line.slice(1).map((q, index) => ({ p: line[index]!, q, part, ring, index, count: line.length - 1 })),
    ),
  );
  const low = (segment: Segment): number => Math.min(segment.p[0], segment.q[0]);
  segments.sort((a, b) => low(a) - low(b));
  let active: Segment[] = [];
  for (const segment of segments) {
    const from = low(segment);
    active = active.filter((other) => Math.max(other.p[0], other.q[0]) >= from);
    for (const other of active) {
      const defect = meeting(segment, other, touches);
      if (defect) return defect;
    }
    active.push(segment);
  }
  return undefined;
}

/** How two segments of the polygon meet, if they may not. */
function meeting(s: Segment, t: Segment, touches: Touch[]): Defect | undefined {
  if (Math.max(s.p[1], s.q[1]) < Math.min(t.p[1], t.q[1]) || Math.min(s.p[1], s.q[1]) > Math.max(t.p[1], t.q[1])) {
    return undefined;
  }
  const sameRing = s.part === t.part && s.ring === t.ring;
  const p = orientation(s.p, s.q, t.p);
  const q = orientation(s.p, s.q, t.q);
  const r = orientation(t.p, t.q, s.p);
  const u = orientation(t.p, t.q, s.q);
  if (p * q < 0 && r * u < 0) {
    const problem = sameRing
      ? reason("outline-crosses-itself")
      : s.part === t.part
        ? reason("rings-cross")
        : reason("parts-overlap");
    return { problem, at: crossing(s, t) };
  }
  if (p === 0 && q === 0) {
    const overlap = collinearOverlap(s, t);
    if (overlap) {
      const problem = sameRing
        ? reason("outline-along-itself")
        : s.part === t.part
          ? reason("rings-share-edge")
          : reason("parts-share-edge");
      return { problem, at: overlap };
    }
  }
  const touch =
    p === 0 && within(t.p, s)
      ? t.p
      : q === 0 && within(t.q, s)
        ? t.q
        : r === 0 && within(s.p, t)
          ? s.p
          : u === 0 && within(s.q, t)
            ? s.q
            : undefined;
  if (!touch) return undefined;
  if (!sameRing) {
    if (s.part === t.part) touches.push({ part: s.part, rings: [s.ring, t.ring], at: touch });
    return undefined;
  }
  const apart = Math.abs(s.index - t.index);
  if (apart === 1 || apart === s.count - 1) return undefined;
  return { problem: reason("outline-touches-itself"), at: touch };
}

const within = ([x, y]: Position, { p, q }: Pick<Segment, "p" | "q">): boolean =>
  x >= Math.min(p[0], q[0]) && x <= Math.max(p[0], q[0]) && y >= Math.min(p[1], q[1]) && y <= Math.max(p[1], q[1]);

/** A point in the middle of the common stretch of two segments on one line; `undefined` when they share at most a point. */
function collinearOverlap(s: Segment, t: Segment): Position | undefined {
  const axis = Math.abs(s.q[0] - s.p[0]) >= Math.abs(s.q[1] - s.p[1]) ? 0 : 1;
  const ends = [s.p, s.q, t.p, t.q].sort((a, b) => a[axis] - b[axis]);
  const from = Math.max(Math.min(s.p[axis], s.q[axis]), Math.min(t.p[axis], t.q[axis]));
  const to = Math.min(Math.max(s.p[axis], s.q[axis]), Math.max(t.p[axis], t.q[axis]));
  return from < to ? [(ends[1]![0] + ends[2]![0]) / 2, (ends[1]![1] + ends[2]![1]) / 2] : undefined;
}

function crossing(s: Segment, t: Segment): Position {
  const [x, y] = [s.q[0] - s.p[0], s.q[1] - s.p[1]];
  const [u, v] = [t.q[0] - t.p[0], t.q[1] - t.p[1]];
  const share = ((t.p[0] - s.p[0]) * v - (t.p[1] - s.p[1]) * u) / (x * v - y * u);
  return [s.p[0] + share * x, s.p[1] + share * y];
}

/**
 * The side of `c` seen along a → b: 1 left, -1 right, 0 exactly on the line. Where rounding could hide the sign
 * it is computed without rounding: parcels share corners, and a wrong sign would call a touching hole a crossing one.
 */
export function orientation(a: Position, b: Position, c: Position): -1 | 0 | 1 {
  const left = (b[0] - a[0]) * (c[1] - a[1]);
  const right = (b[1] - a[1]) * (c[0] - a[0]);
  const difference = left - right;
  // Twice Shewchuk's bound for the rounding of this expression.
  if (Math.abs(difference) > 6.7e-16 * (Math.abs(left) + Math.abs(right))) return difference > 0 ? 1 : -1;
  // Neighbours on an outline share a corner: the commonest zero, and an exact one.
  if ((c[0] === a[0] && c[1] === a[1]) || (c[0] === b[0] && c[1] === b[1])) return 0;
  const [ax, ay, bx, by, cx, cy] = exact([a[0], a[1], b[0], b[1], c[0], c[1]]);
  const determinant = (bx! - ax!) * (cy! - ay!) - (by! - ay!) * (cx! - ax!);
  return determinant > 0n ? 1 : determinant < 0n ? -1 : 0;
}

/** Numbers as whole multiples of one common power of two. */
function exact(values: readonly number[]): bigint[] {
  const view = new DataView(new ArrayBuffer(8));
  const pieces = values.map((value) => {
    view.setFloat64(0, value);
    const bits = view.getBigUint64(0);
    const biased = Number((bits >> 52n) & 0x7ffn);
    const fraction = bits & 0xfffffffffffffn;
    const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n;
    return { mantissa: bits >> 63n ? -mantissa : mantissa, exponent: Math.max(biased, 1) };
  });
  const lowest = Math.min(...pieces.filter(({ mantissa }) => mantissa !== 0n).map(({ exponent }) => exponent));
  return pieces.map(({ mantissa, exponent }) => (mantissa === 0n ? 0n : mantissa << BigInt(exponent - lowest)));
}

/** Rings do not cross: one corner that is not on the other ring shows on which side the whole ring lies. */
function nestingDefect(parts: readonly (readonly Ring[])[]): Defect | undefined {
  const boxes = parts.map((rings) => rings.map(boxOf));
  for (const [part, rings] of parts.entries()) {
    for (let hole = 1; hole < rings.length; hole++) {
      const corner = freeCorner(rings[hole]!, rings.slice(0, 1));
      if (corner && !ringsContain(rings.slice(0, 1), corner[0], corner[1])) {
        return { problem: reason("hole-outside"), at: corner };
      }
      for (let other = 1; other < hole; other++) {
        if (!overlap(boxes[part]![hole]!, boxes[part]![other]!)) continue;
        const nested = insideOf([rings[other]!], rings[hole]!) ?? insideOf([rings[hole]!], rings[other]!);
        if (nested) return { problem: reason("hole-in-hole"), at: nested };
      }
    }
    for (let other = 0; other < part; other++) {
      if (!rings[0] || !parts[other]![0] || !overlap(boxes[part]![0]!, boxes[other]![0]!)) continue;
      const nested = insideOf(parts[other]!, rings[0]) ?? insideOf(rings, parts[other]![0]!);
      if (nested) return { problem: reason("part-in-part"), at: nested };
    }
  }
  return undefined;
}

/** A corner of `ring` inside the even-odd area of `rings`, when the ring lies there. */
function insideOf(rings: readonly Ring[], ring: Ring): Position | undefined {
  const corner = freeCorner(ring, rings);
  return corner && ringsContain(rings, corner[0], corner[1]) ? corner : undefined;
}

/** The first corner of `ring` that is on none of the outlines. */
function freeCorner(ring: Ring, outlines: readonly Ring[]): Position | undefined {
  return ring.find((corner) => outlines.every((outline) => !onOutline(corner, outline)));
}

function onOutline(corner: Position, ring: Ring): boolean {
  return ring.some((q, i) => {
    const p = ring[i - 1];
    return p !== undefined && within(corner, { p, q }) && orientation(p, q, corner) === 0;
  });
}

/** Rings that touch in a circle (a hole that meets the outside twice, say) cut the inside in two. */
function divisionDefect(touches: readonly Touch[]): Defect | undefined {
  const parent = new Map<string, string>();
  const root = (node: string): string => {
    let at = node;
    for (let up = parent.get(at); up !== undefined; up = parent.get(at)) {
      const above = parent.get(up);
      if (above !== undefined) parent.set(at, above);
      at = up;
    }
    return at;
  };
  const joined = new Set<string>();
  for (const { part, rings, at } of touches) {
    const point = `${part}@${at[0]},${at[1]}`;
    for (const ring of rings) {
      const own = `${part}#${ring}`;
      if (joined.has(`${own} ${point}`)) continue;
      joined.add(`${own} ${point}`);
      if (root(own) === root(point)) return { problem: reason("holes-cut-it"), at };
      parent.set(root(own), root(point));
    }
  }
  return undefined;
}

function boxOf(ring: Ring): readonly [number, number, number, number] {
  let box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of ring) box = [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)];
  return box;
}

const overlap = (p: readonly [number, number, number, number], q: readonly [number, number, number, number]): boolean =>
  p[0] <= q[2] && q[0] <= p[2] && p[1] <= q[3] && q[1] <= p[3];

/** True when outsides run counter-clockwise and holes clockwise, as RFC 7946 asks. */
export function hasStandardWinding(geometry: Polygonal): boolean {
  return partsOf(geometry).every((part) => part.every((ring, index) => signedRingArea(ring) >= 0 === (index === 0)));
}
