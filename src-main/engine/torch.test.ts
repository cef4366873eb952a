import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { gradients } from "./autodiff/index.ts";
import { Graph, sizeOf, type Tensor, type Tensors, tensor, type Value } from "./graph/index.ts";
import { batchNorm, bceWithLogits, crossEntropy, groupNorm, mse, Scope } from "./nn/index.ts";
import * as op from "./ops/index.ts";
import { runOnce } from "./runtime/index.ts";
import {
  adam,
  adamW,
  buildStep,
  initialState,
  plateau,
  type StepDefinition,
  sgd,
  TrainingSession,
} from "./training/index.ts";

const torch = JSON.parse(readFileSync(new URL("./fixtures/torch.json", import.meta.url), "utf8"));

/** The formula of fixtures/make_torch.py. */
function wave(shape: readonly number[], phase = 0): Tensor {
  return tensor(
    Array.from({ length: sizeOf(shape) }, (_, i) => Math.fround(Math.sin(i * 1.7 + phase))),
    shape,
  );
}

const numbers = (tensor: Tensor | undefined): number[] => Array.from(tensor!.data, Number);

function close(ours: readonly number[], theirs: readonly number[], tolerance = 2e-6): void {
  expect(ours).toHaveLength(theirs.length);
  const magnitude = Math.max(...theirs.map(Math.abs));
  const worst = Math.max(...ours.map((value, i) => Math.abs(value - theirs[i]!) / magnitude));
  expect(worst).toBeLessThan(tolerance);
}

async function compute(
  inputs: Tensors,
  build: (g: Graph, inputs: Record<string, Value>) => Record<string, Value>,
): Promise<Tensors> {
  const g = new Graph();
  const values = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, type }]) => [name, g.input(name, shape, type)]),
  );
  for (const [name, value] of Object.entries(build(g, values))) g.output(name, value);
  return await runOnce(g, inputs);
}

const define: StepDefinition["define"] = (scope) => {
  const { graph: g } = scope;
  const w = scope.parameter("w", [4, 2], { kind: "values", data: wave([4, 2], 1).data as Float32Array });
  const b = scope.parameter("b", [2], { kind: "values", data: wave([2], 2).data as Float32Array });
  const prediction = op.add(g, op.matMul(g, g.input("x", [6, 4]), w), b);
  return { loss: mse(g, prediction, g.input("y", [6, 2])) };
};

const optimizers: Readonly<Record<string, Partial<StepDefinition>>> = {
  sgd: { optimizer: sgd() },
  sgd_momentum_decay: { optimizer: sgd({ momentum: 0.9, weightDecay: 0.1 }) },
  adam: {},
  adam_decay: { optimizer: adam({ weightDecay: 0.1, beta1: 0.8, beta2: 0.95, eps: 1e-3 }) },
  adamw: { optimizer: adamW({ weightDecay: 0.1 }) },
  adam_clipped: { clipNorm: 0.5 },
  adam_groups: {
    groups: [
      { match: /^w$/, learningRateScale: 0.1 },
      { match: /^b$/, weightDecay: 0.2 },
    ],
  },
};

for (const [name, definition] of Object.entries(optimizers))
  for (const accumulate of [1, 2])
    test(`${name} moves parameters as PyTorch does${accumulate > 1 ? ", also by accumulated gradients" : ""}`, async () => {
      const step = buildStep({ name, define, optimizer: adam(), accumulate, ...definition });
      const session = await TrainingSession.create(step, { state: initialState(step, 0), seed: 0 });
      const losses: number[] = [];
      for (let i = 0; i < 5 * accumulate; i++)
        losses.push((await session.step({ x: wave([6, 4]), y: wave([6, 2], 0.5) }, { learningRate: 0.05 })).loss);
      const state = await session.state();
      await session.release();
      const expected = torch[name];
      close(
        losses.filter((_, i) => i % accumulate === 0),
        expected.losses,
      );
      close(numbers(state.w), expected.w);
      close(numbers(state.b), expected.b);
    });

