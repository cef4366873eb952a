import { expect, test } from "vitest";
import {
  buildForward,
  ForwardSession,
  initialState,
  type Scope,
  type Tensor,
  type Tensors,
  tensor,
  type Value,
} from "../engine/index.ts";
import { newConfig, noDropout, type OmniSatConfig, subset } from "./config.ts";
import { encode } from "./encoder.ts";
import { type BatchShape, graphInputs, type Inputs, inputSpecs } from "./inputs.ts";
import { pretraining } from "./pretraining.ts";

const config = newConfig({
  modalities: [
    { name: "aerial", kind: "image", channels: 3, patchPixels: 8 },
    { name: "s2", kind: "series", channels: 4, patchPixels: 1 },
    { name: "s1", kind: "series", channels: 2, patchPixels: 2, radar: true },
  ],
  grid: { rows: 2, columns: 3 },
  width: 32,
  depth: 3,
  heads: 4,
  mlpRatio: 2,
  dropout: noDropout,
});
const patches = 6;
const batch: BatchShape = { size: 2, dates: { s2: 7, s1: 5 }, masks: "patches", modalityMask: true, maskNoise: true };

const numbers = (size: number, seed: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233) * 2);

/** Inputs of a batch: everything real, every modality there. */
function sample(shape: BatchShape, of: OmniSatConfig = config): Record<string, Tensor> {
  const entries = Object.entries(inputSpecs(of, shape)).map(([name, spec], seed): [string, Tensor] => {
    const size = spec.shape.reduce((product, length) => product * length, 1);
    if (name.endsWith("_dates")) {
      const days = Array.from({ length: size }, (_, i) => 3 + 11 * (i % spec.shape[1]!));
      return [name, tensor(days, spec.shape, "int64")];
    }
    if (name.endsWith("_mask")) return [name, tensor(new Float32Array(size).fill(1), spec.shape)];
    const data = name === "mask_noise" ? numbers(size, seed).map((value) => (value + 2) / 4) : numbers(size, seed);
    return [name, tensor(data, spec.shape)];
  });
  return Object.fromEntries(entries);
}

type Define = (scope: Scope, of: OmniSatConfig, inputs: Inputs) => Record<string, Value>;

const tokensAndOutput: Define = (scope, of, inputs) => {
  const encoded = encode(scope.child("encoder"), of, inputs);
  return {
    ...Object.fromEntries(encoded.modalities.map(({ config: { name }, tokens }) => [`tokens_${name}`, tokens])),
    output: encoded.output,
  };
};

const losses: Define = (scope, of, inputs) => {
  const { loss, terms } = pretraining(scope, of, inputs);
  return { loss, ...terms };
};

async function run(
  define: Define,
  shape: BatchShape,
  inputs: Tensors,
  training = false,
  of = config,
  known: Tensors = {},
): Promise<Tensors> {
  const forward = buildForward({
    training,
    define: (scope) => {
      const results = define(scope, of, graphInputs(scope.graph, of, shape));
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [`result/${name}`, value]));
    },
  });
  // Learned queries and tables begin at zero: give them values, so that mistakes show.
  const state = Object.fromEntries(
    Object.entries(initialState(forward, 1)).map(([name, value]) =>
      /q_learned|pos_embed|lookup|masked_token/.test(name)
        ? [name, { ...value, data: numbers(value.data.length, name.length) }]
        : [name, value],
    ),
  );
  const session = await ForwardSession.create(forward, { state: { ...state, ...known } });
  try {
    const results = Object.entries(await session.run(inputs));
    return Object.fromEntries(results.map(([name, value]) => [name.slice("result/".length), value]));
  } finally {
    await session.release();
  }
}

