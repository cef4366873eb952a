import type { NumbersSpec } from "../../src-shared/domain/numbers.ts";

/** What the names of a method's tensors begin with. */
export const numberPrefix = "numbers.";

/** What is kept of a target with a model. */
export const meaningOf = ({ numbers: { name, unit, minimum, maximum } }: NumbersSpec) => ({
  name,
  unit,
  minimum,
  maximum,
});

/** Range, mean and spread of the numbers of places. */
export function factsOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0));
  return {
    low: values.reduce((p, q) => Math.min(p, q)),
    high: values.reduce((p, q) => Math.max(p, q)),
    mean,
    spread,
  };
}
