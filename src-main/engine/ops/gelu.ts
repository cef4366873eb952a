/** @see Hendrycks and Gimpel 2016, Gaussian Error Linear Units (GELUs), arXiv 1606.08415: the exact form */

import type { Graph, Value } from "../graph/index.ts";

/** x Φ(x) with the exact error function. The result has the shape of x. */
export function gelu(g: Graph, x: Value): Value {
  return g.record("Gelu", [x], {}, () => g.emit("Gelu", [x], [x]))[0]!;
}
