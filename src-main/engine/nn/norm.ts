import { axisOf, type Value } from "../graph/index.ts";
import {
  add,
  batchNormalize,
  div,
  groupNormalize,
  layerNormalize,
  matMul,
  maximum,
  minimum,
  mul,
  reduceSum,
  reshape,
  sqrt,
  sub,
} from "../ops/index.ts";
import type { Scope } from "./scope.ts";

const one = { kind: "constant", value: 1 } as const;
const zero = { kind: "constant", value: 0 } as const;

/**
 * Normalises the last axis.  x: [..., C] → [..., C]
 * @see Ba, Kiros and Hinton 2016, Layer Normalization
 */
export function layerNorm(scope: Scope, x: Value, { eps }: { readonly eps: number }): Value {
  const width = x.shape.at(-1)!;
  const weight = scope.parameter("weight", [width], one);
  const bias = scope.parameter("bias", [width], zero);
  return layerNormalize(scope.graph, x, weight, bias, eps);
}

/**
 * Normalises groups of channels per sample.  x: [N, C, ...]
 * @see Wu and He 2018, Group Normalization
 */
export function groupNorm(
  scope: Scope,
  x: Value,
  { groups, eps = 1e-5 }: { readonly groups: number; readonly eps?: number },
): Value {
  const channels = x.shape[1]!;
  const weight = scope.parameter("weight", [channels], one);
  const bias = scope.parameter("bias", [channels], zero);
  return groupNormalize(scope.graph, x, weight, bias, groups, eps);
}

export interface BatchNormOptions {
  readonly axis: number;
  readonly eps?: number;
  readonly momentum?: number;
  /** 1 where an element counts for the statistics, 0 where not; x's shape with one channel, or broadcasting to it. */
  readonly mask?: Value | undefined;
}

interface BatchStatistics {
  readonly weight: Value;
  readonly bias: Value;
  readonly runningMean: Value;
  readonly runningVariance: Value;
  /** Moves the running statistics towards this batch's; `count` elements per channel took part. */
  update(mean: Value, variance: Value, count: Value, mask?: Value): void;
}

/** What every batch normalisation has: its parameters, and running statistics (the variance unbiased, as PyTorch keeps it). */
function batchStatistics(scope: Scope, channels: number, momentum: number): BatchStatistics {
  const { graph: g } = scope;
  const weight = scope.parameter("weight", [channels], one);
  const bias = scope.parameter("bias", [channels], zero);
  scope.buffer("running_mean", [channels], zero);
  scope.buffer("running_var", [channels], one);
  scope.buffer("num_batches_tracked", [], zero, "int64");
  const runningMean = scope.currentBuffer("running_mean")!;
  const runningVariance = scope.currentBuffer("running_var")!;
  const tracked = scope.currentBuffer("num_batches_tracked")!;
  return {
    weight,
    bias,
    runningMean,
    runningVariance,
    update(mean, variance, count, mask) {
      const unbiased = mul(g, variance, div(g, count, maximum(g, sub(g, count, 1), 1)));
      // A batch of which nothing counts leaves the running statistics alone.
      const share = mask ? mul(g, minimum(g, reduceSum(g, mask), 1), momentum) : momentum;
      const rest = mask ? sub(g, 1, share) : 1 - momentum;
      scope.updateBuffer("running_mean", add(g, mul(g, runningMean, rest), mul(g, mean, share)));
      scope.updateBuffer("running_var", add(g, mul(g, runningVariance, rest), mul(g, unbiased, share)));
      scope.updateBuffer("num_batches_tracked", add(g, tracked, 1));
    },
  };
}

/**
 * Normalises each channel over everything else: in training with this batch's statistics, which also move the running ones;
 * otherwise with the running statistics.
 * x: any shape with the channels along `axis`, and the result has the same; statistics are [C].
 * @see Ioffe and Szegedy 2015, Batch Normalization; the running statistics as in PyTorch
 */
export function batchNorm(scope: Scope, x: Value, { axis, eps = 1e-5, momentum = 0.1, mask }: BatchNormOptions): Value {
  const { graph: g } = scope;
  const along = axisOf("BatchNorm", x.shape, axis);
  const channels = x.shape[along]!;
  const { weight, bias, runningMean, runningVariance, update } = batchStatistics(scope, channels, momentum);
  if (!scope.training) {
    const perChannel = x.shape.map((length, other) => (other === along ? length : 1));
    const scale = div(g, weight, sqrt(g, add(g, runningVariance, eps)));
    const shift = sub(g, bias, mul(g, runningMean, scale));
    return add(g, mul(g, x, reshape(g, scale, perChannel)), reshape(g, shift, perChannel));
  }
  const { output, mean, variance, count } = batchNormalize(g, x, weight, bias, { axis: along, epsilon: eps, mask });
  update(mean, variance, count, mask);
  return output;
}

/**
 * A linear layer y = W x + b with the batch normalisation behind it folded in: returns W' and b' with N(y) = W' x + b'.
 * The statistics of y follow from the mean and the covariance of x, so that y, usually far larger, is never read for
 * them, in training neither forward nor backward. x is data: no gradient goes there.
 * weight: [O, D], bias: [O], x: any number of pieces [D, rows]
 * @see Ioffe and Szegedy 2015; var(W x) = W cov(x) Wᵀ
 */
export function foldedBatchNorm(
  scope: Scope,
  weight: Value,
  bias: Value,
  pieces: readonly Value[],
  options: {
    readonly eps?: number;
    readonly momentum?: number;
    /** of each piece [1, rows]: 1 where a row counts for the statistics; the others must be 0 throughout */
    readonly masks?: readonly Value[] | undefined;
  } = {},
): { weight: Value; bias: Value } {
  const { eps = 1e-5, momentum = 0.1, masks } = options;
  const { graph: g } = scope;
  const [channels, width] = weight.shape as [number, number];
  const norm = batchStatistics(scope, channels, momentum);
  const column = (value: Value) => reshape(g, value, [-1, 1]);
  if (!scope.training) {
    const scale = div(g, norm.weight, sqrt(g, add(g, norm.runningVariance, eps)));
    const shift = add(g, norm.bias, mul(g, sub(g, bias, norm.runningMean), scale));
    return { weight: mul(g, weight, column(scale)), bias: shift };
  }
  const sum = (values: readonly Value[]) => values.reduce((total, value) => add(g, total, value));
  const rows = pieces.reduce((total, piece) => total + piece.shape[1]!, 0);
  const seen = masks && sum(masks.map((mask) => reduceSum(g, mask)));
  const count = seen ? maximum(g, seen, 1) : g.constant(rows);
  const center = div(g, sum(pieces.map((piece) => reduceSum(g, piece, [1], true))), seen ? count : rows);
  const covariance = sum(
    pieces.map((piece, index) => {
      const away = sub(g, piece, center);
      const centred = masks ? mul(g, away, masks[index]!) : away;
      return div(g, matMul(g, centred, centred, { transposeB: true }), seen ? count : rows);
    }),
  );
  const variance = reduceSum(g, mul(g, matMul(g, weight, covariance), weight), [1]);
  const moved = reshape(g, matMul(g, weight, reshape(g, center, [width, 1])), [channels]);
  norm.update(add(g, moved, bias), variance, count, seen && reshape(g, seen, [1]));
  const scale = div(g, norm.weight, sqrt(g, add(g, variance, eps)));
  return { weight: mul(g, weight, column(scale)), bias: sub(g, norm.bias, mul(g, moved, scale)) };
}
