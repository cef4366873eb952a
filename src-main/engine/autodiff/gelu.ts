import type { Graph, Value } from "../graph/index.ts";
import { add, erf, exp, mul, neg } from "../ops/index.ts";
import type { RulesFor } from "./rule.ts";

/** d/dx x Φ(x) = Φ(x) + x φ(x); with u = x/√2 it is ½ + ½ erf u + u e^(-u²)/√π. */
export function slope(g: Graph, x: Value): Value {
  const u = mul(g, x, Math.SQRT1_2);
  const bell = mul(g, exp(g, neg(g, mul(g, u, u))), mul(g, u, 2 / Math.sqrt(Math.PI)));
  return mul(g, add(g, add(g, erf(g, u), bell), 1), 0.5);
}

export const geluRules: RulesFor<"Gelu"> = { Gelu: (g, dy, { x }) => [() => mul(g, dy, slope(g, x))] };
