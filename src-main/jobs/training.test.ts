import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  architectures,
  type FinetuneSpec,
  type Imagery,
  type JobSpec,
  type ModelResult,
  type PretrainSpec,
} from "../../src-shared/domain/job.ts";
import { finetuneDefaults, pretrainDefaults } from "../../src-shared/domain/recipe.ts";
import { importFiles, nativeMeters, proposeModalities } from "../cube/index.ts";
import { rasterReader } from "../imagery/index.ts";
import { readModel } from "../learning/index.ts";
import type { JobContext } from "./context.ts";
import { evaluate } from "./evaluate.ts";
import { finetune } from "./finetune.ts";
import { quiet, randomModel, sampleFolder, sampleGrid, sampleImagery, sampleLabels } from "./fixtures/sample.ts";
import { map } from "./map.ts";
import { problemOfModel } from "./model-tensors.ts";
import { pretrain } from "./pretrain.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-training-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const grid = sampleGrid(20, 10, 10);
const labels = sampleLabels();
let imagery: Imagery;
beforeAll(async () => {
  imagery = await sampleImagery(grid);
});

let next = 0;
function common() {
  const folder = join(room, `job-${next++}`);
  mkdirSync(folder);
  const base = { folder, seed: 3, provider: "cpu", resume: false, appVersion: "test", grid, imagery } as const;
  return { ...base, architecture: architectures.tiny, modelName: "model" };
}
const few = { steps: 9, batchSize: 2, warmupSteps: 2, datesPerTile: 3, checkpointEverySteps: 3, dateDropout: 0.2 };
const pretrainSpec = (more: Partial<PretrainSpec> = {}): PretrainSpec => ({
  kind: "pretrain",
  ...common(),
  recipe: { ...pretrainDefaults, ...few },
  ...more,
});
const finetuneSpec = (more: Partial<FinetuneSpec> = {}): FinetuneSpec => ({
  kind: "finetune",
  ...common(),
  labels,
  modelFolder: null,
  recipe: { ...finetuneDefaults, ...few },
  ...more,
});

type Curve = Record<number, Readonly<Record<string, number>>>;
const noting = (curve: Curve): JobContext => ({
  ...quiet,
  metric: (step, values) => {
    curve[step] = { ...curve[step], ...values };
  },
});
const weightsOf = ({ modelFolder }: ModelResult) => readFileSync(join(modelFolder, "weights.safetensors"));

/** Runs the spec in a process of its own that dies by SIGKILL after so many steps; adds what it told to the curve. */
function killedAfter(spec: JobSpec, steps: number, curve: Curve): void {
  const path = join(spec.folder, "spec.json");
  writeFileSync(path, JSON.stringify(spec));
  const program = join(import.meta.dirname, "fixtures/work.ts");
  const run = spawnSync(process.execPath, [program, path, "metric", String(steps)], { encoding: "utf8" });
  expect([run.signal, run.stderr]).toEqual(["SIGKILL", ""]);
  for (const line of run.stdout.trim().split("\n")) {
    const { step, values } = JSON.parse(line) as { step: number; values: Record<string, number> };
    curve[step] = { ...curve[step], ...values };
  }
}

test("pre-training killed by SIGKILL goes on to the same curve and the same weights, bit for bit", async () => {
  const whole: Curve = {};
  const undisturbed = await pretrain(pretrainSpec(), noting(whole));
  expect(Object.keys(whole)).toHaveLength(9);
  expect(Object.keys(whole[1]!).sort()).toEqual(expect.arrayContaining(["contrastive_loss", "loss"]));
  const spec = pretrainSpec({ resume: true });
  const curve: Curve = {};
  killedAfter(spec, 5, curve);
  const result = await pretrain(spec, noting(curve));
  expect(curve).toEqual(whole);
  expect(weightsOf(result).equals(weightsOf(undisturbed))).toBe(true);
  expect(result.metrics).toEqual(undisturbed.metrics);
  expect(problemOfModel(await readModel(result.modelFolder))).toBeUndefined();
});

