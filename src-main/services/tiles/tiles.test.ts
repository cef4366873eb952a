import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EvaluateTilesResult } from "../../../src-shared/domain/tiles.ts";
import type { AppError } from "../../../src-shared/errors/index.ts";
import { northUp } from "../../../src-shared/geo/affine.ts";
import { contextOf } from "../../jobs/context.ts";
import { type MadeTiles, madeDates, madeNames, madeTiles } from "../../jobs/fixtures/tiles.ts";
import { runJob } from "../../jobs/run-job.ts";
import { createCog } from "../../raster/index.ts";
import { readTileShares } from "../../vector/index.ts";
import type { JobRunner } from "../deps.ts";
import { projectFolders } from "../projects/projects.ts";
import { services } from "../services.ts";
import { NameIndex, tileIdOf } from "./names.ts";

const room = mkdtempSync(join(tmpdir(), "tile-labels-"));
const treesat = join(import.meta.dirname, "../fixtures/treesat");
const projects = projectFolders({ appVersion: "test" });
const inProcess: JobRunner = (spec, on, signal) => runJob(spec, contextOf(on, signal)) as never;
let count = 0;

async function project(area: object, tilePatches = 6, patchMeters = 10) {
  const folder = join(room, `project-${++count}`);
  const catalog = await projects["project.create"]({
    folder,
    name: "tiles",
    area: area as never,
    tilePatches,
    patchMeters,
  });
  const all = services({ catalog, appVersion: "test", runJob: inProcess, announce: () => {} });
  return { catalog, all, folder };
}
/** Germany, in TreeSatAI's system */
const germany = { crs: "EPSG:25832", bounds: { minX: 428_000, minY: 5_752_000, maxX: 613_000, maxY: 5_880_000 } };

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: AppError) => error.code,
  );

/** A picture of `side` × `side` metres with the upper-left corner at (x, y). */
async function picture(path: string, x: number, y: number, side: number, crs = "EPSG:25832"): Promise<void> {
  const geobox = { crs, affine: northUp(x, y, side / 8, side / 8), width: 8, height: 8 };
  const spec = { geobox, bandCount: 1, dataType: "uint8", overviewMethod: "average", blockSize: 64 } as const;
  await createCog(path, spec, async ({ width, height }) => [new Uint8Array(width * height).fill(100)]);
}

let made: MadeTiles;
beforeAll(async () => {
  mkdirSync(join(room, "made"));
  made = await madeTiles(join(room, "made"));
});
afterAll(() => rmSync(room, { recursive: true, force: true }));

test("footprints with shares, in columns or as JSON, in their system or another, give the same windows to the micrometre", async () => {
  const { all, catalog } = await project(germany);
  const first = await all["tiles.import"]({ path: join(treesat, "tiles.gpkg") });
  expect(first.report).toMatchObject({ source: "vector", unit: "fraction", total: 4, used: 4, dropped: [], notes: [] });
  const byColumns = await all["tiles.preview"]({
    path: join(treesat, "tiles.gpkg"),
    columns: ["frac_Abies", "frac_Fagus", "frac_Betula", "frac_Picea", "frac_Quercus", "frac_Cleared"],
  });
  const figures = (report: typeof byColumns) =>
    report.classes.map(({ name, tiles, present, meanShare }) => [name, tiles, present, meanShare]).toSorted();
  expect(figures(byColumns)).toEqual(figures(first.report));
  // Abies_alba_1_1005 holds Abies 0.71896 and Fagus 0.28104; Cleared is nowhere above 0.07.
  expect(first.report.classes.find(({ name }) => name === "Cleared")).toMatchObject({ tiles: 1, present: 0 });
  const tiles = await all["tiles.list"]({});
  const expected = {
    Abies_alba_1_1005: [565_643, 5_770_980],
    "Betula_spec._1_15679": [428_370.4, 5_862_961.8],
    "Betula_spec._5_17172": [612_802.2, 5_752_455],
    Quercus_robur_3_86918: [442_662.8, 5_879_545.6],
  };
  expect(Object.fromEntries(tiles.map(({ key, x, y }) => [key, [x, y]]))).toEqual(expected);
  await all["tiles.import"]({ path: join(treesat, "tiles_wgs84.geojson"), replace: true });
  const again = await all["tiles.list"]({});
  expect(Object.fromEntries(again.map(({ key, x, y }) => [key, [x, y]]))).toEqual(expected);
  expect(again[0]!.shares).toEqual(tiles[0]!.shares);
  // One step back: the first import is there again.
  await all["edits.undo"]({});
  expect((await all["tiles.list"]({})).map(({ id }) => id)).toEqual(tiles.map(({ id }) => id));
  await all["edits.undo"]({});
  expect(await all["tiles.list"]({})).toEqual([]);
  expect(await all["tiles.summary"]({})).toBeNull();
  catalog.close();
});