test("batch normalisation keeps the running statistics that PyTorch keeps", async () => {
  const build =
    (training: boolean) =>
    (g: Graph, { first, second }: Record<string, Value>) => {
      const scope = new Scope(g, training);
      const layer = (x: Value) => batchNorm(scope, x, { axis: 1 });
      return training ? { first: layer(first!), second: layer(second!), ...after(scope) } : { eval: layer(first!) };
    };
  const after = (scope: Scope) => ({
    mean: scope.currentBuffer("running_mean")!,
    var: scope.currentBuffer("running_var")!,
    tracked: scope.currentBuffer("num_batches_tracked")!,
  });
  const x = wave([4, 3, 5], 0.7);
  const inputs = {
    first: wave([4, 3, 5]),
    second: tensor(
      numbers(x).map((value) => value * 2 + 1),
      x.shape,
    ),
  };
  const state = {
    weight: wave([3], 0.3),
    bias: wave([3], 0.9),
    running_mean: tensor([0, 0, 0]),
    running_var: tensor([1, 1, 1]),
    num_batches_tracked: tensor([0], [], "int64"),
  };
  const run = async (training: boolean, given: Tensors) => {
    const g = new Graph();
    const values = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, g.input(name, shape)]));
    for (const [name, value] of Object.entries(build(training)(g, values))) g.output(`out/${name}`, value);
    return await runOnce(g, { ...inputs, ...given });
  };
  const trained = await run(true, state);
  const expected = torch.batch_norm;
  for (const name of ["first", "second", "mean", "var"]) close(numbers(trained[`out/${name}`]), expected[name]);
  expect(trained["out/tracked"]!.data[0]).toBe(BigInt(expected.tracked));
  const evaluated = await run(false, {
    ...state,
    running_mean: trained["out/mean"]!,
    running_var: trained["out/var"]!,
  });
  close(numbers(evaluated["out/eval"]), expected.eval);
});

test("one group normalisation used twice gathers both gradients", async () => {
  const g = new Graph();
  const scope = new Scope(g, true);
  const x = g.input("x", [2, 4, 3, 3]);
  const y = groupNorm(scope, op.gelu(g, groupNorm(scope, x, { groups: 2 })), { groups: 2 });
  const loss = op.reduceSum(g, op.mul(g, y, g.input("r", [2, 4, 3, 3])));
  const weight = scope.parameter("weight", [4], { kind: "constant", value: 1 });
  const bias = scope.parameter("bias", [4], { kind: "constant", value: 0 });
  const [dx, dweight, dbias] = gradients(g, loss, [x, weight, bias]);
  for (const [name, value] of Object.entries({ y, dx: dx!, dweight: dweight!, dbias: dbias! })) g.output(name, value);
  const inputs = { x: wave([2, 4, 3, 3]), r: wave([2, 4, 3, 3], 0.2), weight: wave([4], 0.3), bias: wave([4], 0.9) };
  const ours = await runOnce(g, inputs);
  for (const [name, expected] of Object.entries(torch.group_norm_twice))
    close(numbers(ours[name]), expected as number[], 1e-5);
});

test("layer normalisation and convolutions give PyTorch's numbers", async () => {
  const normalized = await compute(
    { x: wave([3, 5]), weight: wave([5], 0.3), bias: wave([5], 0.9) },
    (g, { x, weight, bias }) => ({
      y: op.layerNormalize(g, x!, weight!, bias!, 1e-6),
    }),
  );
  close(numbers(normalized.y), torch.layer_norm);
  const convolved = await compute(
    { x: wave([2, 3, 7, 6]), weight: wave([4, 3, 3, 2], 0.4), bias: wave([4], 0.1) },
    (g, { x, weight, bias }) => ({ y: op.conv2d(g, x!, weight!, { bias, stride: [2, 1], padding: [1, 0] }) }),
  );
  close(numbers(convolved.y), torch.conv);
  const transposed = await compute(
    { x: wave([2, 3, 4, 3]), weight: wave([3, 2, 3, 3], 0.4), bias: wave([2], 0.1) },
    (g, { x, weight, bias }) => ({
      y: op.convTranspose2d(g, x!, weight!, { bias, stride: 2, padding: 1, outputPadding: 1 }),
    }),
  );
  close(numbers(transposed.y), torch.conv_transpose);
});

