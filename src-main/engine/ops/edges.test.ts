import { expect, test } from "vitest";
import { gradients } from "../autodiff/index.ts";
import { Graph, type Tensors, tensor, type Value } from "../graph/index.ts";
import { runOnce } from "../runtime/index.ts";
import * as op from "./index.ts";

/** y and the gradient of Σ r y, for one input x and fixed weights r. */
async function both(
  x: readonly number[],
  shape: readonly number[],
  build: (g: Graph, x: Value) => Value,
  r?: readonly number[],
): Promise<{ y: number[]; dx: number[] }> {
  const g = new Graph();
  const value = g.input("x", shape);
  const y = build(g, value);
  const loss = op.reduceSum(g, r ? op.mul(g, y, g.constant(r, { shape: y.shape })) : y);
  g.output("y", y);
  g.output("dx", gradients(g, loss, [value])[0]!);
  const results = await runOnce(g, { x: tensor(x, shape) });
  return { y: Array.from(results.y!.data, Number), dx: Array.from(results.dx!.data, Number) };
}

async function values(inputs: Tensors, build: (g: Graph, inputs: Record<string, Value>) => Value): Promise<number[]> {
  const g = new Graph();
  const given = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, type }]) => [name, g.input(name, shape, type)]),
  );
  g.output("y", build(g, given));
  return Array.from((await runOnce(g, inputs)).y!.data, Number);
}

test("the slope of relu and of |x| at 0 is 0, and clip lets its bounds through", async () => {
  expect((await both([-1, 0, 2], [3], op.relu)).dx).toEqual([0, 0, 1]);
  expect((await both([-1, 0, 2], [3], op.abs)).dx).toEqual([-1, 0, 1]);
  expect((await both([-2, -1, 0, 1, 2], [5], (g, x) => op.clip(g, x, -1, 1))).dx).toEqual([0, 1, 1, 1, 0]);
});

test("equal extremes share the gradient", async () => {
  expect((await both([3, 1, 3], [3], (g, x) => op.reduceMax(g, x))).dx).toEqual([0.5, 0, 0.5]);
  expect((await both([3, 1, 1], [3], (g, x) => op.reduceMin(g, x))).dx).toEqual([0, 0.5, 0.5]);
  expect((await both([2, 5], [2], (g, x) => op.maximum(g, x, 2))).dx).toEqual([0.5, 1]);
  expect((await both([2, 5], [2], (g, x) => op.minimum(g, x, 2))).dx).toEqual([0.5, 0]);
});

test("of equal elements in a pooling window the first, row by row, takes the gradient", async () => {
  const x = [1, 1, 0, 7, 1, 1, 7, 0];
  const { y, dx } = await both(
    x,
    [1, 1, 2, 4],
    (g, value) => op.maxPool2d(g, value, { kernel: 2, stride: 2 }).output,
    [10, 20],
  );
  expect(y).toEqual([1, 7]);
  expect(dx).toEqual([10, 0, 0, 20, 0, 0, 0, 0]);
});

test("an element that wins in several windows gathers their gradients", async () => {
  const { dx } = await both(
    [0, 0, 0, 0, 9, 0, 0, 0, 0],
    [1, 1, 3, 3],
    (g, x) => op.maxPool2d(g, x, { kernel: 2, stride: 1 }).output,
    [1, 2, 4, 8],
  );
  expect(dx).toEqual([0, 0, 0, 0, 15, 0, 0, 0, 0]);
});

test("softmax gives nothing to entries masked with -1e9, and equal parts where all are masked", async () => {
  const masked = -1e9;
  const { y, dx } = await both(
    [0, masked, 0, masked, masked, masked],
    [2, 3],
    (g, x) => op.softmax(g, x, 1),
    [1, 2, 4, 1, 2, 4],
  );
  expect(y.slice(0, 3)).toEqual([0.5, 0, 0.5]);
  expect(y.slice(3).map((value) => Number(value.toFixed(6)))).toEqual([0.333333, 0.333333, 0.333333]);
  expect(dx.slice(0, 3)).toEqual([-0.75, 0, 0.75]);
  expect(dx.every(Number.isFinite)).toBe(true);
});

test("logSumExp takes -∞ for nothing, large numbers without overflow, and its gradient stays finite", async () => {
  const none = Number.NEGATIVE_INFINITY;
  const { y, dx } = await both([none, 0, none, none, 1000, 1000], [3, 2], (g, x) => op.logSumExp(g, x, [1]));
  expect(y[0]).toBe(0);
  expect(y[1]).toBe(none);
  expect(y[2]).toBeCloseTo(1000 + Math.log(2), 3);
  expect(dx.map((value) => Math.round(value * 1000) / 1000)).toEqual([0, 1, 0, 0, 0.5, 0.5]);
});

