import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  architectures,
  type EvaluateSpec,
  type FinetuneSpec,
  type Imagery,
  type MapSpec,
  type ModelResult,
} from "../../src-shared/domain/job.ts";
import { type Method, methods } from "../../src-shared/domain/method.ts";
import { finetuneDefaults } from "../../src-shared/domain/recipe.ts";
import { readSafetensors, writeSafetensors } from "../engine/index.ts";
import { readModelDescription } from "../learning/index.ts";
import { evaluate } from "./evaluate.ts";
import { exportOnnx } from "./export-onnx.ts";
import { finetune } from "./finetune.ts";
import { gdalBands } from "./fixtures/gdal.ts";
import { quiet, sampleGrid, sampleLabels, wholeSeason } from "./fixtures/sample.ts";
import { inspect } from "./inspect.ts";
import { map } from "./map.ts";
import { readWorkingModel } from "./model-tensors.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-methods-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const grid = sampleGrid(64, 0, 0, 6);
/** Wheat, maize, grass and “not a crop”: those with training and test parcels. */
const labels = sampleLabels();
let imagery: Imagery;
const taught = new Map<Method, ModelResult>();

let next = 0;
function folderOf(): string {
  const folder = join(room, `job-${next++}`);
  mkdirSync(folder);
  return folder;
}
const common = { seed: 1, provider: "cpu", resume: false, appVersion: "test", grid } as const;

function spec(method: Method, more: Partial<FinetuneSpec> = {}): FinetuneSpec {
  return {
    kind: "finetune",
    ...common,
    folder: folderOf(),
    imagery,
    labels,
    modelFolder: null,
    architecture: architectures.tiny,
    recipe: finetuneDefaults,
    modelName: method,
    method,
    ...more,
  };
}
const names = () => imagery.modalities.map(({ name }) => name);
const measured = (modelFolder: string, more: Partial<EvaluateSpec> = {}) =>
  evaluate({ kind: "evaluate", ...common, folder: folderOf(), imagery, labels, modelFolder, part: "test", subsets: [names()], classSets: [[]], overlapPatches: 4, batchSize: 4, ...more }, quiet); // biome-ignore format: one spec
const drawn = (modelFolder: string, more: Partial<MapSpec> = {}): MapSpec => ({ kind: "map", ...common, folder: folderOf(), imagery, modelFolder, modalities: names(), area: grid.geobox, overlapPatches: 4, batchSize: 4, probabilities: true, baseName: "crops", ...more }); // biome-ignore format: one spec

beforeAll(async () => {
  imagery = await wholeSeason();
  for (const method of methods) taught.set(method, await finetune(spec(method), quiet));
}, 120_000);

test("every method learns the sample's crops on its own split, and is scored by the same measures as a network", async () => {
  for (const method of methods) {
    const { subsets, findings } = await measured(taught.get(method)!.modelFolder);
    const [score] = subsets;
    expect(score!.samples).toBeGreaterThan(1000);
    expect(score!.macroF1!, method).toBeGreaterThan(0.4);
    expect(score!.overallAccuracy!, method).toBeGreaterThan(score!.commonest!.share + 0.05);
    expect(score!.perPolygon!.samples).toBe(score!.polygons);
    expect(score!.calibrationError).toBeGreaterThan(0);
    expect(findings!.map(({ code }) => code)).not.toContain("values-clipped");
  }
});

test("a map is drawn with a method by the same job: its score is counted again from the file that GDAL reads", {
  tags: ["gdal"],
}, async () => {
  const { modelFolder } = taught.get("random-forest")!;
  const job = drawn(modelFolder);
  const result = await map(job, quiet);
  const [classes] = gdalBands(result.classPath);
  const [confidence] = gdalBands(result.confidencePath);
  const shares = gdalBands(result.probabilitiesPath!);
  const { legend } = await readModelDescription(modelFolder);
  expect(new Set(classes)).toEqual(new Set(legend!.map(({ code }) => code)));
  for (let i = 0; i < classes!.length; i += 97) {
    const own = shares.map((band) => band[i]!);
    expect(own[legend!.findIndex(({ code }) => code === classes![i])]).toBe(Math.max(...own));
    expect(confidence![i]).toBe(Math.max(...own));
  }
  const { subsets } = await measured(modelFolder);
  const { LabelPatches } = await import("./label-patches.ts");
  const { patchGrid, projectArea } = await import("./imagery.ts");
  const codes = legend!.map(({ code }) => code);
  const test = new LabelPatches(labels, "test", codes, patchGrid(grid), projectArea(grid)).labels(projectArea(grid));
  const right = test.classes.reduce((sum, own, p) => sum + (own >= 0 && codes[own] === classes![p] ? 1 : 0), 0);
  expect(subsets[0]!.overallAccuracy).toBeCloseTo(right / subsets[0]!.samples, 12);
});

