import { expect, test } from "vitest";
import { type Tensors, tensor } from "../graph/index.ts";
import { batchNorm, dropout, linear, mse, type Scope } from "../nn/index.ts";
import { relu } from "../ops/index.ts";
import { buildForward } from "./forward.ts";
import { ForwardSession } from "./forward-session.ts";
import { adam, adamW, type Optimizer, sgd } from "./optimizer.ts";
import { initialState } from "./state.ts";
import { buildStep, type StepDefinition } from "./step.ts";
import { TrainingSession } from "./training-session.ts";

function network(scope: Scope) {
  const x = scope.graph.input("x", [8, 3]);
  const hidden = batchNorm(scope.child("norm"), relu(scope.graph, linear(scope.child("first"), x, 16)), { axis: 1 });
  return linear(scope.child("second"), dropout(scope, "drop", hidden, 0.2), 1);
}

const define: StepDefinition["define"] = (scope) => {
  const prediction = network(scope);
  const loss = mse(scope.graph, prediction, scope.graph.input("y", [8, 1]));
  return { loss, outputs: { prediction } };
};

function batch(i: number): Tensors {
  const x = Array.from({ length: 24 }, (_, j) => Math.sin(i * 7 + j * 1.3));
  const y = Array.from({ length: 8 }, (_, row) => x[row * 3]! * 2 - x[row * 3 + 1]! + 0.5);
  return { x: tensor(x, [8, 3]), y: tensor(y, [8, 1]) };
}

async function train(definition: Partial<StepDefinition>, steps: number, state?: Tensors, from = 0) {
  const step = buildStep({ name: "test", define, optimizer: adam(), ...definition });
  const session = await TrainingSession.create(step, { state: state ?? initialState(step, 7), seed: 11 });
  const losses: number[] = [];
  for (let i = from; i < from + steps; i++) losses.push((await session.step(batch(i), { learningRate: 0.01 })).loss);
  const end = await session.state();
  await session.release();
  return { losses, state: end, step };
}

test("the loss falls, and the same seed gives the same curve bit for bit", async () => {
  const first = await train({}, 60);
  const second = await train({}, 60);
  expect(first.losses).toEqual(second.losses);
  expect(first.state).toEqual(second.state);
  expect(first.losses.at(-1)!).toBeLessThan(first.losses[0]! / 4);
  expect(first.state["norm.num_batches_tracked"]!.data[0]).toBe(60n);
});

test("a run that stops and goes on from its state follows the same curve", async () => {
  const whole = await train({}, 12);
  const half = await train({}, 5);
  const rest = await train({}, 7, half.state, 5);
  expect([...half.losses, ...rest.losses]).toEqual(whole.losses);
  expect(rest.state).toEqual(whole.state);
});

test("a frozen parameter stays, and has no moments", async () => {
  const { state, step } = await train({ groups: [{ match: /^first\./, frozen: true }] }, 3);
  expect(state["first.weight"]).toEqual(initialState(step, 7)["first.weight"]);
  expect(Object.keys(state).filter((name) => name.startsWith("optimizer.first.first"))).toEqual([]);
  expect(step.model.outputs.some(({ name }) => name === "next/first.weight")).toBe(false);
});

test("a step that was cancelled before it began changes nothing", async () => {
  const step = buildStep({ name: "test", define, optimizer: sgd() });
  const state = initialState(step, 1);
  const session = await TrainingSession.create(step, { state, seed: 1 });
  await expect(session.step(batch(0), { learningRate: 1, signal: AbortSignal.abort() })).rejects.toThrow("aborted");
  expect(await session.state()).toEqual(state);
  await session.release();
});

test("what was trained runs forward with running statistics and without dropout", async () => {
  const { state } = await train({}, 60);
  const forward = buildForward({ define: (scope) => ({ prediction: network(scope) }) });
  const session = await ForwardSession.create(forward, { state });
  const { x, y } = batch(3);
  const { prediction } = await session.run({ x: x! });
  await session.release();
  const error = prediction!.data as Float32Array;
  const mean = error.reduce((sum, value, i) => sum + (value - Number(y!.data[i])) ** 2, 0) / 8;
  expect(mean).toBeLessThan(0.5);
});

const optimizers: readonly [string, () => Optimizer][] = [
  ["SGD", () => sgd({ momentum: 0.9, weightDecay: 0.01 })],
  ["AdamW", () => adamW({ weightDecay: 0.05 })],
];
for (const [name, optimizer] of optimizers)
  test(`${name} lowers the loss`, async () => {
    const { losses } = await train({ optimizer: optimizer(), clipNorm: 1 }, 40);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
  });

test("a replaceable network answers for the weights it was given last, as one loaded with them would", async () => {
  const forward = buildForward({ define: (scope) => ({ prediction: network(scope) }) });
  const before = initialState(forward, 1);
  const after = (await train({}, 20)).state;
  const inputs = { x: batch(3).x! };
  const answer = async (state: Tensors) => {
    const session = await ForwardSession.create(forward, { state });
    const { prediction } = await session.run(inputs);
    await session.release();
    return Array.from(prediction!.data as Float32Array);
  };
  const session = await ForwardSession.create(forward, { state: before, replaceable: true });
  const close = async (state: Tensors) => {
    const { prediction } = await session.run(inputs);
    const expected = await answer(state);
    for (const [i, value] of Array.from(prediction!.data as Float32Array).entries())
      expect(value).toBeCloseTo(expected[i]!, 5);
  };
  await close(before);
  session.replace(after);
  await close(after);
  await session.release();
  expect(await answer(before)).not.toEqual(await answer(after));
  const fixed = await ForwardSession.create(forward, { state: before });
  expect(() => fixed.replace(after)).toThrow("not created replaceable");
  await fixed.release();
});
