/** @see ONNX operator TopK; the quantile is that of PyTorch: linear between neighbours in rank */

import { axisOf, broadcast, formatShape, type Graph, int, sameShape, type Value, withLength } from "../graph/index.ts";
import { add, mul, sub } from "./elementwise.ts";
import { gather, gatherElements } from "./gather.ts";
import { expand, shapeConstant, squeeze } from "./layout.ts";
import { cast, where } from "./logic.ts";
import { reduceSum } from "./reduce.ts";

/**
 * The k largest (or smallest) elements along `axis`, in order, and their positions (int64).
 * x: […, n, …] → two of […, k, …]
 */
export function topK(g: Graph, x: Value, k: number, axis: number, largest = true): { values: Value; indices: Value } {
  const along = axisOf("TopK", x.shape, axis);
  if (k < 1 || k > x.shape[along]!) throw new Error(`TopK: ${k} of axis ${axis} of ${formatShape(x.shape)}`);
  const shape = withLength(x.shape, along, k);
  const [values, indices] = g.record("TopK", [x], { axis: along }, () =>
    g.emit(
      "TopK",
      [x, shapeConstant(g, [k])],
      [
        { type: x.type, shape },
        { type: "int64", shape },
      ],
      { axis: int(along), largest: int(+largest), sorted: int(1) },
    ),
  );
  return { values: values!, indices: indices! };
}

/** Larger than anything that is measured: where masked entries go when sorting. */
const last = 3.4028234e38;

/**
 * The q-quantile along `axis`, which disappears, interpolated between the two neighbours in rank;
 * at a whole rank it is exactly that element. Entries where `mask` is false do not count;
 * where none counts the result is the largest float, above everything.
 * `mask` has the shape of x; the result has it without `axis`.
 */
export function quantile(
  g: Graph,
  x: Value,
  q: number,
  { axis, mask }: { readonly axis: number; readonly mask?: Value },
): Value {
  const along = axisOf("Quantile", x.shape, axis);
  const n = x.shape[along]!;
  const kept =
    mask && (sameShape(mask.shape, x.shape) ? mask : expand(g, mask, broadcast("Quantile", mask.shape, x.shape)));
  const sorted = topK(g, kept ? where(g, kept, x, last) : x, n, along, false).values;
  const ranks = Array.from({ length: n + 1 }, (_, count) => rankOf(q, count));
  const table = (
    pick: (rank: { lower: number; upper: number; fraction: number }) => number,
    type: "int64" | "float32",
  ) => g.constant(ranks.map(pick), { type, shape: [n + 1] });
  const count = kept
    ? reduceSum(g, cast(g, kept, "int64"), [along], true)
    : g.constant(n, { type: "int64", shape: x.shape.map(() => 1) });
  const at = (ranks: Value) => {
    const position = gather(g, ranks, count, 0);
    return gatherElements(g, sorted, expand(g, position, withLength(x.shape, along, 1)), along);
  };
  const lower = at(table((rank) => rank.lower, "int64"));
  const upper = at(table((rank) => rank.upper, "int64"));
  const fraction = gather(
    g,
    table((rank) => rank.fraction, "float32"),
    count,
    0,
  );
  return squeeze(g, add(g, lower, mul(g, fraction, sub(g, upper, lower))), [along]);
}

/** The neighbours in rank of the q-quantile of `count` numbers. A product like 0.1 · 30 must land on 3. */
function rankOf(q: number, count: number): { lower: number; upper: number; fraction: number } {
  const exact = q * Math.max(0, count - 1);
  const rank = Math.abs(exact - Math.round(exact)) < 1e-9 * Math.max(1, count) ? Math.round(exact) : exact;
  return { lower: Math.floor(rank), upper: Math.ceil(rank), fraction: rank - Math.floor(rank) };
}
