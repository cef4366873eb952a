import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EvaluateSpec, FinetuneSpec, JobSpec, MapSpec, SubsetScore } from "../../../src-shared/domain/job.ts";
import type { Method } from "../../../src-shared/domain/method.ts";
import { isToldApart, scoreSentences } from "../../../src-shared/domain/score-table.ts";
import type { Catalog } from "../../catalog/index.ts";
import { referenceOf } from "../../jobs/label-reference.ts";
import type { ModelDescription } from "../../learning/trained-model.ts";
import { makeSample } from "../app/sample.ts";
import type { JobRunner } from "../deps.ts";
import { projectFolders } from "../projects/projects.ts";
import { type Services, services } from "../services.ts";
import { modelCard } from "./card.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-scores-"));
const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
let catalog: Catalog;
let specs: JobSpec[] = [];
beforeAll(async () => {
  await makeSample(sample, join(room, "project"), "0.1.0");
  catalog = await projectFolders({ appVersion: "0.1.0" })["project.open"]({
    folder: join(room, "project"),
    purpose: "a test",
  });
  await all()["labels.split"]({ method: "polygons", tooFew: "train", seed: 1 });
});
afterAll(() => {
  catalog.close();
  rmSync(room, { recursive: true, force: true });
});

function scored(macroF1: number, more: Partial<SubsetScore> = {}): SubsetScore {
  const one = (name: string, code: number) => ({
    code,
    name,
    precision: 1,
    recall: 1,
    f1: macroF1,
    support: 50,
    polygons: 12,
  });
  return {
    modalities: ["s2"],
    classSet: [1, 2],
    samples: 100,
    overallAccuracy: macroF1,
    overallAccuracyInterval: [0, 1],
    macroF1,
    weightedF1: macroF1,
    microF1: macroF1,
    classes: [one("maize", 1), one("wheat", 2)],
    confusion: [[50, 0], [0, 50]], // biome-ignore format: a matrix
    commonest: { code: 1, name: "maize", share: 0.5 },
    polygons: 24,
    calibrationError: 0.1,
    ...more,
  };
}
const polygons = (right: number): Partial<SubsetScore> => ({ perPolygon: { samples: 24, overallAccuracy: right, overallAccuracyInterval: [0, 1], macroF1: right, macroClasses: 2, confusion: [] } }); // biome-ignore format: one score

let next: { validation?: SubsetScore; test?: SubsetScore; plain?: boolean } = {};
const runJob: JobRunner = (async (spec: JobSpec) => {
  specs.push(spec);
  if (spec.kind === "evaluate") {
    const { labels, part } = spec as EvaluateSpec;
    return { part, ...(next.plain ? {} : { reference: referenceOf(labels, part) }), subsets: [next.test!] };
  }
  if (spec.kind !== "finetune") throw new Error("not drawn");
  const { folder, labels } = spec as FinetuneSpec;
  const modelFolder = join(folder, "model");
  mkdirSync(modelFolder);
  writeFileSync(join(modelFolder, "model.json"), "{}");
  const { validation: score } = next;
  return {
    modelFolder,
    steps: 1,
    seconds: 7,
    provider: "cpu",
    metrics: score
      ? {
          bestValidationMacroF1: score.macroF1,
          ...(score.perPolygon ? { validationPolygonsRight: score.perPolygon.overallAccuracy } : {}),
        }
      : {},
    findings: [],
    ...(score && !next.plain ? { validation: { score, reference: referenceOf(labels, "validation") } } : {}),
  };
}) as never;
let own: Services | undefined;
const all = (): Services => (own ??= services({ catalog, appVersion: "0.1.0", runJob, announce: () => {} }));

async function taught(name: string, given: typeof next, method?: Method): Promise<void> {
  next = given;
  const { id } = await all()["runs.finetune"]({ name, ...(method ? { method } : {}) });
  await all()["jobs.wait"]({ id });
}
async function measured(model: string, test: SubsetScore, plain = false): Promise<void> {
  next = { test, plain };
  const { id } = await all()["runs.evaluate"]({ model, part: "test" });
  await all()["jobs.wait"]({ id });
}
const table = (part: "test" | "validation") => all()["models.scores"]({ part });

test("networks and methods stand side by side on the same labels; who wins is said by patches and by polygons", async () => {
  await taught("network", { validation: scored(0.6, polygons(0.9)) });
  await taught("forest", { validation: scored(0.7, polygons(0.8)) }, "random-forest");
  const validation = await table("validation");
  expect(
    validation.rows.map(({ model, method, macroF1, polygonsRight, recommended, seconds }) => [
      model,
      method,
      macroF1,
      polygonsRight,
      recommended,
      seconds,
    ]),
  ).toEqual([
    // biome-ignore format: a table
    ["forest", "random-forest", 0.7, 0.8, true, 7],
    ["network", null, 0.6, 0.9, false, 7],
  ]);
  expect(validation).toMatchObject({
    classes: ["maize", "wheat"],
    commonest: { name: "maize", share: 0.5 },
    apart: [],
  });
  expect(scoreSentences(validation)).toEqual([
    "Macro F1: a simple method, “forest” (random forest), wins, 0.70 against 0.60 of the best network, “network”.",
    "Share of polygons right: the network “network” wins, 0.90 against 0.80 of the best simple method, “forest” (random forest).",
  ]);
  // Nobody was measured on the test part yet.
  expect((await table("test")).apart).toEqual([
    { model: "network", method: null, why: "not-measured" },
    { model: "forest", method: "random-forest", why: "not-measured" },
  ]);
  await measured("network", scored(0.5, { polygons: 6 }));
  await measured("forest", scored(0.503, { polygons: 6 }));
  expect(scoreSentences(await table("test"))).toEqual([
    "Macro F1: the best network, “network”, and the best simple method, “forest” (random forest), are level (0.50 and 0.50).",
    "Measured on 6 polygons: differences of a few hundredths say nothing.",
  ]);
});

