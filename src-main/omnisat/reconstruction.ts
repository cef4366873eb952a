/** @see SPEC.md, §11.1 to §11.3 */

import {
  add,
  div,
  expand,
  type Graph,
  maximum,
  mul,
  reduceMean,
  reduceSum,
  reshape,
  sqrt,
  sub,
  type Value,
} from "../engine/index.ts";

/** Variances of targets divide by n − 1; the small number lies inside the root. */
const epsilon = 1e-6;

/** (x − mean) / sqrt(var + ε) over `axes`, with the unbiased variance (SPEC.md, §11.1); `weight` (0 or 1) leaves values out. */
function standardise(g: Graph, x: Value, axes: readonly number[], weight?: Value): Value {
  if (!weight) {
    const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
    const centred = sub(g, x, reduceMean(g, x, axes, true));
    const variance = div(g, reduceSum(g, mul(g, centred, centred), axes, true), count - 1);
    return div(g, centred, sqrt(g, add(g, variance, epsilon)));
  }
  const repeats = axes.reduce((product, axis) => product * (x.shape[axis]! / weight.shape[axis]!), 1);
  const count = mul(g, reduceSum(g, weight, axes, true), repeats);
  const mean = div(g, reduceSum(g, mul(g, x, weight), axes, true), maximum(g, count, 1));
  const centred = sub(g, x, mean);
  const squares = reduceSum(g, mul(g, mul(g, centred, centred), weight), axes, true);
  const variance = div(g, squares, maximum(g, sub(g, count, 1), 1));
  return div(g, centred, sqrt(g, add(g, variance, epsilon)));
}

/** Mean of the values where the weight is 1; 0 where it is nowhere. */
function weightedMean(g: Graph, values: Value, weight: Value): Value {
  const axes = values.shape.map((_, axis) => axis);
  return div(g, reduceSum(g, mul(g, values, weight), axes), maximum(g, reduceSum(g, weight, axes), 1));
}

/**
 * Mean over the last axis of the channels that are there. values: [B, …, C·n] with n values of each channel on end, bands: [B, C]
 */
function meanOfBands(g: Graph, values: Value, bands: Value | undefined): Value {
  const last = values.shape.length - 1;
  if (!bands) return reduceMean(g, values, [last]);
  const weight = channelWeights(g, bands, values.shape);
  return div(g, reduceSum(g, mul(g, values, weight), [last]), maximum(g, reduceSum(g, weight, [last]), 1));
}

/** [B, C] → [B, 1, …, C·n], as many axes as `shape` */
function channelWeights(g: Graph, bands: Value, shape: readonly number[]): Value {
  const [batch, channels] = bands.shape as readonly [number, number];
  const each = shape.at(-1)! / channels;
  const between = shape.slice(1, -1).map(() => 1);
  return reshape(g, expand(g, reshape(g, bands, [batch, channels, 1]), [batch, channels, each]), [batch, ...between, channels * each]); // biome-ignore format: one line
}

const squaredError = (g: Graph, a: Value, b: Value): Value => {
  const difference = sub(g, a, b);
  return mul(g, difference, difference);
};

/**
 * Every patch counts, hidden or not; each target has its own mean and variance over all its values.
 * target, reconstruction: [B, P, C, s, s]; valid: [B, P]; bands: [B, C], 0 for bands that count for nothing
 * @see SPEC.md, §11.1
 */
export function imageLoss(g: Graph, target: Value, reconstruction: Value, valid?: Value, bands?: Value): Value {
  const [batch, patches, ...rest] = target.shape as readonly number[] as readonly [number, number, ...number[]];
  const width = rest.reduce((product, size) => product * size, 1);
  const flat = (value: Value) => reshape(g, value, [batch, patches, width]);
  const weight = bands && channelWeights(g, bands, [batch, patches, width]);
  const errors = squaredError(g, standardise(g, flat(target), [2], weight), flat(reconstruction));
  return valid || bands
    ? weightedMean(g, meanOfBands(g, errors, bands), valid ?? g.constant(new Float32Array(batch * patches).fill(1), { shape: [batch, patches] })) // biome-ignore format: one line
    : reduceMean(g, errors, [0, 1, 2]);
}

/**
 * Hidden tokens only, at the chosen dates; a target has one mean and variance over the whole tile and all bands.
 * target, reconstruction: [B, K, P, C], hidden: [B, P], counted: [B, K], mask: [B, K, P] (1 = real), bands: [B, C] (0 for bands that count for nothing)
 * @see SPEC.md, §11.2
 */
export function seriesLoss(
  g: Graph,
  target: Value,
  reconstruction: Value,
  weights: {
    readonly hidden: Value;
    readonly counted: Value;
    readonly mask?: Value | undefined;
    readonly valid?: Value | undefined;
    readonly bands?: Value | undefined;
  },
): Value {
  const [batch, room, patches] = target.shape as readonly [number, number, number, number];
  const { mask, bands } = weights;
  const real = mask && reshape(g, mask, [batch, room, patches, 1]);
  const there = bands && channelWeights(g, bands, target.shape);
  // Without a mask every place of a band that is there counts.
  const everywhere = () => g.constant(new Float32Array(room * patches).fill(1), { shape: [1, room, patches, 1] });
  const standard = standardise(g, target, [2, 3], there ? mul(g, real ?? everywhere(), there) : real);
  const errors = meanOfBands(g, squaredError(g, standard, reconstruction), bands);
  let weight = mul(g, reshape(g, weights.counted, [batch, room, 1]), reshape(g, weights.hidden, [batch, 1, patches]));
  if (mask) weight = mul(g, weight, mask);
  if (weights.valid) weight = mul(g, weight, reshape(g, weights.valid, [batch, 1, patches]));
  return weightedMean(g, errors, weight);
}

/**
 * All patches, hidden or not; one mean and variance per tile. target, reconstruction: [B, P, C]
 * @see SPEC.md, §11.3
 */
export function singleLoss(g: Graph, target: Value, reconstruction: Value, valid?: Value): Value {
  const errors = squaredError(g, standardise(g, target, [1, 2]), reconstruction);
  return valid ? weightedMean(g, reduceMean(g, errors, [2]), valid) : reduceMean(g, errors, [0, 1, 2]);
}
