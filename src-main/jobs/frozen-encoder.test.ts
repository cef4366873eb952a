import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FinetuneSpec, Imagery, PretrainSpec } from "../../src-shared/domain/job.ts";
import { type FinetuneRecipe, finetuneDefaults, pretrainDefaults } from "../../src-shared/domain/recipe.ts";
import { readSafetensors, type Tensors, writeSafetensors } from "../engine/index.ts";
import { readModelDescription } from "../learning/index.ts";
import { finetune } from "./finetune.ts";
import { gdalBands } from "./fixtures/gdal.ts";
import { quiet, sampleGrid, sampleImagery, sampleLabels, tinyFinetuning } from "./fixtures/sample.ts";
import { goldenJob, requireGolden } from "./golden.ts";
import { inspect } from "./inspect.ts";
import { map } from "./map.ts";
import { readWorkingModel } from "./model-tensors.ts";
import { pretrain } from "./pretrain.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-frozen-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const grid = sampleGrid(48, 0, 0, 6);
const labels = sampleLabels();
const few = { steps: 3, batchSize: 2, warmupSteps: 1, datesPerTile: 3, checkpointEverySteps: 10 };
const none = { regressionWeight: 0, forestWeight: 0, boostedWeight: 0, encoderWeight: 0 };
const common = { seed: 3, provider: "cpu", resume: false, appVersion: "test", grid } as const;
let imagery: Imagery;
/** A pre-trained encoder; the network alone, a regression on the encoder beside it, and that regression alone. */
let [encoder, network, beside, regression]: string[] = [];

let next = 0;
function folderOf(): string {
  const folder = join(room, `f${next++}`);
  mkdirSync(folder);
  return folder;
}
const taught = async (recipe: Partial<FinetuneRecipe>, more: Partial<FinetuneSpec> = {}): Promise<string> =>
  (
    await finetune(
      {
        ...tinyFinetuning(grid, folderOf()),
        labels,
        imagery,
        modelFolder: encoder!,
        recipe: { ...finetuneDefaults, ...few, ...none, ...recipe },
        ...more,
      },
      quiet,
    )
  ).modelFolder;
/** Places in the middle of their squares: there the network's tiles and those that do not overlap are the same ones. */
const places = [[2, 3], [9, 15], [26, 33], [45, 3]] as const; // biome-ignore format: one list
async function sharesAt(
  modelFolder: string,
  modalities = imagery.modalities.map(({ name }) => name),
): Promise<readonly (readonly number[])[]> {
  const { a, d } = grid.geobox.affine;
  const points = places.map(([col, row]) => ({ x: a + 10 * col + 5, y: d - 10 * row - 5 }));
  const { patches } = await inspect({ kind: "inspect", ...common, folder: folderOf(), imagery, modelFolder, modalities, points, overlapPatches: 3, batchSize: 2 }, quiet); // biome-ignore format: one spec
  return patches.map(({ probabilities }) => probabilities);
}
const tensorsOf = async (folder: string): Promise<Tensors> =>
  (await readSafetensors(join(folder, "weights.safetensors"))).tensors;

beforeAll(async () => {
  imagery = await sampleImagery(grid, 6);
  const { labels: _, modelFolder: __, ...rest } = tinyFinetuning(grid, folderOf());
  const pretraining: PretrainSpec = { ...rest, kind: "pretrain", imagery, recipe: { ...pretrainDefaults, ...few } };
  encoder = (await pretrain(pretraining, quiet)).modelFolder;
  network = await taught({});
  beside = await taught({ encoderWeight: 1 });
  regression = await taught({}, { method: "logistic-regression", features: "encoder" });
}, 120_000);

test("the answer is the mean of the logarithms of what the network and a regression on the untaught encoder hold likely", async () => {
  for (const modalities of [undefined, ["s2"], ["s1-asc"]]) {
    const [alone, mixed] = await Promise.all([network!, beside!].map((folder) => sharesAt(folder, modalities)));
    expect(mixed).not.toEqual(alone);
  }
  const [alone, mixed, method] = await Promise.all([network!, beside!, regression!].map((folder) => sharesAt(folder)));
  for (const [p, shares] of mixed!.entries()) {
    const products = alone![p]!.map((share, k) => share ** 0.5 * method![p]![k]! ** 0.5);
    const sum = products.reduce((total, product) => total + product, 0);
    for (const [k, product] of products.entries()) expect(shares[k]).toBeCloseTo(product / sum, 2);
  }
});

