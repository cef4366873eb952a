import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EvaluateSpec, FinetuneSpec, Imagery, ModelResult } from "../../src-shared/domain/job.ts";
import { type FinetuneRecipe, finetuneDefaults } from "../../src-shared/domain/recipe.ts";
import { readSafetensors, writeSafetensors } from "../engine/index.ts";
import { readModelDescription } from "../learning/index.ts";
import { evaluate } from "./evaluate.ts";
import { finetune } from "./finetune.ts";
import { gdalBands } from "./fixtures/gdal.ts";
import { quiet, sampleGrid, sampleImagery, sampleLabels, tinyFinetuning } from "./fixtures/sample.ts";
import { inspect } from "./inspect.ts";
import { map } from "./map.ts";
import { readWorkingModel } from "./model-tensors.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-ensemble-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const grid = sampleGrid(64, 0, 0, 6);
const labels = sampleLabels();
let imagery: Imagery;
/** The same network alone, with a regression beside it, and the regression alone. */
let [network, both, regression]: ModelResult[] = [];
const none = { regressionWeight: 0, forestWeight: 0, boostedWeight: 0 };

let next = 0;
function folderOf(): string {
  const folder = join(room, `job-${next++}`);
  mkdirSync(folder);
  return folder;
}
const recipe: FinetuneRecipe = {
  ...finetuneDefaults,
  steps: 6,
  batchSize: 2,
  warmupSteps: 1,
  datesPerTile: 3,
  checkpointEverySteps: 6,
};
const spec = (
  weights: Pick<FinetuneRecipe, "regressionWeight" | "forestWeight" | "boostedWeight">,
  more: Partial<FinetuneSpec> = {},
): FinetuneSpec => ({
  ...tinyFinetuning(grid, folderOf()),
  labels,
  imagery,
  recipe: { ...recipe, ...weights },
  ...more,
});
const common = { seed: 3, provider: "cpu", resume: false, appVersion: "test", grid } as const;
const places = [[10, 12], [31, 40], [55, 20], [3, 60]] as const; // biome-ignore format: one list
async function sharesAt(model: ModelResult, modalities: readonly string[]): Promise<readonly (readonly number[])[]> {
  const { a, d } = grid.geobox.affine;
  const points = places.map(([col, row]) => ({ x: a + 10 * col + 5, y: d - 10 * row - 5 }));
  const { patches } = await inspect({ kind: "inspect", ...common, folder: folderOf(), imagery, modelFolder: model.modelFolder, modalities: [...modalities], points, overlapPatches: 3, batchSize: 2 }, quiet); // biome-ignore format: one spec
  return patches.map(({ probabilities }) => probabilities);
}
const evaluated = (model: ModelResult, subsets: EvaluateSpec["subsets"]) =>
  evaluate({ kind: "evaluate", ...common, folder: folderOf(), imagery, labels, modelFolder: model.modelFolder, part: "test", subsets, classSets: [[]], overlapPatches: 3, batchSize: 2 }, quiet); // biome-ignore format: one spec

beforeAll(async () => {
  imagery = await sampleImagery(grid, 6);
  network = await finetune(spec(none), quiet);
  both = await finetune(spec({ ...none, regressionWeight: 0.5 }), quiet);
  regression = await finetune(spec(none, { method: "logistic-regression" }), quiet);
}, 120_000);

test("the answer is the weighted mean of the logarithms of what the network and the regression hold likely", async () => {
  const all = imagery.modalities.map(({ name }) => name);
  const [alone, mixed, method] = await Promise.all([network!, both!, regression!].map((own) => sharesAt(own, all)));
  // Alone, the regression sharpens what it says by polygons that it held out; beside a network it does not.
  const { training } = await readModelDescription(regression!.modelFolder);
  const weight = (1 / 3) * Number(training.settings.temperature);
  for (const [p, shares] of mixed!.entries()) {
    const products = alone![p]!.map((share, k) => share ** (2 / 3) * method![p]![k]! ** weight);
    const sum = products.reduce((total, product) => total + product, 0);
    for (const [k, product] of products.entries()) expect(shares[k]).toBeCloseTo(product / sum, 4);
  }
  expect(mixed).not.toEqual(alone);
});

test("every set of inputs has a regression of its own, and one that no member takes is left to the network", async () => {
  const { ensemble, modalities } = await readModelDescription(both!.modelFolder);
  const names = modalities.map(({ name }) => name);
  expect(names).toHaveLength(2);
  expect(new Set(ensemble!.members.map((member) => member.modalities.join("+")))).toEqual(
    new Set([names.join("+"), ...names]),
  );
  const [alone, mixed] = await Promise.all([network!, both!].map((own) => sharesAt(own, ["s2"])));
  expect(mixed).not.toEqual(alone);
  const folder = join(folderOf(), "model");
  cpSync(both!.modelFolder, folder, { recursive: true });
  const text = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
  const first = text.ensemble.members.findIndex((member: { modalities: string[] }) => member.modalities.length === 2);
  text.ensemble.members = [text.ensemble.members[first]];
  expect(first).toBe(0);
  writeFileSync(join(folder, "model.json"), JSON.stringify(text));
  expect(await sharesAt({ ...both!, modelFolder: folder }, ["s2"])).toEqual(alone);
});

