import { expect, test } from "vitest";
import { initialize } from "./init.ts";
import { Random } from "./random.ts";

test("a draw depends on seed, step and name, and on nothing else", () => {
  const draw = (seed: number, step: number, name: string) => {
    const data = new Float32Array(100);
    new Random(seed, step, name).fill(data);
    return [...data];
  };
  expect(draw(1, 2, "a")).toEqual(draw(1, 2, "a"));
  for (const other of [draw(2, 2, "a"), draw(1, 3, "a"), draw(1, 2, "b"), draw(2 ** 33 + 1, 2, "a")])
    expect(other).not.toEqual(draw(1, 2, "a"));
});

test("filling an array gives the numbers that single draws give", () => {
  const data = new Float32Array(50);
  new Random(5, 6, "x").fill(data);
  const random = new Random(5, 6, "x");
  expect([...data]).toEqual(Array.from({ length: 50 }, () => random.uniform()));
});

test("uniform numbers fill [0, 1) evenly, neighbours and consecutive steps are unrelated", () => {
  const n = 100_000;
  const first = new Float32Array(n);
  const second = new Float32Array(n);
  new Random(3, 10, "drop").fill(first);
  new Random(3, 11, "drop").fill(second);
  const counts = new Array<number>(16).fill(0);
  for (const value of first) counts[Math.floor(value * 16)]!++;
  const χ2 = counts.reduce((sum, count) => sum + (count - n / 16) ** 2 / (n / 16), 0);
  // 15 degrees of freedom: above 44 once in ten thousand.
  expect(χ2).toBeLessThan(44);
  const correlation = (a: Float32Array, b: Float32Array) => {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += (a[i]! - 0.5) * (b[i]! - 0.5);
    return (sum / a.length) * 12;
  };
  expect(Math.abs(correlation(first, second))).toBeLessThan(0.015);
  expect(Math.abs(correlation(first.subarray(0, n - 1), first.subarray(1)))).toBeLessThan(0.015);
});

test("parameters start in the range their kind says", () => {
  const fanIn = initialize({ kind: "fanIn", fanIn: 25 }, [100, 100], "float32", 1, "w").data as Float32Array;
  const deviation = (data: Float32Array) =>
    Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
  expect(Math.max(...fanIn.map(Math.abs))).toBeLessThanOrEqual(0.2);
  expect(deviation(fanIn)).toBeCloseTo(0.2 / Math.sqrt(3), 2);
  const normal = initialize({ kind: "normal", std: 0.02 }, [100, 100], "float32", 1, "w").data as Float32Array;
  expect(deviation(normal)).toBeCloseTo(0.02, 3);
  expect(initialize({ kind: "constant", value: 3 }, [2], "int64", 1, "n").data).toEqual(new BigInt64Array([3n, 3n]));
  expect(initialize({ kind: "values", data: [1, 2] }, [2], "float32", 1, "v").data).toEqual(new Float32Array([1, 2]));
});

test("bytes are 1 where the numbers of the same draw reach the chance, also at numbers that equal it", () => {
  const numbers = new Float32Array(20_000);
  new Random(5, 6, "x").fill(numbers);
  for (const dropped of [0.1, 0.25, numbers[77]!]) {
    const bytes = new Uint8Array(numbers.length);
    new Random(5, 6, "x").fill(bytes, dropped);
    expect(bytes).toEqual(Uint8Array.from(numbers, (number) => (number >= Math.fround(dropped) ? 1 : 0)));
  }
});