test("fine-tuning with a validation part, killed twice, ends where an undisturbed one does, and keeps the best weights", async () => {
  const third = sampleLabels((id, part) => (part === "train" && id % 3 === 0 ? "validation" : part));
  const recipe = { ...finetuneDefaults, ...few, validateEverySteps: 2, patience: 20 };
  const whole: Curve = {};
  const undisturbed = await finetune(finetuneSpec({ labels: third, recipe }), noting(whole));
  const spec = finetuneSpec({ labels: third, recipe, resume: true });
  const curve: Curve = {};
  // Nine steps and five reviews are fourteen events; the second kill comes during the third review.
  killedAfter(spec, 5, curve);
  killedAfter(spec, 4, curve);
  const result = await finetune(spec, noting(curve));
  expect(curve).toEqual(whole);
  expect(weightsOf(result).equals(weightsOf(undisturbed))).toBe(true);
  expect(problemOfModel(await readModel(result.modelFolder))).toBeUndefined();
  const looks = Object.values(whole).flatMap(({ validationMacroF1 }) => validationMacroF1 ?? []);
  expect(looks).toHaveLength(5);
  expect(result.metrics.bestValidationMacroF1).toBe(Math.max(...looks));
  // The weights that were kept are those that were looked at: measured again they give the same score.
  const names = imagery.modalities.map(({ name }) => name);
  const { subsets } = await evaluate(
    { ...spec, kind: "evaluate", modelFolder: result.modelFolder, part: "validation", subsets: [names], classSets: [], overlapPatches: 2, batchSize: 2 },
    quiet,
  ); // biome-ignore format: one spec
  expect(subsets[0]!.macroF1).toBe(Math.max(...looks));
});

test("fine-tuning from a pre-trained model reads a subset of its modalities, freezes the encoder on request, and teaches only classes that have patches", async () => {
  const base = join(room, "base");
  await randomModel(base, grid, imagery, labels.legend);
  const s2 = { ...imagery, modalities: imagery.modalities.slice(0, 1) };
  const away = { ...labels.polygons[0]!, id: 999, classCode: 200, part: "train" as const, coordinates: [[[[0, 0], [10, 0], [10, 10], [0, 0]]]] as never }; // biome-ignore format: one polygon
  const legend = [...labels.legend, { code: 200, name: "elsewhere", color: "#000000" }, { code: 201, name: "nowhere", color: "#000001" }]; // biome-ignore format: one list
  const recipe = { ...finetuneDefaults, ...few, steps: 3, encoderLearningRateScale: 0, averageDecay: 0 };
  const spec = finetuneSpec({ imagery: s2, modelFolder: base, recipe, labels: { ...labels, legend, polygons: [...labels.polygons, away] } }); // biome-ignore format: one spec
  const { description, weights } = await readModel((await finetune(spec, quiet)).modelFolder);
  expect(description.modalities.map(({ name }) => name)).toEqual([s2.modalities[0]!.name]);
  expect(description.training.startedFrom).toBe("random");
  expect(description.legend!.map(({ code }) => code)).not.toEqual(expect.arrayContaining([200]));
  expect(description.legend!.map(({ code }) => code)).not.toEqual(expect.arrayContaining([201]));
  const before = (await readModel(base)).weights;
  const learned = Object.keys(weights).filter((name) => before[name] && String(before[name].data) !== String(weights[name]!.data)); // biome-ignore format: one filter
  // Batch statistics follow the images all the same, as with a frozen network in PyTorch's training mode.
  const statistics = /\.(running_mean|running_var|num_batches_tracked)$/;
  expect(learned.filter((name) => name.startsWith("encoder.") && !statistics.test(name))).toEqual([]);
  expect(Object.keys(weights).some((name) => name.startsWith("head."))).toBe(true);
});

test("labels that hold no patch are refused in words, in training and in measuring", async () => {
  const unused = sampleLabels(() => "unused");
  await expect(finetune(finetuneSpec({ labels: unused }), quiet)).rejects.toMatchObject({ code: "no-labels-to-train" });
  const folder = join(room, "measured");
  await randomModel(folder, grid, imagery, labels.legend);
  const spec = { ...finetuneSpec({ labels: unused }), kind: "evaluate", modelFolder: folder, part: "test", subsets: [["s2"]], classSets: [], overlapPatches: 2, batchSize: 2 } as const; // biome-ignore format: one spec
  await expect(evaluate(spec, quiet)).rejects.toMatchObject({ code: "no-labelled-patch" });
});