test("the answer to a patch is the same in every part of a map, and in the inspector", { tags: ["gdal"] }, async () => {
  const { modelFolder } = taught.get("boosted-trees")!;
  const whole = await map(drawn(modelFolder), quiet);
  const { a, d } = grid.geobox.affine;
  const area = { ...grid.geobox, affine: { ...grid.geobox.affine, a: a + 70, d: d - 130 }, width: 21, height: 17 };
  const part = await map(drawn(modelFolder, { area }), quiet);
  const [all] = gdalBands(whole.classPath);
  const [cut] = gdalBands(part.classPath);
  expect(cut).toEqual(all!.filter((_, i) => i % 64 >= 7 && i % 64 < 28 && Math.floor(i / 64) >= 13 && Math.floor(i / 64) < 30)); // biome-ignore format: one condition
  const { patches } = await inspect({ kind: "inspect", ...common, folder: folderOf(), imagery, modelFolder, modalities: names(), points: [{ x: a + 75, y: d - 135 }], overlapPatches: 4, batchSize: 4 }, quiet); // biome-ignore format: one spec
  const { legend } = await readModelDescription(modelFolder);
  const { probabilities, seen } = patches[0]!;
  expect(seen).toBe(true);
  expect(legend![probabilities.indexOf(Math.max(...probabilities))]!.code).toBe(cut![0]);
});

test("the same labels and seed give the same numbers; more of a validation part is told as a network tells it", async () => {
  const again = await finetune(spec("random-forest"), quiet);
  const sum = async (folder: string) => (await readModelDescription(folder)).weights.sha256;
  expect(await sum(again.modelFolder)).toBe(await sum(taught.get("random-forest")!.modelFolder));
  expect(taught.get("random-forest")!.findings!.map(({ code }) => code)).toContain("no-validation");
  const aside = sampleLabels((id, part) => (part === "test" && id % 2 === 0 ? "validation" : part));
  const { metrics, findings } = await finetune(spec("logistic-regression", { labels: aside }), quiet);
  expect(metrics.bestValidationMacroF1).toBeGreaterThan(0.2);
  expect(metrics.rows).toBeGreaterThan(1000);
  expect(findings!.map(({ code }) => code)).not.toContain("no-validation");
});

test("a season is found again when all images are from four years later", async () => {
  const { modelFolder } = taught.get("logistic-regression")!;
  const later = (date: string) => `${Number(date.slice(0, 4)) + 4}${date.slice(4)}`;
  const moved: Imagery = {
    ...imagery,
    acquisitions: imagery.acquisitions.map((own) => ({ ...own, date: later(own.date) })),
  };
  const [now] = (await measured(modelFolder)).subsets;
  const [then] = (await measured(modelFolder, { imagery: moved })).subsets;
  expect(then!.confusion).toEqual(now!.confusion);
});

test("a method is asked with all of its inputs, is no network to go on with, and is not written as ONNX", async () => {
  const { modelFolder } = taught.get("logistic-regression")!;
  await expect(measured(modelFolder, { subsets: [["s2"]] })).rejects.toMatchObject({
    code: "method-needs-inputs",
    details: { missing: names().filter((name) => name !== "s2") },
  });
  const { method: _, ...network } = spec("logistic-regression", { modelFolder });
  await expect(finetune(network, quiet)).rejects.toMatchObject({ code: "model-without-network" });
  await expect(exportOnnx(modelFolder, join(room, "m.onnx"), 4)).rejects.toMatchObject({
    code: "model-without-network",
  });
});

test("numbers of a stranger that are no method, or lead a tree astray, are refused before anything is drawn", async () => {
  for (const method of methods) {
    const { modelFolder } = taught.get(method)!;
    const { tensors } = await readSafetensors(join(modelFolder, "weights.safetensors"));
    for (const name of Object.keys(tensors)) {
      const folder = join(folderOf(), "model");
      cpSync(modelFolder, folder, { recursive: true });
      const own = tensors[name]!;
      const broken = own.data.slice(0, -1) as Float32Array;
      const path = join(folder, "weights.safetensors");
      await writeSafetensors(path, { ...tensors, [name]: { ...own, shape: [broken.length], data: broken } });
      const text = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
      text.weights.sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
      writeFileSync(join(folder, "model.json"), JSON.stringify(text));
      await expect(readWorkingModel(folder), `${method}: ${name}`).rejects.toMatchObject({ code: "model-unreadable" });
    }
  }
});

test("a training that is stopped leaves no model", async () => {
  const controller = new AbortController();
  const job = spec("random-forest");
  const context = {
    ...quiet,
    signal: controller.signal,
    phase: (name: string) => name === "Learning" && controller.abort(),
  };
  await expect(finetune(job, context as never)).rejects.toThrow();
  expect(execFileSync("ls", [job.folder]).toString()).not.toContain("model");
});