test("max-pooling counts positions as PyTorch does, the first of equals winning", async () => {
  const x = tensor(
    numbers(wave([2, 2, 6, 5])).map((value) => Math.round(Math.fround(value * 2)) + 0),
    [2, 2, 6, 5],
  );
  const cases = [
    ["max_pool", 2, 2],
    ["max_pool_overlapping", 3, 1],
  ] as const;
  for (const [name, kernel, stride] of cases) {
    const ours = await compute({ x }, (g, { x }) => ({ ...op.maxPool2d(g, x!, { kernel, stride }) }));
    expect(numbers(ours.output)).toEqual(torch[name].output.map((value: number) => value + 0));
    expect(numbers(ours.indices)).toEqual(torch[name].indices);
  }
});

test("losses agree with PyTorch, with weights, ignored labels and smoothing", async () => {
  const logits = tensor(
    numbers(wave([6, 4])).map((value) => Math.fround(value * 3)),
    [6, 4],
  );
  const classWeights = [0.5, 1, 2, 4];
  const ours = await compute(
    { logits, labels: tensor([0, 3, -1, 2, 1, -1], [6], "int64"), plain: tensor([0, 3, 0, 2, 1, 0], [6], "int64") },
    (g, { logits, labels, plain }) => ({
      plain_: crossEntropy(g, logits!, plain!),
      ignored: crossEntropy(g, logits!, labels!, { ignoreIndex: -1 }),
      weighted: crossEntropy(g, logits!, labels!, { classWeights, ignoreIndex: -1 }),
      smoothed: crossEntropy(g, logits!, labels!, { classWeights, ignoreIndex: -1, labelSmoothing: 0.1 }),
      smoothed_plain: crossEntropy(g, logits!, plain!, { labelSmoothing: 0.2 }),
      channelsFirst: crossEntropy(g, op.transpose(g, logits!), labels!, { classWeights, ignoreIndex: -1, axis: 0 }),
      none: crossEntropy(g, logits!, g.constant(Array<number>(6).fill(-1), { type: "int64" }), { ignoreIndex: -1 }),
    }),
  );
  const expected = torch.cross_entropy;
  close(numbers(ours.plain_), [expected.plain]);
  for (const name of ["ignored", "weighted", "smoothed", "smoothed_plain"])
    close(numbers(ours[name]), [expected[name]]);
  close(numbers(ours.channelsFirst), [expected.weighted]);
  expect(numbers(ours.none)[0]! + 0).toBe(0);

  const targets = tensor(
    numbers(wave([6, 4], 0.2)).map((value) => +(value > 0)),
    [6, 4],
  );
  const large = tensor(
    numbers(logits).map((value) => value * 20),
    [6, 4],
  );
  const bce = await compute({ large, targets }, (g, { large, targets }) => ({ y: bceWithLogits(g, large!, targets!) }));
  close(numbers(bce.y), [torch.bce]);
});

test("quantiles agree with PyTorch", async () => {
  for (const [q, expected] of Object.entries(torch.quantile)) {
    const ours = await compute({ x: wave([3, 9]) }, (g, { x }) => ({ y: op.quantile(g, x!, Number(q), { axis: 1 }) }));
    close(numbers(ours.y), expected as number[]);
  }
});

test("the plateau schedule lowers the rate when PyTorch's does", () => {
  const { metrics, ...expected } = torch.plateau;
  const schedules = {
    plain: plateau({ factor: 0.5, patience: 2 }),
    cooldown: plateau({ factor: 0.1, patience: 1, cooldown: 2, floor: 0.02 }),
    max: plateau({ mode: "max", factor: 0.5, patience: 3, threshold: 0.01 }),
  };
  for (const [name, schedule] of Object.entries(schedules)) {
    let state = schedule.start;
    const rates = metrics.map((metric: number) => {
      state = JSON.parse(JSON.stringify(schedule.advance(state, metric)));
      return schedule.scale(state);
    });
    close(rates, expected[name], 1e-12);
  }
});
