import { type Graph, reduced, sizeOf, type Value } from "../graph/index.ts";
import { cast, div, equal, exp, expand, mul, reduceSum, reshape, sub, where } from "../ops/index.ts";
import { flat, type Rule, type RulesFor } from "./rule.ts";

/** A reduced value with its axes back, of length 1. */
const restored = (g: Graph, value: Value, x: Value, axes: readonly number[]): Value =>
  reshape(g, value, reduced(x.shape, axes, true));

/** Equal extremes share the gradient. */
const extreme =
  <O extends "ReduceMax" | "ReduceMin">(): Rule<O> =>
  (g, dy, { x, output, attributes: { axes } }) => [
    () => {
      const chosen = cast(g, equal(g, x, restored(g, output, x, axes)), "float32");
      return mul(g, chosen, div(g, restored(g, dy, x, axes), reduceSum(g, chosen, axes, true)));
    },
  ];

export const reduceRules: RulesFor<
  "ReduceSum" | "ReduceMean" | "ReduceMax" | "ReduceMin" | "ArgMax" | "Softmax" | "LogSoftmax" | "LogSumExp"
> = {
  ReduceSum: (g, dy, { x, attributes: { axes } }) => [() => expand(g, restored(g, dy, x, axes), x.shape)],
  ReduceMean: (g, dy, { x, output, attributes: { axes } }) => [
    () => {
      const count = sizeOf(x.shape) / sizeOf(output.shape);
      return expand(g, restored(g, div(g, dy, count), x, axes), x.shape);
    },
  ],
  ReduceMax: extreme(),
  ReduceMin: extreme(),
  ArgMax: flat,
  Softmax: (g, dy, { output, attributes: { axis } }) => [
    () => {
      const weighted = mul(g, dy, output);
      return sub(g, weighted, mul(g, output, reduceSum(g, weighted, [axis], true)));
    },
  ],
  LogSoftmax: (g, dy, { output, attributes: { axis } }) => [
    () => sub(g, dy, mul(g, exp(g, output), reduceSum(g, dy, [axis], true))),
  ],
  // Where all entries are -∞ the sum is too; its gradient is taken as 0.
  LogSumExp: (g, dy, { x, output, attributes: { axes } }) => [
    () => {
      const safe = where(g, equal(g, output, Number.NEGATIVE_INFINITY), 0, output);
      return mul(g, restored(g, dy, x, axes), exp(g, sub(g, x, restored(g, safe, x, axes))));
    },
  ],
};
