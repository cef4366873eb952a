import { expect, test } from "vitest";
import { Graph, tensor } from "../graph/index.ts";
import { runOnce } from "../runtime/index.ts";
import { gelu } from "./gelu.ts";
import { transpose } from "./layout.ts";
import { geluMax, interleave, phases, unpoolPhases } from "./phases.ts";
import { maxPool2d, maxUnpool2d } from "./pool.ts";

const [n, channels, height, width] = [2, 3, 5, 8];
const numbers = Array.from({ length: n * channels * height * width }, (_, i) => 4 * Math.sin(i * i));

test("the largest GELU of a window and its place are those of pooling GELUs, ties and valleys included", async () => {
  const g = new Graph();
  const x = g.input("x", [n, channels, height, width]);
  const pooled = maxPool2d(g, gelu(g, x), { kernel: 2, stride: 2 });
  g.output("direct", pooled.output);
  g.output("indices", pooled.indices);
  const { output, chosen } = geluMax(g, phases(g, transpose(g, x, [2, 3, 0, 1])));
  g.output("ours", transpose(g, output, [2, 3, 0, 1]));
  g.output("chosen", transpose(g, chosen, [2, 3, 0, 1]));
  g.output(
    "atOnce",
    transpose(g, geluMax(g, phases(g, transpose(g, x, [2, 3, 0, 1])), { atOnce: true }).output, [2, 3, 0, 1]),
  );
  const constant = numbers.map((value, i) => (i < 40 ? 0.25 : i < 80 ? -Math.abs(value) : value));
  const result = await runOnce(g, { x: tensor(constant, x.shape) });
  expect([...(result.ours!.data as Float32Array)]).toEqual([...(result.direct!.data as Float32Array)]);
  expect(result.atOnce).toEqual(result.ours);
  const places = Array.from(result.chosen!.data as Float32Array, (value, i) => {
    const [row, column] = [Math.floor(i / (width / 2)) % 2, i % (width / 2)];
    return (2 * row + (value >> 1)) * width + 2 * column + (value & 1);
  });
  expect(places).toEqual(Array.from(result.indices!.data as BigInt64Array, Number));
});

test("interleaving puts the four places back, and un-pooling fills the chosen ones only", async () => {
  const g = new Graph();
  const x = g.input("x", [n, channels, height, width]);
  const pixels = transpose(g, x, [2, 3, 0, 1]);
  g.output("back", transpose(g, interleave(g, phases(g, pixels), { height, width }), [2, 3, 0, 1]));
  const { output, chosen } = geluMax(g, phases(g, pixels));
  g.output("ours", transpose(g, unpoolPhases(g, output, chosen, { height, width }), [2, 3, 0, 1]));
  const pooled = maxPool2d(g, gelu(g, x), { kernel: 2, stride: 2 });
  g.output("direct", maxUnpool2d(g, pooled.output, pooled.indices, { height, width }));
  const result = await runOnce(g, { x: tensor(numbers, x.shape) });
  const lastRowGone = numbers.map((value, i) => (Math.floor(i / width) % height === height - 1 ? 0 : value));
  expect([...(result.back!.data as Float32Array)]).toEqual([...Float32Array.from(lastRowGone)]);
  const unsigned = (data: unknown) => Array.from(data as Float32Array, (value) => value + 0); // -0 is 0
  expect(unsigned(result.ours!.data)).toEqual(unsigned(result.direct!.data));
});
