import { expect, test } from "vitest";
import type { Value } from "../graph/index.ts";
import { Random, type RandomInput } from "../nn/index.ts";
import { RandomInputs } from "./random-inputs.ts";

const value = (name: string, ...shape: number[]): RandomInput => ({
  value: { name, type: "float32", shape } as unknown as Value,
});
const kept = (name: string, dropped: number, ...shape: number[]): RandomInput => ({
  value: { name, type: "bool", shape } as unknown as Value,
  dropped,
});
/** Enough for a thread, and too few for one. */
const many = [value("random/a", 600, 500), value("random/b", 7), kept("random/c", 0.3, 90)];
const few = [value("random/a", 60), value("random/b", 7), kept("random/c", 0.3, 90)];
const expected = (inputs: readonly RandomInput[], draw: number) =>
  inputs.map(({ value: { name, shape }, dropped }) => {
    const data = new Float32Array(shape.reduce((p, q) => p * q, 1));
    new Random(5, draw, name).fill(data);
    return [name, dropped === undefined ? data : data.map((number) => (number >= Math.fround(dropped) ? 1 : 0))];
  });
const numbers = (drawn: Awaited<ReturnType<RandomInputs["of"]>>) =>
  Object.entries(drawn).map(([name, { data }]) => [name, Float32Array.from(data as Uint8Array)]);

test.each([
  ["on a thread", many],
  ["here", few],
])("numbers that are drawn %s while a step computes are those of their draw, also after a jump", async (_, values) => {
  const inputs = new RandomInputs(values, 5);
  try {
    for (const draw of [0, 1, 2, 3, 70, 71, 3]) expect([draw, numbers(await inputs.of(draw, {}))]).toEqual([draw, expected(values, draw)]); // biome-ignore format: one line
  } finally {
    inputs.close();
  }
  // Ended in the middle of a draw, it goes on without its thread.
  expect(numbers(await inputs.of(4, {}))).toEqual(expected(values, 4));
  expect(numbers(await inputs.of(5, {}))).toEqual(expected(values, 5));
});

test("numbers that the caller gives are left out, and the others stay those of their draw", async () => {
  const inputs = new RandomInputs(many, 5);
  try {
    await inputs.of(0, {});
    const [, ...others] = expected(many, 1);
    expect(numbers(await inputs.of(1, { "random/a": true }))).toEqual(others);
    expect(numbers(await inputs.of(2, {}))).toEqual(expected(many, 2));
  } finally {
    inputs.close();
  }
});
