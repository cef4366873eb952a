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

test("a subset keeps the order asked for and refuses strangers", () => {
  expect(subset(config, ["s2"]).modalities.map((modality) => modality.name)).toEqual(["s2"]);
  expect(() => subset(config, ["s3"])).toThrow("no modality “s3”");
});