test("entries of a file find their images by name, and every other entry and image is told", async () => {
  const { all, catalog } = await project(germany);
  const folder = join(room, "pictures");
  mkdirSync(folder);
  // The aerial image is a little larger than the tile, the series is the tile; one image has no entry.
  await picture(join(folder, "Abies_alba_1_1005_aerial.tif"), 565_642.6, 5_770_980.4, 60.8);
  await picture(join(folder, "Abies_alba_1_1005_S2_stack.tif"), 565_643, 5_770_980, 60);
  await picture(join(folder, "Betula_spec._1_15679_WEFL_NLF.tif"), 428_370, 5_862_962.2, 60.8);
  await picture(join(folder, "Fagus_sylvatica_1_1.tif"), 500_000, 5_800_000, 60);
  await picture(join(folder, "Quercus_robur_5_86111_BI_NLF.tif"), 510_000, 5_800_000, 120);
  for (const [n, name] of ["Abies_alba_1_1005_aerial", "Abies_alba_1_1005_S2_stack", "Betula_spec._1_15679_WEFL_NLF", "Fagus_sylvatica_1_1", "Quercus_robur_5_86111_BI_NLF"].entries()) // biome-ignore format: one line
    await all["rasters.import"]({ paths: [join(folder, `${name}.tif`)], sensor: "aerial", date: `2020-07-0${n + 1}`, bands: ["N"] } as never); // biome-ignore format: one line
  const { report } = await all["tiles.import"]({ path: join(treesat, "multi_labels.json") });
  expect(report).toMatchObject({ source: "json", unit: "fraction", total: 6, used: 2, imagesWithout: 1 });
  const dropped = Object.fromEntries(report.dropped.map(({ reason, examples }) => [reason, examples]));
  expect(dropped["other-size"]).toEqual([{ key: "Quercus_robur_5_86111_WEFL_NLF.tif", detail: "120 × 120 m" }]);
  expect(dropped["no-image"]!.map(({ key }) => key)).toContain("Picea_abies_3_49369_WEFL_NLF.tif");
  const tiles = await all["tiles.list"]({});
  expect(tiles.find(({ key }) => key.startsWith("Abies"))).toMatchObject({ x: 565_643, y: 5_770_980 });
  expect(tiles.find(({ key }) => key.startsWith("Betula"))).toMatchObject({ x: 428_370.4, y: 5_862_961.8 });
  expect(report.notes).toEqual([{ what: "moved-footprint", count: 1, examples: ["Betula_spec._1_15679_WEFL_NLF.tif: 60.8 × 60.8 m"] }]); // biome-ignore format: one line
  catalog.close();
});

