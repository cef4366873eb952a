/** @see Srivastava et al. 2014 (dropout); Huang et al. 2016 (stochastic depth) */

import type { Shape, Value } from "../graph/index.ts";
import { cast, mul } from "../ops/index.ts";
import type { Scope } from "./scope.ts";

/**
 * Drops elements with probability p and scales the others by 1/(1-p). Identity when not training or when p = 0.
 * x: any shape, and the result has the same.
 * @see Srivastava et al. 2014, Dropout
 */
export function dropout(scope: Scope, name: string, x: Value, p: number): Value {
  return drop(scope, name, x, p, x.shape);
}

/**
 * Drops whole samples (stochastic depth): one draw per first axis. x: [N, …] → [N, …]
 * @see Huang et al. 2016, Deep Networks with Stochastic Depth
 */
export function dropPath(scope: Scope, name: string, x: Value, p: number): Value {
  return drop(scope, name, x, p, [x.shape[0]!, ...x.shape.slice(1).map(() => 1)]);
}

function drop(scope: Scope, name: string, x: Value, p: number, shape: Shape): Value {
  if (!scope.training || p === 0) return x;
  if (p < 0 || p >= 1) throw new Error(`dropout: p = ${p}`);
  const { graph: g } = scope;
  const kept = cast(g, scope.kept(name, shape, p), "float32");
  return mul(g, x, mul(g, kept, 1 / (1 - p)));
}
