/** @see SPEC.md, §10.2: the dates that the series decoder reconstructs */

import {
  add,
  and,
  cast,
  equal,
  type Graph,
  gather,
  gatherElements,
  greater,
  less,
  mul,
  not,
  quantile,
  reduceMax,
  reshape,
  topK,
  type Value,
} from "../engine/index.ts";

/** The dates of each tile that the series decoder must reconstruct. */
export interface ChosenDates {
  /** 1 for a chosen date: [B, T] */
  readonly chosen: Value;
  /** positions of the chosen dates in order of storage, then of others to fill the row: [B, K] */
  readonly positions: Value;
  /** 1 where a position is a chosen one: [B, K] */
  readonly counted: Value;
}

/** How many dates can lie strictly above a quantile of at most `candidates` values. */
const mostChosen = (candidates: number, q: number): number =>
  Math.max(0, candidates - 1 - Math.floor(q * (candidates - 1)));

/**
 * Candidates of the published rule: everything stored before the last date that is not 0 (that one is never chosen).
 * dates: [B, T] → [B, T] of 0 and 1
 * @see SPEC.md, §10.2
 */
export function officialCandidates(g: Graph, dates: Value): Value {
  return beforeTheLast(g, cast(g, not(g, equal(g, cast(g, dates, "float32"), 0)), "float32"));
}

/**
 * The same rule for masked series: real dates but the last real one. real: [B, T] of 0 and 1
 * @see SPEC.md, §10.2, for masked series
 */
export function maskedCandidates(g: Graph, real: Value): Value {
  return mul(g, beforeTheLast(g, real), real);
}

function beforeTheLast(g: Graph, real: Value): Value {
  const length = real.shape[1]!;
  const order = g.constant(Float32Array.from({ length }, (_, t) => t));
  const last = reduceMax(g, mul(g, real, order), [1], true);
  return cast(g, less(g, order, last), "float32");
}

/**
 * Chooses the candidates whose attention lies strictly above the quantile of the candidates' attention; with no quantile,
 * all of them. Shapes are static, so each tile has room for the most dates that can be chosen.
 * attention, candidates: [B, T]
 * @see SPEC.md, §10.2
 */
export function chooseDates(g: Graph, attention: Value, candidates: Value, q: number | null): ChosenDates | null {
  const [batch, length] = attention.shape as readonly [number, number];
  const room = q === null ? length - 1 : mostChosen(length - 1, q);
  if (room < 1) return null;
  const candidate = greater(g, candidates, 0);
  const above =
    q === null
      ? candidate
      : and(
          g,
          candidate,
          greater(g, attention, reshape(g, quantile(g, attention, q, { axis: 1, mask: candidate }), [batch, 1])),
        );
  const chosen = cast(g, above, "float32");
  // Chosen dates first, the earliest stored before the others: the order of the published list.
  const rank = g.constant(Float32Array.from({ length }, (_, t) => length - t));
  const { values, indices } = topK(g, mul(g, chosen, rank), room, 1);
  return { chosen, positions: indices, counted: cast(g, greater(g, values, 0), "float32") };
}

/**
 * Rows of chosen dates. rows: [B, T, …] → [B, K, …]
 * @see SPEC.md, §10.2
 */
export function takeDates(g: Graph, rows: Value, positions: Value): Value {
  const [batch, length, ...rest] = rows.shape as readonly number[] as readonly [number, number, ...number[]];
  const room = positions.shape[1]!;
  if (rest.length === 0) return gatherElements(g, rows, positions, 1);
  const width = rest.reduce((product, size) => product * size, 1);
  const offset = g.constant(
    BigInt64Array.from({ length: batch }, (_, b) => BigInt(b * length)),
    { shape: [batch, 1] },
  );
  const flat = reshape(g, add(g, positions, offset), [batch * room]);
  const taken = gather(g, reshape(g, rows, [batch * length, width]), flat, 0);
  return reshape(g, taken, [batch, room, ...rest]);
}