test("a map says what the inspector and the score say, whatever part of the area is drawn", {
  tags: ["gdal"],
}, async () => {
  const modalities = imagery.modalities.map(({ name }) => name);
  const drawn = { kind: "map", ...common, imagery, modelFolder: both!.modelFolder, modalities, overlapPatches: 3, batchSize: 2, probabilities: false, baseName: "crops" } as const; // biome-ignore format: one spec
  const whole = await map({ ...drawn, folder: folderOf(), area: grid.geobox }, quiet);
  const [classes] = gdalBands(whole.classPath);
  const { legend } = await readModelDescription(both!.modelFolder);
  const shares = await sharesAt(both!, modalities);
  for (const [p, [col, row]] of places.entries())
    expect(classes![row * 64 + col]).toBe(legend![shares[p]!.indexOf(Math.max(...shares[p]!))]!.code);
  const { a, d } = grid.geobox.affine;
  const area = { ...grid.geobox, affine: { ...grid.geobox.affine, a: a + 110, d: d - 90 }, width: 23, height: 19 };
  const part = await map({ ...drawn, folder: folderOf(), area }, quiet);
  expect(gdalBands(part.classPath)[0]).toEqual(classes!.filter((_, i) => i % 64 >= 11 && i % 64 < 34 && Math.floor(i / 64) >= 9 && Math.floor(i / 64) < 28)); // biome-ignore format: one condition
  const { subsets } = await evaluated(both!, [modalities]);
  expect(subsets[0]!.samples).toBeGreaterThan(500);
});

test("numbers of a stranger that are no member's, and shares above 1, are refused before anything is drawn", async () => {
  const { tensors } = await readSafetensors(join(both!.modelFolder, "weights.safetensors"));
  const { ensemble } = await readModelDescription(both!.modelFolder);
  const refused = async (own: typeof ensemble, numbers: typeof tensors, what: string) => {
    const folder = join(folderOf(), "model");
    cpSync(both!.modelFolder, folder, { recursive: true });
    const path = join(folder, "weights.safetensors");
    await writeSafetensors(path, numbers);
    const text = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
    text.weights.sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
    writeFileSync(join(folder, "model.json"), JSON.stringify({ ...text, ensemble: own }));
    await expect(readWorkingModel(folder), what).rejects.toMatchObject({ code: "model-unreadable" });
  };
  const own = Object.keys(tensors).filter((name) => name.startsWith("ensemble."));
  expect(own.length).toBeGreaterThan(8 * 3 - 1);
  for (const name of own) {
    const { [name]: _, ...without } = tensors;
    await refused(ensemble, without, `without ${name}`);
  }
  const members = ensemble!.members;
  const [first] = members;
  await refused({ ...ensemble!, members: [first!, { ...first!, weight: 0.9 }] }, tensors, "two shares above 1");
  await refused({ ...ensemble!, members: [{ ...first!, modalities: ["s9"] }] }, tensors, "an unknown input");
  await refused({ ...ensemble!, members: [{ ...first!, modalities: ["s2", "s2"] }] }, tensors, "an input twice");
  await refused({ ...ensemble!, members: [{ ...first!, weight: 0 }] }, tensors, "no share");
  const copies = Object.entries(tensors).flatMap(([name, own]) =>
    name.startsWith("ensemble.0.") ? [[name.replace(".0.", ".1."), own] as const] : [],
  );
  const twice = { ...ensemble!, members: [first!, first!] };
  const low = tensors["ensemble.0.low"]!;
  const other = { ...low, data: (low.data as Float32Array).map((value) => value - 1) };
  const together = { ...tensors, ...Object.fromEntries(copies) };
  await refused(twice, { ...together, "ensemble.1.low": other }, "two readings of the same rows");
});

test("with one class there is nothing to tell apart: the network is alone", async () => {
  const one = { ...labels, polygons: labels.polygons.filter(({ classCode }) => classCode === 1) };
  const { modelFolder } = await finetune(spec({ ...none, regressionWeight: 1 }, { labels: one }), quiet);
  expect((await readModelDescription(modelFolder)).ensemble).toBeUndefined();
});

test("all methods are voices beside the network's, of the weights that the recipe says", async () => {
  const { modelFolder } = await finetune(spec({ regressionWeight: 2, forestWeight: 1, boostedWeight: 1 }), quiet);
  const { ensemble } = await readModelDescription(modelFolder);
  const all = ensemble!.members.filter((member) => member.modalities.length === 2);
  expect(all.map(({ method, weight }) => [method, weight])).toEqual([
    ["logistic-regression", 0.4],
    ["random-forest", 0.2],
    ["boosted-trees", 0.2],
  ]);
  expect(ensemble!.members).toHaveLength(9);
  await expect(readWorkingModel(modelFolder)).resolves.toBeDefined();
  const { subsets } = await evaluated({ ...both!, modelFolder }, [["s2"]]);
  expect(subsets[0]!.macroF1!).toBeGreaterThan(0.3);
});
