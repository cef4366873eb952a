import { expect, test } from "vitest";
import { Graph, tensor } from "../graph/index.ts";
import { runOnce } from "../runtime/index.ts";
import { dropout, dropPath } from "./dropout.ts";
import { linear } from "./linear.ts";
import { Scope } from "./scope.ts";

const zero = { kind: "constant", value: 0 } as const;

test("names join with dots, and asking twice for one name gives one parameter", () => {
  const scope = new Scope(new Graph(), true);
  const inner = scope.child("encoder").child("norm");
  const weight = inner.parameter("weight", [3], zero);
  expect(weight.name).toBe("encoder.norm.weight");
  expect(scope.child("encoder").parameter("norm.weight", [3], zero)).toBe(weight);
  expect(() => inner.parameter("weight", [4], zero)).toThrow("“encoder.norm.weight” is [3], not [4]");
});

test("a linear layer of many rows keeps the leading axes", () => {
  const scope = new Scope(new Graph(), false);
  expect(linear(scope, scope.graph.input("x", [2, 5, 3]), 4).shape).toEqual([2, 5, 4]);
  expect([...scope.declarations.parameters.keys()]).toEqual(["weight", "bias"]);
});

test("buffers move in training only, and a second update starts from the first", () => {
  const training = new Scope(new Graph(), true);
  const buffer = training.buffer("count", [], zero, "int64");
  expect(training.currentBuffer("count")).toBe(buffer);
  const next = training.graph.constant(1, { type: "int64" });
  training.updateBuffer("count", next);
  expect(training.currentBuffer("count")).toBe(next);

  const evaluating = new Scope(new Graph(), false);
  const still = evaluating.buffer("count", [], zero, "int64");
  evaluating.updateBuffer("count", evaluating.graph.constant(1, { type: "int64" }));
  expect(evaluating.currentBuffer("count")).toBe(still);
});

test("dropout zeroes what is not kept and scales the rest; dropPath takes whole samples", async () => {
  const g = new Graph();
  const scope = new Scope(g, true);
  const x = g.input("x", [2, 2]);
  g.output("elements", dropout(scope, "elements_", x, 0.2));
  g.output("samples", dropPath(scope, "samples_", x, 0.5));
  const results = await runOnce(g, {
    x: tensor([1, 2, 3, 4], [2, 2]),
    "random/elements_": tensor([0, 1, 1, 0], [2, 2], "bool"),
    "random/samples_": tensor([0, 1], [2, 1], "bool"),
  });
  expect([...(results.elements!.data as Float32Array)]).toEqual([0, 2.5, 3.75, 0]);
  expect([...(results.samples!.data as Float32Array)]).toEqual([0, 0, 6, 8]);
});

test("outside training, or with p = 0, dropout gives its input", () => {
  const x = (scope: Scope) => scope.graph.input("x", [2, 2]);
  for (const [training, p] of [
    [false, 0.5],
    [true, 0],
  ] as const) {
    const scope = new Scope(new Graph(), training);
    const value = x(scope);
    expect(dropout(scope, "drop", value, p)).toBe(value);
    expect(scope.declarations.randoms.size).toBe(0);
  }
});
