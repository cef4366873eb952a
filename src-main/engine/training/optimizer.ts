import type { Graph, Value } from "../graph/index.ts";
import { add, div, mul, sqrt, sub } from "../ops/index.ts";

export interface UpdateInputs {
  readonly parameter: Value;
  readonly gradient: Value;
  /** One per name in `moments`, of the parameter's shape. */
  readonly moments: readonly Value[];
  /** What `scalars` returned, as scalars of the graph. */
  readonly scalars: Readonly<Record<string, Value>>;
  readonly learningRateScale: number;
  readonly weightDecay: number;
}

/** How parameters are updated: the moments kept per parameter, the scalars given per step, and the formula. */
export interface Optimizer {
  readonly moments: readonly string[];
  readonly weightDecay: number;
  /** Numbers that change from step to step, computed in double precision outside the graph. `step` counts from 1. */
  scalars(step: number, learningRate: number): Readonly<Record<string, number>>;
  update(g: Graph, inputs: UpdateInputs): { readonly parameter: Value; readonly moments: readonly Value[] };
}

const scaled = (g: Graph, x: Value, factor: number): Value => (factor === 1 ? x : mul(g, x, factor));

/** L2 regularisation: the gradient of ½ decay |p|². */
const regularized = (g: Graph, gradient: Value, parameter: Value, decay: number): Value =>
  decay === 0 ? gradient : add(g, gradient, mul(g, parameter, decay));

/**
 * Stochastic gradient descent; with momentum as PyTorch defines it (no dampening).
 * @see PyTorch, SGD
 */
export function sgd({ momentum = 0, weightDecay = 0 }: { momentum?: number; weightDecay?: number } = {}): Optimizer {
  return {
    moments: momentum === 0 ? [] : ["momentum"],
    weightDecay,
    scalars: (_, learningRate) => ({ learningRate }),
    update(g, { parameter, gradient, moments: [velocity], scalars, learningRateScale, weightDecay }) {
      const dp = regularized(g, gradient, parameter, weightDecay);
      const moved = velocity ? add(g, mul(g, velocity, momentum), dp) : dp;
      const rate = scaled(g, scalars.learningRate!, learningRateScale);
      return { parameter: sub(g, parameter, mul(g, moved, rate)), moments: velocity ? [moved] : [] };
    },
  };
}

export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly eps?: number;
  readonly weightDecay?: number;
}

/**
 * Adam (Kingma and Ba), with bias correction and ε outside the root. Weight decay, if any, goes into the gradient.
 * @see Kingma and Ba 2015, algorithm 1
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return adaptive(options, false);
}

/**
 * Adam whose weight decay shrinks the parameter directly (Loshchilov and Hutter).
 * @see Loshchilov and Hutter 2019, Decoupled Weight Decay Regularization, algorithm 2
 */
export function adamW(options: AdamOptions & { readonly weightDecay: number }): Optimizer {
  return adaptive(options, true);
}

function adaptive(
  { beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0 }: AdamOptions,
  decoupled: boolean,
): Optimizer {
  return {
    moments: ["first", "second"],
    weightDecay,
    scalars: (step, learningRate) => ({
      ...(decoupled ? { learningRate } : {}),
      stepSize: learningRate / (1 - beta1 ** step),
      inverseCorrection: 1 / Math.sqrt(1 - beta2 ** step),
    }),
    update(g, { parameter, gradient, moments: [first, second], scalars, learningRateScale, weightDecay }) {
      const dp = decoupled ? gradient : regularized(g, gradient, parameter, weightDecay);
      const mean = add(g, mul(g, first!, beta1), mul(g, dp, 1 - beta1));
      const square = add(g, mul(g, second!, beta2), mul(g, mul(g, dp, dp), 1 - beta2));
      const spread = add(g, mul(g, sqrt(g, square), scalars.inverseCorrection!), eps);
      const rate = scaled(g, scalars.stepSize!, learningRateScale);
      const move = mul(g, div(g, mean, spread), rate);
      const kept =
        decoupled && weightDecay !== 0
          ? mul(g, parameter, sub(g, 1, mul(g, scalars.learningRate!, learningRateScale * weightDecay)))
          : parameter;
      return { parameter: sub(g, kept, move), moments: [mean, square] };
    },
  };
}
