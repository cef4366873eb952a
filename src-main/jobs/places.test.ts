import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { architectures, type Imagery, type OtherPlace, type PretrainSpec } from "../../src-shared/domain/job.ts";
import { finetuneDefaults, pretrainDefaults } from "../../src-shared/domain/recipe.ts";
import { readModel } from "../learning/index.ts";
import type { JobContext } from "./context.ts";
import { estimate } from "./estimate.ts";
import { finetune } from "./finetune.ts";
import { quiet, sampleGrid, sampleImagery, sampleLabels, wholeSeason } from "./fixtures/sample.ts";
import { dayCountOf } from "./imagery.ts";
import { jointInputs } from "./joint-inputs.ts";
import { problemOfModel } from "./model-tensors.ts";
import { PlaceOrder } from "./place-batches.ts";
import { pretrain } from "./pretrain.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-places-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const grid = sampleGrid(16, 10, 10);
let imagery: Imagery;
let others: readonly OtherPlace[];

/** The modalities of an imagery, changed. */
const changed = (
  given: Imagery,
  change: (modality: Imagery["modalities"][number]) => Imagery["modalities"],
): Imagery => ({
  ...given,
  modalities: given.modalities.flatMap(change),
});
/** The same images `years` later. */
const later = (given: Imagery, years: number): Imagery => ({
  ...given,
  acquisitions: given.acquisitions.map((one) => ({ ...one, date: `${Number(one.date.slice(0, 4)) + years}${one.date.slice(4)}` })), // biome-ignore format: one line
});

beforeAll(async () => {
  imagery = await sampleImagery(grid);
  const one = await sampleImagery(grid, 1);
  others = [
    // Three bands of the four, no radar, smaller tiles, two years later.
    {
      name: "meadows",
      grid: sampleGrid(12, 30, 30, 3),
      imagery: later(
        changed(imagery, (m) => (m.name === "s2" ? [{ ...m, bands: m.bands.slice(1) }] : [])),
        2,
      ),
    },
    // One date, and radar under another name.
    {
      name: "harbour",
      grid: sampleGrid(12, 0, 40),
      imagery: changed(one, (m) => [m.name === "s2" ? m : { ...m, name: "s1-des" }]),
    },
  ];
});

let next = 0;
function pretrainSpec(more: Partial<PretrainSpec> = {}): PretrainSpec {
  const folder = join(room, `job-${next++}`);
  mkdirSync(folder);
  const recipe = {
    ...pretrainDefaults,
    steps: 12,
    batchSize: 2,
    warmupSteps: 2,
    datesPerTile: 3,
    checkpointEverySteps: 3,
  };
  const base = { folder, seed: 3, provider: "cpu", resume: false, appVersion: "test", grid, imagery } as const;
  return { kind: "pretrain", ...base, architecture: architectures.tiny, modelName: "model", placeName: "fields", others, recipe, ...more }; // biome-ignore format: one line
}

type Curve = Record<number, Readonly<Record<string, number>>>;
const noting = (curve: Curve): JobContext => ({
  ...quiet,
  metric: (step, values) => {
    curve[step] = { ...curve[step], ...values };
  },
});

test("places are drawn by the root of what they show, the same for every run, and each goes through its own tiles", () => {
  const order = new PlaceOrder([100, 10_000], 7);
  const steps = Array.from({ length: 1100 }, (_, step) => order.at(step));
  const second = steps.filter(({ place }) => place === 1).length;
  // 10 : 100 by the root, 1 : 100 by what they show.
  expect(second / 1100).toBeGreaterThan(0.87);
  expect(second / 1100).toBeLessThan(0.95);
  expect(steps.filter(({ place }) => place === 0).map(({ own }) => own)).toEqual(
    Array.from({ length: 1100 - second }, (_, own) => own),
  );
  // Asked for from the middle, as after a stop.
  const again = new PlaceOrder([100, 10_000], 7);
  expect([again.at(900), again.at(3)]).toEqual([steps[900], steps[3]]);
});

