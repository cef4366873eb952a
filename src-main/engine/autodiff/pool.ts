import { gatherFromPlanes, scatterToPlanes } from "../ops/pool.ts";
import type { RulesFor } from "./rule.ts";

export const poolRules: RulesFor<"MaxPool" | "MaxUnpool"> = {
  MaxPool: (g, dy, { x, outputs: [, indices], attributes: { kernel, stride } }) => [
    () => {
      // Windows that overlap may choose one element twice.
      const apart = stride[0] >= kernel[0] && stride[1] >= kernel[1];
      return scatterToPlanes(g, dy, indices!, x.shape[2]!, x.shape[3]!, apart ? "none" : "add");
    },
  ],
  MaxUnpool: (g, dy, { inputs: [, indices] }) => [() => gatherFromPlanes(g, dy, indices!)],
};
