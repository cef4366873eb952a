import { expect, test } from "vitest";
import { pretrainDefaults } from "../../src-shared/domain/recipe.ts";
import { initialState, type Tensor, type Tensors, TrainingSession } from "../engine/index.ts";
import { type BatchShape, inputSpecs, newConfig } from "../omnisat/index.ts";
import { pretrainStep } from "./pretrain.ts";
import { providerFor } from "./provider.ts";

const config = newConfig({
  modalities: [
    { name: "aerial", kind: "image", channels: 3, patchPixels: 8 },
    { name: "s2", kind: "series", channels: 4, patchPixels: 1 },
    { name: "s1", kind: "series", channels: 2, patchPixels: 1, radar: true },
  ],
  grid: { rows: 2, columns: 2 },
  width: 32,
  depth: 2,
  heads: 4,
  mlpRatio: 2,
});
const recipe = { ...pretrainDefaults, batchSize: 2 };
const dates = { s2: 5, s1: 4 };
const extra = { imageMasks: true, bandMasks: ["aerial", "s2"] } as const;
const specs = inputSpecs(config, { size: 2, dates, masks: "patches", ...extra } satisfies BatchShape);

const step = pretrainStep(config, recipe, dates, extra);

/** Numbers everywhere, every mask 1, dates in order. */
function whole(seed: number): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape, type }], position): [string, Tensor] => {
      const size = shape.reduce((product, length) => product * length, 1);
      if (type === "int64") {
        const data = BigInt64Array.from({ length: size }, (_, i) => BigInt(3 + 11 * (i % shape[1]!)));
        return [name, { type, shape, data }];
      }
      const ones = name.endsWith("_mask") || name.endsWith("_bands");
      const data = Float32Array.from({ length: size }, (_, i) => ones ? 1 : Math.sin(i * 78.233 + seed + 7 * position)); // biome-ignore format: one line
      return [name, { type: "float32", shape, data }];
    }),
  );
}

const filled = (given: Tensor, value: (i: number) => number): Tensor => ({
  type: "float32",
  shape: given.shape,
  data: Float32Array.from(given.data as Float32Array, (_, i) => value(i)),
});

/** Two steps; everything that came of them: losses, weights, moments, running statistics. */
async function trained(batches: readonly Tensors[]): Promise<Record<string, readonly number[]>> {
  const { provider } = await providerFor("cpu");
  const session = await TrainingSession.create(step, { provider, seed: 5, state: initialState(step, 5) });
  try {
    const found: Record<string, readonly number[]> = {};
    for (const [index, batch] of batches.entries()) {
      const { loss, outputs } = await session.step(batch, { learningRate: 1e-2 });
      found[`loss ${index}`] = [loss];
      for (const [name, { data }] of Object.entries(outputs)) found[`${name} ${index}`] = Array.from(data, Number);
    }
    for (const [name, { data }] of Object.entries(await session.state())) found[name] = Array.from(data, Number);
    return found;
  } finally {
    await session.release();
  }
}

/** `name` is not there; its values are `value(i)`. */
const without = (
  batch: Record<string, Tensor>,
  name: string,
  value: (i: number) => number,
): Record<string, Tensor> => ({
  ...batch,
  [name]: filled(batch[name]!, value),
  [`${name}_mask`]: filled(batch[`${name}_mask`]!, () => 0),
});

test.each(["aerial", "s2"])("an input that is not there touches nothing, whatever it holds: %s", async (name) => {
  const nothing = await trained([1, 2].map((seed) => without(whole(seed), name, () => 0)));
  const anything = await trained([1, 2].map((seed) => without(whole(seed), name, (i) => (i % 7 === 0 ? Number.NaN : 1e4 * Math.cos(i))))); // biome-ignore format: one line
  expect(anything).toEqual(nothing);
  expect(nothing[`${name}_reconstruction_loss 0`]).toEqual([0]);
  expect(nothing["loss 0"]![0]).toBeGreaterThan(1);
  // The running statistics of its encoder are as they were.
  const before = initialState(step, 5);
  const statistics = Object.keys(before).filter((key) => key.includes(`projector_${name}`) && /running_(mean|var)$/.test(key)); // biome-ignore format: one line
  expect(statistics.length).toBeGreaterThan(0);
  for (const key of statistics) expect([key, nothing[key]]).toEqual([key, Array.from(before[key]!.data, Number)]);
});

test("it is the mask that takes an image out, and not its zeros", async () => {
  const absent = await trained([without(whole(1), "aerial", () => 0)]);
  const black = await trained([{ ...whole(1), aerial: filled(whole(1).aerial!, () => 0) }]);
  expect(black["loss 0"]).not.toEqual(absent["loss 0"]);
});

test("a band that is not there touches nothing and is not reconstructed", async () => {
  const lacking = (seed: number, value: (i: number) => number, told = true): Record<string, Tensor> => {
    const batch = whole(seed);
    for (const name of extra.bandMasks) {
      const channels = specs[`${name}_bands`]!.shape[1]!;
      const pixels = specs[name]!.shape.slice(-2).reduce((product, length) => product * length, 1);
      const given = batch[name]!.data as Float32Array;
      batch[name] = filled(batch[name]!, (i) => (Math.floor(i / pixels) % channels === 1 ? value(i) : given[i]!));
      if (told) batch[`${name}_bands`] = filled(batch[`${name}_bands`]!, (i) => (i % channels === 1 ? 0 : 1));
    }
    return batch;
  };
  const nothing = await trained([1, 2].map((seed) => lacking(seed, () => 0)));
  const anything = await trained([1, 2].map((seed) => lacking(seed, (i) => (i % 5 === 0 ? Number.NaN : 100 + i))));
  expect(anything).toEqual(nothing);
  // As bands of zeros they would count in the losses.
  const zeros = await trained([lacking(1, () => 0, false)]);
  for (const name of extra.bandMasks)
    expect(zeros[`${name}_reconstruction_loss 0`]).not.toEqual(nothing[`${name}_reconstruction_loss 0`]);
});
