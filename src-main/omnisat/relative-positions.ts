/** @see SPEC.md, §7.1 and §7.2 */

import { cast, equal, type Graph, matMul, reshape, transpose, type Value } from "../engine/index.ts";

/** Distances fall into seven buckets (three of them for negative ones, never used) and one for tokens without a place. */
export const bucketCount = 8;
const skipBucket = 7;

/**
 * The bucket of two grid cells by their distance: 3 for the same cell, then ever coarser up to 6 (iRPE, “euclidean”).
 * @see SPEC.md, §7.1; Wu et al. 2021, Rethinking and Improving Relative Position Encoding for Vision Transformer
 */
export function distanceBucket(rows: number, columns: number): number {
  const [alpha, beta, gamma] = [1.9, 3.8, 15.2];
  const distance = Math.round(Math.hypot(rows, columns));
  if (distance <= alpha) return 3 + distance;
  const scaled = Math.round(alpha + ((beta - alpha) * Math.log(distance / alpha)) / Math.log(gamma / alpha));
  return 3 + Math.trunc(Math.min(beta, scaled));
}

/** A place on a grid, or none. */
type Place = readonly [row: number, column: number] | null;

/** Buckets of every pair of tokens, row-major [L, L]. */
function bucketsOf(places: readonly Place[]): Uint8Array {
  const buckets = new Uint8Array(places.length ** 2).fill(skipBucket);
  for (const [i, from] of places.entries()) {
    if (!from) continue;
    for (const [j, to] of places.entries()) {
      if (to) buckets[i * places.length + j] = distanceBucket(from[0] - to[0], from[1] - to[1]);
    }
  }
  return buckets;
}

/**
 * The published rule (SPEC 7.2): a sequence of L tokens is laid on a square of side ⌊√L⌋ whatever its tokens are; the
 * L − side² first tokens have no place.
 * @see SPEC.md, §7.2
 */
export function officialBuckets(length: number): Uint8Array {
  const side = Math.floor(Math.sqrt(length));
  const skipped = length - side * side;
  return bucketsOf(
    Array.from({ length }, (_, token): Place => {
      const cell = token - skipped;
      return cell < 0 ? null : [Math.floor(cell / side), cell % side];
    }),
  );
}

/**
 * The true geometry: a class token without a place, then the patch grid once per modality.
 * Not published: the published places are those of `officialBuckets` (SPEC.md, §7.2).
 */
export function gridBuckets(grid: { readonly rows: number; readonly columns: number }, modalities: number): Uint8Array {
  const cells = Array.from(
    { length: grid.rows * grid.columns },
    (_, cell): Place => [Math.floor(cell / grid.columns), cell % grid.columns],
  );
  return bucketsOf([null, ...Array.from({ length: modalities }, () => cells).flat()]);
}

const firstUsed = 3;

/**
 * For each row of buckets, which column lies in which bucket: [L, 5, L] of 0 and 1. Only the five buckets that occur.
 * It is made inside the graph from one byte per pair, so that long sequences do not swell the model.
 */
function membership(g: Graph, buckets: Uint8Array): Value {
  const length = Math.sqrt(buckets.length);
  const pairs = cast(g, g.constant(buckets, { shape: [length, 1, length] }), "int32");
  const used = Array.from({ length: bucketCount - firstUsed }, (_, index) => firstUsed + index);
  const wanted = g.constant(used, { shape: [1, used.length, 1], type: "int32" });
  return cast(g, equal(g, pairs, wanted), "float32");
}

/** Prepared once per geometry and shared by the blocks. */
export interface Geometry {
  readonly length: number;
  readonly membership: Value;
}

export function geometryOf(g: Graph, buckets: Uint8Array): Geometry {
  return { length: Math.sqrt(buckets.length), membership: membership(g, buckets) };
}

/**
 * R[…, i, j] = Σ_c q[…, i, c] · W[c, bucket(i, j)].  q: [batch, heads, L, c], table W: [1, c, 8] → [batch, heads, L, L].
 * A product per bucket first (c is short), then one small product per query row that puts each where it belongs.
 * @see SPEC.md, §7.1
 */
export function relativeBias(g: Graph, q: Value, table: Value, geometry: Geometry): Value {
  const [batch, heads, length, channels] = q.shape as readonly [number, number, number, number];
  if (length !== geometry.length) throw new Error(`relativeBias: ${length} queries, geometry of ${geometry.length}`);
  const used = sliceUsed(g, table, channels);
  const rows = reshape(g, transpose(g, q, [2, 0, 1, 3]), [length, batch * heads, channels]);
  const perBucket = matMul(g, rows, used);
  const spread = matMul(g, perBucket, geometry.membership);
  return transpose(g, reshape(g, spread, [length, batch, heads, length]), [1, 2, 0, 3]);
}

function sliceUsed(g: Graph, table: Value, channels: number): Value {
  // A product with a constant picks the five columns in use; the others get no gradient, as in the published code.
  const used = bucketCount - firstUsed;
  const picker = new Float32Array(bucketCount * used);
  for (let k = 0; k < used; k++) picker[(firstUsed + k) * used + k] = 1;
  return matMul(g, reshape(g, table, [channels, bucketCount]), g.constant(picker, { shape: [bucketCount, used] }));
}
