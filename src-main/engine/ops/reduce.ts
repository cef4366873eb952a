/** @see ONNX operators ReduceSum, ReduceMean, ReduceMax, ReduceMin and ArgMax */

import { axesOf, axisOf, type Graph, int, reduced, type Value } from "../graph/index.ts";
import { reshape, shapeConstant } from "./layout.ts";

type Reduction = "ReduceSum" | "ReduceMean" | "ReduceMax" | "ReduceMin";

const reduction =
  (operator: Reduction) =>
  (g: Graph, x: Value, axes: readonly number[] = x.shape.map((_, axis) => axis), keepDims = false): Value => {
    const over = axesOf(operator, x.shape, axes);
    if (over.length === 0) return x;
    const shape = reduced(x.shape, over, keepDims);
    return g.record(operator, [x], { axes: over }, () => {
      // A reduction over single elements is a change of shape.
      if (over.every((axis) => x.shape[axis] === 1)) return [reshape(g, x, shape)];
      return g.emit(operator, [x, shapeConstant(g, over)], [{ type: x.type, shape }], { keepdims: int(+keepDims) });
    })[0]!;
  };

/** Without axes a reduction runs over all of them. */
export const reduceSum = reduction("ReduceSum");
export const reduceMean = reduction("ReduceMean");
/** The largest element. Equal largest elements share the gradient. */
export const reduceMax = reduction("ReduceMax");
export const reduceMin = reduction("ReduceMin");

/**
 * The position (int64) of the largest element along `axis`, which disappears; the first one wins a tie.
 * x: […, n, …] → […, …]: the shape without that axis.
 */
export function argMax(g: Graph, x: Value, axis: number): Value {
  const along = axisOf("ArgMax", x.shape, axis);
  const shape = reduced(x.shape, [along], false);
  return g.record("ArgMax", [x], { axis: along }, () =>
    g.emit("ArgMax", [x], [{ type: "int64", shape }], { axis: int(along), keepdims: int(0) }),
  )[0]!;
}