test("JSON of one image, records, lists without shares, a folder as BigEarthNet has it, CSV long and wide, and .gz are read alike", async () => {
  const { all, catalog } = await project(germany, 12, 100);
  const corners = (ulx: number, uly: number) => ({ coordinates: { ulx, uly, lrx: ulx + 1200, lry: uly - 1200 }, projection: "EPSG:25832" }); // biome-ignore format: one line
  const folder = join(room, "bigearthnet");
  for (const [n, labels] of [["Mixed forest", "Water bodies"], ["Water bodies"]].entries()) {
    mkdirSync(join(folder, `patch_${n}`), { recursive: true });
    const text = JSON.stringify({ labels, ...corners(500_000 + 2400 * n, 5_800_000) });
    writeFileSync(join(folder, `patch_${n}`, `patch_${n}_labels_metadata.json`), text);
    // The radar half of the pair says the same of the same place.
    writeFileSync(join(folder, `patch_${n}`, `radar_${n}_labels_metadata.json`), text);
  }
  writeFileSync(join(folder, "damaged.json"), "{");
  const report = await all["tiles.preview"]({ path: folder });
  expect(report).toMatchObject({ source: "folder", unit: "listed", total: 5, used: 2 });
  expect(Object.fromEntries(report.dropped.map(({ reason, count }) => [reason, count]))).toEqual({ "bad-share": 1, "same-place": 2 }); // biome-ignore format: one line
  expect(report.classes.map(({ name, tiles, meanShare }) => [name, tiles, meanShare])).toEqual([["Mixed forest", 1, 1], ["Water bodies", 2, 1]]); // biome-ignore format: one line

  const footprint = (n: number, properties: object) => ({ type: "Feature", properties: { tile: `t${n}`, ...properties }, geometry: { type: "Polygon", coordinates: [[[500_000 + 2400 * n, 5_800_000], [501_200 + 2400 * n, 5_800_000], [501_200 + 2400 * n, 5_801_200], [500_000 + 2400 * n, 5_801_200], [500_000 + 2400 * n, 5_800_000]]] } }); // biome-ignore format: one line
  const collection = (features: object[]) => JSON.stringify({ type: "FeatureCollection", crs: { type: "name", properties: { name: "EPSG:25832" } }, features }); // biome-ignore format: one line
  const written = (name: string, text: string | Buffer) => {
    writeFileSync(join(room, name), text);
    return join(room, name);
  };
  // Percent is told and divided; a word that is no number, a negative share and a sum far above 1 are told.
  const percent = written("percent.geojson", collection([footprint(0, { pct_oak: 60, pct_pine: 40 }), footprint(1, { pct_oak: 5, pct_pine: 90 }), footprint(2, { pct_oak: 100, pct_pine: 0 })])); // biome-ignore format: one line
  const read = await all["tiles.preview"]({ path: percent });
  expect(read).toMatchObject({ unit: "percent", used: 3 });
  expect(read.classes.map(({ name, tiles, present, meanShare }) => [name, tiles, present, Number(meanShare.toFixed(4))])).toEqual([["oak", 3, 2, 0.55], ["pine", 2, 2, 0.65]]); // biome-ignore format: one line
  const bad = written("bad.geojson", collection([footprint(0, { labels: '{"oak": -0.2}' }), footprint(1, { labels: '{"oak": 0.9, "pine": 0.8}' }), footprint(2, { labels: '{"oak": "much", "pine": 0.2}' }), footprint(3, { labels: "{}" }), footprint(4, { labels: '{"oak": 64}' }), footprint(5, { labels: '[["oak", 0.5], ["oak", 0.3]]' })])); // biome-ignore format: one line
  const told = await all["tiles.preview"]({ path: bad });
  expect(told).toMatchObject({ unit: "fraction", total: 6, used: 3 });
  expect(told.dropped).toEqual([{ reason: "bad-share", count: 3, examples: [{ key: "t0", detail: "oak: -0.2" }, { key: "t2", detail: "oak: no number" }, { key: "t4", detail: "oak: 64" }] }]); // biome-ignore format: one line
  expect(told.notes.map(({ what, count }) => [what, count])).toEqual([["sum-above-one", 1], ["no-share", 1], ["repeated-class", 1]]); // biome-ignore format: one line
  expect(told.classes.find(({ name }) => name === "oak")!.meanShare).toBeCloseTo((0.9 + 0.8) / 2, 9);

  // The same shares by image name, in every notation.
  await picture(join(room, "scene_a.tif"), 500_000, 5_800_000, 1200);
  await picture(join(room, "scene_b.tif"), 510_000, 5_800_000, 1200);
  for (const name of ["scene_a", "scene_b"])
    await all["rasters.import"]({ paths: [join(room, `${name}.tif`)], sensor: "aerial", date: name === "scene_a" ? "2020-07-01" : "2020-07-02", bands: ["N"] } as never); // biome-ignore format: one line
  const shares = { scene_a: { oak: 0.53, pine: 0.18 }, scene_b: { pine: 1 } };
  const notations = {
    "map.json": JSON.stringify(shares),
    "pairs.json.gz": gzipSync(JSON.stringify(Object.fromEntries(Object.entries(shares).map(([key, own]) => [`${key}.tif`, Object.entries(own)])))), // biome-ignore format: one line
    "records.json": JSON.stringify(Object.entries(shares).map(([file, labels]) => ({ file: `img/${file}.tif`, labels, year: 2020 }))), // biome-ignore format: one line
    "long.csv": "file,label,share\nscene_a.tif,oak,0.53\nscene_a.tif,pine,0.18\nscene_b.tif,pine,1\n",
    "wide.csv": 'image;oak;pine\n"scene_a.tif";0,53;0,18\nscene_b.tif;0;1\n',
    // As a spreadsheet in western Europe saves it, and as one with a preface line does.
    "western.csv": Buffer.from('image;chêne;oak;pine\n"scene_a.tif";0;0,53;0,18\nscene_b.tif;0;0;1\n', "latin1"),
    "bars.tab": "sep=|\nimage|oak|pine\nscene_a.tif|0.53|0.18\nscene_b.tif|0|1\n",
    "utf16.csv": Buffer.from(
      "\ufefffile\tlabel\tshare\nscene_a.tif\toak\t0.53\nscene_a.tif\tpine\t0.18\nscene_b.tif\tpine\t1\n",
      "utf16le",
    ),
    "json.csv": 'tile,split,labels\nscene_a,train,"{""oak"": 0.53, ""pine"": 0.18}"\nscene_b,test,"{""pine"": 1}"\n',
  };
  for (const [name, text] of Object.entries(notations)) {
    const own = await all["tiles.preview"]({ path: written(name, text) });
    expect({ name, used: own.used, unit: own.unit }).toEqual({ name, used: 2, unit: "fraction" });
    const classes = own.classes
      .map((entry) => [entry.name, entry.tiles, Number(entry.meanShare.toFixed(9))])
      .toSorted();
    expect({ name, classes }).toEqual({
      name,
      classes: [
        ["oak", 1, 0.53],
        ["pine", 2, 0.59],
      ],
    });
  }
  // One image alone: the file's own name is the key.
  const one = await all["tiles.preview"]({ path: written("scene_a.json", '{"Betula": 0.53, "Quercus": 0.18}') });
  expect(one).toMatchObject({ total: 1, used: 1, imagesWithout: 1 });
  const listed = await all["tiles.preview"]({ path: written("listed.csv", "file,label\nscene_a.tif,oak\nscene_a.tif,pine\n") }); // biome-ignore format: one line
  expect(listed).toMatchObject({ unit: "listed", used: 1 });
  for (const [name, text, code] of [
    ["none.json", '{"a": {"b": {"c": 1}}}', "tile-shares-unreadable"],
    ["broken.json", "[1, 2", "tile-shares-unreadable"],
    ["broken.json.gz", Buffer.from([0x1f, 0x8b, 8, 0, 1]), "tile-shares-unreadable"],
    ["empty.csv", "file,label\n", "tile-shares-unreadable"],
    ["words.csv", "file,remark\na,b\n", "tile-shares-no-columns"],
  ] as const)
    expect({ name, code: await codeOf(all["tiles.preview"]({ path: written(name, text) })) }).toEqual({ name, code });
  expect(await codeOf(all["tiles.import"]({ path: written("away.csv", "file,label\nnowhere,oak\n") }))).toBe("tile-labels-none-usable"); // biome-ignore format: one line
  catalog.close();
});