test("an area smaller than a tile, fewer dates than asked for, and places that no date sees clearly can be learned from", async () => {
  const small = sampleGrid(5, 20, 20, 6);
  // The cloudiest date alone: many patches have no clear date at all.
  const cloudy = await sampleImagery(small, 1);
  const one: Curve = {};
  await pretrain(pretrainSpec({ grid: small, imagery: cloudy, recipe: { ...pretrainDefaults, ...few, steps: 3, datesPerTile: 50 } }), noting(one)); // biome-ignore format: one call
  expect(Object.values(one).map(({ loss }) => Number.isFinite(loss))).toEqual([true, true, true]);
  const here = labels.polygons.map((polygon) => ({ ...polygon, part: "train" as const }));
  const two: Curve = {};
  await finetune(finetuneSpec({ grid: small, imagery: cloudy, labels: { ...labels, polygons: here }, recipe: { ...finetuneDefaults, ...few, steps: 3 } }), noting(two)); // biome-ignore format: one call
  expect(Object.values(two).map(({ loss }) => Number.isFinite(loss))).toEqual([true, true, true]);
});

test("one short series alone has nothing to reconstruct, and pre-training says so", async () => {
  const two = await sampleImagery(grid, 2);
  const alone = { ...two, modalities: two.modalities.slice(0, 1) };
  await expect(pretrain(pretrainSpec({ imagery: alone }), quiet)).rejects.toMatchObject({ code: "series-too-short" });
});

test("an aerial image of one date learns, is mapped and measured together with series, and alone", {
  tags: ["gdal"],
}, async () => {
  // The sample has no aerial image: its 10 m bands, enlarged to 1 m, take the place of one.
  const path = join(room, "aerial.tif");
  const source = join(sampleFolder, "S2_L2A_10m/S2_L2A_10m_20190416T105658.tif");
  const size = ["-outsize", "1000%", "1000%", "-srcwin", "10", "10", "20", "20"];
  expect(spawnSync("gdal_translate", ["-q", "-r", "cubic", ...size, source, path]).status).toBe(0);
  const reader = rasterReader();
  const [photo] = await importFiles(reader, [{ path, sensor: "aerial", date: "2019-06-01", bands: ["R", "G", "B", "NIR"] }]); // biome-ignore format: one call
  const acquisitions = [photo!, ...imagery.acquisitions];
  const native = await nativeMeters(reader, acquisitions);
  await reader.close();
  const modalities = proposeModalities(acquisitions, { patchMeters: 10, nativeMeters: native });
  expect(modalities.map(({ name, kind, patchPixels }) => [name, kind, patchPixels])).toContainEqual(["aerial", "image", 10]); // biome-ignore format: one line
  const three: Imagery = { acquisitions, modalities };
  const curve: Curve = {};
  const short = { ...few, steps: 2, warmupSteps: 1 };
  const base = await pretrain(pretrainSpec({ imagery: three, recipe: { ...pretrainDefaults, ...short } }), noting(curve)); // biome-ignore format: one call
  expect(curve[2]).toMatchObject({ aerial_reconstruction_loss: expect.any(Number), contrastive_loss: expect.any(Number) }); // biome-ignore format: one line
  const spec = finetuneSpec({ imagery: three, modelFolder: base.modelFolder, recipe: { ...finetuneDefaults, ...short } }); // biome-ignore format: one line
  const { modelFolder } = await finetune(spec, quiet);
  const subsets = [modalities.map(({ name }) => name), ["aerial"]];
  const known = labels.polygons.find(({ part }) => part === "test")!;
  const unknown = { ...known, id: 999, classCode: 99, part: "test" as const };
  const withUnknown = { ...labels, legend: [...labels.legend, { code: 99, name: "saffron", color: "#aa00aa" }], polygons: [...labels.polygons, unknown] }; // biome-ignore format: one line
  const measured = await evaluate({ ...spec, kind: "evaluate", labels: withUnknown, modelFolder, part: "test", subsets, classSets: [], overlapPatches: 2, batchSize: 2 }, quiet); // biome-ignore format: one call
  expect(measured.untaught).toContainEqual({ name: "saffron", polygons: 1 });
  expect(measured.subsets.map(({ samples }) => samples > 0)).toEqual([true, true]);
  expect(measured.subsets[0]!.samples).toBe(measured.subsets[1]!.samples);
  const drawn = await map({ ...spec, kind: "map", modelFolder, modalities: ["aerial"], area: grid.geobox, overlapPatches: 2, batchSize: 2, probabilities: false, baseName: "aerial" }, quiet); // biome-ignore format: one call
  expect(Object.values(drawn.pixels).reduce((sum, count) => sum + count)).toBe(400);
});
