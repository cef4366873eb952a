/** @see Chen, Xu, Zhang and Guestrin 2016, Training Deep Nets with Sublinear Memory Cost, arXiv 1604.06174 */

import { type Graph, text, type Value } from "../graph/index.ts";

/**
 * x itself, under a name of its own: what is computed from it is computed anew for `use`, and not kept since another use computed the
 * same. A backward rule marks so what is large and quick to make; rules that name the same use share the result.
 * @param x any shape, float32
 */
export function recompute(g: Graph, x: Value, use: string): Value {
  if (x.type !== "float32") throw new Error(`Recompute: ${x.type} ${x.name}`);
  return g.record("Recompute", [x], { use }, () => g.emit("Recompute", [x], [x], { use: text(use) }))[0]!;
}
