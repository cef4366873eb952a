/** @see ONNX operators Softmax and LogSoftmax */

import { axesOf, axisOf, type Graph, int, reduced, type Value } from "../graph/index.ts";
import { add, exp, log, sub } from "./elementwise.ts";
import { reshape } from "./layout.ts";
import { equal, where } from "./logic.ts";
import { reduceMax, reduceSum } from "./reduce.ts";

/** exp(x) / Σ exp(x) along `axis`. Same shape as `x`. */
export function softmax(g: Graph, x: Value, axis: number): Value {
  const along = axisOf("Softmax", x.shape, axis);
  return g.record("Softmax", [x], { axis: along }, () => g.emit("Softmax", [x], [x], { axis: int(along) }))[0]!;
}

/** log softmax(x) along `axis`, without overflow. Same shape as `x`. */
export function logSoftmax(g: Graph, x: Value, axis: number): Value {
  const along = axisOf("LogSoftmax", x.shape, axis);
  return g.record("LogSoftmax", [x], { axis: along }, () => g.emit("LogSoftmax", [x], [x], { axis: int(along) }))[0]!;
}

/**
 * log Σ exp x, shifted by the largest element. Entries of -∞ count for nothing; if all are, so is the result.
 * The axes disappear from the shape, or keep the length 1 with `keepDims`.
 */
export function logSumExp(g: Graph, x: Value, axes: readonly number[], keepDims = false): Value {
  const over = axesOf("LogSumExp", x.shape, axes);
  return g.record("LogSumExp", [x], { axes: over }, () => {
    const largest = reduceMax(g, x, over, true);
    const shift = where(g, equal(g, largest, Number.NEGATIVE_INFINITY), 0, largest);
    const result = add(g, log(g, reduceSum(g, exp(g, sub(g, x, shift)), over, true)), shift);
    return [reshape(g, result, reduced(x.shape, over, keepDims))];
  })[0]!;
}