test("inputs of all places are one network's: bands by wavelength, dates by season, tiles of the smallest place", () => {
  const { places, modalities, days, side } = jointInputs(pretrainSpec());
  expect(modalities.map(({ name, kind }) => [name, kind])).toEqual([["s2", "series"], ["s1-asc", "series"], ["s1-des", "series"]]); // biome-ignore format: one line
  expect(modalities[0]!.bands).toEqual(imagery.modalities[0]!.bands);
  expect(side).toBe(3);
  expect(places.map((place) => place.modalities.map(({ name }) => name))).toEqual([["s2", "s1-asc"], ["s2"], ["s2", "s1-des"]]); // biome-ignore format: one line
  expect(places.map(({ lacking }) => lacking)).toEqual([{}, { s2: [imagery.modalities[0]!.bands[0]] }, {}]);
  // All of one year each: every date counts within its own year.
  expect([days, ...places.map((place) => place.days)]).toEqual(Array(4).fill({ kind: "of-year", period: 367 }));
});

test("a season over New Year is the count of all, and other years are put into it by whole years", async () => {
  const season = await wholeSeason();
  const spec = pretrainSpec({ imagery: season, others: [{ name: "later", grid, imagery: later(imagery, 2) }] });
  const { days, places } = jointInputs(spec);
  expect(days).toEqual(dayCountOf(season));
  expect(days).toMatchObject({ kind: "running", referenceYear: 2018, period: 734 });
  // Images of 2021 are the second year of the season that began in 2018: 2020 stands for its first year.
  expect(places[1]).toMatchObject({
    days: { kind: "running", referenceYear: 2020, period: 734 },
    years: 2,
    leftOut: [],
  });
  // Dates over four years have no common season: days of the year then.
  const long = { ...season, acquisitions: season.acquisitions.map((one, i) => (i === 0 ? { ...one, date: "2022-05-01" } : one)) }; // biome-ignore format: one line
  expect(jointInputs(pretrainSpec({ imagery: long })).days).toEqual({ kind: "of-year", period: 367 });
});

test("what cannot be learned together is refused in a sentence that names the project", () => {
  const radar = changed(imagery, (m) => (m.name === "s1-asc" ? [m] : []));
  const asked = (other: Partial<OtherPlace>, more: Partial<PretrainSpec> = {}) =>
    jointInputs(pretrainSpec({ others: [{ name: "elsewhere", grid, imagery, ...other }], ...more }));
  expect(() => asked({ grid: { ...grid, patchMeters: 20 } })).toThrow(
    /“elsewhere” has patches of 20 m, this one of 10 m/,
  );
  const optical = changed(imagery, (m) => (m.name === "s2" ? [m] : []));
  expect(() => asked({ imagery: radar }, { imagery: optical })).toThrow(/“elsewhere” shares no input with the others: it has s1-asc, they have s2/); // biome-ignore format: one line
  const strange = changed(imagery, (m) => [{ ...m, sensor: "other", bands: ["x", "y"] }]);
  expect(() => asked({ imagery: strange })).toThrow(/No band of “s2” in the project “elsewhere”/);
});