function largestDifference(a: Tensors, b: Tensors): number {
  expect(Object.keys(a)).toEqual(Object.keys(b));
  let largest = 0;
  for (const [name, { data }] of Object.entries(a)) {
    for (const [i, value] of [...data].entries()) {
      const difference = Math.abs(Number(value) - Number(b[name]!.data[i]));
      largest = Math.max(largest, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
    }
  }
  return largest;
}

/** The same series with `extra` hidden dates at the end, filled with `filling`. */
function padded(inputs: Tensors, name: string, extra: number, filling: number): Record<string, Tensor> {
  const lengthen = (given: Tensor, value: number): Tensor => {
    const [size, dates, ...rest] = given.shape as readonly number[] as readonly [number, number, ...number[]];
    const width = rest.reduce((product, length) => product * length, 1);
    const longer = Array.from({ length: size }, (_, b) => [
      ...Array.from(given.data.slice(b * dates * width, (b + 1) * dates * width), Number),
      ...Array<number>(extra * width).fill(value),
    ]).flat();
    return tensor(longer, [size, dates + extra, ...rest], given.type);
  };
  return {
    ...inputs,
    [name]: lengthen(inputs[name]!, filling),
    [`${name}_dates`]: lengthen(inputs[`${name}_dates`]!, 0),
    [`${name}_mask`]: lengthen(inputs[`${name}_mask`]!, 0),
  };
}

/** Hides some observations. */
function hide(inputs: Tensors, name: string, hidden: (tile: number, date: number, patch: number) => boolean): Tensors {
  const mask = inputs[`${name}_mask`]!;
  const [, dates] = mask.shape as readonly [number, number, number];
  const data = Float32Array.from(mask.data as Float32Array, (value, i) =>
    hidden(Math.floor(i / (dates * patches)), Math.floor(i / patches) % dates, i % patches) ? 0 : value,
  );
  return { ...inputs, [`${name}_mask`]: { ...mask, data } };
}

const longer = (extra: number): BatchShape => ({ ...batch, dates: { ...batch.dates, s2: batch.dates.s2! + extra } });

test.each([
  ["in evaluation", false],
  ["in training, batch statistics included", true],
])("appending hidden dates changes no token, %s", async (_, training) => {
  const inputs = hide(sample(batch), "s2", (tile, date, patch) => (tile + date + patch) % 3 === 0);
  const before = await run(tokensAndOutput, batch, inputs, training);
  for (const extra of [1, 6]) {
    const after = await run(tokensAndOutput, longer(extra), padded(inputs, "s2", extra, Number.NaN), training);
    expect(largestDifference(before, after)).toBeLessThan(2e-5);
  }
});

test("appending hidden dates changes no loss of pre-training", async () => {
  const inputs = hide(sample(batch), "s2", (_, date, patch) => (date * patch) % 4 === 3);
  const before = await run(losses, batch, inputs, true);
  const after = await run(losses, longer(4), padded(inputs, "s2", 4, Number.NaN), true);
  expect(Number(before.s2_reconstruction_loss!.data[0])).toBeGreaterThan(0.1);
  expect(largestDifference(before, after)).toBeLessThan(2e-5);
});

test("without a mask padding is data, as in the published code", async () => {
  const { modalityMask, masks, ...plain } = batch;
  const { s2_mask, s1_mask, modality_mask, ...inputs } = sample(batch);
  const longest = { ...plain, dates: { ...plain.dates, s2: 8 } };
  const before = await run(tokensAndOutput, plain, inputs);
  const after = await run(tokensAndOutput, longest, padded(sample(batch), "s2", 1, 0));
  expect(largestDifference(before, after)).toBeGreaterThan(1e-2);
});

test("what a hidden observation holds touches nothing, not even NaN", async () => {
  const inputs = hide(sample(batch), "s2", (_, date) => date === 2);
  const s2 = inputs.s2!;
  const width = s2.data.length / (2 * 7);
  const poisoned = Float32Array.from(s2.data as Float32Array, (value, i) =>
    Math.floor(i / width) % 7 === 2 ? Number.NaN : value,
  );
  for (const define of [tokensAndOutput, losses]) {
    const before = await run(define, batch, inputs, true);
    const after = await run(define, batch, { ...inputs, s2: { ...s2, data: poisoned } }, true);
    expect(largestDifference(before, after)).toBe(0);
  }
});

test("a patch that no date sees gets one and the same finite token", async () => {
  const inputs = hide(sample(batch), "s2", (tile, _, patch) => patch === 4 || (tile === 1 && patch === 0));
  const { tokens_s2: tokens, output } = await run(tokensAndOutput, batch, inputs);
  const token = (tile: number, patch: number) => [
    ...tokens!.data.slice((tile * patches + patch) * 32, (tile * patches + patch + 1) * 32),
  ];
  expect(token(0, 4).every(Number.isFinite)).toBe(true);
  expect(token(1, 4)).toEqual(token(0, 4));
  expect(token(1, 0)).toEqual(token(0, 4));
  expect(token(0, 3)).not.toEqual(token(0, 4));
  expect([...output!.data].every(Number.isFinite)).toBe(true);
  const terms = await run(losses, batch, inputs, true);
  for (const term of Object.values(terms)) expect(Number.isFinite(Number(term.data[0]))).toBe(true);
});

test("hiding every observation gives no NaN", async () => {
  const nothing = hide(
    hide(sample(batch), "s2", () => true),
    "s1",
    () => true,
  );
  for (const define of [tokensAndOutput, losses]) {
    for (const result of Object.values(await run(define, batch, nothing, true))) {
      expect([...result.data].every((value) => Number.isFinite(Number(value)))).toBe(true);
    }
  }
});

test("a mask per date is a mask for every patch", async () => {
  const inputs = hide(sample(batch), "s1", (tile, date) => date === tile);
  const perDate = (name: string): Tensor => {
    const { data, shape } = inputs[`${name}_mask`]!;
    return tensor(
      Array.from(data, Number).filter((_, i) => i % patches === 0),
      shape.slice(0, 2),
    );
  };
  const before = await run(tokensAndOutput, batch, inputs);
  const after = await run(
    tokensAndOutput,
    { ...batch, masks: "dates" },
    { ...inputs, s2_mask: perDate("s2"), s1_mask: perDate("s1") },
  );
  expect(largestDifference(before, after)).toBeLessThan(1e-6);
});

test.each([[["s2"]], [["aerial", "s1"]], [["s1", "s2"]]])(
  "a graph of only %s gives what the whole graph gives with the others absent",
  async (names) => {
    const inputs = sample(batch);
    const present = config.modalities.map(({ name }) => (names.includes(name) ? 1 : 0));
    const modality_mask = tensor([...present, ...present], [2, 3]);
    const { output: whole } = await run(tokensAndOutput, batch, { ...inputs, modality_mask });
    const { modalityMask, maskNoise, ...shape } = batch;
    const { output: part } = await run(tokensAndOutput, shape, inputs, false, subset(config, names));
    expect(largestDifference({ output: whole! }, { output: part! })).toBeLessThan(2e-5);
  },
);
