import { expect, test } from "vitest";
import { Graph, runOnce, tensor } from "../engine/index.ts";
import { distanceBucket, geometryOf, gridBuckets, officialBuckets, relativeBias } from "./relative-positions.ts";

test("buckets grow coarser with distance", () => {
  const buckets = [
    [0, 0],
    [0, 1],
    [1, 1],
    [0, 2],
    [1, 3],
    [2, 3],
    [9, 9],
  ].map(([rows, columns]) => distanceBucket(rows!, columns!));
  expect(buckets).toEqual([3, 4, 4, 5, 5, 6, 6]);
});

test("for one modality on a square grid the published rule is the true geometry", () => {
  expect(officialBuckets(37)).toEqual(gridBuckets({ rows: 6, columns: 6 }, 1));
});

test("on the true grid the same patch of two modalities is at distance zero, whatever the grid's shape", () => {
  const grid = { rows: 2, columns: 3 };
  const length = 1 + 2 * 6;
  const buckets = gridBuckets(grid, 2);
  const at = (i: number, j: number) => buckets[i * length + j];
  expect(at(1 + 4, 1 + 6 + 4)).toBe(3);
  expect(at(1 + 0, 1 + 6 + 2)).toBe(5);
  expect(at(1 + 0, 1 + 6 + 4)).toBe(4);
  expect(at(0, 5)).toBe(7);
});

test("the bias is the query's product with the table's column of its bucket", async () => {
  const [batch, heads, length, channels] = [2, 3, 6, 4];
  const buckets = officialBuckets(length);
  const g = new Graph();
  const q = g.input("q", [batch, heads, length, channels]);
  const table = g.input("table", [1, channels, 8]);
  g.output("bias", relativeBias(g, q, table, geometryOf(g, buckets)));
  const numbers = (size: number, seed: number) =>
    Float32Array.from({ length: size }, (_, i) => Math.sin(seed + i * 1.7));
  const given = { q: numbers(batch * heads * length * channels, 1), table: numbers(channels * 8, 2) };
  const { bias } = await runOnce(g, {
    q: tensor(given.q, [batch, heads, length, channels]),
    table: tensor(given.table, [1, channels, 8]),
  });
  for (let row = 0; row < batch * heads * length; row++) {
    for (let j = 0; j < length; j++) {
      const bucket = buckets[(row % length) * length + j]!;
      let expected = 0;
      for (let c = 0; c < channels; c++) expected += given.q[row * channels + c]! * given.table[c * 8 + bucket]!;
      expect(Number(bias!.data[row * length + j])).toBeCloseTo(expected, 5);
    }
  }
});
