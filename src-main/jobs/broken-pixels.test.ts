import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { FinetuneSpec, Imagery, PretrainSpec } from "../../src-shared/domain/job.ts";
import { finetuneDefaults, pretrainDefaults } from "../../src-shared/domain/recipe.ts";
import { importFiles, nativeMeters, proposeModalities } from "../cube/index.ts";
import { rasterReader } from "../imagery/index.ts";
import { readModel } from "../learning/index.ts";
import { evaluate } from "./evaluate.ts";
import { finetune } from "./finetune.ts";
import { quiet, sampleGrid, sampleImagery, sampleLabels, tinyFinetuning } from "./fixtures/sample.ts";
import { pretrain } from "./pretrain.ts";

// Real dates of the sample with a few numbers that nobody measured, through whole jobs.

const room = mkdtempSync(join(tmpdir(), "omnisat-broken-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const grid = sampleGrid(20, 10, 10);
let next = 0;
const folderOf = () => {
  const folder = join(room, `job-${next++}`);
  mkdirSync(folder);
  return folder;
};

const breakPixels = `
import sys, numpy as np
from osgeo import gdal
gdal.UseExceptions()
source, target, number, how = sys.argv[1:5]
ds = gdal.Open(source); a = ds.ReadAsArray().astype("float32")
if a.ndim == 2: a = a[None]
bands, height, width = a.shape
if how == "all": a[:] = float(number)
elif how == "declared": a[:, 9:11, 12] = -77; a[0, 14, 8] = -77
else: a[:, 9:11, 12] = float(number); a[0, 14, 8] = float(number)
out = gdal.GetDriverByName("GTiff").Create(target, width, height, bands, gdal.GDT_Float32)
out.SetProjection(ds.GetProjection()); out.SetGeoTransform(ds.GetGeoTransform()); out.SetMetadata({k: v for k, v in ds.GetMetadata().items() if k == "ACQUISITION_DATE"})
for i in range(bands):
    b = out.GetRasterBand(i + 1); b.SetDescription(ds.GetRasterBand(i + 1).GetDescription()); b.SetUnitType(ds.GetRasterBand(i + 1).GetUnitType())
    if how == "declared": b.SetNoDataValue(-77)
    b.WriteArray(a[i])
`;

/** The sample's radar with `number` in some pixels of one date (`all`: in all of them). */
async function radarWith(number: string, how: "some" | "all" | "declared" = "some"): Promise<Imagery> {
  const whole = await sampleImagery(grid, 3);
  const radar = whole.modalities.find(({ name }) => name.startsWith("s1"))!;
  const paths = whole.acquisitions
    .filter(({ id }) => radar.acquisitions.includes(id))
    .flatMap(({ pieces }) => pieces.flatMap(({ files }) => files.map(({ path }) => path)));
  const folder = folderOf();
  const changed = paths.map((path, index) => {
    if (index !== 1) return { path };
    const target = join(folder, basename(path));
    execFileSync("/usr/bin/python3", ["-c", breakPixels, path, target, number, how]);
    return { path: target };
  });
  const reader = rasterReader();
  try {
    const acquisitions = await importFiles(reader, changed);
    const native = await nativeMeters(reader, acquisitions);
    return { acquisitions, modalities: proposeModalities(acquisitions, { patchMeters: 10, nativeMeters: native }) };
  } finally {
    await reader.close();
  }
}

const recipe = {
  ...finetuneDefaults,
  steps: 6,
  batchSize: 2,
  warmupSteps: 1,
  datesPerTile: 3,
  checkpointEverySteps: 6,
};
const finetuneSpec = (imagery: Imagery, more: Partial<FinetuneSpec> = {}): FinetuneSpec => ({
  ...tinyFinetuning(grid, folderOf()),
  imagery,
  recipe,
  ...more,
});

/** What a training of the imagery comes to: statistics and weights, and the score of its map. */
async function learned(imagery: Imagery) {
  const spec = finetuneSpec(imagery);
  const { modelFolder, metrics } = await finetune(spec, quiet);
  const { description } = await readModel(modelFolder);
  const names = imagery.modalities.map(({ name }) => name);
  const { subsets } = await evaluate(
    { ...spec, kind: "evaluate", folder: folderOf(), modelFolder, part: "test", subsets: [names], classSets: [], overlapPatches: 2, batchSize: 2 },
    quiet,
  ); // biome-ignore format: one spec
  const weights = readFileSync(join(modelFolder, "weights.safetensors")).toString("base64");
  return {
    loss: metrics.loss,
    statistics: description.modalities.map(({ normalization }) => normalization),
    subsets,
    weights,
  };
}

test("−∞, 1e30, NaN and an undeclared −9999 teach exactly what a declared hole does, to the last bit of the weights", async () => {
  const hole = await learned(await radarWith("0", "declared"));
  expect(hole.loss).toBeGreaterThan(0);
  for (const number of ["-inf", "1e30", "nan", "-9999"]) expect(await learned(await radarWith(number))).toEqual(hole);
});

test("a date of zeros shows nothing: a training on it is the training without it", async () => {
  const whole = await radarWith("0", "all");
  const [modality] = whole.modalities;
  const [, blank] = modality!.acquisitions;
  const without: Imagery = {
    acquisitions: whole.acquisitions.filter(({ id }) => id !== blank),
    modalities: [{ ...modality!, acquisitions: modality!.acquisitions.filter((id) => id !== blank) }],
  };
  expect(modality!.acquisitions).toHaveLength(3);
  expect((await learned(whole)).statistics).toEqual((await learned(without)).statistics);
});

test("images whose numbers cannot be what they are said to be are refused by that reason, before any step", async () => {
  const { acquisitions, modalities } = await sampleImagery(grid, 3);
  const s2 = modalities.find(({ name }) => name === "s2")!;
  const undivided: Imagery = {
    modalities: [s2],
    acquisitions: acquisitions.map((acquisition) => ({
      ...acquisition,
      pieces: acquisition.pieces.map(({ files }) => ({
        files: files.map((file) => ({ ...file, bands: file.bands.map((band) => ({ ...band, scale: 1 })) })),
      })),
    })),
  };
  await expect(finetune(finetuneSpec(undivided), quiet)).rejects.toMatchObject({
    code: "modality-without-pixels",
    details: { modality: "s2", reason: "impossible" },
  });
});

test("a learning rate of 30 ends as a diverged training with its losses, and leaves no model", async () => {
  const imagery = await sampleImagery(grid, 3);
  const wild = { ...recipe, steps: 40, learningRate: 30, clipNorm: 1e9 };
  const error = await finetune(finetuneSpec(imagery, { recipe: wild }), quiet).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: "training-diverged" });
  expect(String(error)).toMatch(/diverged, and no model was kept\. Lower the learning rate/);
  const pretraining: PretrainSpec = { ...finetuneSpec(imagery), kind: "pretrain", recipe: { ...pretrainDefaults, steps: 40, batchSize: 2, warmupSteps: 1, datesPerTile: 3, checkpointEverySteps: 40, learningRate: 30 } }; // biome-ignore format: one spec
  const outcome = await pretrain(pretraining, quiet).catch((cause: unknown) => cause);
  const codes = (outcome as { findings?: { code: string }[] }).findings?.map(({ code }) => code) ?? [(outcome as { code: string }).code]; // biome-ignore format: one line
  expect(codes.some((code) => code === "training-diverged" || code === "loss-rising")).toBe(true);
});

