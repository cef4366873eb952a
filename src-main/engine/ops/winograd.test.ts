import { expect, test } from "vitest";
import { Graph, type Tensor, tensor, type Value } from "../graph/index.ts";
import { runOnce } from "../runtime/index.ts";
import { conv2d, convTranspose2d } from "./conv.ts";
import { transpose } from "./layout.ts";
import { winogradConv, winogradKernel, winogradTransforms } from "./winograd.ts";

function irregular(shape: readonly number[], phase: number): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Array.from({ length: size }, (_, i) => 2 * (((i + 1) * 0.61803398875 + phase) % 1) - 1),
    shape,
  );
}

/** [N, C, H, W] → [H, W, N, C] */
const pixels = (g: Graph, x: Value) => transpose(g, x, [2, 3, 0, 1]);

test.each([2, 3, 4])("F(%i, 3) is the convolution of a stretch", (outputs) => {
  const { input, kernel, output, size } = winogradTransforms(outputs);
  const x = Array.from({ length: size }, (_, i) => Math.sin(3 * i + 1));
  const w = [0.7, -0.3, 1.1];
  const times = (matrix: readonly (readonly number[])[], vector: readonly number[]) =>
    matrix.map((row) => row.reduce((sum, value, i) => sum + value * vector[i]!, 0));
  const weights = times(kernel, w);
  const y = times(
    output,
    times(input, x).map((value, i) => value * weights[i]!),
  );
  for (const [i, value] of y.entries())
    expect(value).toBeCloseTo(w[0]! * x[i]! + w[1]! * x[i + 1]! + w[2]! * x[i + 2]!, 12);
});

test.each([
  [12, 12],
  [6, 6],
  [3, 3],
  [1, 2],
  [5, 9],
])("planes of %i × %i are convolved as the direct convolution does, both ways round", async (height, width) => {
  const [n, channels, out] = [2, 48, 24];
  const g = new Graph();
  const x = g.input("x", [n, channels, height, width]);
  const weight = g.input("weight", [out, channels, 3, 3]);
  const turned = g.input("turned", [channels, out, 3, 3]);
  const size = [height, width] as const;
  g.output("direct", pixels(g, conv2d(g, x, weight, { padding: 1 })));
  g.output("winograd", winogradConv(g, pixels(g, x), winogradKernel(g, weight, size)));
  g.output("directBack", pixels(g, convTranspose2d(g, x, turned, { padding: 1 })));
  const back = winogradKernel(g, turned, size, { transposed: true });
  g.output("winogradBack", winogradConv(g, pixels(g, x), back));
  const result = await runOnce(g, {
    x: irregular(x.shape, 0),
    weight: irregular(weight.shape, 0.3),
    turned: irregular(turned.shape, 0.6),
  });
  for (const [ours, direct] of [
    [result.winograd!, result.direct!],
    [result.winogradBack!, result.directBack!],
  ] as const) {
    expect(ours.shape).toEqual(direct.shape);
    const scale = Math.max(...(direct.data as Float32Array).map(Math.abs));
    const worst = Math.max(...(direct.data as Float32Array).map((value, i) => Math.abs(value - Number(ours.data[i]))));
    expect(worst / scale).toBeLessThan(4e-6);
  }
});
