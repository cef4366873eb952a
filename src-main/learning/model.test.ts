import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { tensor } from "../engine/index.ts";
import { configFromJson } from "../omnisat/index.ts";
import { exampleModel as model } from "./fixtures/example-model.ts";
import { readModel, readModelDescription, writeModel } from "./trained-model.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-model-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const folder = join(room, "model");
const weightsPath = join(folder, "weights.safetensors");
const jsonPath = join(folder, "model.json");
const weights = { "encoder.weight": tensor([1, 2, 3, 4], [2, 2]), "head.bias": tensor([5], [1]) };

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
  ["a calibration that is none", "model-unreadable", () => writeFileSync(jsonPath, readFileSync(jsonPath, "utf8").replace("312", "-312"))], // biome-ignore format: a table
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
