import type { Graph, Value } from "../graph/index.ts";

/** x Φ(x) with the exact error function. */
export function gelu(g: Graph, x: Value): Value {
  return g.record("Gelu", [x], {}, () => g.emit("Gelu", [x], [x]))[0]!;
}