test("labels of one class, a loss where guessing is, and a score below the commonest class are told in the result", async () => {
  const imagery = await sampleImagery(grid, 3);
  const labels = sampleLabels();
  const codesOf = (result: Awaited<ReturnType<typeof finetune>>) => result.findings!.map(({ code }) => code);
  // A rate at which nothing moves: the network stays as it was drawn.
  const still = await finetune(finetuneSpec(imagery, { recipe: { ...recipe, learningRate: 1e-9 } }), quiet);
  expect(codesOf(still)).toContain("loss-near-chance");
  const [first, second] = (await readModel(still.modelFolder)).description.legend!.map(({ code }) => code);
  const one = { ...labels, polygons: labels.polygons.filter(({ classCode }) => classCode === first) };
  expect(codesOf(await finetune(finetuneSpec(imagery, { labels: one }), quiet))).toContain("one-class-taught");
  // Validated by the same fields under the other class's name: a model that learns is wrong there.
  const two = labels.polygons.filter(({ classCode, part }) => part === "train" && (classCode === first || classCode === second)); // biome-ignore format: one list
  const crossed = two.map((own) => ({ ...own, id: own.id + 1000, part: "validation" as const, classCode: own.classCode === first ? second! : first! })); // biome-ignore format: one list
  const longer = { ...recipe, steps: 30, validateEverySteps: 30, balance: "patches" as const };
  const wrong = await finetune(finetuneSpec(imagery, { labels: { ...labels, polygons: [...two, ...crossed] }, recipe: longer }), quiet); // biome-ignore format: one call
  expect(codesOf(wrong)).toContain("validation-below-commonest");
});