test("logSoftmax of far apart logits has finite gradients", async () => {
  const { y, dx } = await both([200, -200], [1, 2], (g, x) => op.logSoftmax(g, x, 1), [0, 1]);
  expect(y).toEqual([0, -400]);
  expect(dx).toEqual([-1, 1]);
});

test("gelu of large numbers is the number or nothing, with slopes 1 and 0", async () => {
  const { y, dx } = await both([-40, 40, 0], [3], op.gelu);
  expect(y.map((value) => value + 0)).toEqual([0, 40, 0]);
  expect(dx.map((value) => value + 0)).toEqual([0, 1, 0.5]);
});

test("a quantile at a whole rank is exactly that element, so that > leaves it out", async () => {
  const x = Array.from({ length: 31 }, (_, i) => Math.fround(Math.sin(i * 2.3) / 3));
  const sorted = [...x].sort((a, b) => a - b);
  for (const [q, rank] of [
    [0.1, 3],
    [0.3, 9],
    [0.7, 21],
    [0.9, 27],
    [0, 0],
    [1, 30],
  ] as const) {
    const [value] = await values({ x: tensor(x, [1, 31]) }, (g, { x }) => op.quantile(g, x!, q, { axis: 1 }));
    expect(value).toBe(sorted[rank]);
  }
});

test("a quantile counts unmasked entries only, row by row", async () => {
  const x = tensor([5, 1, 9, 3, 7, 5, 1, 9, 3, 7, 5, 1, 9, 3, 7], [3, 5]);
  const mask = tensor([1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0], [3, 5], "bool");
  const y = await values({ x, mask }, (g, { x, mask }) => op.quantile(g, x!, 0.75, { axis: 1, mask: mask! }));
  expect(y).toEqual([7, 6, Math.fround(3.4028234e38)]);
});

test("batch statistics of a single value are that value and no spread", async () => {
  const g = new Graph();
  const x = g.input("x", [1, 2]);
  const { output, variance } = op.batchNormalize(g, x, g.constant([1, 1]), g.constant([0.5, 0.5]), {
    axis: 1,
    epsilon: 1e-5,
  });
  g.output("y", output);
  g.output("variance", variance);
  g.output("dx", gradients(g, op.reduceSum(g, output), [x])[0]!);
  const results = await runOnce(g, { x: tensor([3, 4], [1, 2]) });
  expect(Array.from(results.y!.data, Number)).toEqual([0.5, 0.5]);
  expect(Array.from(results.variance!.data, Number)).toEqual([0, 0]);
  expect(Array.from(results.dx!.data, Number).map(Math.abs)).toEqual([0, 0]);
});

const mistakes: readonly (readonly [string, (g: Graph) => unknown])[] = [
  ["MatMul: [2,3] x [4,5]", (g) => op.matMul(g, g.input("a", [2, 3]), g.input("b", [4, 5]))],
  ["Add: [2,3] x [2]", (g) => op.add(g, g.input("a", [2, 3]), g.input("b", [2]))],
  ["Mul: float32 x int64", (g) => op.mul(g, g.input("a", [2]), g.input("b", [2], "int64"))],
  ["Reshape: [2,3] to [4,-1]", (g) => op.reshape(g, g.input("a", [2, 3]), [4, -1])],
  ["Conv: [1,3,8,8] x [4,2,3,3]", (g) => op.conv2d(g, g.input("a", [1, 3, 8, 8]), g.input("w", [4, 2, 3, 3]))],
  ["Concat: [2,3] x [3,3] along 1", (g) => op.concat(g, [g.input("a", [2, 3]), g.input("b", [3, 3])], 1)],
  ["Slice: 3:2:1 of axis 0 of [4]", (g) => op.slice(g, g.input("a", [4]), { axis: 0, start: 3, end: 2 })],
  ["Softmax: axis 2 of [2,3]", (g) => op.softmax(g, g.input("a", [2, 3]), 2)],
  ["Gather: indices are float32", (g) => op.gather(g, g.input("a", [4]), g.input("i", [2]), 0)],
  ["TopK: 5 of axis 0 of [4]", (g) => op.topK(g, g.input("a", [4]), 5, 0)],
];
for (const [message, mistake] of mistakes)
  test(`a mistake is named: ${message}`, () => {
    expect(() => mistake(new Graph())).toThrow(message);
  });
