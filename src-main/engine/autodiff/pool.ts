import { gather, reshape } from "../ops/index.ts";
import { scatterAdd, unpool } from "../ops/pool.ts";
import type { RulesFor } from "./rule.ts";

export const poolRules: RulesFor<"MaxPool" | "MaxUnpool"> = {
  MaxPool: (g, dy, { x, outputs: [, , flat], attributes: { kernel, stride } }) => [
    () => {
      // Windows side by side choose no element twice: the gradient is an un-pooling.
      const apart = stride[0] >= kernel[0] && stride[1] >= kernel[1];
      return apart ? unpool(g, dy, flat!, x.shape[2]!, x.shape[3]!) : scatterAdd(g, dy, flat!, x.shape);
    },
  ],
  MaxUnpool: (g, dy, { inputs: [, flat] }) => [() => gather(g, reshape(g, dy, [-1]), flat!, 0)],
};
