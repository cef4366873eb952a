import type { Value } from "../graph/index.ts";
import { add, matMul, mul, reshape } from "../ops/index.ts";
import { type Four, interleave, phases, placeMasks } from "../ops/phases.ts";
import { slope } from "./gelu.ts";
import { ofEveryResult, once, type RulesFor, zeros } from "./rule.ts";

/** What the masks are for that un-pooling and the product after it share. */
const toInput = "gradient of the input";

export const phaseRules: RulesFor<"Phases" | "Interleave" | "GeluMax" | "AtChosen" | "ChosenProduct"> = {
  Phases: ofEveryResult((g, _, { x, outputs, dys }) => [
    () => {
      const [height, width] = x.shape as [number, number];
      const all = outputs.map((output, i) => dys[i] ?? zeros(g, output.shape));
      return interleave(g, all as unknown as Four<Value>, { height, width });
    },
  ]),
  Interleave: (g, dy, { inputs }) => {
    const parts = once(() => phases(g, dy));
    return inputs.map((_, i) => () => parts()[i]!);
  },
  GeluMax: (g, dy, { inputs, outputs: [, chosen, winner] }) => {
    const at = once(() => placeMasks(g, chosen!, "gradient of the pooled"));
    const moved = once(() => mul(g, dy, slope(g, winner!)));
    return inputs.map((_, place) => () => mul(g, moved(), at()(place)));
  },
  AtChosen: ofEveryResult((g, _, { inputs: [, chosen], outputs, dys }) => [
    () => {
      const at = placeMasks(g, chosen!, toInput);
      return outputs
        .map((output, place) => mul(g, dys[place] ?? zeros(g, output.shape), at(place)))
        .reduce((sum, part) => add(g, sum, part));
    },
  ]),
  ChosenProduct: ofEveryResult((g, _, { inputs: [x, chosen, weight], outputs, dys }) => {
    // The two gradients are computed far apart in the graph, so each computes its own masks.
    const atInput = once(() => placeMasks(g, chosen!, toInput));
    const atWeight = once(() => placeMasks(g, chosen!, "gradient of the weight"));
    const of = (place: number) => dys[place] ?? zeros(g, outputs[place]!.shape);
    const sum = (parts: readonly Value[]) => parts.reduce((total, part) => add(g, total, part));
    const places = [0, 1, 2, 3];
    return [
      () => {
        const back = (place: number) => matMul(g, of(place), weight!, { transposeA: true, transposeB: true });
        return sum(places.map((place) => mul(g, reshape(g, back(place), x!.shape), atInput()(place))));
      },
      undefined,
      () => {
        const rows = (place: number) => reshape(g, mul(g, x!, atWeight()(place)), [-1, x!.shape.at(-1)!]);
        return sum(places.map((place) => matMul(g, rows(place), of(place), { transposeA: true, transposeB: true })));
      },
    ];
  }),
};
