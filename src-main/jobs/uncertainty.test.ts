import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { uncertainCode } from "../../src-shared/domain/calibration.ts";
import {
  architectures,
  type EvaluateSpec,
  type FinetuneSpec,
  type Imagery,
  type LabelInput,
  type MapResult,
  type MapSpec,
} from "../../src-shared/domain/job.ts";
import { finetuneDefaults } from "../../src-shared/domain/recipe.ts";
import { readModelDescription } from "../learning/index.ts";
import { cogComplaints } from "../raster/testing/gdal.ts";
import { evaluate } from "./evaluate.ts";
import { finetune } from "./finetune.ts";
import { gdalBands } from "./fixtures/gdal.ts";
import { quiet, sampleGrid, sampleImagery, sampleLabels, tinyFinetuning } from "./fixtures/sample.ts";
import { patchGrid, projectArea } from "./imagery.ts";
import { inspect } from "./inspect.ts";
import { LabelPatches } from "./label-patches.ts";
import { map } from "./map.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-uncertainty-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const grid = sampleGrid(64, 0, 0, 6);
/** Nine parcels of the classes that have several are for validation. */
const validating = new Set([3, 7, 15, 18, 24, 25, 28, 31, 32]);
const aside = sampleLabels((id, part) => (validating.has(id) ? "validation" : part));
const common = { seed: 1, provider: "cpu", resume: false, appVersion: "test", grid } as const;
let imagery: Imagery;
let modelFolder: string;
/** taught on the sample's own split, which has no validation part */
let plain: string;

let next = 0;
function folderOf(): string {
  const folder = join(room, `job-${next++}`);
  mkdirSync(folder);
  return folder;
}
const names = () => imagery.modalities.map(({ name }) => name);
const teaching = (labels: LabelInput): FinetuneSpec => ({ kind: "finetune", ...common, folder: folderOf(), imagery, labels, modelFolder: null, architecture: architectures.tiny, recipe: finetuneDefaults, modelName: "forest", method: "random-forest" }); // biome-ignore format: one spec
const measuring = (more: Partial<EvaluateSpec> = {}): EvaluateSpec => ({ kind: "evaluate", ...common, folder: folderOf(), imagery, labels: aside, modelFolder, part: "test", subsets: [names()], classSets: [[]], overlapPatches: 4, batchSize: 4, ...more }); // biome-ignore format: one spec
const drawing = (more: Partial<MapSpec> = {}): MapSpec => ({ kind: "map", ...common, folder: folderOf(), imagery, modelFolder, modalities: names(), area: grid.geobox, overlapPatches: 4, batchSize: 4, probabilities: true, baseName: "crops", ...more }); // biome-ignore format: one spec
const codesOf = ({ findings }: { readonly findings?: readonly { readonly code: string }[] }) =>
  (findings ?? []).map(({ code }) => code);

beforeAll(async () => {
  imagery = await sampleImagery(grid, 4);
  modelFolder = (await finetune(teaching(aside), quiet)).modelFolder;
  plain = (await finetune(teaching(sampleLabels()), quiet)).modelFolder;
}, 120_000);

/** What the files say of each labelled patch of a part: GDAL's pixels and the polygons. */
function patchesOf(
  part: "validation" | "test",
  { classPath, confidencePath, probabilitiesPath }: MapResult,
  codes: readonly number[],
) {
  // biome-ignore format: one line
  const area = projectArea(grid);
  const { classes, polygons } = new LabelPatches(aside, part, codes, patchGrid(grid), area).labels(area);
  const [drawn] = gdalBands(classPath);
  const [confidence] = gdalBands(confidencePath);
  const shares = gdalBands(probabilitiesPath!);
  return [...classes].flatMap(
    (truth, p) =>
    truth < 0 ? [] : [{ p, polygon: polygons[p]!, right: drawn![p] === codes[truth], confidence: confidence![p]!, below: lying(shares[truth]![p]!, Math.max(...shares.map((band) => band[p]!))) }], // biome-ignore format: one patch
  );
}
/** How far a share lies below the largest one, as a part of it. */
const lying = (share: number, largest: number) => 10_000 - Math.floor((10_000 * share) / largest);
const nineTenths = (values: readonly number[]) => values.toSorted((p, q) => p - q)[Math.ceil(values.length * 0.9 - 1e-9) - 1]!; // biome-ignore format: one line
const middle = (values: readonly number[]) => values.toSorted((p, q) => p - q)[Math.ceil(values.length / 2) - 1]!;

