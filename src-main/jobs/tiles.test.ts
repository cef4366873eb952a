import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { architectures } from "../../src-shared/domain/job.ts";
import { tilesDefaults } from "../../src-shared/domain/recipe.ts";
import type { EvaluateTilesSpec, FinetuneTilesSpec, MapTilesSpec } from "../../src-shared/domain/tiles.ts";
import { readModel } from "../learning/index.ts";
import { contextOf, type JobContext } from "./context.ts";
import { evaluate } from "./evaluate.ts";
import { evaluateTiles } from "./evaluate-tiles.ts";
import { exportOnnx } from "./export-onnx.ts";
import { finetuneTiles } from "./finetune-tiles.ts";
import { quiet } from "./fixtures/sample.ts";
import { type MadeTiles, madeGrid, madeTiles } from "./fixtures/tiles.ts";
import { mapTiles } from "./map-tiles.ts";
import { tilesInEpochs } from "./tiles.ts";

const room = mkdtempSync(join(tmpdir(), "tiles-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

let made: MadeTiles;
let serial = 0;
const folder = () => {
  const path = join(room, `job-${++serial}`);
  mkdirSync(path);
  return path;
};
beforeAll(async () => {
  made = await madeTiles(room);
});

const common = { provider: "cpu", resume: false, appVersion: "test", seed: 1 } as const;
const short = { steps: 9, warmupSteps: 2, batchSize: 4, checkpointEverySteps: 2, validateEverySteps: 3, modalityDropout: 0 } as const; // biome-ignore format: one line

const trainingSpec = (changes: Partial<FinetuneTilesSpec> = {}): FinetuneTilesSpec => ({
  ...common,
  kind: "finetune-tiles",
  folder: folder(),
  grid: madeGrid,
  imagery: made.imagery,
  tiles: made.tiles,
  modelFolder: null,
  architecture: architectures.tiny,
  recipe: { ...tilesDefaults, ...short },
  modelName: "forest",
  ...changes,
});
const evaluationSpec = (modelFolder: string, changes: Partial<EvaluateTilesSpec> = {}): EvaluateTilesSpec => ({
  ...common,
  kind: "evaluate-tiles",
  folder: folder(),
  grid: madeGrid,
  imagery: made.imagery,
  tiles: made.tiles,
  modelFolder,
  part: "test",
  subsets: [made.imagery.modalities.map(({ name }) => name)],
  batchSize: 4,
  ...changes,
});
const mapSpec = (modelFolder: string, changes: Partial<MapTilesSpec> = {}): MapTilesSpec => ({
  ...common,
  kind: "map-tiles",
  folder: folder(),
  grid: madeGrid,
  imagery: made.imagery,
  modelFolder,
  modalities: made.imagery.modalities.map(({ name }) => name),
  tiles: made.tiles.tiles.map(({ key, x, y, part, shares }) => ({ key, x, y, part, shares })),
  batchSize: 4,
  baseName: "forest",
  ...changes,
});

type Curve = Record<number, Record<string, number>>;
const noting = (curve: Curve): JobContext =>
  contextOf((event) => {
    if (event.type === "metric") curve[event.step] = { ...curve[event.step], ...event.values };
  }, new AbortController().signal);
const bytesOf = (modelFolder: string) => readFileSync(join(modelFolder, "weights.safetensors"));

let learned: string;

test("sixty tiles that mix four classes are learned: micro F1 well above always the commonest classes", async () => {
  const recipe = { ...tilesDefaults, ...short, steps: 150, batchSize: 8, learningRate: 3e-3, validateEverySteps: 50, averageDecay: 0.95 }; // biome-ignore format: one line
  const result = await finetuneTiles(trainingSpec({ recipe }), quiet);
  learned = result.modelFolder;
  const { description } = await readModel(learned);
  expect(description).toMatchObject({
    task: "tiles",
    tiles: { head: "normalised", target: "presence", shareThreshold: 0.07, decision: 0.5 },
  });
  expect(description.tiles!.thresholds).toHaveLength(4);
  const scores = await evaluateTiles(evaluationSpec(learned), quiet);
  const [all] = scores.subsets;
  expect(all!.plain.samples).toBe(12);
  expect(scores.baseline!.score.microF1).toBeLessThan(0.75);
  expect(all!.plain.microF1).toBeGreaterThan(scores.baseline!.score.microF1 + 0.15);
  // The made tiles lie edge to edge: test tiles that touch are one observation of the interval.
  const { tiles } = made.tiles;
  const tested = tiles.filter(({ part }) => part === "test");
  const near = (p: (typeof tiles)[number], q: (typeof tiles)[number]) =>
    Math.abs(p.x - q.x) <= 40 + 1e-6 && Math.abs(p.y - q.y) <= 40 + 1e-6;
  const groups = new Set(tested.map((tile) => {
    const reached = new Set([tile]);
    for (const member of reached) for (const other of tested) if (near(member, other)) reached.add(other);
    return [...reached].map(({ key }) => key).sort().join();
  })); // biome-ignore format: one group a line
  expect(all!.places).toBe(groups.size);
  const [low, high] = all!.plain.microF1Interval!;
  expect(low).toBeLessThan(all!.plain.microF1);
  expect(high).toBeGreaterThanOrEqual(all!.plain.microF1);
  expect(all!.plain.meanAveragePrecision!).toBeGreaterThan(0.8);
  expect(all!.tuned!.classes.map(({ threshold }) => threshold)).toEqual(description.tiles!.thresholds);
  expect(scores.baseline!.score.meanAveragePrecision).toBeNull();
}, 120_000);

test("the answers for tiles are in a GeoPackage, a CSV and a raster, the same numbers, as GDAL reads them", {
  tags: ["gdal"],
}, async () => {
  const drawn = await mapTiles(mapSpec(learned), quiet);
  expect(drawn).toMatchObject({ tiles: 60, unseen: 0, cogPath: null, cogReason: "no-common-grid" });
  const scores = await evaluateTiles(evaluationSpec(learned), quiet);
  const csv = readFileSync(drawn.csvPath, "utf8")
    .trim()
    .split("\r\n")
    .map((line) => line.split(","));
  const column = (name: string) => csv[0]!.indexOf(name);
  const tests = csv.slice(1).filter((row) => row[column("part")] === "test");
  const thresholds = drawn.thresholds;
  let [both, given, held] = [0, 0, 0];
  for (const row of tests) {
    const reference = row[column("reference")]!.replaceAll('"', "").split("; ");
    for (const [k, { name }] of drawn.legend.entries()) {
      const yes = Number(row[column(`p_${name}`)]) > thresholds[k]!;
      if (yes) given++;
      if (reference.includes(name)) held++;
      if (yes && reference.includes(name)) both++;
    }
  }
  // The score is the score of what is written.
  expect((2 * both) / (given + held)).toBeCloseTo(scores.subsets[0]!.tuned!.microF1, 6);
  const info = spawnSync("ogrinfo", ["-so", "-al", drawn.gpkgPath], { encoding: "utf8" }).stdout;
  expect(info).toContain("Feature Count: 60");
  expect(info).toContain('ID["EPSG",32632]');
  const first = made.tiles.tiles[0]!;
  const feature = spawnSync("ogrinfo", ["-q", "-al", "-fid", "1", drawn.gpkgPath], { encoding: "utf8" }).stdout;
  expect(feature).toContain(`tile (String) = ${first.key}`);
  expect(feature).toContain(`${first.x} ${first.y},${first.x} ${first.y - 40}`);
});

test("tiles side by side become a raster of one pixel per tile; places without images have no answer", {
  tags: ["gdal"],
}, async () => {
  const origin = made.tiles.tiles[0]!;
  const square = (col: number, row: number) => ({
    key: `${col}/${row}`,
    x: origin.x + 40 * col,
    y: origin.y - 40 * row,
    part: null,
    shares: null,
  });
  const tiles = [0, 1, 2].flatMap((row) => [0, 1, 2, 3].map((col) => square(col, row)));
  const far = { ...square(0, 0), key: "far", x: origin.x + 40 * 5, y: origin.y + 40 * 3 };
  const drawn = await mapTiles(mapSpec(learned, { tiles: [...tiles, far] }), quiet);
  expect(drawn).toMatchObject({ tiles: 13, unseen: 1, cogReason: null });
  expect(drawn.area).toMatchObject({ width: 6, height: 6 });
  const rows = readFileSync(drawn.csvPath, "utf8")
    .trim()
    .split("\r\n")
    .map((line) => line.split(","));
  expect(rows).toHaveLength(13);
  const at = (x: number, y: number, band: number) =>
    spawnSync("gdallocationinfo", ["-valonly", "-geoloc", "-b", String(band), drawn.cogPath!, String(x), String(y)], { encoding: "utf8" }).stdout.trim(); // biome-ignore format: one call
  const column = rows[0]!.indexOf(`p_${drawn.legend[1]!.name}`);
  for (const [n, tile] of tiles.entries())
    expect(Number(at(tile.x + 20, tile.y - 20, 2)) / 10_000).toBeCloseTo(Number(rows[n + 1]![column]), 4);
  expect(at(far.x + 20, far.y - 20, 1)).toBe("65535");
});

test("a training on tiles killed by SIGKILL goes on to the same curve, weights and thresholds, bit for bit", async () => {
  const whole: Curve = {};
  const undisturbed = await finetuneTiles(trainingSpec(), noting(whole));
  expect(Object.keys(whole)).toHaveLength(9);
  expect(whole[3]).toMatchObject({ validationMicroF1: expect.any(Number), validationMacroF1: expect.any(Number) });
  const spec = trainingSpec({ resume: true });
  const curve: Curve = {};
  const path = join(spec.folder, "spec.json");
  writeFileSync(path, JSON.stringify(spec));
  const program = join(import.meta.dirname, "fixtures/work.ts");
  for (const events of [5, 4]) {
    const run = spawnSync(process.execPath, [program, path, "metric", String(events)], { encoding: "utf8" });
    expect([run.signal, run.stderr]).toEqual(["SIGKILL", ""]);
    for (const line of run.stdout.trim().split("\n")) {
      const { step, values } = JSON.parse(line) as { step: number; values: Record<string, number> };
      curve[step] = { ...curve[step], ...values };
    }
  }
  const result = await finetuneTiles(spec, noting(curve));
  expect(curve).toEqual(whole);
  expect(bytesOf(result.modelFolder).equals(bytesOf(undisturbed.modelFolder))).toBe(true);
  const thresholds = async (model: string) => (await readModel(model)).description.tiles!.thresholds;
  expect(await thresholds(result.modelFolder)).toEqual(await thresholds(undisturbed.modelFolder));
  expect(result.metrics).toEqual(undisturbed.metrics);
}, 120_000);

test("a map of tiles that was stopped goes on with its next tile and ends with the same CSV", async () => {
  const whole = await mapTiles(mapSpec(learned), quiet);
  const spec = mapSpec(learned);
  const stop = new AbortController();
  const seen: number[] = [];
  const until = (last: number) =>
    contextOf((event) => {
      if (event.type !== "phase" || event.name !== "Mapping") return;
      seen.push(event.fraction);
      if (seen.length === last) stop.abort();
    }, stop.signal);
  await expect(mapTiles(spec, until(11))).rejects.toThrow();
  const answered = Math.round(seen.at(-1)! * 60);
  const again: number[] = [];
  const rest = contextOf((event) => {
    if (event.type === "phase" && event.name === "Mapping") again.push(event.fraction);
  }, new AbortController().signal);
  const result = await mapTiles({ ...spec, resume: true }, rest);
  expect(again).toHaveLength(60 - answered);
  expect(readFileSync(result.csvPath, "utf8")).toBe(readFileSync(whole.csvPath, "utf8"));
});

test("it goes on from a model, freezes the encoder on request, learns shares, and refuses what does not fit in words", async () => {
  const recipe = { ...tilesDefaults, ...short, steps: 3, encoderLearningRateScale: 0, averageDecay: 0, target: "share" as const }; // biome-ignore format: one line
  const { modelFolder } = await finetuneTiles(trainingSpec({ modelFolder: learned, recipe }), quiet);
  const { description, weights } = await readModel(modelFolder);
  expect(description.training.startedFrom).toBe("forest");
  expect(description.tiles).toMatchObject({ head: "linear", target: "share", decision: 0.07 });
  const before = (await readModel(learned)).weights;
  const statistics = /\.(running_mean|running_var|num_batches_tracked)$/;
  const changed = Object.keys(weights).filter((name) => name.startsWith("encoder.") && !statistics.test(name) && String(before[name]?.data) !== String(weights[name]!.data)); // biome-ignore format: one filter
  expect(changed).toEqual([]);
  // A model of tiles draws no map of patches and has no score of patches.
  const labels = { crs: "EPSG:32632", legend: made.tiles.legend, polygons: [{ id: 1, classCode: 1, part: "test", coordinates: [[[[500_050, 5_599_900], [500_150, 5_599_900], [500_150, 5_599_950], [500_050, 5_599_900]]]] }] } as const; // biome-ignore format: one line
  const dense = { ...evaluationSpec(modelFolder), kind: "evaluate", labels, classSets: [], overlapPatches: 1 } as const;
  await expect(evaluate(dense as never, quiet)).rejects.toMatchObject({ code: "model-of-tiles" });
  const larger = { ...madeGrid, tilePatches: 5 };
  await expect(mapTiles(mapSpec(modelFolder, { grid: larger }), quiet)).rejects.toMatchObject({ code: "model-tile-differs" }); // biome-ignore format: one line
  await expect(finetuneTiles(trainingSpec({ modelFolder, grid: larger }), quiet)).rejects.toMatchObject({ code: "model-tile-differs" }); // biome-ignore format: one line
});

test("tiles that hold nothing above the share are left out and counted, classes nobody was taught are told, and no tile is a refusal", async () => {
  const [first, second, ...others] = made.tiles.tiles;
  const thin = { ...first!, part: "train" as const, shares: { 1: 0.05, 2: 0.07 } };
  const rare = { ...second!, part: "test" as const, shares: { 5: 0.9, 1: 0.1 } };
  const legend = [...made.tiles.legend, { code: 5, name: "larch", color: "#aa5500" }];
  const tiles = { legend, tiles: [thin, rare, ...others] };
  const lines: string[] = [];
  const context = contextOf((event) => {
    if (event.type === "log") lines.push(event.text);
  }, new AbortController().signal);
  const { modelFolder } = await finetuneTiles(trainingSpec({ tiles, recipe: { ...tilesDefaults, ...short, steps: 2 } }), context); // biome-ignore format: one line
  expect(lines.join("\n")).toContain("1 training tiles hold no class above this share: they are left out.");
  expect((await readModel(modelFolder)).description.legend!.map(({ name }) => name)).not.toContain("larch");
  const scores = await evaluateTiles(evaluationSpec(modelFolder, { tiles }), quiet);
  expect(scores.untaught).toEqual([{ name: "larch", tiles: 1 }]);
  const nothing = { legend, tiles: [thin] };
  await expect(finetuneTiles(trainingSpec({ tiles: nothing }), quiet)).rejects.toMatchObject({ code: "no-tiles-to-train" }); // biome-ignore format: one line
  await expect(evaluateTiles(evaluationSpec(modelFolder, { tiles: nothing }), quiet)).rejects.toMatchObject({ code: "no-tiles-to-train" }); // biome-ignore format: one line
  const away = { legend, tiles: made.tiles.tiles.map((tile) => ({ ...tile, x: tile.x + 1e5 })) };
  await expect(finetuneTiles(trainingSpec({ tiles: away }), quiet)).rejects.toMatchObject({ code: "tiles-without-data" }); // biome-ignore format: one line
});

test("what is wrong with the images is said of a training without validation tiles too", async () => {
  const [input] = made.imagery.modalities;
  // Of one band the scale is such that its numbers no longer differ beside the others.
  const imagery = {
    ...made.imagery,
    acquisitions: made.imagery.acquisitions.map((acquisition) => ({
      ...acquisition,
      pieces: acquisition.pieces.map((piece) => ({
        files: piece.files.map((file) => ({
          ...file,
          bands: file.bands.map((band) => (band.name === input!.bands[0] ? { ...band, scale: 0, offset: 0.3 } : band)),
        })),
      })),
    })),
  };
  const tiles = { ...made.tiles, tiles: made.tiles.tiles.filter(({ part }) => part === "train") };
  const { findings } = await finetuneTiles(trainingSpec({ imagery, tiles }), quiet);
  expect(findings).toContainEqual({
    code: "bands-constant",
    details: { modality: input!.name, bands: [input!.bands[0]] },
  });
});

test("a training that learned nothing, or tells nothing new, says so; one that learned does not", async () => {
  const recipe = { ...tilesDefaults, ...short, steps: 24, learningRate: 1e-6, warmupSteps: 0, averageDecay: 0 };
  const poor = await finetuneTiles(trainingSpec({ recipe }), quiet);
  expect(poor.findings!.map(({ code }) => code)).toContain("tiles-near-chance");
  expect((await readModel(poor.modelFolder)).description.findings!.map(({ code }) => code)).toContain("tiles-near-chance"); // biome-ignore format: one line
  const scores = await evaluateTiles(evaluationSpec(learned, { optimistic: true }), quiet);
  expect(scores.findings!.map(({ code }) => code)).toEqual(expect.arrayContaining(["tiles-optimistic", "tiles-few"]));
  expect(scores.findings!.map(({ code }) => code)).not.toContain("tiles-below-commonest");
  const onTraining = await evaluateTiles(evaluationSpec(learned, { part: "train" }), quiet);
  expect(onTraining.findings!.map(({ code }) => code)).toContain("scored-on-training");
});

test("a model for tiles becomes one ONNX file", async () => {
  const path = join(room, "tiles.onnx");
  await exportOnnx(learned, path, 3);
  expect(readFileSync(path).length).toBeGreaterThan(100_000);
});

test("an epoch shows every tile once, and the n-th tile is the same wherever a run goes on", () => {
  const windows = Array.from({ length: 7 }, (_, col) => ({ col, row: 0, width: 1, height: 1 }));
  const draw = tilesInEpochs(windows, 3);
  const all = [0, 1, 2, 3].flatMap((index) => draw(index, 7).map(({ col }) => col));
  for (let epoch = 0; epoch < 4; epoch++)
    expect(all.slice(7 * epoch, 7 * epoch + 7).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  const odd = tilesInEpochs(windows, 3);
  expect([0, 1, 2].flatMap((index) => odd(index, 5).map(({ col }) => col))).toEqual(all.slice(0, 15));
  expect(tilesInEpochs(windows, 3)(2, 5).map(({ col }) => col)).toEqual(all.slice(10, 15));
});
