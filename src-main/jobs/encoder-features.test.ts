import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  architectures,
  type EvaluateSpec,
  type FinetuneSpec,
  type Imagery,
  type InspectSpec,
  type MapSpec,
} from "../../src-shared/domain/job.ts";
import type { MethodFeatures } from "../../src-shared/domain/method.ts";
import { finetuneDefaults } from "../../src-shared/domain/recipe.ts";
import { probabilityScale } from "../../src-shared/domain/stored-shares.ts";
import { classify, teachMethod } from "../classifiers/index.ts";
import { type Cube, planBlend } from "../cube/index.ts";
import { readSafetensors, writeSafetensors } from "../engine/index.ts";
import { readModelDescription } from "../learning/index.ts";
import { estimate } from "./estimate.ts";
import { evaluate } from "./evaluate.ts";
import { exportOnnx } from "./export-onnx.ts";
import { finetune } from "./finetune.ts";
import { gdalBands } from "./fixtures/gdal.ts";
import { quiet, randomModel, sampleGrid, sampleImagery, sampleLabels } from "./fixtures/sample.ts";
import { openCube, patchGrid, projectArea } from "./imagery.ts";
import { inspect } from "./inspect.ts";
import { LabelPatches } from "./label-patches.ts";
import { map } from "./map.ts";
import { readWorkingModel } from "./model-tensors.ts";
import { limitsOf, monthOf, readPatchRows, withLimits } from "./monthly-values.ts";
import { Predictor } from "./predict.ts";
import { predictorFor } from "./predictor-for.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-encoder-features-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const side = 6;
/** Patches along a side of the area: whole tiles at its borders, and parts of others. */
const across = 44;
const grid = sampleGrid(across, 0, 0, side);
const labels = sampleLabels();
const encoder = join(room, "encoder");
const common = { seed: 1, provider: "cpu", resume: false, appVersion: "test", grid } as const;
const signal = new AbortController().signal;
let imagery: Imagery;
/** taught on monthly values and embeddings */
let both: string;

let next = 0;
function folderOf(): string {
  const folder = join(room, `job-${next++}`);
  mkdirSync(folder);
  return folder;
}
const spec = (features: MethodFeatures, more: Partial<FinetuneSpec> = {}): FinetuneSpec => ({
  kind: "finetune",
  ...common,
  folder: folderOf(),
  imagery,
  labels,
  modelFolder: encoder,
  architecture: architectures.tiny,
  recipe: finetuneDefaults,
  modelName: "regression",
  method: "logistic-regression",
  features,
  ...more,
});
const names = () => imagery.modalities.map(({ name }) => name);
const drawn = (modelFolder: string): MapSpec => ({ kind: "map", ...common, folder: folderOf(), imagery, modelFolder, modalities: names(), area: grid.geobox, overlapPatches: 3, batchSize: 4, probabilities: true, baseName: "crops" }); // biome-ignore format: one spec
const measured = (modelFolder: string, more: Partial<EvaluateSpec> = {}) =>
  evaluate({ kind: "evaluate", ...common, folder: folderOf(), imagery, labels, modelFolder, part: "test", subsets: [names()], classSets: [[]], overlapPatches: 3, batchSize: 4, ...more }, quiet); // biome-ignore format: one spec

beforeAll(async () => {
  imagery = await sampleImagery(grid, 6);
  await randomModel(encoder, grid, imagery, labels.legend);
  const taught = await finetune(spec("both"), quiet);
  // The stand-in of an encoder has a head: it might have seen these labels.
  expect(taught.findings).toContainEqual({ code: "encoder-taught", details: { model: "random" } });
  both = taught.modelFolder;
}, 120_000);

async function withCube<T>(work: (cube: Cube) => Promise<T>): Promise<T> {
  const { days } = await readModelDescription(encoder);
  const cube = openCube(grid, imagery, imagery.modalities, days);
  try {
    return await work(cube);
  } finally {
    await cube.close();
  }
}

/** [P, 2·width] what the encoder's network gives its head, tile by tile; with the network's own answers. */
const embedded = () =>
  withCube(async (cube) => {
    const { description: model, weights } = await readWorkingModel(encoder);
    const options = { cube, model, weights, modalities: names(), batchSize: 3, provider: "cpu" } as const;
    const columns = 2 * model.config.width;
    const values = new Float32Array(across ** 2 * columns);
    const logits = new Float32Array(across ** 2 * labels.legend.length);
    const { tiles } = planBlend(projectArea(grid), side, 0);
    for (const [embeddings, into, size] of [
      [true, values, columns],
      [false, logits, labels.legend.length],
    ] as const) {
      const predictor = await Predictor.create({ ...options, embeddings });
      for await (const { window, logits: own } of predictor.run(tiles, signal))
        for (let p = 0; p < side * side; p++) {
          const { col, row } = projectArea(grid);
          const [x, y] = [window.col - col + (p % side), window.row - row + Math.floor(p / side)];
          if (x >= 0 && x < across && y >= 0 && y < across)
            into.set(own.subarray(p * size, (p + 1) * size), (across * y + x) * size);
        }
      await predictor.release();
    }
    return { values, logits, columns, weights };
  });