test("names of pictures lose their words for sensors and cameras, and nothing that tells tiles apart", () => {
  expect(tileIdOf("/data/Abies_alba_1_1005_WEFL_NLF.tif")).toBe("abies_alba_1_1005");
  expect(tileIdOf("Abies_alba_1_1005_S2_stack.tif")).toBe("abies_alba_1_1005");
  expect(tileIdOf("S2A_MSIL2A_20170613T101031_87_48_B8A.tif")).toBe("s2a_msil2a_20170613t101031_87_48");
  const index = new NameIndex(["tile_1", "tile_1_2", "x_BI_NLF.tif", "x_WEFL_NLF.tif"]);
  expect(["tile_1_20190401.tif", "tile_1_2_20190401.tif", "tile_12.tif", "other.tif"].map((name) => index.find(name))).toEqual([0, 1, undefined, undefined]); // biome-ignore format: one line
  // Two entries of one tile: only their exact names are certain.
  expect([index.find("x_aerial.tif"), index.find("x_BI_NLF.tif"), index.find("x_wefl_nlf.tif")]).toEqual([undefined, 2, 3]); // biome-ignore format: one line
  expect(index.isAmbiguous("x_aerial.tif")).toBe(true);
});

async function taught() {
  const { all, catalog, folder } = await project({ like: made.paths[0]! }, 4);
  for (const [t, path] of made.paths.entries())
    await all["rasters.import"]({ paths: [path], sensor: "sentinel-2", date: madeDates[t]!, bands: ["B02", "B03", "B04", "B08"] } as never); // biome-ignore format: one line
  const features = made.tiles.tiles.map(({ key, x, y, shares, part }) => ({
    type: "Feature",
    properties: { tile: key, split: part, ...Object.fromEntries(madeNames.map((name, k) => [`share_${name}`, shares[k + 1] ?? 0])) },
    geometry: { type: "Polygon", coordinates: [[[x, y], [x + 40, y], [x + 40, y - 40], [x, y - 40], [x, y]]] },
  })); // biome-ignore format: one feature
  const path = join(room, `tiles-${count}.geojson`);
  writeFileSync(path, JSON.stringify({ type: "FeatureCollection", crs: { type: "name", properties: { name: "EPSG:32632" } }, features })); // biome-ignore format: one line
  await all["tiles.import"]({ path });
  return { all, catalog, folder, path };
}

