import { matMul } from "../ops/index.ts";
import { atPoints, fromPoints } from "../ops/winograd.ts";
import { once, type RulesFor, sumTo } from "./rule.ts";

export const winogradRules: RulesFor<"WinogradConv"> = {
  WinogradConv: (g, dy, { inputs: [x, kernel], attributes: { transposed, vertical, horizontal } }) => {
    const dPoints = once(() => atPoints(g, dy, vertical, horizontal, true));
    return [
      () => {
        const products = matMul(g, dPoints(), kernel!, { transposeB: transposed });
        return fromPoints(g, products, vertical, horizontal, x!.shape[2]!, true);
      },
      () => {
        // The points of x are computed again: kept from the forward pass they would take twice the room of x.
        const points = atPoints(g, x!, vertical, horizontal);
        const [left, right] = transposed ? [points, dPoints()] : [dPoints(), points];
        return sumTo(g, matMul(g, left, right, { transposeA: true }), kernel!.shape);
      },
    ];
  },
};
