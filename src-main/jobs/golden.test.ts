import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { architectures, type FinetuneSpec, type Imagery, type PretrainSpec } from "../../src-shared/domain/job.ts";
import { finetuneDefaults, pretrainDefaults } from "../../src-shared/domain/recipe.ts";
import type { AppError } from "../../src-shared/errors/index.ts";
import { ForwardSession, type Tensors } from "../engine/index.ts";
import { exampleModel } from "../learning/fixtures/example-model.ts";
import { type Golden, largestGolden, readModel, writeModel } from "../learning/index.ts";
import { finetune } from "./finetune.ts";
import { quiet, sampleGrid, sampleImagery, tinyFinetuning } from "./fixtures/sample.ts";
import { goldenJob, makeGolden, requireGolden } from "./golden.ts";
import { inspect } from "./inspect.ts";
import { expectedTensors } from "./model-tensors.ts";
import { pretrain } from "./pretrain.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-golden-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const grid = sampleGrid(24, 0, 0, 4);
let imagery: Imagery;
let next = 0;
function newFolder(): string {
  const folder = join(room, `f${next++}`);
  mkdirSync(folder);
  return folder;
}
const few = { steps: 2, warmupSteps: 0, batchSize: 2, datesPerTile: 3, checkpointEverySteps: 10 };
const finetuning = (more: Partial<FinetuneSpec> = {}): FinetuneSpec => ({
  ...tinyFinetuning(grid, newFolder()),
  imagery,
  recipe: { ...finetuneDefaults, ...few, regressionWeight: 1, forestWeight: 1, boostedWeight: 0 },
  ...more,
});
const common = { folder: "", seed: 0, provider: "cpu", resume: false, appVersion: "test" } as const;

/** Folders of models with their golden.json. */
const folders: Record<"encoder" | "network" | "forest" | "tiles", string> = { encoder: "", network: "", forest: "", tiles: "" }; // biome-ignore format: one line
beforeAll(async () => {
  imagery = await sampleImagery(grid, 4);
  const { labels: _, modelFolder: __, ...rest } = tinyFinetuning(grid, newFolder());
  const pretraining: PretrainSpec = { ...rest, kind: "pretrain", imagery, architecture: architectures.tiny, recipe: { ...pretrainDefaults, ...few } }; // biome-ignore format: one line
  folders.encoder = (await pretrain(pretraining, quiet)).modelFolder;
  folders.network = (await finetune(finetuning(), quiet)).modelFolder;
  folders.forest = (await finetune(finetuning({ method: "random-forest" }), quiet)).modelFolder;
  folders.tiles = newFolder();
  const { calibrations: ___, ...tiles } = { ...exampleModel, task: "tiles" as const, tiles: { head: "linear" as const, target: "presence" as const, shareThreshold: 0, emptyTiles: "keep" as const, decision: 0.5, thresholds: null } }; // biome-ignore format: one line
  const random = (i: number) => Math.sin(12.9898 * (i + 1)) * 0.2;
  const weights: Tensors = Object.fromEntries(
    expectedTensors(tiles).map(({ name, type, shape }) => {
      const length = shape.reduce((product, one) => product * one, 1);
      // Running variances are positive; counters are whole.
      const value = (i: number) => (/var|weight$/.test(name) ? 0.1 + Math.abs(random(i)) : random(i));
      const data = type === "int64" ? new BigInt64Array(length) : Float32Array.from({ length }, (_one, i) => value(i));
      return [name, { type, shape, data }];
    }),
  );
  await writeModel(folders.tiles, tiles, weights);
  for (const folder of Object.values(folders))
    writeFileSync(
      join(folder, "golden.json"),
      (await goldenJob({ ...common, kind: "golden", task: "make", modelFolder: folder })).text!,
    );
});

const goldenOf = (folder: string): Golden => JSON.parse(readFileSync(join(folder, "golden.json"), "utf8")) as Golden;
const write = (folder: string, golden: unknown) => writeFileSync(join(folder, "golden.json"), JSON.stringify(golden));
function copyOf(folder: string): string {
  const to = join(room, `c${next++}`);
  cpSync(folder, to, { recursive: true });
  return to;
}
const check = async (folder: string, machineFolder = newFolder()) =>
  requireGolden({ modelFolder: folder, machineFolder, appVersion: "test" }, await readModel(folder), "cpu");
const refusal = (folder: string): Promise<AppError> =>
  check(folder).then(
    () => {
      throw new Error("it was not refused");
    },
    (error: AppError) => error,
  );

