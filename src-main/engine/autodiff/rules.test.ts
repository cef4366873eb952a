import { expect, test } from "vitest";
import { type Operator, type Tensor, tensor } from "../graph/index.ts";
import * as op from "../ops/index.ts";
import { type GradientCase, gradientError } from "./check.ts";
import { rules } from "./rules.ts";

/** Irregular numbers between -range and range, no two of them close together. */
function spread(shape: readonly number[], { range = 1.5, phase = 0, positive = false } = {}): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const numbers = Array.from({ length: size }, (_, i) => {
    const fraction = ((i + 1) * 0.61803398875 + phase) % 1;
    return positive ? 0.3 + fraction * range : (2 * fraction - 1) * range;
  });
  return tensor(numbers, shape);
}

const bools = (shape: readonly number[], pattern: readonly number[]): Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Array.from({ length: size }, (_, i) => pattern[i % pattern.length]!),
    shape,
    "bool",
  );
};

const unary = (apply: typeof op.neg, x = spread([3, 5])): GradientCase => ({
  inputs: { x },
  build: (g, { x }) => apply(g, x!),
});

const binary = (apply: typeof op.add, a = spread([2, 3, 5]), b = spread([3, 1], { phase: 0.37 })): GradientCase => ({
  inputs: { a, b },
  build: (g, { a, b }) => apply(g, a!, b!),
});

/** The same, where a wide difference would cross a kink. */
const narrow = (each: GradientCase): GradientCase => ({ ...each, step: 1e-3 });

const positive = spread([3, 1], { positive: true, phase: 0.2 });

/** What cannot move has no gradient: the operators of whole numbers and truths. */
const noGradient: GradientCase = {
  inputs: { x: spread([3, 5]) },
  build: (g, { x }) => op.mul(g, op.floor(g, x!), 2),
  step: 1e-3,
};
const throughCondition = (condition: typeof op.less): GradientCase => ({
  inputs: { a: spread([4, 3]), b: spread([1, 3], { phase: 0.3 }) },
  build: (g, { a, b }) => op.mul(g, op.cast(g, condition(g, a!, b!), "float32"), a!),
  step: 1e-3,
});
const throughTruths = (combine: typeof op.and): GradientCase => ({
  inputs: { a: spread([4, 3]) },
  build: (g, { a }) => op.where(g, combine(g, op.greater(g, a!, -0.5), op.less(g, a!, 0.7)), op.mul(g, a!, a!), a!),
  step: 1e-3,
});

const conv = (
  x: readonly number[],
  weight: readonly number[],
  options: { stride?: number | readonly [number, number]; padding?: number | readonly [number, number] } = {},
  bias = true,
): GradientCase => ({
  inputs: {
    x: spread(x),
    weight: spread(weight, { phase: 0.11 }),
    ...(bias ? { bias: spread([weight[0]!], { phase: 0.7 }) } : {}),
  },
  build: (g, { x, weight, bias }) => op.conv2d(g, x!, weight!, { ...options, bias }),
});

const convTranspose = (
  x: readonly number[],
  weight: readonly number[],
  options: { stride?: number; padding?: number; outputPadding?: number } = {},
): GradientCase => ({
  inputs: {
    x: spread(x),
    weight: spread(weight, { phase: 0.11 }),
    bias: spread([weight[1]!], { phase: 0.7 }),
  },
  build: (g, { x, weight, bias }) => op.convTranspose2d(g, x!, weight!, { ...options, bias: bias! }),
});

const matMul = (a: readonly number[], b: readonly number[], options: op.MatMulOptions = {}): GradientCase => ({
  inputs: { a: spread(a), b: spread(b, { phase: 0.41 }) },
  build: (g, { a, b }) => op.matMul(g, a!, b!, options),
});

const gemm = (
  a: readonly number[],
  b: readonly number[],
  c: readonly number[],
  options: op.MatMulOptions = {},
): GradientCase => ({
  inputs: { a: spread(a), b: spread(b, { phase: 0.41 }), c: spread(c, { phase: 0.83 }) },
  build: (g, { a, b, c }) => op.gemm(g, a!, b!, c!, options),
});

