import type { Value } from "../graph/index.ts";
import { mul } from "../ops/index.ts";
import { atChosen, type Four, interleave, phases } from "../ops/phases.ts";
import { slope } from "./gelu.ts";
import { once, type RulesFor, zeros } from "./rule.ts";

export const phaseRules: RulesFor<"Phases" | "Interleave" | "GeluMax"> = {
  Phases: (g, _, { x, outputs, dys }) => [
    () => {
      const [height, width] = x.shape as [number, number];
      const all = outputs.map((output, i) => dys[i] ?? zeros(g, output.shape));
      return interleave(g, all as unknown as Four<Value>, { height, width });
    },
  ],
  Interleave: (g, dy, { inputs }) => {
    const parts = once(() => phases(g, dy));
    return inputs.map((_, i) => () => parts()[i]!);
  },
  GeluMax: (g, dy, { inputs, outputs: [, chosen, winner] }) => {
    const parts = once(() => atChosen(g, mul(g, dy, slope(g, winner!)), chosen!));
    return inputs.map((_, i) => () => parts()[i]!);
  },
};
