import type { Operator } from "../graph/index.ts";
import { convRules } from "./conv.ts";
import { elementwiseRules } from "./elementwise.ts";
import { gatherRules } from "./gather.ts";
import { geluRules } from "./gelu.ts";
import { layoutRules } from "./layout.ts";
import { matMulRules } from "./matmul.ts";
import { normRules } from "./norm.ts";
import { phaseRules } from "./phases.ts";
import { poolRules } from "./pool.ts";
import { reduceRules } from "./reduce.ts";
import type { Derivative, Rule, RulesFor } from "./rule.ts";
import { winogradRules } from "./winograd.ts";

/** The rule of every operator. Total: an operator without a rule does not compile. */
export const rules: RulesFor<Operator> = {
  ...elementwiseRules,
  ...geluRules,
  ...matMulRules,
  ...layoutRules,
  ...gatherRules,
  ...reduceRules,
  ...convRules,
  ...poolRules,
  ...normRules,
  ...phaseRules,
  ...winogradRules,
};

/** The row of an operator, whole. */
export function derivativeOf(operator: Operator): Derivative<Operator> {
  const row = rules[operator] as Rule<Operator> | Derivative<Operator>;
  return typeof row === "function" ? { rule: row } : row;
}
