import { expect, test } from "vitest";
import { Graph, modelOf, simplify, tensor } from "../graph/index.ts";
import { maxPool2d, maxUnpool2d } from "../ops/index.ts";
import { GraphSession } from "./graph-session.ts";
import { forWebGpu } from "./webgpu-model.ts";

test("the positions of maxima are the same without the operator that gives them, ties included", async () => {
  for (const { shape, kernel, stride } of [
    { shape: [2, 3, 6, 8], kernel: 2, stride: 2 },
    { shape: [1, 2, 7, 5], kernel: 3, stride: 2 },
    { shape: [1, 1, 5, 7], kernel: [2, 3], stride: [2, 3] },
  ] as const) {
    const g = new Graph();
    const { output, indices } = maxPool2d(g, g.input("x", shape), { kernel, stride });
    g.output("output", output);
    if (String(kernel) === String(stride))
      g.output("back", maxUnpool2d(g, output, indices, { height: shape[2], width: shape[3] }));
    g.output("indices", indices);
    const plain = simplify(modelOf(g, "pool"));
    const rewritten = forWebGpu(plain);
    const pools = rewritten.nodes.filter(({ opType }) => opType === "MaxPool");
    expect(rewritten.nodes.some(({ opType }) => opType === "MaxUnpool")).toBe(false);
    expect(pools.map(({ outputs }) => outputs.length)).toEqual([1]);

    const size = shape.reduce((product: number, length) => product * length, 1);
    const x = tensor(
      Array.from({ length: size }, (_, i) => Math.round(2 * Math.sin(i * 2.1))),
      shape,
    );
    const results = await Promise.all(
      [plain, rewritten].map(async (model) => {
        const session = await GraphSession.load(model);
        const result = await session.run({ x });
        await session.release();
        return result;
      }),
    );
    expect(results[1]).toEqual(results[0]);
  }
});
