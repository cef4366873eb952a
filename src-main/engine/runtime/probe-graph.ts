import { Graph, modelOf, type OnnxModel, removeDeadNodes, type Tensors, tensor } from "../graph/index.ts";
import { add, conv2d, matMul, maxPool2d, mul, reduceSum, reshape, softmax } from "../ops/index.ts";

/** About 0.6 GFLOP: enough that a card's speed shows beside its delay. */
const size = { batch: 8, channels: 64, side: 32, classes: 48 };

/** A small network that uses what training uses most: a convolution, pooling, a product, a softmax, a sum. */
export function probeModel(): OnnxModel {
  const g = new Graph();
  const { batch, channels, side, classes } = size;
  const x = g.input("x", [batch, channels, side, side]);
  const kernel = g.input("kernel", [channels, channels, 3, 3]);
  const weight = g.input("weight", [channels * (side / 2) ** 2, classes]);
  const features = maxPool2d(g, add(g, conv2d(g, x, kernel, { padding: 1 }), x), { kernel: 2, stride: 2 }).output;
  const scores = softmax(g, matMul(g, reshape(g, features, [batch, -1]), weight), 1);
  g.output("scores", scores);
  g.output("energy", reduceSum(g, mul(g, features, features), [2, 3]));
  return removeDeadNodes(modelOf(g, "probe"));
}

/** Fixed irregular numbers, small enough that no softmax saturates. */
export function probeInputs(): Tensors {
  const wave = (shape: readonly number[], frequency: number, height: number) => {
    const count = shape.reduce((product, length) => product * length, 1);
    return tensor(
      Float32Array.from({ length: count }, (_, i) => height * Math.sin(i * frequency + (i % 7))),
      shape,
    );
  };
  return Object.fromEntries(
    probeModel().inputs.map(({ name, shape }, i) => [name, wave(shape, 0.37 + i * 0.21, i === 0 ? 1 : 0.05)]),
  );
}
