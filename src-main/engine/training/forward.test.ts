import { expect, test } from "vitest";
import { tensor } from "../graph/index.ts";
import { batchNorm, linear, mse, type Scope } from "../nn/index.ts";
import { relu } from "../ops/index.ts";
import { gradientsOf } from "./forward.ts";
import { ForwardSession } from "./forward-session.ts";
import { sgd } from "./optimizer.ts";
import { initialState } from "./state.ts";
import { buildStep } from "./step.ts";
import { TrainingSession } from "./training-session.ts";

const define = (scope: Scope) => {
  const { graph: g } = scope;
  const hidden = relu(
    g,
    batchNorm(scope.child("norm"), linear(scope.child("first"), g.input("x", [5, 3]), 4), { axis: 1 }),
  );
  scope.child("unused").parameter("weight", [2], { kind: "constant", value: 1 });
  const prediction = linear(scope.child("second"), hidden, 2);
  return { loss: mse(g, prediction, g.input("y", [5, 2])), outputs: { hidden } };
};

const inputs = {
  x: tensor(
    Array.from({ length: 15 }, (_, i) => Math.sin(i * 1.1)),
    [5, 3],
  ),
  y: tensor(
    Array.from({ length: 10 }, (_, i) => Math.cos(i * 1.3)),
    [5, 2],
  ),
};

test("all gradients are results, and one step of SGD moves by exactly them", async () => {
  const forward = gradientsOf({ define });
  const step = buildStep({ name: "step", define, optimizer: sgd() });
  const state = initialState(step, 5);
  const session = await ForwardSession.create(forward, { state });
  const results = await session.run(inputs);
  await session.release();
  const training = await TrainingSession.create(step, { state, seed: 0 });
  const { loss, outputs } = await training.step(inputs, { learningRate: 1 });
  const after = await training.state();
  await training.release();

  expect(loss).toBeCloseTo(Number(results.loss!.data[0]), 6);
  expect(outputs.hidden!.shape).toEqual([5, 4]);
  const names = Object.keys(results).filter((name) => name.startsWith("gradient/"));
  expect(names).toEqual(
    ["first.weight", "first.bias", "norm.weight", "norm.bias", "second.weight", "second.bias"].map(
      (name) => `gradient/${name}`,
    ),
  );
  for (const name of names) {
    const parameter = name.slice("gradient/".length);
    const [before, moved] = [state, after].map((tensors) => Array.from(tensors[parameter]!.data, Number));
    for (const [i, gradient] of Array.from(results[name]!.data, Number).entries())
      expect(before![i]! - moved![i]!).toBeCloseTo(gradient, 5);
  }
  for (const buffer of ["running_mean", "running_var", "num_batches_tracked"])
    expect(results[`buffer/norm.${buffer}`]!.data).toEqual(after[`norm.${buffer}`]!.data);
  // What the loss does not see has no gradient and does not move.
  expect(after["unused.weight"]).toEqual(state["unused.weight"]);
});

test("a state that lacks a parameter or has another shape is refused by name", async () => {
  const forward = gradientsOf({ define });
  const { "second.bias": bias, ...rest } = initialState(forward, 5);
  await expect(ForwardSession.create(forward, { state: rest })).rejects.toThrow("“second.bias” is missing");
  const wrong = { ...rest, "second.bias": tensor([1, 2, 3]) };
  await expect(ForwardSession.create(forward, { state: wrong })).rejects.toThrow(
    "“second.bias” is float32 [3], the network has float32 [2]",
  );
  expect(bias!.shape).toEqual([2]);
});
