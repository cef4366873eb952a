import { matMul } from "../ops/index.ts";
import { atPoints, fromPoints } from "../ops/winograd.ts";
import { type RulesFor, sumTo } from "./rule.ts";

export const winogradRules: RulesFor<"WinogradConv"> = {
  WinogradConv: (g, dy, { inputs: [x, kernel], attributes: { transposed, vertical, horizontal } }) => {
    const dPoints = () => atPoints(g, dy, vertical, horizontal, true);
    return [
      () => {
        const products = matMul(g, dPoints(), kernel!, { transposeB: transposed });
        return fromPoints(g, products, vertical, horizontal, x!.shape[2]!, true);
      },
      () => {
        // Points of x and of dy are computed again: kept, they would take more than twice the room of x and dy.
        const points = atPoints(g, x!, vertical, horizontal);
        const [left, right] = transposed ? [points, dPoints()] : [dPoints(), points];
        return sumTo(g, matMul(g, left, right, { transposeA: true }), kernel!.shape);
      },
    ];
  },
};
