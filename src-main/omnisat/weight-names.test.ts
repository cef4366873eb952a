import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { noDropout, type OmniSatConfig } from "./config.ts";
import { parametersOf } from "./parameters.ts";
import { encoderWeights, fromFineTuning, fromLightning, toFineTuning } from "./weight-names.ts";

const keys = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/checkpoint_keys.json"), "utf8")) as Record<
  string,
  string[]
>;

const series = {
  kind: "series",
  patchPixels: 1,
  heads: 4,
  keyWidth: 8,
  inputWidths: [16, 24, 32],
  outputWidths: [32, 64, 32],
  period: 367,
} as const;
const treesatSmall: OmniSatConfig = {
  modalities: [
    { kind: "image", name: "aerial", channels: 4, patchPixels: 50, groups: 4 },
    { ...series, name: "s2", channels: 10, normalizesSequence: true },
    { ...series, name: "s1-asc", channels: 2, normalizesSequence: false },
  ],
  grid: { rows: 3, columns: 3 },
  width: 32,
  depth: 3,
  heads: 4,
  mlpRatio: 4,
  dropout: noDropout,
  relativePositions: "official",
  maskRatio: 0.75,
  dateQuantile: 0.75,
  temperature: 0.1,
};
const ours = parametersOf(treesatSmall).map(({ name }) => name);

test("every tensor of a pre-training checkpoint is one of ours, and none is missing", () => {
  expect(keys["pretrain.ckpt"]!.map(fromLightning).sort()).toEqual([...ours].sort());
});

test("a fine-tuning checkpoint holds our encoder and a head", () => {
  const expected = [...ours.filter((name) => name.startsWith("encoder.")), "head.0.weight", "head.0.bias"];
  expect(keys["finetune.ckpt"]!.map(fromLightning).sort()).toEqual(expected.sort());
});

test("a model trained from scratch holds our encoder and its own head", () => {
  const names = keys["scratch.ckpt"]!.map(fromLightning);
  const head = names.filter((name) => !name.startsWith("encoder."));
  expect(head.sort()).toEqual(["mlp.mlp.0.bias", "mlp.mlp.0.weight", "mlp.mlp.1.bias", "mlp.mlp.1.weight"]);
  expect(names.length - head.length).toBe(ours.filter((name) => name.startsWith("encoder.")).length);
});

test("names go to the fine-tuning module and back", () => {
  for (const name of ours) expect(fromFineTuning(toFineTuning(name))).toBe(name);
});

test("weights for a subset leave the other projectors out", () => {
  const weights = Object.fromEntries(ours.map((name) => [name, 0]));
  const kept = Object.keys(encoderWeights(weights, ["s2"]));
  expect(kept.some((name) => name.includes("projector_s2."))).toBe(true);
  expect(kept.filter((name) => /projector_(aerial|s1-asc)|decoder|masked/.test(name))).toEqual([]);
  expect(kept).toContain("encoder.blocks.0.attn.qkv.weight");
});