test("a model of every kind answers as its golden.json says: embeddings, shares that sum to 1, each input alone and each method", async () => {
  for (const folder of Object.values(folders)) expect(await check(folder)).toBe(goldenOf(folder).outputs.length);
  const sets = goldenOf(folders.encoder).outputs.map(({ what, modalities }) => [what, modalities.length]);
  expect(sets).toEqual([["embeddings", 2], ["embeddings", 1], ["embeddings", 1]]); // biome-ignore format: one line
  const network = goldenOf(folders.network).outputs;
  // Three sets of inputs, each with a regression and a forest beside the network.
  expect(network.map(({ member }) => member ?? "network")).toEqual(["network", "network", "network", 0, 1, 2, 3, 4, 5]);
  expect(goldenOf(folders.forest).outputs.map(({ member }) => member)).toEqual([-1]);
  for (const { rows, values } of [...network, ...goldenOf(folders.forest).outputs]) {
    const classes = values.length / rows.length;
    for (const at of rows.keys())
      expect(values.slice(at * classes, (at + 1) * classes).reduce((p, q) => p + q, 0)).toBeCloseTo(1, 4);
  }
  // Not one number over and over: the rows are of different patches, and the inputs matter.
  for (const { outputs } of [goldenOf(folders.encoder), goldenOf(folders.network)])
    expect(new Set(outputs.flatMap(({ values }) => values)).size).toBeGreaterThan(100);
});

test("answers follow from the model alone, to the last digit", async () => {
  for (const folder of [folders.encoder, folders.network, folders.tiles])
    expect(await makeGolden(await readModel(folder))).toEqual(goldenOf(folder));
});

test("weights, statistics or answers that were changed are refused with what differs, by how much and what to do", async () => {
  const shifted = copyOf(folders.encoder);
  const golden = goldenOf(shifted);
  const [first, ...others] = golden.outputs;
  write(shifted, { ...golden, outputs: [{ ...first!, values: first!.values.map((v, i) => (i === 7 ? v + 3 : v)) }, ...others] }); // biome-ignore format: one line
  const error = await refusal(shifted);
  expect(error.code).toBe("model-golden-differs");
  expect(error.details).toMatchObject({ what: "embeddings", inputs: first!.modalities.join(" + "), method: null, provider: "cpu", allowed: 0.02 }); // biome-ignore format: one line
  expect((error.details as { by: number }).by).toBeGreaterThan(0.5);
  expect(error.message).toMatch(
    /does not answer as its package says.*embeddings of its network.*0\.02 is allowed.*copy .* again/s,
  );

  // Whoever changes the weights makes their sum right, here and there.
  const trained = await readModel(folders.network);
  const head = Object.keys(trained.weights).find((name) => name.startsWith("head.") && name.endsWith("bias"))!;
  const weights = { ...trained.weights, [head]: { ...trained.weights[head]!, data: (trained.weights[head]!.data as Float32Array).map((v, i) => (i === 0 ? v + 2 : v)) } }; // biome-ignore format: one line
  const other = newFolder();
  const { weights: sum } = await writeModel(other, trained.description, weights);
  write(other, { ...goldenOf(folders.network), weights: sum.sha256 });
  expect((await refusal(other)).details).toMatchObject({ what: "shares", method: null });

  // Statistics lie in model.json, which no sum protects.
  const scaled = copyOf(folders.encoder);
  const json = JSON.parse(readFileSync(join(scaled, "model.json"), "utf8"));
  json.modalities[0].normalization.bands[0].mean += 3 * json.modalities[0].normalization.bands[0].std;
  writeFileSync(join(scaled, "model.json"), JSON.stringify(json));
  expect((await refusal(scaled)).code).toBe("model-golden-differs");

  const forest = copyOf(folders.forest);
  const told = goldenOf(forest);
  write(forest, { ...told, outputs: told.outputs.map((own) => ({ ...own, values: own.values.map((v) => v * 0.9) })) });
  expect(await refusal(forest)).toMatchObject({ details: { method: "random-forest" }, message: expect.stringContaining("its random forest") }); // biome-ignore format: one line

  // Rounding of another machine is no difference.
  const rounded = copyOf(folders.network);
  const own = goldenOf(rounded);
  write(rounded, { ...own, outputs: own.outputs.map((o) => ({ ...o, values: o.values.map((v) => v + 0.004) })) });
  expect(await check(rounded)).toBe(own.outputs.length);
});

