import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { tensor } from "../engine/index.ts";
import { configFromJson } from "../omnisat/index.ts";
import { type NewModel, readModel, readModelDescription, writeModel } from "./model.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-model-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const folder = join(room, "model");
const weightsPath = join(folder, "weights.safetensors");
const jsonPath = join(folder, "model.json");
const weights = { "encoder.weight": tensor([1, 2, 3, 4], [2, 2]), "head.bias": tensor([5], [1]) };

const series = { name: "s2", sensor: "sentinel-2", kind: "series", bands: ["B02", "B03"] } as const;
const model: NewModel = {
  name: "crops",
  task: "dense",
  appVersion: "1",
  config: {
    modalities: [{ kind: "image", name: "aerial", channels: 4, patchPixels: 50, groups: 4 }],
    grid: { rows: 6, columns: 6 },
    width: 32,
    depth: 2,
    heads: 4,
    mlpRatio: 4,
    dropout: { tokens: 0.2, attention: 0.1, path: 0.1, series: 0.2, dates: 0.1 },
    relativePositions: "grid",
    inputNormalization: false,
    maskRatio: 0.75,
    dateQuantile: 0.75,
    temperature: null,
  },
  days: { kind: "of-year", period: 367 },
  modalities: [
    {
      ...series,
      bands: [...series.bands],
      resolutionMeters: 10,
      patchPixels: 1,
      resampling: "bilinear",
      clearClasses: [4, 5],
      normalization: { bands: [{ name: "B02", mean: 0.1, std: 0.2, clip: { low: 0, high: 1 } }], pixels: 9 },
    },
  ],
  grid: { crs: "EPSG:32631", patchMeters: 10, tilePatches: 6 },
  legend: [{ code: 254, name: "Weizen & Gerste", color: "#a0b0c0" }],
  training: {
    seed: 1,
    steps: 2,
    seconds: 3,
    provider: "cpu",
    bounds: { minX: 0, minY: 1, maxX: 2, maxY: 3 },
    dates: [{ modality: "s2", first: "2019-01-01", last: "2019-12-31", count: 9 }],
    startedFrom: null,
    settings: { steps: 2, orientations: true },
  },
};

beforeEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await writeModel(folder, model, weights);
});

test("a model folder holds its description and its weights, and gives both back", async () => {
  expect(readdirSync(folder)).toEqual(["model.json", "weights.safetensors"]);
  const { description, weights: read } = await readModel(folder);
  expect(read).toEqual(weights);
  expect(description).toMatchObject({ ...model, weights: { parameters: 5, bytes: readFileSync(weightsPath).length } });
  expect(configFromJson(JSON.parse(readFileSync(jsonPath, "utf8")).config)).toEqual(model.config);
});

const spoiled: readonly (readonly [what: string, code: string, spoil: () => void])[] = [
  ["weights with one bit turned", "model-damaged", () => { const bytes = readFileSync(weightsPath); bytes[bytes.length - 1]! ^= 1; writeFileSync(weightsPath, bytes); }], // biome-ignore format: a table
  ["weights that are cut off", "model-damaged", () => writeFileSync(weightsPath, readFileSync(weightsPath).subarray(0, -4))], // biome-ignore format: a table
  ["a checksum of other weights", "model-damaged", () => writeFileSync(jsonPath, readFileSync(jsonPath, "utf8").replace(/"sha256": "../, '"sha256": "zz'))], // biome-ignore format: a table
  ["no weights", "model-missing", () => rmSync(weightsPath)],
  ["no description", "model-missing", () => rmSync(jsonPath)],
  ["a description that is cut off", "model-unreadable", () => writeFileSync(jsonPath, readFileSync(jsonPath).subarray(0, 300))], // biome-ignore format: a table
  ["a description of another format", "model-unreadable", () => writeFileSync(jsonPath, readFileSync(jsonPath, "utf8").replace("omnisat-model/1", "omnisat-model/2"))], // biome-ignore format: a table
  ["a description without classes' colours", "model-unreadable", () => writeFileSync(jsonPath, readFileSync(jsonPath, "utf8").replace('"color"', '"colour"'))], // biome-ignore format: a table
];

test.each(spoiled)("%s: refused with a sentence that names the file", async (_, code, spoil) => {
  spoil();
  const error = await readModel(folder).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code });
  expect((error as Error).message).toContain(folder);
});

test("the description can be read without the weights", async () => {
  rmSync(weightsPath);
  expect((await readModelDescription(folder)).name).toBe("crops");
});

test("weights that cannot be written leave no description: a folder with one is whole", async () => {
  rmSync(folder, { recursive: true });
  const broken = { x: { ...weights["head.bias"], data: undefined } } as never;
  await expect(writeModel(folder, model, broken)).rejects.toThrow();
  expect(readdirSync(folder)).toEqual([]);
});