test("a training keeps what its model says of whole validation parcels: as counted from the map that GDAL reads", {
  tags: ["gdal"],
}, async () => {
  const { calibrations, legend } = await readModelDescription(modelFolder);
  const [own] = calibrations!;
  expect(own).toMatchObject({ modalities: names(), groups: "labels", unit: "polygons" });
  const codes = legend!.map(({ code }) => code);
  const groups = Map.groupBy(patchesOf("validation", await map(drawing(), quiet), codes), ({ polygon }) => polygon);
  const bySize = (values: readonly number[]) => values.toSorted((p, q) => p - q);
  expect(own!.codes.length).toBe(groups.size);
  expect(bySize(own!.margins)).toEqual(bySize([...groups.values()].map((all) => nineTenths(all.map(({ below }) => below))))); // biome-ignore format: one line
  expect(bySize(own!.confidences)).toEqual(bySize([...groups.values()].map((all) => middle(all.map(({ confidence }) => confidence))))); // biome-ignore format: one line
  expect(own!.right.filter((one) => one === 1).length).toBe([...groups.values()].filter((all) => 2 * all.filter(({ right }) => right).length > all.length).length); // biome-ignore format: one line
});

test("a map says how many classes are possible and what is uncertain: counted again from its probabilities", {
  tags: ["gdal"],
}, async () => {
  const job = drawing({ level: 0.75 });
  const result = await map(job, quiet);
  const { calibrations, legend } = await readModelDescription(modelFolder);
  const { margins, confidences, right } = calibrations![0]!;
  // The promise of three quarters is the ⌈10 · 0.75⌉-th smallest of nine margins.
  expect(margins.length).toBe(9);
  const allowed = margins.toSorted((p, q) => p - q)[Math.ceil((margins.length + 1) * 0.75) - 1]!;
  const threshold = Math.min(...confidences.filter((_, i) => right[i] === 1));
  const shares = gdalBands(result.probabilitiesPath!);
  const [classes] = gdalBands(result.classPath);
  const [confidence] = gdalBands(result.confidencePath);
  const { setSizePath, uncertainPath, setsPath } = result.sets!;
  const [sizes] = gdalBands(setSizePath);
  const [uncertain] = gdalBands(uncertainPath);
  const possible = gdalBands(setsPath!);
  for (let p = 0; p < sizes!.length; p++) {
    const own = shares.map((band) => band[p]!);
    const held = own.map((share) => (lying(share, Math.max(...own)) <= allowed ? 1 : 0));
    expect(possible.map((band) => band[p])).toEqual(held);
    expect(sizes![p]).toBe(held.reduce<number>((sum, one) => sum + one, 0));
    expect(uncertain![p]).toBe(confidence![p]! < threshold ? uncertainCode : 0);
  }
  for (const path of [setSizePath, uncertainPath, setsPath!]) expect(cogComplaints(path)).toBe("");
  const { uncertainty } = result;
  expect(uncertainty).toMatchObject({ level: 0.75, threshold, calibratedOn: margins.length, needed: 3 });
  const count = (of: (p: number) => number | undefined) => {
    const counts: Record<string, number> = {};
    for (let p = 0; p < sizes!.length; p++) {
      const key = of(p);
      if (key !== undefined) counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  };
  expect(uncertainty!.setSizes).toEqual(count((p) => sizes![p]));
  expect(uncertainty!.uncertain).toEqual(count((p) => (uncertain![p] === uncertainCode ? classes![p] : undefined)));
  // They are part of the areas: the class map says nothing else.
  expect(result.pixels).toEqual(count((p) => classes![p]));
  expect(legend!.length).toBeGreaterThan(1);
  expect(codesOf(result)).not.toContain("not-calibrated");
});

test("on the test part the promise is held against whole parcels: counted again from the map", {
  tags: ["gdal"],
}, async () => {
  // biome-ignore format: one line
  const { subsets, calibrations: fresh } = await evaluate(measuring({ level: 0.75 }), quiet);
  // The model is calibrated with these inputs, here: nothing is read twice.
  expect(fresh).toBeUndefined();
  const { calibrations, legend } = await readModelDescription(modelFolder);
  const { margins } = calibrations![0]!;
  const allowed = margins.toSorted((p, q) => p - q)[Math.ceil((margins.length + 1) * 0.75) - 1]!;
  const patches = patchesOf("test", await map(drawing(), quiet), legend!.map(({ code }) => code)); // biome-ignore format: one call
  const groups = [...Map.groupBy(patches, ({ polygon }) => polygon).values()];
  const covered = groups.filter((all) => nineTenths(all.map(({ below }) => below)) <= allowed).length;
  const { uncertainty } = subsets[0]!;
  expect(uncertainty!.perGroup).toMatchObject({ count: groups.length, covered: covered / groups.length });
  expect(uncertainty!.perPatch.count).toBe(subsets[0]!.samples);
  expect(uncertainty!.perPatch.covered).toBeCloseTo(patches.filter(({ below }) => below <= allowed).length / patches.length, 12); // biome-ignore format: one line
  // Mann and Whitney, pair by pair.
  const [sure, wrong] = [patches.filter(({ right }) => right), patches.filter(({ right }) => !right)];
  let wins = 0;
  for (const p of sure) for (const q of wrong) wins += p.confidence > q.confidence ? 1 : p.confidence === q.confidence ? 0.5 : 0; // biome-ignore format: one line
  expect(uncertainty!.perPatch.auroc).toBeCloseTo(wins / (sure.length * wrong.length), 9);
});

test("the inspector says of a patch what the map says of it", { tags: ["gdal"] }, async () => {
  // Half as far below the largest share as it was: something is ruled out.
  const [own] = (await readModelDescription(modelFolder)).calibrations!;
  const calibrations = [{ ...own!, margins: own!.margins.map((margin) => Math.floor(margin / 2)) }];
  const result = await map(drawing({ calibrations }), quiet);
  const possible = gdalBands(result.sets!.setsPath!);
  expect(Object.keys(result.uncertainty!.setSizes).length).toBeGreaterThan(1);
  const [uncertain] = gdalBands(result.sets!.uncertainPath);
  const { a, d } = grid.geobox.affine;
  const places = [0, 17, 40, 63].map((at) => ({ col: at, row: 63 - at }));
  const points = places.map(({ col, row }) => ({ x: a + 10 * col + 5, y: d - 10 * row - 5 }));
  const { patches } = await inspect({ kind: "inspect", ...common, folder: folderOf(), imagery, modelFolder, modalities: names(), points, overlapPatches: 4, batchSize: 4, calibrations }, quiet); // biome-ignore format: one spec
  for (const [i, { col, row }] of places.entries()) {
    const p = row * 64 + col;
    expect(patches[i]!.certainty).toEqual({ possible: possible.map((band) => band[p] === 1), uncertain: uncertain![p] === uncertainCode, level: 0.9 }); // biome-ignore format: one line
  }
});

test("too few parcels for a level rule out nothing, and say how many are needed", async () => {
  const result = await map(drawing({ level: 0.99 }), quiet);
  const { legend } = await readModelDescription(modelFolder);
  expect(Object.keys(result.uncertainty!.setSizes)).toEqual([String(legend!.length)]);
  const { findings } = result;
  expect(findings!.find(({ code }) => code === "sets-all-classes")).toMatchObject({ details: { level: 0.99, needed: 99, groups: "labels" } }); // biome-ignore format: one line
  const single = sampleLabels((id, part) => (part === "train" && id === firstOf("train") ? "validation" : part));
  const one = await finetune(teaching(single), quiet);
  expect((await readModelDescription(one.modelFolder)).calibrations![0]!.codes.length).toBe(1);
  const drawn = await map(drawing({ modelFolder: one.modelFolder }), quiet);
  expect(drawn.findings!.find(({ code }) => code === "sets-all-classes")).toMatchObject({ details: { calibrated: 1, needed: 9 } }); // biome-ignore format: one line
});

const firstOf = (part: string) => sampleLabels().polygons.find((own) => own.part === part)!.id;

test("enough parcels of which too many have no probability of their class rule out nothing either, and that is said", async () => {
  const [own] = (await readModelDescription(modelFolder)).calibrations!;
  const calibrations = [{ ...own!, margins: own!.margins.map((margin, i) => (i < 2 ? 10_000 : margin)) }];
  const result = await map(drawing({ calibrations }), quiet);
  expect(result.findings!.find(({ code }) => code === "sets-rule-out-nothing")).toMatchObject({ details: { level: 0.9, calibrated: 9, groups: "labels" } }); // biome-ignore format: one line
  expect(codesOf(await map(drawing({ calibrations, level: 0.6 }), quiet))).not.toContain("sets-rule-out-nothing");
});

test("without a validation part, from an earlier release or with other inputs: said, and the map is drawn without sets", async () => {
  expect((await readModelDescription(plain)).calibrations).toBeUndefined();
  const result = await map(drawing({ modelFolder: plain }), quiet);
  expect([result.sets, result.uncertainty]).toEqual([undefined, undefined]);
  expect(result.findings!.find(({ code }) => code === "not-calibrated")).toMatchObject({
    details: { calibrated: null },
  });
  const { subsets } = await evaluate(measuring({ modelFolder: plain, labels: sampleLabels() }), quiet);
  expect(subsets[0]!.uncertainty).toBeUndefined();
});

test("measuring a model that is not calibrated calibrates it where validation labels are, and its maps follow", async () => {
  const { subsets, calibrations } = await evaluate(measuring({ modelFolder: plain, labels: aside }), quiet);
  expect(calibrations).toMatchObject([{ modalities: names() }]);
  expect(subsets[0]!.uncertainty!.calibratedOn).toBe(calibrations![0]!.codes.length);
  const again = await evaluate(measuring({ modelFolder: plain, labels: aside, part: "validation" }), quiet);
  expect(again.calibrations).toEqual(calibrations);
  expect(again.subsets[0]!.uncertainty).toBeUndefined();
  const result = await map(drawing({ modelFolder: plain, calibrations: calibrations!, level: 0.75 }), quiet);
  expect(result.uncertainty!.calibratedOn).toBe(calibrations![0]!.codes.length);
  expect(codesOf(result)).not.toContain("not-calibrated");
  // What was measured with other inputs says nothing of these.
  const other = [{ ...calibrations![0]!, modalities: ["s2"] }];
  expect(codesOf(await map(drawing({ modelFolder: plain, calibrations: other }), quiet))).toContain("not-calibrated");
});

test("a model that was calibrated elsewhere says so, and is calibrated anew where labels are", async () => {
  const folder = join(folderOf(), "model");
  cpSync(modelFolder, folder, { recursive: true });
  const path = join(folder, "model.json");
  const text = JSON.parse(readFileSync(path, "utf8"));
  const { minX, minY, maxX, maxY } = text.training.bounds;
  text.training.bounds = { minX: minX + 50_000, minY, maxX: maxX + 50_000, maxY };
  writeFileSync(path, JSON.stringify(text));
  expect(codesOf(await map(drawing({ modelFolder: folder }), quiet))).toContain("calibrated-elsewhere");
  const { calibrations } = await evaluate(measuring({ modelFolder: folder }), quiet);
  expect(calibrations).toHaveLength(1);
  expect(codesOf(await map(drawing({ modelFolder: folder, calibrations: calibrations! }), quiet))).not.toContain("calibrated-elsewhere"); // biome-ignore format: one line
});

test("a calibration of a stranger that is none is refused with the model", async () => {
  const folder = join(folderOf(), "model");
  cpSync(modelFolder, folder, { recursive: true });
  const path = join(folder, "model.json");
  const text = JSON.parse(readFileSync(path, "utf8"));
  text.calibrations[0].margins[0] = 10_001;
  writeFileSync(path, JSON.stringify(text));
  await expect(map(drawing({ modelFolder: folder }), quiet)).rejects.toMatchObject({ code: "model-unreadable" });
  // Well formed, but of classes that the model does not have: not taken.
  text.calibrations[0].margins[0] = 10_000;
  text.calibrations[0].codes[0] = 254;
  writeFileSync(path, JSON.stringify(text));
  expect(codesOf(await map(drawing({ modelFolder: folder }), quiet))).toContain("not-calibrated");
});

test("single patches and class rasters are grouped in blocks by class", async () => {
  const { modelFolder: folder } = await finetune(teaching({ ...aside, unit: "patches" }), quiet);
  const [own] = (await readModelDescription(folder)).calibrations!;
  expect(own).toMatchObject({ groups: "blocks", unit: "patches" });
  const area = projectArea(grid);
  const { legend } = await readModelDescription(folder);
  const codes = legend!.map(({ code }) => code);
  const { classes } = new LabelPatches(aside, "validation", codes, patchGrid(grid), area).labels(area);
  // Squares of two tiles, counted from the origin of the CRS.
  const blocks = new Set([...classes].flatMap((truth, p) => (truth < 0 ? [] : [`${truth} ${Math.floor((area.col + (p % 64)) / 12)} ${Math.floor((area.row + Math.floor(p / 64)) / 12)}`]))); // biome-ignore format: one line
  expect(own!.codes.length).toBe(blocks.size);
});

test("a network keeps the calibration of the weights that are kept, also when it is resumed after its last step", async () => {
  const small = sampleGrid(20, 10, 10);
  const folder = folderOf();
  const recipe = { ...finetuneDefaults, steps: 6, batchSize: 2, warmupSteps: 1, datesPerTile: 3, checkpointEverySteps: 3, validateEverySteps: 2 }; // biome-ignore format: one recipe
  const labels = sampleLabels((id, part) => (part !== "unused" && id % 3 === 0 ? "validation" : part === "test" ? "train" : part)); // biome-ignore format: one line
  const spec: FinetuneSpec = { ...tinyFinetuning(small, folder), imagery, recipe, labels };
  const first = await finetune(spec, quiet);
  const [own] = (await readModelDescription(first.modelFolder)).calibrations!;
  const measured = await evaluate({ ...measuring({ modelFolder: first.modelFolder, grid: small, labels, part: "validation" }), overlapPatches: 2 }, quiet); // biome-ignore format: one line
  expect(measured.calibrations).toEqual([own]);
  rmSync(first.modelFolder, { recursive: true });
  // Nothing is left to train, and nothing is remembered of the reviews: what is kept is looked at once more.
  const again = await finetune({ ...spec, resume: true }, quiet);
  expect((await readModelDescription(again.modelFolder)).calibrations).toEqual([own]);
});
