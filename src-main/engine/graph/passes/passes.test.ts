import { expect, test } from "vitest";
import { gradients } from "../../autodiff/index.ts";
import { linear, mse, Scope } from "../../nn/index.ts";
import { add, mul, reduceSum, relu, reshape, sqrt, transpose } from "../../ops/index.ts";
import { GraphSession } from "../../runtime/index.ts";
import { Graph } from "../graph.ts";
import { modelOf } from "../onnx-model.ts";
import { printModel } from "../print.ts";
import { tensor } from "../tensor.ts";
import { simplify } from "./index.ts";

test("a linear layer, its loss and its gradients read like this", () => {
  const g = new Graph();
  const scope = new Scope(g, true);
  const y = relu(g, linear(scope, g.input("x", [4, 3]), 2));
  const loss = mse(g, y, g.input("target", [4, 2]));
  g.output("loss", loss);
  const parameters = [...scope.declarations.parameters.values()].map(({ value }) => value);
  for (const [i, gradient] of gradients(g, loss, parameters).entries()) g.output(`d${parameters[i]!.name}`, gradient);
  expect(printModel(simplify(modelOf(g, "regression")))).toMatchInlineSnapshot(`
    "<ir_version: 10, opset_import: ["" : 21]>
    regression (float[4,3] x, float[2,3] weight, float[2] bias, float[4,2] target) => (float loss, float[2,3] dweight, float[2] dbias)
    <
      int64[2] constant_1 = {0, 1},
      float constant_6 = {2},
      float constant_7 = {0},
      int64[1] constant_8 = {0},
      float[1,1] reshape_1 = {0.125}
    >
    {
      gemm_1 = Gemm <transA = 0, transB = 1> (x, weight, bias)
      relu_1 = Relu (gemm_1)
      sub_1 = Sub (relu_1, target)
      mul_1 = Mul (sub_1, sub_1)
      loss = ReduceMean <keepdims = 0> (mul_1, constant_1)
      mul_2 = Mul (sub_1, constant_6)
      mul_3 = Mul (reshape_1, mul_2)
      greater_1 = Greater (relu_1, constant_7)
      where_1 = Where (greater_1, mul_3, constant_7)
      dweight = Gemm <transA = 1, transB = 0> (where_1, x)
      dbias = ReduceSum <keepdims = 0> (where_1, constant_8)
    }
    "
  `);
});

test("the passes remove dead, constant, identity and repeated nodes and change no result", async () => {
  const g = new Graph();
  const x = g.input("x", [2, 3]);
  const two = sqrt(g, g.constant(4));
  const doubled = mul(g, x, two);
  const again = mul(g, x, two);
  const idle = transpose(g, transpose(g, mul(g, add(g, doubled, 0), 1)));
  reduceSum(g, again);
  g.output("y", add(g, idle, again));
  g.output("z", reshape(g, idle, [6]));
  const plain = modelOf(g, "idle");
  const simple = simplify(plain);
  expect(simple.nodes.map(({ opType }) => opType)).toEqual(["Mul", "Add", "Reshape"]);

  const inputs = { x: tensor([1, 2, 3, 4, 5, 6], [2, 3]) };
  const results = await Promise.all(
    [plain, simple].map(async (model) => {
      const session = await GraphSession.load(model);
      const result = await session.run(inputs);
      await session.release();
      return result;
    }),
  );
  expect(results[1]).toEqual(results[0]);
  expect([...(results[1]!.y!.data as Float32Array)]).toEqual([4, 8, 12, 16, 20, 24]);
});

test("constants fold with broadcasting", async () => {
  const g = new Graph();
  const table = add(g, g.constant([1, 2, 3], { shape: [3] }), g.constant([10, 20], { shape: [2, 1] }));
  g.output("y", mul(g, table, g.input("x", [])));
  const model = simplify(modelOf(g, "fold"));
  expect(model.nodes).toHaveLength(1);
  expect([...[...model.constants.values()][0]!.data]).toEqual([11, 12, 13, 21, 22, 23]);
});