const reduce = (apply: typeof op.reduceSum, step = 1e-2): GradientCase[] => [
  { inputs: { x: spread([2, 3, 5]) }, build: (g, { x }) => apply(g, x!, [0, 2]), step },
  { inputs: { x: spread([2, 3, 5]) }, build: (g, { x }) => apply(g, x!, [-2], true), step },
  { inputs: { x: spread([2, 1, 3]) }, build: (g, { x }) => apply(g, x!, [1], true), step },
  { inputs: { x: spread([7]) }, build: (g, { x }) => apply(g, x!), step },
];

const slice = (options: op.SliceOptions): GradientCase => ({
  inputs: { x: spread([3, 7, 2]) },
  build: (g, { x }) => op.slice(g, x!, options),
});

const norm = (apply: "layer" | "group", shape: readonly number[], groups = 1): GradientCase => {
  const channels = apply === "layer" ? shape.at(-1)! : shape[1]!;
  return {
    inputs: {
      x: spread(shape),
      weight: spread([channels], { phase: 0.21 }),
      bias: spread([channels], { phase: 0.57 }),
    },
    build: (g, { x, weight, bias }) =>
      apply === "layer"
        ? op.layerNormalize(g, x!, weight!, bias!, 1e-5)
        : op.groupNormalize(g, x!, weight!, bias!, groups, 1e-5),
  };
};

const batchNorm = (shape: readonly number[], axis: number, mask?: Tensor): GradientCase => ({
  inputs: {
    x: spread(shape),
    weight: spread([shape.at(axis)!], { phase: 0.21 }),
    bias: spread([shape.at(axis)!], { phase: 0.57 }),
    ...(mask ? { mask } : {}),
  },
  wrt: ["x", "weight", "bias"],
  build: (g, { x, weight, bias, mask }) =>
    op.batchNormalize(g, x!, weight!, bias!, { axis, epsilon: 1e-5, mask }).output,
});

const indices = (numbers: readonly number[], shape: readonly number[] = [numbers.length]): Tensor =>
  tensor(numbers, shape, "int64");

/** At least one case per operator; the type makes leaving one out an error. */
const pixelNorm = (x: readonly number[], groups: number): GradientCase => ({
  inputs: { x: spread(x), weight: spread([x[3]!], { phase: 0.4 }), bias: spread([x[3]!], { phase: 0.6 }) },
  build: (g, { x, weight, bias }) => op.pixelGroupNormalize(g, x!, weight!, bias!, groups, 1e-5),
});

