import type { Graph, Value } from "../graph/index.ts";
import { matMul, reshape } from "../ops/index.ts";
import { type RulesFor, sumTo, type Thunk } from "./rule.ts";

/** Gradients of the two factors of a product, whichever of them was given transposed. */
function factors(g: Graph, dy: Value, a: Value, b: Value, transposeA: boolean, transposeB: boolean): [Thunk, Thunk] {
  // One matrix for every row of a batch: all rows are one tall matrix, so nothing has to be summed afterwards.
  if (b.shape.length === 2 && a.shape.length > 2 && !transposeA) {
    const tall = reshape(g, a, [-1, a.shape.at(-1)!]);
    const [left, right] = factors(g, reshape(g, dy, [-1, dy.shape.at(-1)!]), tall, b, false, transposeB);
    return [() => reshape(g, left(), a.shape), right];
  }
  return [
    () => {
      const da = transposeA
        ? matMul(g, b, dy, { transposeA: transposeB, transposeB: true })
        : matMul(g, dy, b, { transposeB: !transposeB });
      return sumTo(g, da, a.shape);
    },
    () => {
      const db = transposeB
        ? matMul(g, dy, a, { transposeA: true, transposeB: transposeA })
        : matMul(g, a, dy, { transposeA: !transposeA });
      return sumTo(g, db, b.shape);
    },
  ];
}

export const matMulRules: RulesFor<"MatMul" | "Gemm"> = {
  MatMul: (g, dy, { inputs: [a, b], attributes: { transposeA, transposeB } }) =>
    factors(g, dy, a!, b!, transposeA, transposeB),
  Gemm: (g, dy, { inputs: [a, b, c], attributes: { transposeA, transposeB } }) => [
    ...factors(g, dy, a!, b!, transposeA, transposeB),
    () => sumTo(g, dy, c!.shape),
  ],
};