test("one pre-training learns from three places, killed and resumed to the same weights, and says what it learned where", async () => {
  const whole: Curve = {};
  const undisturbed = await pretrain(pretrainSpec(), noting(whole));
  const terms = Object.values(whole).map((values) => Object.keys(values).toSorted().join(" "));
  // Each step tells of the inputs of its place alone: with radar of one pass, without, and (one date: nothing to reconstruct from) of the other.
  expect(new Set(terms)).toEqual(new Set(["contrastive_loss loss s1-asc_reconstruction_loss s2_reconstruction_loss", "loss s2_reconstruction_loss", "contrastive_loss loss"])); // biome-ignore format: one line
  expect(Object.values(whole).every(({ loss }) => Number.isFinite(loss) && loss! > 0)).toBe(true);

  const spec = pretrainSpec({ resume: true });
  const path = join(spec.folder, "spec.json");
  writeFileSync(path, JSON.stringify(spec));
  const run = spawnSync(process.execPath, [join(import.meta.dirname, "fixtures/work.ts"), path, "metric", "7"], { encoding: "utf8" }); // biome-ignore format: one line
  expect([run.signal, run.stderr]).toEqual(["SIGKILL", ""]);
  const curve: Curve = {};
  const result = await pretrain(spec, noting(curve));
  expect(Math.min(...Object.keys(curve).map(Number))).toBe(7);
  for (const [step, values] of Object.entries(curve)) expect([step, values]).toEqual([step, whole[Number(step)]]);
  const weights = ({ modelFolder }: { readonly modelFolder: string }) => readFileSync(join(modelFolder, "weights.safetensors")); // biome-ignore format: one line
  expect(weights(result).equals(weights(undisturbed))).toBe(true);
  expect(result.metrics).toEqual(undisturbed.metrics);

  const model = await readModel(result.modelFolder);
  expect(problemOfModel(model)).toBeUndefined();
  expect(model.description).toMatchObject({ task: "pretrained", statistics: "place", grid: { tilePatches: 3 } });
  const { places } = model.description.training;
  expect(places!.map(({ name }) => name)).toEqual(["fields", "meadows", "harbour"]);
  expect(places!.reduce((sum, { steps }) => sum + steps, 0)).toBe(12);
  expect(places![1]!.dates.map(({ modality, first }) => [modality, first.slice(0, 4)])).toEqual([["s2", "2021"]]);
  // Another place is other work: its checkpoint is not gone on with.
  const other = { ...spec, others: others.slice(0, 1), recipe: { ...spec.recipe, steps: 13 } };
  await expect(pretrain(other, quiet)).rejects.toMatchObject({ code: "checkpoint-of-another-run" });

  // A project with one input of the encoder and one that is new to it: its own statistics, and what is shared goes on.
  const here = changed(imagery, (m) => [m.name === "s2" ? m : { ...m, name: "s1" }]);
  const folder = join(room, "taught");
  mkdirSync(folder);
  const recipe = { ...finetuneDefaults, steps: 2, batchSize: 2, datesPerTile: 2, regressionWeight: 0, forestWeight: 0, boostedWeight: 0 }; // biome-ignore format: one line
  const labels = sampleLabels((_, part) => (part === "unused" ? "train" : part));
  const { placeName, others: _, ...common } = spec;
  const fine = { ...common, kind: "finetune", folder, resume: false, imagery: here, labels, recipe, modelFolder: result.modelFolder } as const; // biome-ignore format: one line
  const about = await estimate({ ...fine, kind: "estimate", training: fine }, quiet);
  expect(about.parameters).toBeGreaterThan(1000);
  const taught = await finetune(fine, quiet);
  expect(taught.findings).toContainEqual({ code: "statistics-of-place", details: { places: 3 } });
  expect(taught.findings).toContainEqual({ code: "inputs-of-start", details: { model: "model", fresh: ["s1"], unused: ["s1-asc", "s1-des"] } }); // biome-ignore format: one line
  const own = await readModel(taught.modelFolder);
  expect(problemOfModel(own)).toBeUndefined();
  expect(own.description.modalities.map(({ name }) => name).toSorted()).toEqual(["s1", "s2"]);
  // The figures of this place, and from here on its own.
  expect(own.description.statistics).toBeUndefined();
  const mean = ({ description }: typeof own) => description.modalities.find(({ name }) => name === "s2")!.normalization.bands[0]!.mean; // biome-ignore format: one line
  expect(mean(own)).not.toBe(mean(model));
}, 120_000);

test("a place without a clear pixel is named", async () => {
  const nowhere = { ...others[0]!, grid: sampleGrid(12, 4000, 4000, 3) };
  await expect(pretrain(pretrainSpec({ others: [nowhere] }), quiet)).rejects.toMatchObject({
    code: "place-without-pixels",
    details: { place: "meadows", modality: "s2" },
  });
});

test("what a training of several places takes is estimated for the network of all", async () => {
  const spec = pretrainSpec();
  const of = async (training: PretrainSpec) => (await estimate({ ...training, kind: "estimate", training }, quiet)).parameters; // biome-ignore format: one line
  expect(await of(spec)).toBeGreaterThan(await of({ ...spec, others: [] }));
});