test("the encoder beside the network stays as it was, also when the model is taught on", async () => {
  const first = await tensorsOf(encoder!);
  const again = await taught({ encoderWeight: 1 }, { modelFolder: beside! });
  for (const folder of [beside!, again]) {
    const own = await tensorsOf(folder);
    const frozen = Object.keys(own).filter((name) => name.startsWith("frozen."));
    expect(frozen.length).toBeGreaterThan(20);
    for (const name of frozen) expect(own[name]).toEqual(first[name.slice("frozen.".length)]);
    expect(frozen.some((name) => String(own[name]!.data) !== String(own[name.slice("frozen.".length)]!.data))).toBe(
      true,
    );
  }
  // A network that was taught classes without one has no encoder that has not seen the labels.
  const without = await taught({ encoderWeight: 1 }, { modelFolder: network! });
  expect((await readModelDescription(without)).ensemble).toBeUndefined();
});

test("without a model to start from there is no such regression", async () => {
  const scratch = await taught({ encoderWeight: 1 }, { modelFolder: null });
  expect((await readModelDescription(scratch)).ensemble).toBeUndefined();
});

test("a map of a part is that part of the map", { tags: ["gdal"] }, async () => {
  const modalities = imagery.modalities.map(({ name }) => name);
  const drawn = { kind: "map", ...common, imagery, modelFolder: beside!, modalities, overlapPatches: 3, batchSize: 2, probabilities: false, baseName: "crops" } as const; // biome-ignore format: one spec
  const whole = await map({ ...drawn, folder: folderOf(), area: grid.geobox }, quiet);
  const [classes] = gdalBands(whole.classPath);
  const { legend } = await readModelDescription(beside!);
  const shares = await sharesAt(beside!);
  for (const [p, [col, row]] of places.entries())
    expect(classes![row * 48 + col]).toBe(legend![shares[p]!.indexOf(Math.max(...shares[p]!))]!.code);
  const { a, d } = grid.geobox.affine;
  const area = { ...grid.geobox, affine: { ...grid.geobox.affine, a: a + 110, d: d - 90 }, width: 17, height: 13 };
  const part = await map({ ...drawn, folder: folderOf(), area }, quiet);
  const inside = (i: number) => i % 48 >= 11 && i % 48 < 28 && Math.floor(i / 48) >= 9 && Math.floor(i / 48) < 22;
  expect(gdalBands(part.classPath)[0]).toEqual(classes!.filter((_, i) => inside(i)));
});

test("a stranger's model without that encoder, or with one of another shape, is refused before anything is drawn", async () => {
  const tensors = await tensorsOf(beside!);
  const [name = ""] = Object.keys(tensors).filter((own) => own.startsWith("frozen."));
  const { [name]: gone, ...without } = tensors;
  const longer = { ...gone!, shape: [1, ...gone!.shape] };
  for (const numbers of [without, { ...without, [name]: longer }]) {
    const folder = folderOf();
    cpSync(beside!, folder, { recursive: true });
    const path = join(folder, "weights.safetensors");
    await writeSafetensors(path, numbers);
    const text = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
    text.weights.sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
    writeFileSync(join(folder, "model.json"), JSON.stringify(text));
    await expect(readWorkingModel(folder)).rejects.toMatchObject({ code: "model-unreadable" });
  }
});

test("a package's golden answers speak of that encoder too: another one is noticed", async () => {
  const folder = folderOf();
  cpSync(beside!, folder, { recursive: true });
  const { text } = await goldenJob({ kind: "golden", task: "make", ...common, folder: "", modelFolder: folder });
  const golden = JSON.parse(text!) as { outputs: { frozen?: true; what: string }[] };
  expect(golden.outputs.filter(({ frozen }) => frozen)).toMatchObject([{ what: "embeddings" }]);
  writeFileSync(join(folder, "golden.json"), text!);
  const about = { modelFolder: folder, machineFolder: folderOf(), appVersion: "test" };
  const model = await readWorkingModel(folder);
  expect(await requireGolden(about, model, "cpu")).toBe(golden.outputs.length);
  const changed = Object.fromEntries(
    Object.entries(model.weights).map(([name, own]) => {
      const other = name.startsWith("frozen.") && own.data instanceof Float32Array;
      return [name, other ? { ...own, data: (own.data as Float32Array).map((value) => value * 0.5) } : own];
    }),
  );
  const fresh = { ...about, machineFolder: folderOf(), appVersion: "another" };
  await expect(requireGolden(fresh, { ...model, weights: changed }, "cpu")).rejects.toMatchObject({
    code: "model-golden-differs",
  });
});
