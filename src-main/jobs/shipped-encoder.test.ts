import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { FinetuneSpec, Imagery } from "../../src-shared/domain/job.ts";
import { finetuneDefaults } from "../../src-shared/domain/recipe.ts";
import { readModel } from "../learning/index.ts";
import { finetune } from "./finetune.ts";
import { quiet, sampleGrid, sampleImagery, tinyFinetuning } from "./fixtures/sample.ts";
import { readWorkingModel } from "./model-tensors.ts";

const encoder = join(import.meta.dirname, "../../models/europe-10m");
const room = mkdtempSync(join(tmpdir(), "omnisat-shipped-encoder-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

test("the encoder that ships is whole, small, licensed, and has the inputs that projects get by default", async () => {
  const { description } = await readWorkingModel(encoder);
  expect(description).toMatchObject({ task: "pretrained", statistics: "place", grid: { patchMeters: 10 } });
  expect(description.modalities.map(({ name }) => name)).toEqual(["s2", "s1-asc", "s1", "s1-des"]);
  expect(statSync(join(encoder, "weights.safetensors")).size).toBeLessThan(3e6);
  expect(readFileSync(join(encoder, "LICENSE"), "utf8")).toMatch(/^CC BY 4\.0/);
  const places = description.training.places!.map(({ name }) => name).join("\n");
  // Held out for figures: what it never saw says how it does elsewhere.
  expect(places).not.toMatch(/terramesh/i);
  expect(readFileSync(join(encoder, "README.md"), "utf8")).toContain("## Sources and licences");
});

/** A fine-tuning of two steps from it, of the inputs that `of` leaves and renames. */
async function taught(name: string, of: (modality: Imagery["modalities"][number]) => Imagery["modalities"]) {
  const grid = sampleGrid(16, 10, 10, 8);
  const imagery = await sampleImagery(grid);
  const folder = join(room, name);
  mkdirSync(folder);
  const recipe = { ...finetuneDefaults, steps: 2, batchSize: 2, datesPerTile: 2, regressionWeight: 0, forestWeight: 0, boostedWeight: 0 }; // biome-ignore format: one line
  const spec: FinetuneSpec = { ...tinyFinetuning(grid, folder), imagery: { ...imagery, modalities: imagery.modalities.flatMap(of) }, recipe, modelFolder: encoder }; // biome-ignore format: one line
  const result = await finetune(spec, quiet);
  return { ...(await readModel(result.modelFolder)), findings: result.findings! };
}

test("a project with Sentinel-2 alone starts from it, in its own years, bands and tiles", async () => {
  const { description, findings } = await taught("s2", (m) => (m.name === "s2" ? [m] : []));
  expect(description.modalities.map(({ name }) => name)).toEqual(["s2"]);
  expect(description.config.grid).toEqual({ rows: 6, columns: 6 });
  expect(findings.map(({ code }) => code)).toEqual(expect.arrayContaining(["statistics-of-place", "bands-masked"]));
  expect(findings).toContainEqual({ code: "inputs-of-start", details: { model: "europe-10m", fresh: [], unused: ["s1-asc", "s1", "s1-des"] } }); // biome-ignore format: one line
});

test("an input that it has not is taught from scratch beside those that it has", async () => {
  const { description, findings } = await taught("other", (m) => (m.name === "s2" ? [m] : [{ ...m, name: "vv-vh", sensor: "other" }])); // biome-ignore format: one line
  expect(description.config.modalities.map(({ name }) => name)).toEqual(["s2", "vv-vh"]);
  expect(findings).toContainEqual(expect.objectContaining({ code: "inputs-of-start", details: expect.objectContaining({ fresh: ["vv-vh"] }) })); // biome-ignore format: one line
});