test("tiles are divided by field, by official lists, by blocks, at random and into folds; none is in two parts", async () => {
  const { all, catalog } = await taught();
  const names = made.tiles.tiles.map(({ key }) => key);
  const byField = await all["tiles.split"]({ method: "field" });
  expect(byField.counts).toEqual({ train: 36, validation: 12, test: 12, unused: 0 });
  const lists = ["train", "test"].map((part, p) => {
    const path = join(room, `${part}.lst`);
    // As official lists: file names, with the ending and the camera.
    writeFileSync(path, `${names.slice(p === 0 ? 0 : 50, p === 0 ? 50 : 60).map((name) => `${name}_WEFL_NLF.tif`).join("\n")}\nnowhere_1.tif\n`); // biome-ignore format: one line
    return { part: part as "train", path };
  });
  const listed = await all["tiles.split"]({ method: "lists", lists, validationShare: 0.1 });
  expect(listed.counts).toMatchObject({ test: 10, unused: 0 });
  expect(listed.counts.validation).toBeGreaterThanOrEqual(4);
  expect(listed.unknown).toEqual({ count: 2, examples: ["nowhere_1.tif", "nowhere_1.tif"] });
  const blocks = await all["tiles.split"]({ method: "blocks", blockMeters: 100 });
  expect(blocks).toMatchObject({ optimistic: false, reason: null });
  const random = await all["tiles.split"]({ method: "random" });
  expect(random).toMatchObject({ optimistic: true, reason: expect.stringContaining("neighbours") });
  const tested = new Set<string>();
  for (let fold = 1; fold <= 5; fold++) {
    const folded = await all["tiles.split"]({ method: "blocks", blockMeters: 100, folds: 5, fold });
    expect(folded.counts.unused).toBe(0);
    const tiles = await all["tiles.list"]({});
    for (const { key } of tiles.filter(({ part }) => part === "test")) {
      expect(tested.has(key)).toBe(false);
      tested.add(key);
    }
  }
  expect(tested.size).toBe(60);
  expect(await codeOf(all["tiles.split"]({ method: "field", field: "nothing" }))).toBe("split-without-field");
  await all["edits.undo"]({});
  expect(((await all["tiles.summary"]({}))!.split!.parameters as { fold: number }).fold).toBe(4);
  catalog.close();
});