test("embeddings are what the network's head is given: normalised and weighted they are its answers", async () => {
  const { values, logits, columns, weights } = await embedded();
  const numbers = (name: string) => weights[`head.${name}`]!.data as Float32Array;
  const [scale, shift, matrix, bias] = ["norm.weight", "norm.bias", "classes.weight", "classes.bias"].map(numbers);
  const classes = labels.legend.length;
  let largest = 0;
  for (let p = 0; p < across ** 2; p += 41) {
    const own = values.subarray(p * columns, (p + 1) * columns);
    const mean = own.reduce((sum, value) => sum + value, 0) / columns;
    const spread = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / columns + 1e-5);
    for (let k = 0; k < classes; k++) {
      let score = bias![k]!;
      for (let j = 0; j < columns; j++)
        score += matrix![k * columns + j]! * (((own[j]! - mean) / spread) * scale![j]! + shift![j]!);
      largest = Math.max(largest, Math.abs(score - logits[p * classes + k]!));
    }
  }
  expect(largest).toBeLessThan(1e-4);
  expect(new Set(values.filter((_, i) => i % columns === 3)).size).toBeGreaterThan(1000);
});

test("a method on embeddings, alone or beside monthly values, answers as one that is taught alone on a table of them", async () => {
  const { values: embeddings, columns: width } = await embedded();
  for (const features of ["encoder", "both"] as const) {
    const modelFolder = features === "both" ? both : (await finetune(spec(features), quiet)).modelFolder;
    const { description, weights } = await readWorkingModel(modelFolder);
    const { months } = description.method!;
    const area = projectArea(grid);
    const codes = description.legend!.map(({ code }) => code);
    const answers = await withCube(async (cube) => {
      const monthly = await readPatchRows(cube, area, imagery.modalities, months, (date) => monthOf(months, date), signal); // biome-ignore format: one call
      const before = features === "both" ? monthly.values.length / across ** 2 : 0;
      const columns = before + width;
      const all = new Float32Array(across ** 2 * columns);
      for (let p = 0; p < across ** 2; p++) {
        if (before > 0) all.set(monthly.values.subarray(p * before, (p + 1) * before), p * columns);
        all.set(embeddings.subarray(p * width, (p + 1) * width), p * columns + before);
      }
      // In the order in which tiles are read: sums of another order differ in their last digits.
      const told = new LabelPatches(labels, "train", codes, patchGrid(grid), area).labels(area);
      const taught = [...planBlend(area, side, 0).tiles].flatMap(({ col, row }) =>
        Array.from(
          { length: side * side },
          (_, p) => [col - area.col + (p % side), row - area.row + Math.floor(p / side)] as const,
        )
          .filter(([x, y]) => x >= 0 && x < across && y >= 0 && y < across && told.classes[across * y + x]! >= 0)
          .map(([x, y]) => across * y + x),
      );
      const table = {
        values: Float32Array.from(taught.flatMap((p) => [...all.subarray(p * columns, (p + 1) * columns)])),
        rows: taught.length,
        columns,
        classes: Int32Array.from(taught, (p) => told.classes[p]!),
        classCount: codes.length,
      };
      const limits = limitsOf(table.values, columns);
      withLimits(table.values, limits);
      const groups = Int32Array.from(taught, (p) => told.polygons[p]!);
      const { classifier } = await teachMethod("logistic-regression", table, { seed: 1, groups, tempered: true });
      withLimits(all, limits);
      const alone = classify(classifier, { values: all, rows: across ** 2, columns });
      const options = {
        cube,
        model: description,
        weights,
        modalities: names(),
        batchSize: 4,
        provider: "cpu",
      } as const;
      const predictor = await predictorFor(options);
      let largest = 0;
      let patches = 0;
      for await (const { window, logits } of predictor.run(planBlend(area, side, 0).tiles, signal))
        for (let p = 0; p < side * side; p++) {
          const [x, y] = [window.col - area.col + (p % side), window.row - area.row + Math.floor(p / side)];
          if (x < 0 || x >= across || y < 0 || y >= across) continue;
          patches++;
          for (let k = 0; k < codes.length; k++)
            largest = Math.max(largest, Math.abs(Math.exp(logits[p * codes.length + k]!) - alone[(across * y + x) * codes.length + k]!)); // biome-ignore format: one difference
        }
      await predictor.release();
      return { largest, patches };
    });
    expect(answers.patches).toBe(across ** 2);
    expect(answers.largest, features).toBeLessThan(1e-4);
  }
});