test("what a graphics card answers wrongly and the processor rightly is refused there alone, with the processor as the remedy", async () => {
  const create = ForwardSession.create.bind(ForwardSession);
  const spy = vi.spyOn(ForwardSession, "create").mockImplementation(async (forward, options) => {
    const session = await create(forward, { ...options, provider: "cpu" });
    if (options.provider === "cpu") return session;
    const run = session.run.bind(session);
    session.run = async (inputs) => {
      const { answer } = await run(inputs);
      return { answer: { ...answer!, data: (answer!.data as Float32Array).map((v) => v * 1.5 + 1) } };
    };
    return session;
  });
  try {
    const model = await readModel(folders.encoder);
    const where = { modelFolder: folders.encoder, machineFolder: newFolder(), appVersion: "test" };
    const error = await requireGolden(where, model, "webgpu").catch((problem: AppError) => problem);
    expect(error).toMatchObject({ code: "model-golden-differs", details: { provider: "webgpu" } });
    expect((error as AppError).message).toContain("compute there (provider cpu)");
    expect(await requireGolden(where, model, "cpu")).toBe(3);
  } finally {
    spy.mockRestore();
  }
});

test("a model is asked once per machine, version and provider, and again when its files or the version are others", async () => {
  const machine = newFolder();
  const spy = vi.spyOn(ForwardSession, "create");
  const asked = async (folder: string, appVersion: string) => {
    spy.mockClear();
    await requireGolden({ modelFolder: folder, machineFolder: machine, appVersion }, await readModel(folder), "cpu");
    return spy.mock.calls.length;
  };
  try {
    expect(await asked(folders.encoder, "7.1")).toBe(3);
    expect(await asked(folders.encoder, "7.1")).toBe(0);
    expect(JSON.parse(readFileSync(join(machine, "checked-models.json"), "utf8"))).toHaveLength(1);
    // The same package elsewhere is the same.
    expect(await asked(copyOf(folders.encoder), "7.1")).toBe(0);
    expect(await asked(folders.encoder, "7.2")).toBe(3);
    const other = copyOf(folders.encoder);
    write(other, { ...goldenOf(other), tolerance: 0.03 });
    expect(await asked(other, "7.1")).toBe(3);
    // What lies there may be anything.
    writeFileSync(join(machine, "checked-models.json"), '{"keys": 1}');
    expect(await asked(folders.network, "7.1")).toBe(3);
  } finally {
    spy.mockRestore();
  }
});

const damaged: readonly (readonly [string, (folder: string, golden: Golden) => void, RegExp])[] = [
  ["no JSON", (folder) => writeFileSync(join(folder, "golden.json"), "{"), /not in the form/],
  ["empty", (folder) => writeFileSync(join(folder, "golden.json"), ""), /not in the form/],
  ["of a later form", (folder, golden) => write(folder, { ...golden, format: "omnisat-golden/2" }), /not in the form/],
  ["far too large", (folder) => writeFileSync(join(folder, "golden.json"), Buffer.alloc(largestGolden + 1, 32)), /far too large/], // biome-ignore format: one line
  ["of other weights", (folder, golden) => write(folder, { ...golden, weights: "0".repeat(64) }), /other weights/],
  ["vouching for anything", (folder, golden) => write(folder, { ...golden, tolerance: 1e9 }), /not in the form/],
  ["without answers", (folder, golden) => write(folder, { ...golden, outputs: [] }), /not in the form/],
  ["silent on all inputs together", (folder, golden) => write(folder, { ...golden, outputs: golden.outputs.slice(1) }), /other inputs/], // biome-ignore format: one line
  ["of other inputs", (folder, golden) => write(folder, { ...golden, outputs: golden.outputs.map((own) => ({ ...own, modalities: ["x"] })) }), /other inputs/], // biome-ignore format: one line
  ["of fewer bands", (folder, golden) => write(folder, { ...golden, ranges: Object.fromEntries(Object.entries(golden.ranges).map(([name]) => [name, []])) }), /other inputs/], // biome-ignore format: one line
  ["of a member that is not there", (folder, golden) => write(folder, { ...golden, outputs: [...golden.outputs, { ...golden.outputs[0], member: 3 }] }), /other inputs/], // biome-ignore format: one line
  ["of rows without end", (folder, golden) => write(folder, { ...golden, outputs: [{ ...golden.outputs[0], rows: [1e9] }] }), /not in the form/], // biome-ignore format: one line
  ["of a thousand dates", (folder, golden) => write(folder, { ...golden, dates: 1000 }), /not in the form/],
  ["not a number", (folder, golden) => write(folder, { ...golden, outputs: [{ ...golden.outputs[0], values: ["1"] }] }), /not in the form/], // biome-ignore format: one line
];
test.each(damaged)("a golden.json that is %s is refused in one sentence", async (_, damage, why) => {
  const folder = copyOf(folders.encoder);
  damage(folder, goldenOf(folder));
  const error = await refusal(folder);
  expect(error.code).toBe("model-golden-damaged");
  expect(error.message).toMatch(why);
  expect(error.message).toContain(join(folder, "golden.json"));
});

