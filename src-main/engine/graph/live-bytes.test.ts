import { expect, test } from "vitest";
import { add, Graph, liveBytes, matMul, modelOf, relu } from "../index.ts";

test("a result counts from the node that makes it to the last that reads it", () => {
  const g = new Graph();
  const x = g.input("x", [100, 10]);
  const a = relu(g, matMul(g, x, g.input("w", [10, 50])));
  // The product (100 × 50) and its positive part live together; after that the part and what is made of it.
  g.output("y", matMul(g, a, g.input("v", [50, 1])));
  expect(liveBytes(modelOf(g, "chain"))).toBe(2 * 100 * 50 * 4);
  const h = new Graph();
  const u = h.input("u", [1000]);
  const [p, q] = [relu(h, u), add(h, u, u)];
  h.output("s", add(h, add(h, p, q), p));
  // p waits for the last sum: p, q and the first sum are there at once.
  expect(liveBytes(modelOf(h, "waiting"))).toBe(3 * 1000 * 4);
});
