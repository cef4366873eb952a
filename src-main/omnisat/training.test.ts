import { expect, test } from "vitest";
import {
  adam,
  buildStep,
  cast,
  gather,
  greaterOrEqual,
  initialState,
  maximum,
  mul,
  type Scope,
  type Tensor,
  type Tensors,
  TrainingSession,
  tensor,
} from "../engine/index.ts";
import { type Dropout, newConfig, noDropout, officialDropout } from "./config.ts";
import { encode } from "./encoder.ts";
import { type DenseHead, denseLogits, denseLoss, tileLogits, tileLoss } from "./heads.ts";
import { type BatchShape, graphInputs, inputSpecs } from "./inputs.ts";
import { pretraining } from "./pretraining.ts";

const config = newConfig({
  modalities: [
    { name: "s2", kind: "series", channels: 3, patchPixels: 1 },
    { name: "s1", kind: "series", channels: 2, patchPixels: 1, radar: true },
  ],
  grid: { rows: 3, columns: 3 },
  width: 32,
  depth: 2,
  heads: 4,
  mlpRatio: 2,
  dropout: noDropout,
});
const patches = 9;
const batch: BatchShape = { size: 4, dates: { s2: 5, s1: 4 }, masks: "patches", modalityMask: true };

/** Patches of class 1 rise over the year in their first band, others fall; hidden observations hold NaN. */
function crops(): { inputs: Record<string, Tensor>; classes: number[] } {
  const classes = Array.from({ length: batch.size * patches }, (_, i) => ((i * 7) % 5 < 2 ? 1 : 0));
  const inputs: Record<string, Tensor> = {};
  for (const [name, { shape, type }] of Object.entries(inputSpecs(config, batch))) {
    const data = new Array<number>(shape.reduce((product, length) => product * length, 1)).fill(1);
    inputs[name] = tensor(data, shape, type);
    if (name === "modality_mask") continue;
    const [, dates] = shape as readonly [number, number];
    for (let i = 0; i < data.length; i++) {
      if (name.endsWith("_dates")) data[i] = 30 * (i % dates);
      else if (name.endsWith("_mask")) data[i] = i % 11 === 0 ? 0 : 1;
      else {
        const channels = shape[2]!;
        const patch = i % patches;
        const date = Math.floor(i / (channels * patches)) % dates;
        const tile = Math.floor(i / (channels * patches * dates));
        const rising = classes[tile * patches + patch] ? 1 : -1;
        const band = Math.floor(i / patches) % channels;
        const hidden = ((tile * dates + date) * patches + patch) % 11 === 0;
        data[i] = hidden ? Number.NaN : (band === 0 ? rising * (date - 1.5) : 0) + 0.3 * Math.sin(i * 1.3);
      }
    }
    inputs[name] = tensor(data, shape, type);
  }
  return { inputs, classes };
}

async function train(head: DenseHead, labels: readonly number[], steps: number, seed = 1) {
  const { inputs } = crops();
  const step = buildStep({
    name: "dense",
    define: (scope: Scope) => {
      const given = graphInputs(scope.graph, config, batch);
      const target = scope.graph.input("labels", [batch.size, patches], "int64");
      const logits = denseLogits(scope.child("head"), encode(scope.child("encoder"), config, given), head);
      const g = scope.graph;
      const classWeights = gather(
        g,
        g.constant([1, 1.5]),
        maximum(g, target, g.constant([0], { shape: [], type: "int64" })),
        0,
      );
      const weights = mul(g, classWeights, cast(g, greaterOrEqual(g, target, 0), "float32"));
      const loss = denseLoss(g, logits, target, weights, { labelSmoothing: 0.05 });
      return { loss, outputs: { logits } };
    },
    optimizer: adam(),
  });
  const session = await TrainingSession.create(step, { state: initialState(step, seed), seed });
  const losses: number[] = [];
  let logits: Tensor | undefined;
  try {
    for (let s = 0; s < steps; s++) {
      const given: Tensors = { ...inputs, labels: tensor(labels, [batch.size, patches], "int64") };
      const result = await session.step(given, { learningRate: 3e-3 });
      losses.push(result.loss);
      logits = result.outputs.logits;
    }
    return { losses, logits: logits!, state: await session.state() };
  } finally {
    await session.release();
  }
}