test("its map, its inspector and its score are one: tiles overlap as a network's do", { tags: ["gdal"] }, async () => {
  const modelFolder = both;
  const { description } = await readWorkingModel(modelFolder);
  const result = await map(drawn(modelFolder), quiet);
  const shares = gdalBands(result.probabilitiesPath!);
  const { a, d } = grid.geobox.affine;
  const places = [
    [5, 9],
    [31, 30],
    [43, 0],
    [40, 42],
  ] as const;
  const { legend: _, ...asked } = { ...drawn(modelFolder), legend: null };
  const { patches } = await inspect({ ...asked, kind: "inspect", points: places.map(([x, y]) => ({ x: a + 10 * x + 5, y: d - 10 * y - 5 })) } as unknown as InspectSpec, quiet); // biome-ignore format: one call
  for (const [i, [x, y]] of places.entries())
    for (const [k, share] of patches[i]!.probabilities.entries())
      expect(share).toBeCloseTo(shares[k]![across * y + x]! * probabilityScale, 3);
  expect(patches[0]!.attention.map(({ modality }) => modality)).toEqual(names());
  const { subsets } = await measured(modelFolder);
  const codes = description.legend!.map(({ code }) => code);
  const [classes] = gdalBands(result.classPath);
  const test = new LabelPatches(labels, "test", codes, patchGrid(grid), projectArea(grid)).labels(projectArea(grid));
  const right = test.classes.reduce((sum, own, p) => sum + (own >= 0 && codes[own] === classes![p] ? 1 : 0), 0);
  expect(subsets[0]!.overallAccuracy).toBeCloseTo(right / subsets[0]!.samples, 12);
});

test("its model holds its encoder: it answers alike when that is gone, and is refused when a number of it is", async () => {
  const from = join(folderOf(), "encoder");
  cpSync(encoder, from, { recursive: true });
  const { modelFolder } = await finetune(spec("both", { modelFolder: from, method: "random-forest" }), quiet);
  const [here] = (await measured(modelFolder)).subsets;
  rmSync(from, { recursive: true });
  const [alone] = (await measured(modelFolder)).subsets;
  expect(alone!.confusion).toEqual(here!.confusion);
  const { tensors } = await readSafetensors(join(modelFolder, "weights.safetensors"));
  // No head: what is not read is not kept.
  expect(Object.keys(tensors).every((name) => /^(encoder|method)\./.test(name))).toBe(true);
  const description = await readModelDescription(modelFolder);
  expect(description).toMatchObject({ method: { features: "both" }, training: { startedFrom: "random" } });
  const [lost] = Object.keys(tensors).filter((name) => name.startsWith("encoder."));
  const folder = join(folderOf(), "model");
  cpSync(modelFolder, folder, { recursive: true });
  const path = join(folder, "weights.safetensors");
  const { [lost!]: _, ...rest } = tensors;
  await writeSafetensors(path, rest);
  const text = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
  text.weights.sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
  writeFileSync(join(folder, "model.json"), JSON.stringify(text));
  await expect(readWorkingModel(folder)).rejects.toMatchObject({ code: "model-unreadable" });
  await expect(exportOnnx(modelFolder, join(room, "m.onnx"), 4)).rejects.toMatchObject({
    code: "model-without-network",
  });
});

test("an encoder of some of the inputs is taught with those; without one, with another grid or left-out inputs it is refused", async () => {
  const only = { ...imagery, modalities: imagery.modalities.slice(0, 1) };
  const { modelFolder, metrics } = await finetune(spec("encoder", { imagery: only, method: "random-forest" }), quiet);
  expect(metrics.columns).toBe(2 * architectures.tiny.embed);
  expect((await readModelDescription(modelFolder)).config.modalities).toHaveLength(1);
  await expect(measured(both, { subsets: [[names()[0]!]] })).rejects.toMatchObject({
    code: "method-needs-inputs",
    details: { missing: names().slice(1) },
  });
  const refused = (more: Partial<FinetuneSpec>) => finetune(spec("both", more), quiet);
  await expect(refused({ modelFolder: null })).rejects.toMatchObject({ code: "encoder-missing" });
  await expect(refused({ modelFolder: both })).rejects.toMatchObject({ code: "model-without-network" });
  await expect(refused({ grid: { ...grid, patchMeters: 20 } })).rejects.toMatchObject({ code: "model-grid-differs" });
  const others = { ...imagery, modalities: imagery.modalities.map((own) => ({ ...own, name: `${own.name}-other` })) };
  await expect(refused({ imagery: others })).rejects.toMatchObject({ code: "model-modalities-missing" });
});

test("what it will take is asked of the encoder too, and a training that is stopped leaves no model", async () => {
  const job = spec("both", { method: "boosted-trees" });
  const asked = await estimate({ ...job, kind: "estimate", training: job }, quiet);
  const controller = new AbortController();
  const context = {
    ...quiet,
    signal: controller.signal,
    phase: (name: string) => name === "Reading" && controller.abort(),
  };
  await expect(finetune(job, context as never)).rejects.toThrow();
  expect(existsSync(join(job.folder, "model"))).toBe(false);
  const { metrics } = await finetune({ ...job, folder: folderOf() }, quiet);
  expect(asked.table).toEqual({ rows: metrics.rows, columns: metrics.columns });
});
