import { add, erf, exp, mul } from "../ops/index.ts";
import type { RulesFor } from "./rule.ts";

/** d/dx x Φ(x) = Φ(x) + x φ(x) */
export const geluRules: RulesFor<"Gelu"> = {
  Gelu: (g, dy, { x }) => [
    () => {
      const cumulative = add(g, mul(g, erf(g, mul(g, x, Math.SQRT1_2)), 0.5), 0.5);
      const density = mul(g, exp(g, mul(g, mul(g, x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return mul(g, dy, add(g, cumulative, mul(g, x, density)));
    },
  ],
};