test("a project teaches, scores and maps tiles; a model of tiles draws no map of patches, and the other way round", async () => {
  const { all, catalog } = await taught();
  expect(await codeOf(all["tiles.finetune"]({ name: "trees" }))).toBe("no-tile-split");
  await all["tiles.split"]({ method: "field" });
  const recipe = { steps: 12, warmupSteps: 2, batchSize: 8, validateEverySteps: 6, shareThreshold: 0.1 };
  expect(await codeOf(all["tiles.finetune"]({ name: "trees", recipe: { steps: -1 } }))).toBe("request-invalid");
  // What it would take is tried on the labelled tiles themselves: the steps, and before them the statistics.
  const asked = { kind: "tiles", name: "trees", preset: "quick", provider: "cpu" } as const;
  const short = await all["runs.estimate"]({ ...asked, recipe });
  const long = await all["runs.estimate"]({ ...asked, recipe: { ...recipe, steps: 1200 } });
  expect(short).toMatchObject({ provider: "cpu", fittingBatchSize: null });
  expect(short.trialSteps).toBeGreaterThan(0);
  expect(short.totalSeconds!.low).toBeLessThan(short.totalSeconds!.high);
  expect(short.totalSeconds!.low).toBeGreaterThan(12 * short.stepSeconds!.low);
  expect(long.totalSeconds!.low).toBeGreaterThan(1200 * long.stepSeconds!.low);
  const training = await all["tiles.finetune"]({ name: "trees", preset: "quick", provider: "cpu", recipe });
  await all["jobs.wait"]({ id: training.id });
  const [model] = await all["models.list"]({});
  expect(model).toMatchObject({ name: "trees", kind: "finetuned", summary: { task: "tiles", classes: madeNames } });
  expect(await all["models.details"]({ name: "trees" })).toMatchObject({ task: "tiles" });
  const [run] = await all["runs.summaries"]({});
  expect(run).toMatchObject({ kind: "finetune", task: "tiles", steps: 12, optimistic: false });
  const scoring = await all["tiles.evaluate"]({ model: "trees", provider: "cpu" });
  const { result } = await all["jobs.wait"]({ id: scoring.id });
  expect(result as EvaluateTilesResult).toMatchObject({ part: "test", shareThreshold: 0.1 });
  expect(await all["tiles.accuracy"]({ model: "trees" })).toMatchObject({ part: "test", optimistic: false });
  const mapping = await all["tiles.map"]({ model: "trees", name: "autumn", provider: "cpu" });
  await all["jobs.wait"]({ id: mapping.id });
  const [map] = await all["tiles.maps"]({});
  expect(map).toMatchObject({ name: "autumn", files: { tiles: 60, unseen: 0 } });
  const answers = await all["tiles.answers"]({ id: map!.id });
  expect(answers).toHaveLength(60);
  const first = made.tiles.tiles[0]!;
  expect(answers[0]).toMatchObject({ key: first.key, x: first.x, y: first.y, part: first.part });
  expect(answers[0]!.reference).toEqual(Object.entries(first.shares).filter(([, share]) => share > 0.1).map(([code]) => Number(code))); // biome-ignore format: one line
  const around = await all["tiles.map"]({ model: "trees", over: "images", provider: "cpu" });
  const whole = (await all["jobs.wait"]({ id: around.id })).result as { tiles: number; cogPath: string };
  // x 500,003.4 to 500,503.4 touches 13 squares of 40 m counted from the origin, y 5,599,706.6 to 5,600,006.6 touches 9.
  expect(whole.tiles).toBe(13 * 9);
  expect(await codeOf(all["maps.draw"]({ model: "trees" }))).toBe("model-of-tiles");
  expect(await codeOf(all["runs.evaluate"]({ model: "trees" }))).toBe("model-of-tiles");
  expect(await codeOf(all["runs.evaluateAll"]({ model: "trees" }))).toBe("model-of-tiles");
  const { legend } = (await all["tiles.summary"]({}))!;
  expect(await codeOf(all["legends.removeClass"]({ id: legend.id, code: 1 }))).toBe("class-in-use");
  const csv = readFileSync(map!.files.csvPath, "utf8");
  const { deleted } = await all["tiles.removeMap"]({ id: map!.id });
  expect(deleted).toContain(map!.files.csvPath);
  expect(csv.split("\r\n")[0]).toContain("p_beech");
  expect((await all["tiles.maps"]({})).map(({ name }) => name)).not.toContain("autumn");
  catalog.close();
}, 120_000);

test("one tile that is listed twice is left out by its name, and the others keep theirs", async () => {
  const path = join(room, "twice.geojson");
  const square = (x: number) => [[x, 0], [x + 0.001, 0], [x + 0.001, 0.001], [x, 0.001], [x, 0]]; // biome-ignore format: one line
  const feature = (n: number, name: string) => ({
    type: "Feature",
    properties: { tile: name, name: n % 2 === 0 ? "oak" : "beech", share_oak: 0.5 },
    geometry: { type: "Polygon", coordinates: [square(n / 100)] },
  });
  const names = Array.from({ length: 20 }, (_, n) => `tile_${n === 7 ? 3 : n}`);
  writeFileSync(
    path,
    JSON.stringify({ type: "FeatureCollection", features: names.map((name, n) => feature(n, name)) }),
  );
  expect((await readTileShares(path)).entries.map(({ key }) => key)).toEqual(names);
});