const cases: { readonly [O in Operator]: readonly GradientCase[] } = {
  Add: [binary(op.add), binary(op.add, spread([3, 1]), spread([2, 1, 4])), binary(op.add, spread([]), spread([2, 2]))],
  Sub: [binary(op.sub), binary(op.sub, spread([1, 4]), spread([3, 1]))],
  Mul: [
    binary(op.mul),
    binary(op.mul, spread([1, 4]), spread([3, 1])),
    { inputs: { x: spread([4]) }, build: (g, { x }) => op.mul(g, x!, x!) },
  ],
  Div: [binary(op.div, spread([2, 3, 5]), positive), binary(op.div, spread([1]), positive)],
  Max: [narrow(binary(op.maximum, spread([2, 3, 5]), spread([3, 1], { phase: 0.123 })))],
  Min: [narrow(binary(op.minimum, spread([2, 3, 5]), spread([3, 1], { phase: 0.123 })))],
  Neg: [unary(op.neg)],
  Pow: [2, 3, 0.5, -1].map((exponent) => ({ inputs: { x: positive }, build: (g, { x }) => op.pow(g, x!, exponent) })),
  Sqrt: [unary(op.sqrt, positive)],
  Exp: [unary(op.exp)],
  Log: [unary(op.log, positive)],
  Abs: [unary(op.abs)],
  Sin: [unary(op.sin)],
  Cos: [unary(op.cos)],
  Erf: [unary(op.erf)],
  Tanh: [unary(op.tanh)],
  Sigmoid: [unary(op.sigmoid)],
  Relu: [unary(op.relu)],
  Gelu: [unary(op.gelu), unary(op.gelu, spread([3, 5], { range: 8 }))],
  Floor: [noGradient],
  Clip: [{ inputs: { x: spread([3, 5]) }, build: (g, { x }) => op.clip(g, x!, -0.6, 0.8) }],
  Equal: [throughCondition(op.equal)],
  Less: [throughCondition(op.less)],
  Greater: [throughCondition(op.greater)],
  GreaterOrEqual: [throughCondition(op.greaterOrEqual)],
  And: [throughTruths(op.and)],
  Or: [throughTruths(op.or)],
  Not: [throughTruths((g, a, b) => op.not(g, op.and(g, a, b)))],
  Where: [
    {
      inputs: { condition: bools([2, 1, 4], [1, 0, 0]), a: spread([3, 4]), b: spread([2, 1, 1], { phase: 0.3 }) },
      build: (g, { condition, a, b }) => op.where(g, condition!, a!, b!),
    },
  ],
  Cast: [
    {
      inputs: { x: spread([5]) },
      build: (g, { x }) => op.mul(g, op.cast(g, op.cast(g, x!, "int32"), "float32"), x!),
      step: 1e-3,
    },
  ],
  MatMul: [
    matMul([3, 5], [5, 2]),
    matMul([5, 3], [5, 2], { transposeA: true }),
    matMul([3, 5], [2, 5], { transposeB: true }),
    matMul([5, 3], [2, 5], { transposeA: true, transposeB: true }),
    matMul([2, 3, 4], [4, 5]),
    matMul([2, 3, 4], [5, 4], { transposeB: true }),
    matMul([2, 4, 3], [4, 5], { transposeA: true }),
    matMul([2, 1, 3, 4], [3, 4, 2]),
    matMul([3, 4], [2, 4, 5]),
    matMul([2, 3, 4], [2, 5, 4], { transposeB: true }),
    matMul([2, 4, 3], [2, 5, 4], { transposeA: true, transposeB: true }),
    matMul([1, 1], [1, 1]),
  ],
  Gemm: [
    gemm([3, 5], [5, 2], [2]),
    gemm([3, 5], [2, 5], [2], { transposeB: true }),
    gemm([5, 3], [2, 5], [1], { transposeA: true, transposeB: true }),
    gemm([5, 3], [5, 2], [3, 2], { transposeA: true }),
  ],
  Reshape: [{ inputs: { x: spread([2, 3, 5]) }, build: (g, { x }) => op.reshape(g, x!, [5, -1]) }],
  Transpose: [
    { inputs: { x: spread([2, 3, 5]) }, build: (g, { x }) => op.transpose(g, x!, [2, 0, 1]) },
    { inputs: { x: spread([2, 1, 5]) }, build: (g, { x }) => op.transpose(g, x!, [1, 0, 2]) },
    { inputs: { x: spread([2, 3]) }, build: (g, { x }) => op.transpose(g, x!) },
  ],
  Expand: [{ inputs: { x: spread([3, 1]) }, build: (g, { x }) => op.expand(g, x!, [2, 3, 4]) }],
  Concat: [
    {
      inputs: { a: spread([2, 3]), b: spread([2, 1], { phase: 0.4 }), c: spread([2, 2], { phase: 0.8 }) },
      build: (g, { a, b, c }) => op.concat(g, [a!, b!, c!, a!], 1),
    },
  ],
  Slice: [
    slice({ axis: 1, start: 2, end: 5 }),
    slice({ axis: -2, start: 1, end: 7, step: 2 }),
    slice({ axis: 1, start: 0, end: 7, step: 3 }),
    slice({ axis: 1, start: -3, end: -1 }),
    slice({ axis: 1, start: 6, end: Number.NEGATIVE_INFINITY, step: -1 }),
    slice({ axis: 1, start: 5, end: 0, step: -2 }),
  ],
  Split: [
    {
      inputs: { x: spread([3, 6]) },
      build: (g, { x }) => {
        const [a, , c] = op.split(g, x!, 1, [2, 1, 3]);
        return op.concat(g, [op.mul(g, a!, a!), c!], 1);
      },
    },
  ],
  Pad: [{ inputs: { x: spread([2, 3]) }, build: (g, { x }) => op.pad(g, x!, [1, 0], [2, 3], 0.5) }],
  Gather: [
    { inputs: { x: spread([4, 3]), i: indices([2, 0, 2, 3]) }, build: (g, { x, i }) => op.gather(g, x!, i!, 0) },
    {
      inputs: { x: spread([2, 4, 3]), i: indices([1, 3, 1, 0], [2, 2]) },
      build: (g, { x, i }) => op.gather(g, x!, i!, 1),
    },
    { inputs: { x: spread([2, 4]) }, build: (g, { x }) => op.gather(g, x!, g.constant([3, 1], { type: "int64" }), 1) },
    {
      inputs: { x: spread([2, 4]) },
      build: (g, { x }) => op.gather(g, x!, g.constant([3, -1, 0], { type: "int64" }), 1),
    },
    {
      inputs: { x: spread([3, 4]) },
      build: (g, { x }) => op.gather(g, x!, g.constant([1, 0, 2], { type: "int64" }), 0),
    },
    { inputs: { x: spread([3, 4]) }, build: (g, { x }) => op.gather(g, x!, g.constant(2, { type: "int64" }), 0) },
  ],
  GatherElements: [
    {
      inputs: { x: spread([3, 4]), i: indices([0, 2, 2, 1, 1, 0], [2, 3]) },
      build: (g, { x, i }) => op.gatherElements(g, x!, i!, 0),
    },
    {
      inputs: { x: spread([2, 3]), i: indices([0, 2, 2, 1, 1, 0, 2, 2], [2, 4]) },
      build: (g, { x, i }) => op.gatherElements(g, x!, i!, -1),
    },
  ],
  ScatterElements: [
    {
      inputs: { x: spread([3, 3]), i: indices([0, 2, 1, 2, 0, 2], [2, 3]), u: spread([2, 3], { phase: 0.3 }) },
      build: (g, { x, i, u }) => op.scatterElements(g, x!, i!, u!, 0),
    },
    {
      inputs: { x: spread([3, 3]), i: indices([0, 2, 1, 0, 0, 2], [2, 3]), u: spread([2, 3], { phase: 0.3 }) },
      build: (g, { x, i, u }) => op.scatterElements(g, x!, i!, u!, 0, "add"),
    },
  ],
  ReduceSum: reduce(op.reduceSum),
  ReduceMean: reduce(op.reduceMean),
  ReduceMax: reduce(op.reduceMax, 1e-3),
  ReduceMin: reduce(op.reduceMin, 1e-3),
  ArgMax: [
    {
      inputs: { x: spread([3, 4]) },
      build: (g, { x }) => op.mul(g, op.cast(g, op.argMax(g, x!, 1), "float32"), op.reduceSum(g, x!, [1])),
      step: 1e-3,
    },
  ],
  Softmax: [
    { inputs: { x: spread([2, 3, 4]) }, build: (g, { x }) => op.softmax(g, x!, -1) },
    { inputs: { x: spread([2, 3, 4]) }, build: (g, { x }) => op.softmax(g, x!, 1) },
  ],
  LogSoftmax: [
    { inputs: { x: spread([2, 3, 4]) }, build: (g, { x }) => op.logSoftmax(g, x!, 2) },
    { inputs: { x: spread([5, 2]) }, build: (g, { x }) => op.logSoftmax(g, x!, 0) },
  ],
  LogSumExp: [
    { inputs: { x: spread([2, 3, 4]) }, build: (g, { x }) => op.logSumExp(g, x!, [0, 2]) },
    { inputs: { x: spread([3, 4]) }, build: (g, { x }) => op.logSumExp(g, x!, [1], true) },
  ],
  Conv: [
    conv([2, 3, 5, 7], [4, 3, 3, 3], { padding: 1 }),
    conv([2, 3, 5, 7], [4, 3, 3, 3]),
    conv([1, 2, 7, 6], [3, 2, 3, 3], { stride: 2, padding: 1 }),
    conv([1, 2, 8, 7], [3, 2, 3, 2], { stride: [2, 3] }, false),
    conv([2, 3, 4, 5], [2, 3, 1, 1]),
    conv([2, 3, 4, 4], [2, 3, 1, 1], { padding: 1 }),
    conv([1, 3, 7, 6], [2, 3, 3, 2], { stride: [3, 2] }),
    conv([1, 2, 5, 6], [3, 2, 5, 1], { padding: [2, 0] }),
    conv([1, 40, 3, 3], [2, 40, 3, 3], { padding: 1 }),
  ],
  ConvTranspose: [
    convTranspose([2, 3, 4, 3], [3, 2, 3, 3]),
    convTranspose([1, 3, 4, 3], [3, 2, 4, 4], { stride: 2, padding: 1 }),
    convTranspose([1, 2, 3, 3], [2, 3, 3, 3], { stride: 2 }),
    convTranspose([1, 2, 3, 3], [2, 3, 3, 3], { stride: 2, padding: 1, outputPadding: 1 }),
    convTranspose([1, 2, 3, 3], [2, 3, 3, 3], { stride: 2, outputPadding: 1 }),
    convTranspose([1, 2, 3, 2], [2, 3, 2, 2], { stride: 2 }),
    convTranspose([1, 2, 3, 2], [2, 3, 1, 1]),
  ],
  MaxPool: [
    {
      inputs: { x: spread([2, 2, 4, 6]) },
      build: (g, { x }) => op.maxPool2d(g, x!, { kernel: 2, stride: 2 }).output,
      step: 1e-3,
    },
    {
      inputs: { x: spread([1, 2, 5, 7]) },
      build: (g, { x }) => op.maxPool2d(g, x!, { kernel: 2, stride: 2 }).output,
      step: 1e-3,
    },
    {
      inputs: { x: spread([1, 1, 6, 5]) },
      build: (g, { x }) => op.maxPool2d(g, x!, { kernel: 3, stride: 2 }).output,
      step: 1e-3,
    },
    {
      inputs: { x: spread([1, 1, 4, 7]) },
      build: (g, { x }) => op.maxPool2d(g, x!, { kernel: [2, 3], stride: [2, 3] }).output,
      step: 1e-3,
    },
  ],
  MaxUnpool: [
    {
      inputs: { x: spread([2, 1, 2, 3]), i: indices([0, 2, 11, 7, 8, 15, 1, 2, 5, 6, 9, 14], [2, 1, 2, 3]) },
      build: (g, { x, i }) => op.maxUnpool2d(g, x!, i!, { height: 4, width: 5 }),
    },
  ],
  TopK: [
    { inputs: { x: spread([3, 5]) }, build: (g, { x }) => op.topK(g, x!, 2, 1).values, step: 1e-3 },
    { inputs: { x: spread([4, 3]) }, build: (g, { x }) => op.topK(g, x!, 4, 0, false).values, step: 1e-3 },
    { inputs: { x: spread([3, 5]) }, build: (g, { x }) => op.quantile(g, x!, 0.6, { axis: 1 }), step: 1e-3 },
  ],
  LayerNorm: [norm("layer", [3, 7]), norm("layer", [2, 3, 4])],
  GroupNorm: [norm("group", [2, 6, 3, 2], 3), norm("group", [2, 4, 5], 1), norm("group", [3, 6], 2)],
  BatchNorm: [
    batchNorm([7, 3], 1),
    batchNorm([2, 3, 5], 1),
    batchNorm([2, 5, 3], -1),
    batchNorm([2, 3, 2, 3], 1),
    batchNorm([4, 3, 3], 1, tensor([1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 0, 1], [4, 1, 3])),
    batchNorm([6, 3], 1, tensor([1, 0, 1, 1, 1, 0], [6, 1])),
    batchNorm([4, 3, 2], 1, tensor([1, 1, 0, 1], [4, 1, 1])),
  ],
  PixelGroupNorm: [pixelNorm([2, 3, 2, 6], 3), pixelNorm([3, 2, 3, 4], 1), pixelNorm([1, 5, 1, 4], 2)],
  Phases: [
    {
      inputs: { x: spread([4, 6, 2, 3]) },
      build: (g, { x }) => {
        const [a, b, c, d] = op.phases(g, x!);
        return op.add(g, op.mul(g, a, b), op.mul(g, op.mul(g, c, c), d));
      },
    },
    { inputs: { x: spread([5, 3, 1, 2]) }, build: (g, { x }) => op.phases(g, x!)[2] },
  ],
  Interleave: [
    {
      inputs: Object.fromEntries([0, 1, 2, 3].map((i) => [`p${i}`, spread([2, 1, 2, 3], { phase: 0.2 * i })])),
      build: (g, { p0, p1, p2, p3 }) => op.interleave(g, [p0!, p1!, p2!, p3!], { height: 5, width: 2 }),
    },
  ],
  GeluMax: [
    {
      inputs: Object.fromEntries(
        [0, 1, 2, 3].map((i) => [`p${i}`, spread([2, 3, 1, 4], { range: 3, phase: 0.23 * i })]),
      ),
      build: (g, { p0, p1, p2, p3 }) => op.geluMax(g, [p0!, p1!, p2!, p3!], { atOnce: true }).output,
      step: 1e-3,
    },
  ],
  AtChosen: [
    {
      inputs: { x: spread([2, 1, 2, 3]), chosen: tensor([0, 1, 2, 3, 3, 0, 1, 1, 2, 0, 2, 3], [2, 1, 2, 3]) },
      wrt: ["x"],
      build: (g, { x, chosen }) => {
        const [a, b, c, d] = op.atChosen(g, x!, chosen!);
        return op.concat(g, [op.mul(g, a, a), b, op.mul(g, c, 2), d], 0);
      },
    },
  ],
  ChosenProduct: [
    {
      inputs: {
        x: spread([2, 1, 2, 3]),
        chosen: tensor([0, 1, 2, 3, 3, 0, 1, 1, 2, 0, 2, 3], [2, 1, 2, 3]),
        weight: spread([3, 5], { phase: 0.3 }),
      },
      wrt: ["x", "weight"],
      build: (g, { x, chosen, weight }) => {
        const [a, b, c, d] = op.productAtChosen(g, x!, chosen!, weight!);
        return op.concat(g, [op.mul(g, a, a), b, op.mul(g, c, 2), d], 0);
      },
    },
  ],
  WinogradConv: [false, true].map((transposed) => ({
    inputs: { x: spread([5, 4, 2, 3]), weight: spread(transposed ? [3, 2, 3, 3] : [2, 3, 3, 3], { phase: 0.3 }) },
    build: (g, { x, weight }) => op.winogradConv(g, x!, op.winogradKernel(g, weight!, [5, 4], { transposed })),
  })),
  Recompute: [{ inputs: { x: spread([2, 3]) }, build: (g, { x }) => op.mul(g, op.recompute(g, x!, "again"), x!) }],
  StopGradient: [
    {
      inputs: { x: spread([4]), y: spread([4], { phase: 0.2 }) },
      wrt: ["y"],
      build: (g, { x, y }) => op.mul(g, op.stopGradient(g, x!), y!),
    },
  ],
};

test("the list of cases is the list of rules", () => {
  expect(Object.keys(cases).sort()).toEqual(Object.keys(rules).sort());
});

for (const [operator, list] of Object.entries(cases))
  test(`${operator} agrees with central differences`, async () => {
    for (const [i, each] of list.entries()) expect(await gradientError(each), `case ${i}`).toBeLessThan(2e-3);
  });
