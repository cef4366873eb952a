import { expect, test } from "vitest";
import { checkConfig, configFromJson, configToJson, newConfig, type OmniSatConfig, subset } from "./config.ts";

const config = newConfig({
  modalities: [
    { name: "aerial", kind: "image", channels: 4, patchPixels: 50 },
    { name: "s2", kind: "series", channels: 10, patchPixels: 1 },
  ],
  grid: { rows: 6, columns: 6 },
  width: 64,
  depth: 2,
  heads: 4,
  mlpRatio: 4,
});

test("a configuration survives JSON", () => {
  expect(configFromJson(JSON.parse(JSON.stringify(configToJson(config))))).toEqual(config);
});

test("a model's JSON of an earlier version is read: its inputs came normalised, as all do", () => {
  const json = configToJson(config) as Record<string, unknown>;
  expect(configFromJson({ ...json, inputNormalization: false })).toEqual(config);
  expect(() => configFromJson({ ...json, inputNormalization: true })).toThrow(/inputNormalization/);
});

test("what the data decide: radar levels stay as they are, one modality has no contrast, narrow models are narrow", () => {
  const choice = {
    modalities: [
      { name: "s2", kind: "series", channels: 4, patchPixels: 1 },
      { name: "s1", kind: "series", channels: 2, patchPixels: 1, radar: true },
    ],
    grid: { rows: 2, columns: 2 },
    width: 32,
    depth: 1,
    heads: 4,
    mlpRatio: 2,
  } as const;
  const made = newConfig(choice);
  expect(made.modalities.map((modality) => "normalizesSequence" in modality && modality.normalizesSequence)).toEqual([true, false]); // biome-ignore format: one line
  expect(made.modalities[0]).toMatchObject({ heads: 4, inputWidths: [32, 32], outputWidths: [32], period: 367 });
  expect([made.temperature, newConfig({ ...choice, modalities: choice.modalities.slice(0, 1) }).temperature]).toEqual([0.1, null]); // biome-ignore format: one line
  expect(newConfig({ ...choice, width: 256, heads: 16 }).modalities[0]).toMatchObject({ heads: 16, inputWidths: [32, 128, 256], outputWidths: [256, 512, 256] }); // biome-ignore format: one line
  expect(() => newConfig({ ...choice, heads: 5 })).toThrow("5 heads do not divide width 32");
});

test("JSON with an unknown or wrong entry is refused", () => {
  const json = configToJson(config) as Record<string, unknown>;
  expect(() => configFromJson({ ...json, colour: "red" })).toThrow(/colour/);
  expect(() => configFromJson({ ...json, depth: 0 })).toThrow(/depth/);
});

test("widths that do not divide are refused with their numbers", () => {
  expect(() => checkConfig({ ...config, heads: 5 })).toThrow("5 heads do not divide width 64");
  const [aerial, s2] = config.modalities as OmniSatConfig["modalities"];
  const odd = { ...s2!, outputWidths: [64, 32] } as OmniSatConfig["modalities"][number];
  expect(() => checkConfig({ ...config, modalities: [aerial!, odd] })).toThrow("last output width is 32");
  expect(() => checkConfig({ ...config, modalities: [aerial!, aerial!] })).toThrow("two modalities share a name");
});

test("a subset keeps the order asked for and refuses unknown names", () => {
  expect(subset(config, ["s2"]).modalities.map((modality) => modality.name)).toEqual(["s2"]);
  expect(() => subset(config, ["s3"])).toThrow("no modality “s3”");
});
