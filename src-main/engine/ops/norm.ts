/** @see Ioffe and Szegedy 2015 (batch), Ba, Kiros and Hinton 2016 (layer), Wu and He 2018 (group normalisation) */

import { axisOf, float, formatShape, type Graph, int, reduced, type Value } from "../graph/index.ts";
import { add, div, maximum, mul, sqrt, sub } from "./elementwise.ts";
import { reshape } from "./layout.ts";
import { reduceMean, reduceSum } from "./reduce.ts";

/**
 * Normalises the last axis to mean 0 and variance 1, then scales and shifts.
 * x: [..., C], weight and bias: [C]
 */
export function layerNormalize(g: Graph, x: Value, weight: Value, bias: Value, epsilon: number): Value {
  const width = x.shape.at(-1)!;
  if (formatShape(weight.shape) !== `[${width}]` || formatShape(bias.shape) !== `[${width}]`)
    throw new Error(`LayerNorm: ${formatShape(x.shape)} by ${formatShape(weight.shape)}, ${formatShape(bias.shape)}`);
  const statistics = { type: x.type, shape: [...x.shape.slice(0, -1), 1] };
  return g.record("LayerNorm", [x, weight, bias], { epsilon }, () =>
    // Mean and 1/σ are kept: the gradient needs them.
    g.emit("LayerNormalization", [x, weight, bias], [x, statistics, statistics], {
      axis: int(-1),
      epsilon: float(epsilon),
    }),
  )[0]!;
}

/**
 * Normalises the channels of every group together, per sample, then scales and shifts each channel.
 * x: [N, C, ...], weight and bias: [C]
 */
export function groupNormalize(g: Graph, x: Value, weight: Value, bias: Value, groups: number, epsilon: number): Value {
  const [n, channels] = x.shape as [number, number];
  if (channels % groups !== 0 || formatShape(weight.shape) !== `[${channels}]`)
    throw new Error(`GroupNorm: ${formatShape(x.shape)} in ${groups} groups by ${formatShape(weight.shape)}`);
  return g.record("GroupNorm", [x, weight, bias], { groups, epsilon }, () => {
    const grouped = reshape(g, x, [n * groups, -1]);
    const length = grouped.shape[1]!;
    const statistics = { type: x.type, shape: [n * groups, 1] };
    const ones = g.constant(new Float32Array(length).fill(1), { shape: [length] });
    const [normal, mean, inverse] = g.emit("LayerNormalization", [grouped, ones], [grouped, statistics, statistics], {
      axis: int(-1),
      epsilon: float(epsilon),
    });
    const perChannel = [1, channels, ...x.shape.slice(2).map(() => 1)];
    const y = add(
      g,
      mul(g, reshape(g, normal!, x.shape), reshape(g, weight, perChannel)),
      reshape(g, bias, perChannel),
    );
    return [y, normal!, mean!, inverse!];
  })[0]!;
}

/**
 * Normalises every channel over all other axes with the statistics of this batch. `mask` (1 = counts, 0 = not) has the
 * shape of x with one channel, or broadcasts to it. Returns the mean, the biased variance and the count besides.
 */
export function batchNormalize(
  g: Graph,
  x: Value,
  weight: Value,
  bias: Value,
  options: { readonly axis: number; readonly epsilon: number; readonly mask?: Value | undefined },
): { output: Value; mean: Value; variance: Value; count: Value } {
  const { epsilon, mask } = options;
  const axis = axisOf("BatchNorm", x.shape, options.axis);
  const channels = x.shape[axis]!;
  if (formatShape(weight.shape) !== `[${channels}]`)
    throw new Error(`BatchNorm: ${formatShape(x.shape)} along ${axis} by ${formatShape(weight.shape)}`);
  const over = x.shape.map((_, other) => other).filter((other) => other !== axis);
  const perChannel = reduced(x.shape, over, true).map((length, other) => (other === axis ? length : 1));
  const inputs = mask ? [x, weight, bias, mask] : [x, weight, bias];
  const [output, mean, variance, count] = g.record("BatchNorm", inputs, { axis, epsilon }, () => {
    const n = mask ? maskedCount(g, x, mask, over) : g.constant(x.shape.reduce((a, b) => a * b, 1) / channels);
    const total = (value: Value) =>
      mask ? reduceSum(g, mul(g, value, mask), over, true) : reduceSum(g, value, over, true);
    const mean = mask ? div(g, total(x), n) : reduceMean(g, x, over, true);
    const centered = sub(g, x, mean);
    const variance = div(g, total(mul(g, centered, centered)), n);
    const inverse = div(g, 1, sqrt(g, add(g, variance, epsilon)));
    const scale = mul(g, inverse, reshape(g, weight, perChannel));
    const y = add(g, mul(g, centered, scale), reshape(g, bias, perChannel));
    return [y, reshape(g, mean, [channels]), reshape(g, variance, [channels]), reshape(g, n, []), centered, inverse];
  });
  return { output: output!, mean: mean!, variance: variance!, count: count! };
}

/** How many elements of one channel count; where none does, one, so that nothing is divided by zero. */
function maskedCount(g: Graph, x: Value, mask: Value, over: readonly number[]): Value {
  if (mask.shape.length !== x.shape.length || mask.type !== "float32")
    throw new Error(`BatchNorm: mask ${mask.type} ${formatShape(mask.shape)} for ${formatShape(x.shape)}`);
  const repeats = over.reduce((product, axis) => product * (x.shape[axis]! / mask.shape[axis]!), 1);
  const count = reduceSum(
    g,
    mask,
    x.shape.map((_, axis) => axis),
    true,
  );
  return maximum(g, repeats === 1 ? count : mul(g, count, repeats), 1);
}