test("how far the best is ahead has an interval by labels; what they cannot tell apart is said, and chosen models are compared on what both were asked", async () => {
  // Twelve fields of ten patches; of each the number that is right.
  const counted = (
    right: readonly number[],
    order: readonly number[] = right.map((_, i) => i),
  ): Partial<SubsetScore> => ({
    polygons: 30,
    labelIds: order,
    labelCounts: order.map((i) => [i % 2, i % 2, right[i]!, 1 - (i % 2), 10 - right[i]!]),
    labelVotes: order.map((i) => (right[i]! >= 5 ? i % 2 : 1 - (i % 2))),
  });
  const even = [9, 8, 9, 8, 9, 8, 9, 8, 9, 8, 9, 8];
  await taught("even", {});
  await taught("a little worse", {}, "random-forest");
  await taught("much worse", {}, "boosted-trees");
  await measured("even", scored(0.85, counted(even)));
  await measured(
    "a little worse",
    scored(0.84, counted([9, 9, 8, 7, 10, 8, 5, 8, 10, 9, 9, 8], [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0])),
  );
  await measured("much worse", scored(0.45, counted(even.map((own) => own - 4))));
  const found = await all()["models.scores"]({ models: ["even", "a little worse", "much worse"] });
  expect(found.rows.map(({ model }) => model)).toEqual(["even", "a little worse", "much worse"]);
  const [best, near, far] = found.rows.map(({ behind }) => behind?.macroF1);
  expect(best).toBeUndefined();
  expect(near).toMatchObject({ labels: 12 });
  expect(near!.value).toBeCloseTo(2 / 120, 2);
  expect(isToldApart(near!)).toBe(false);
  expect(far!.value).toBeCloseTo(0.4, 2);
  expect(isToldApart(far!)).toBe(true);
  expect(scoreSentences(found)[0]).toMatch(
    /^Macro F1: the best network, “even”, and the best simple method, “a little worse” \(random forest\), cannot be told apart \(0\.85 and 0\.84; difference 0\.02, 95 % interval -0\.\d\d to 0\.\d\d\)\.$/,
  );
  for (const name of ["even", "a little worse", "much worse"]) await all()["models.remove"]({ name });
});

test("scores of other classes, of versions that named no labels, and of changed labels are named and not mixed", async () => {
  const [one] = scored(0.9).classes;
  await taught("fewer classes", { validation: scored(0.99, { classSet: [1], classes: [one!] }) });
  await taught("older", { validation: scored(0.98), plain: true });
  const why = async (part: "test" | "validation") =>
    Object.fromEntries((await table(part)).apart.map((own) => [own.model, own.why]));
  expect(await why("validation")).toEqual({ "fewer classes": "other-classes", older: "unknown-labels" });
  await measured("older", scored(0.98), true);
  expect(await why("test")).toEqual({ "fewer classes": "not-measured", older: "unknown-labels" });
  // A test label gets another class: what was measured before was another question.
  const { polygons: labels } = await all()["labels.input"]({});
  const moved = labels.find(({ part }) => part === "test")!;
  const other = labels.find(({ classCode }) => classCode !== moved.classCode)!.classCode;
  await all()["labels.setClass"]({ ids: [moved.id], classCode: other });
  expect(await why("test")).toMatchObject({ network: "other-labels", forest: "other-labels" });
  expect((await table("test")).rows).toEqual([]);
  expect((await table("validation")).rows.map(({ model }) => model)).toEqual(["forest", "network"]);
  await measured("network", scored(0.4));
  expect((await table("test")).rows.map(({ model }) => model)).toEqual(["network"]);
});

test("a network whose map is drawn, and its card, say that a simple method does better", async () => {
  specs = [];
  const { id } = await all()["maps.draw"]({ model: "network" });
  await all()
    ["jobs.wait"]({ id })
    .catch(() => undefined);
  const wins = { code: "method-wins", details: { model: "forest", theirs: 0.7, ours: 0.6 } } as const;
  expect((specs.at(-1) as MapSpec).findings).toContainEqual(wins);
  const model: ModelDescription = {
    name: "network",
    task: "dense",
    appVersion: "0.1.0",
    modalities: [],
    legend: [],
    grid: { crs: "EPSG:32631", patchMeters: 10, tilePatches: 6 },
    days: { kind: "of-year", period: 367 },
    weights: { file: "weights.safetensors", parameters: 1, bytes: 1, sha256: "" },
    training: { steps: 1, seconds: 1, provider: "cpu", seed: 1, bounds: { minX: 0, minY: 0, maxX: 1, maxY: 1 }, startedFrom: null, settings: {}, dates: [] },
  } as never; // biome-ignore format: what a card reads
  expect(modelCard(model, { onnxDates: null, measured: [wins], golden: 0 })).toContain(
    "- On the validation part “forest”, a simple method, has macro F1 0.70, this network 0.60.",
  );
  expect(modelCard(model, { onnxDates: null, measured: [], golden: 0 })).not.toContain("a simple method");
});

test("models of another split stand apart, and nothing is recommended by it", async () => {
  await all()["labels.split"]({ method: "polygons", tooFew: "train", seed: 2 });
  const { rows, apart } = await table("test");
  expect(rows).toEqual([]);
  expect(new Set(apart.map(({ why }) => why))).toEqual(new Set(["other-split"]));
  expect((await all()["models.list"]({})).some(({ recommended }) => recommended)).toBe(false);
});