const predicted = (logits: Tensor): number[] =>
  Array.from({ length: logits.data.length / 2 }, (_, i) =>
    Number(logits.data[2 * i + 1]) > Number(logits.data[2 * i]) ? 1 : 0,
  );

test.each<[string, DenseHead]>([
  ["linear", { classes: 2 }],
  ["with a hidden layer on the patch's own tokens too", { classes: 2, hidden: 16, withTokens: true }],
])("the dense head learns a crop from labelled patches and tells the unlabelled ones, %s", async (_, head) => {
  const { classes } = crops();
  const labels = classes.map((value, i) => (i % 4 === 3 ? -1 : value));
  const { losses, logits } = await train(head, labels, 40);
  expect(losses.every(Number.isFinite)).toBe(true);
  expect(losses.at(-1)!).toBeLessThan(0.6 * losses[0]!);
  const guesses = predicted(logits);
  const unlabelled = classes.flatMap((value, i) => (i % 4 === 3 ? [guesses[i] === value] : []));
  expect(unlabelled.filter(Boolean).length / unlabelled.length).toBeGreaterThan(0.85);
});

test("an unlabelled patch does not count in the loss: without any label no weight changes", async () => {
  const labels = new Array<number>(batch.size * patches).fill(-1);
  const { losses, state } = await train({ classes: 2 }, labels, 1);
  const { state: later } = await train({ classes: 2 }, labels, 3);
  expect(losses[0]).toBe(0);
  expect(later["encoder.blocks.0.attn.qkv.weight"]!.data).toEqual(state["encoder.blocks.0.attn.qkv.weight"]!.data);
});

/** Losses of pre-training with an absent sensor and hidden observations. */
async function pretrainingCurve(dropout: Dropout, seed: number, steps: number): Promise<number[]> {
  const random = { ...config, dropout };
  const present = Array.from({ length: batch.size * 2 }, (_, i) => (i === 3 ? 0 : 1));
  const given = { ...crops().inputs, modality_mask: tensor(present, [batch.size, 2]) };
  const step = buildStep({
    name: "pretrain",
    define: (scope) => ({ loss: pretraining(scope, random, graphInputs(scope.graph, random, batch)).loss }),
    optimizer: adam(),
  });
  const session = await TrainingSession.create(step, { state: initialState(step, seed), seed });
  const losses: number[] = [];
  for (let s = 0; s < steps; s++) losses.push((await session.step(given, { learningRate: 3e-3 })).loss);
  await session.release();
  return losses;
}

test("pre-training lowers its loss, also with hidden observations and an absent sensor", async () => {
  const losses = await pretrainingCurve(noDropout, 5, 25);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(losses.every(Number.isFinite)).toBe(true);
  expect(mean(losses.slice(-5))).toBeLessThan(0.7 * mean(losses.slice(0, 5)));
});

test("the same seed gives the same curve, masks and dropout included; another seed another", async () => {
  const losses = await pretrainingCurve(officialDropout, 5, 3);
  const again = await pretrainingCurve(officialDropout, 5, 3);
  for (const [i, loss] of losses.entries()) expect(again[i]).toBeCloseTo(loss, 4);
  expect(Math.abs((await pretrainingCurve(officialDropout, 6, 1))[0]! - losses[0]!)).toBeGreaterThan(1e-2);
});

test.each(["linear", "normalised", "perceptron"] as const)(
  "the tile head “%s” trains on several labels per tile",
  async (kind) => {
    const { inputs } = crops();
    const step = buildStep({
      name: "tile",
      define: (scope) => {
        const given = graphInputs(scope.graph, config, batch);
        const labels = scope.graph.input("labels", [batch.size, 3], "int64");
        const logits = tileLogits(scope.child("head"), encode(scope.child("encoder"), config, given), 3, kind);
        return { loss: tileLoss(scope.graph, logits, labels) };
      },
      optimizer: adam(),
    });
    const session = await TrainingSession.create(step, { state: initialState(step, 2), seed: 2 });
    const labels = tensor([1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0], [4, 3], "int64");
    const losses: number[] = [];
    for (let s = 0; s < 12; s++) losses.push((await session.step({ ...inputs, labels }, { learningRate: 3e-3 })).loss);
    await session.release();
    expect(losses[0]!).toBeGreaterThan(0.4);
    expect(losses.at(-1)!).toBeLessThan(0.8 * losses[0]!);
  },
);