test("a golden.json that is a folder or a link is not read", async () => {
  for (const make of [
    (path: string) => mkdirSync(path),
    (path: string) => symlinkSync(join(folders.encoder, "golden.json"), path),
  ]) {
    const folder = copyOf(folders.encoder);
    rmSync(join(folder, "golden.json"));
    make(join(folder, "golden.json"));
    expect((await refusal(folder)).code).toBe("model-golden-damaged");
  }
});

test("answers for more or fewer numbers than the model gives differ, and numbers no float can hold do no harm", async () => {
  const folder = copyOf(folders.encoder);
  const golden = goldenOf(folder);
  write(folder, {
    ...golden,
    outputs: golden.outputs.map((own) => ({ ...own, rows: own.rows.map((row) => row + 4000) })),
  });
  expect((await refusal(folder)).details).toMatchObject({ by: null });
  write(folder, { ...golden, ranges: Object.fromEntries(Object.entries(golden.ranges).map(([name, bands]) => [name, bands.map(() => [-1e300, 1e300])])) }); // biome-ignore format: one line
  expect((await refusal(folder)).code).toBe("model-golden-differs");
});

test("trainings and answers refuse a model that answers otherwise, and use one without golden.json as before", async () => {
  const wrong = copyOf(folders.encoder);
  const golden = goldenOf(wrong);
  write(wrong, { ...golden, outputs: golden.outputs.map((own) => ({ ...own, values: own.values.map((v) => -v) })) });
  const from = (modelFolder: string) =>
    finetune(finetuning({ modelFolder, recipe: { ...finetuneDefaults, ...few } }), quiet);
  await expect(from(wrong)).rejects.toMatchObject({ code: "model-golden-differs" });
  const asking = (modelFolder: string) =>
    inspect(
      { ...common, kind: "inspect", folder: newFolder(), grid, imagery, modelFolder, modalities: imagery.modalities.map(({ name }) => name), points: [{ x: 574_700, y: 5_622_420 }], overlapPatches: 0, batchSize: 1 }, // biome-ignore format: one line
      quiet,
    );
  const said = copyOf(folders.network);
  const told = goldenOf(said);
  write(said, { ...told, outputs: told.outputs.map((own) => ({ ...own, values: own.values.map(() => 0.5) })) });
  await expect(asking(said)).rejects.toMatchObject({ code: "model-golden-differs" });
  for (const folder of [wrong, said]) rmSync(join(folder, "golden.json"));
  expect(await check(wrong)).toBe(0);
  expect(existsSync((await from(wrong)).modelFolder)).toBe(true);
  expect((await asking(said)).patches).toHaveLength(1);
});

test("a package whose answers differ is not passed on with new ones", async () => {
  const wrong = copyOf(folders.encoder);
  const golden = goldenOf(wrong);
  write(wrong, { ...golden, outputs: golden.outputs.map((own) => ({ ...own, values: own.values.map((v) => -v) })) });
  const make = goldenJob({ ...common, kind: "golden", task: "make", modelFolder: wrong });
  await expect(make).rejects.toMatchObject({ code: "model-golden-differs" });
  const sum = (folder: string) =>
    createHash("sha256")
      .update(readFileSync(join(folder, "golden.json")))
      .digest("hex");
  expect(sum(wrong)).not.toBe(sum(folders.encoder));
});

test("a method on an encoder is asked for both: the method's shares and the encoder's embeddings", async () => {
  const made = finetuning({ method: "random-forest", features: "encoder", modelFolder: folders.encoder });
  const { modelFolder } = await finetune(made, quiet);
  const { text } = await goldenJob({ ...common, kind: "golden", task: "make", modelFolder });
  writeFileSync(join(modelFolder, "golden.json"), text!);
  expect(goldenOf(modelFolder).outputs.map(({ member, what }) => [member ?? "network", what])).toEqual([
    [-1, "shares"],
    ["network", "embeddings"],
  ]);
  expect(await check(modelFolder)).toBe(2);
  const half = copyOf(modelFolder);
  write(half, { ...goldenOf(half), outputs: goldenOf(half).outputs.slice(0, 1) });
  expect((await refusal(half)).code).toBe("model-golden-damaged");
  const shifted = copyOf(modelFolder);
  const about = JSON.parse(readFileSync(join(shifted, "model.json"), "utf8"));
  about.modalities[0].normalization.bands[0].mean += 3 * about.modalities[0].normalization.bands[0].std;
  writeFileSync(join(shifted, "model.json"), JSON.stringify(about));
  expect(await refusal(shifted)).toMatchObject({ code: "model-golden-differs", details: { what: "embeddings" } });
});
