import { expect, test } from "vitest";
import { tensor } from "../graph/index.ts";
import { mse, type Scope } from "../nn/index.ts";
import { withAverage } from "./average.ts";
import { sgd } from "./optimizer.ts";
import { initialState } from "./state.ts";
import { buildStep, momentName } from "./step.ts";
import { TrainingSession } from "./training-session.ts";

test("the average forgets the first steps and then follows its decay", async () => {
  const define = (scope: Scope) => {
    const w = scope.parameter("w", [2], { kind: "values", data: [1, -2] });
    return { loss: mse(scope.graph, w, scope.graph.input("y", [2])) };
  };
  const step = buildStep({ name: "average", define, optimizer: withAverage(sgd(), 0.5) });
  const session = await TrainingSession.create(step, { state: initialState(step, 0), seed: 0 });
  let parameter = 1;
  let average = 0;
  for (let n = 1; n <= 20; n++) {
    await session.step({ y: tensor([3, 0]) }, { learningRate: 0.1 });
    parameter -= 0.1 * (parameter - 3);
    const kept = Math.min(0.5, (n - 1) / (n + 9));
    average = kept * average + (1 - kept) * parameter;
  }
  const state = await session.state();
  await session.release();
  expect(Number(state.w!.data[0])).toBeCloseTo(parameter, 5);
  expect(Number(state[momentName("average", "w")]!.data[0])).toBeCloseTo(average, 5);
});
