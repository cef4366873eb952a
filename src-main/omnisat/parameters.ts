/** @see SPEC.md, §13, §18 and §19 */

import { buildForward, type StateEntry } from "../engine/index.ts";
import type { OmniSatConfig } from "./config.ts";
import { graphInputs } from "./inputs.ts";
import { pretraining } from "./pretraining.ts";

/** One tensor of the pre-training model. */
export interface Parameter extends StateEntry {
  /** `frozen`: a fixed table; `buffer`: running statistics and constants of the inputs */
  readonly role: "trained" | "frozen" | "buffer";
}

/**
 * Every tensor of the pre-training model, without weights being made: names, shapes, roles, initial values.
 * @see SPEC.md, §13 and §18
 */
export function parametersOf(config: OmniSatConfig): readonly Parameter[] {
  // Three dates are the fewest of which one can be chosen, so that every decoder is drawn.
  const dates = Object.fromEntries(config.modalities.map((modality) => [modality.name, 3]));
  const forward = buildForward({
    training: true,
    define: (scope) => ({
      loss: pretraining(scope, config, graphInputs(scope.graph, config, { size: 1, dates })).loss,
    }),
  });
  const role = (name: string): Parameter["role"] => (name.endsWith("temp_encoding.weight") ? "frozen" : "buffer");
  return [
    ...forward.parameters.map((entry) => ({ ...entry, role: "trained" as const })),
    ...forward.buffers.map((entry) => ({ ...entry, role: role(entry.name) })),
  ];
}

export interface ParameterCount {
  readonly trained: number;
  /** trained and fixed, without running statistics */
  readonly total: number;
}

/**
 * How many numbers the tensors hold whose names begin so; without a beginning, all.
 * @see SPEC.md, §19
 */
export function countParameters(parameters: readonly Parameter[], beginning = ""): ParameterCount {
  let [trained, total] = [0, 0];
  for (const { name, value, role } of parameters) {
    if (role === "buffer" || !name.startsWith(beginning)) continue;
    const size = value.shape.reduce((product, length) => product * length, 1);
    total += size;
    if (role === "trained") trained += size;
  }
  return { trained, total };
}
