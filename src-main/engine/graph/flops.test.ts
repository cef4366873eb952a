import { expect, test } from "vitest";
import { conv2d, convTranspose2d, Graph, gemm, matMul, modelOf, relu } from "../index.ts";
import { floatingPointOperations } from "./flops.ts";

const count = (build: (g: Graph) => void, constants?: ReadonlySet<string>): number => {
  const g = new Graph();
  build(g);
  return floatingPointOperations(modelOf(g, "count"), constants);
};

test("a product counts two operations for each of its terms", () => {
  expect(count((g) => matMul(g, g.input("a", [7, 2, 3]), g.input("b", [3, 5])))).toBe(2 * 7 * 2 * 3 * 5);
  const transposed = { transposeA: true };
  expect(count((g) => matMul(g, g.input("a", [3, 2]), g.input("b", [3, 5]), transposed))).toBe(2 * 2 * 3 * 5);
  expect(count((g) => gemm(g, g.input("a", [2, 3]), g.input("b", [3, 5]), g.input("c", [5])))).toBe(2 * 2 * 3 * 5);
});

test("a convolution counts its kernel at every result, a transposed one at every input", () => {
  const taps = 4 * 3 * 3;
  expect(count((g) => conv2d(g, g.input("x", [2, 4, 8, 8]), g.input("w", [5, 4, 3, 3])))).toBe(2 * 2 * 5 * 36 * taps);
  expect(count((g) => convTranspose2d(g, g.input("x", [2, 4, 8, 8]), g.input("w", [4, 5, 3, 3]), { stride: 2 }))).toBe(
    2 * 2 * 4 * 64 * 5 * 9,
  );
});

test("constants and nodes without products count no operations", () => {
  const build = (g: Graph) => {
    const w = relu(g, matMul(g, g.input("w", [3, 5]), g.constant([1, 2, 3, 4, 5], { shape: [5, 1] })));
    matMul(g, g.input("x", [2, 3]), w);
  };
  expect(count(build)).toBe(2 * (3 * 5 + 2 * 3));
  expect(count(build, new Set(["w"]))).toBe(2 * 2 * 3);
});
