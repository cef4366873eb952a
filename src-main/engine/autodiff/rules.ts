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
import type { RulesFor } from "./rule.ts";
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
