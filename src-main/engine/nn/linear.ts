/** @see PyTorch, torch.nn.Linear: the weight is [out, in] */

import type { Value } from "../graph/index.ts";
import { gemm, matMul, reshape } from "../ops/index.ts";
import type { Scope } from "./scope.ts";

/**
 * y = x Wᵀ + b.  x: [..., in] → [..., out]
 * @see PyTorch, Linear
 */
export function linear(
  scope: Scope,
  x: Value,
  outFeatures: number,
  { bias = true }: { readonly bias?: boolean } = {},
): Value {
  const { graph: g } = scope;
  const inFeatures = x.shape.at(-1)!;
  const init = { kind: "fanIn", fanIn: inFeatures } as const;
  const weight = scope.parameter("weight", [outFeatures, inFeatures], init);
  const rows = reshape(g, x, [-1, inFeatures]);
  const y = bias
    ? gemm(g, rows, weight, scope.parameter("bias", [outFeatures], init), { transposeB: true })
    : matMul(g, rows, weight, { transposeB: true });
  return reshape(g, y, [...x.shape.slice(0, -1), outFeatures]);
}
