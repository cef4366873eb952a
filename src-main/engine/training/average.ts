import { add, mul, sub } from "../ops/index.ts";
import type { Optimizer } from "./optimizer.ts";

/**
 * An optimizer that also carries the running mean of every parameter, as the moment `average` (Polyak averaging with
 * exponential weights). The mean of step n keeps min(decay, (n − 1) / (n + 9)) of the one before, so that the first steps
 * soon lose their weight.
 * @see Polyak and Juditsky 1992; the growing decay after TensorFlow’s ExponentialMovingAverage
 */
export function withAverage(optimizer: Optimizer, decay: number): Optimizer {
  return {
    moments: [...optimizer.moments, "average"],
    weightDecay: optimizer.weightDecay,
    scalars: (step, learningRate) => ({
      ...optimizer.scalars(step, learningRate),
      averageDecay: Math.min(decay, (step - 1) / (step + 9)),
    }),
    update(g, inputs) {
      const average = inputs.moments.at(-1)!;
      const { parameter, moments } = optimizer.update(g, { ...inputs, moments: inputs.moments.slice(0, -1) });
      const moved = mul(g, sub(g, average, parameter), inputs.scalars.averageDecay!);
      return { parameter, moments: [...moments, add(g, parameter, moved)] };
    },
  };
}
