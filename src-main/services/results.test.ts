import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EvaluateResult } from "../../src-shared/domain/job.ts";
import { northUp } from "../../src-shared/geo/affine.ts";
import { type Catalog, createCatalog } from "../catalog/index.ts";
import type { Tensor } from "../engine/index.ts";
import { contextOf } from "../jobs/context.ts";
import { writeClassMap } from "../jobs/fixtures/class-map.ts";
import { randomModel, sampleGrid, sampleImagery, sampleLabels } from "../jobs/fixtures/sample.ts";
import { runJob } from "../jobs/run-job.ts";
import { readModel, writeModel } from "../learning/index.ts";
import { readingLimits } from "../vector/index.ts";
import type { JobRunner } from "./deps.ts";
import { services } from "./services.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-results-"));
const geobox = { crs: "EPSG:32631", affine: northUp(574_680, 5_622_440, 10, 10), width: 40, height: 30 };
const legend = [
  { code: 1, name: "maize, sweet", color: "#ffcc00" },
  { code: 2, name: "prairie", color: "#00aa44" },
];
const package_ = join(room, "elsewhere");
let catalog: Catalog;
let all: ReturnType<typeof services>;

const run: JobRunner = (spec, on, signal) => runJob(spec, contextOf(on, signal));

async function addMap(name: string, classOf: (col: number, row: number) => number): Promise<number> {
  const folder = join(catalog.folder, "maps", name);
  mkdirSync(folder, { recursive: true });
  const files = await writeClassMap(join(folder, name), geobox, legend, classOf);
  const pixels: Record<string, number> = {};
  for (let row = 0; row < 30; row++) {
    for (let col = 0; col < 40; col++) {
      const code = classOf(col, row);
      if (code > 0) pixels[code] = (pixels[code] ?? 0) + 1;
    }
  }
  for (const end of ["qml", "sld"]) writeFileSync(join(folder, `${name}_class.${end}`), "");
  return catalog.maps.add({
    name,
    modelId: catalog.models.find("imported")?.id ?? null,
    jobId: null,
    modalities: ["s2"],
    area: geobox,
    files: {
      ...files,
      probabilitiesPath: null,
      qmlPath: join(folder, `${name}_class.qml`),
      sldPath: join(folder, `${name}_class.sld`),
      sidecarPaths: [`${files.classPath}.aux.xml`],
      tiles: 1,
      seconds: 2,
      pixels,
    },
  });
}

beforeAll(async () => {
  const grid = sampleGrid(22, 8, 10);
  await randomModel(package_, grid, await sampleImagery(grid, 2), sampleLabels().legend);
  writeFileSync(join(package_, "LICENSE"), "CC0 1.0");
  catalog = createCatalog(
    join(room, "project"),
    { name: "Flanders & more", grid: { geobox, patchMeters: 10, tilePatches: 4 } },
    { purpose: "a test", appVersion: "0.1.0" },
  );
  all = services({ catalog, appVersion: "0.1.0", runJob: run, announce: () => {} });
});
afterAll(() => {
  catalog.close();
  rmSync(room, { recursive: true, force: true });
});

const code = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: { code?: string }) => error.code,
  );

test("a model comes in from a folder and from a zip that Python packed, renamed when its name is taken", {
  tags: ["gdal"],
}, async () => {
  const first = await all["models.import"]({ path: package_, name: "imported" });
  expect(first.name).toBe("imported");
  const zip = join(room, "model.zip");
  execFileSync("/usr/bin/python3", ["-c", "import shutil, sys; shutil.make_archive(sys.argv[1], 'zip', sys.argv[2])", zip.slice(0, -4), package_]); // biome-ignore format: one call
  expect(await all["models.import"]({ path: zip })).toMatchObject({ name: "random" });
  expect(await all["models.import"]({ path: zip })).toMatchObject({ name: "random (2)" });
  const details = await all["models.details"]({ name: "random" });
  expect(details).toMatchObject({ task: "dense", licence: "CC0 1.0" });
  expect(details.folder.startsWith(join(catalog.folder, "models"))).toBe(true);
  await all["models.rename"]({ name: "random (2)", to: "spare" });
  expect((await all["models.remove"]({ name: "spare" })).deleted).toHaveLength(1);
  expect(catalog.models.list().map(({ name }) => name)).toEqual(["imported", "random"]);
});

test("a package that is damaged, is no model or takes a name that is taken leaves nothing behind", {
  tags: ["gdal"],
}, async () => {
  const before = execFileSync("ls", [join(catalog.folder, "models")], { encoding: "utf8" });
  const zip = readFileSync(join(room, "model.zip"));
  const broken = join(room, "broken.zip");
  zip[Math.floor(zip.length / 2)]! ^= 255;
  writeFileSync(broken, zip);
  expect(await code(all["models.import"]({ path: broken }))).toBe("model-package-damaged");
  writeFileSync(broken, "no archive");
  expect(await code(all["models.import"]({ path: broken }))).toBe("model-package-damaged");
  expect(await code(all["models.import"]({ path: join(room, "nowhere") }))).toBe("model-package-not-found");
  expect(await code(all["models.import"]({ path: room }))).toBe("model-package-not-found");
  expect(await code(all["models.import"]({ path: package_, name: "imported" }))).toBe("model-exists");
  // A member that would climb out of its folder is no file of a model.
  const climbing = join(room, "climbing.zip");
  execFileSync("/usr/bin/python3", ["-c", "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1], 'w'); z.write(sys.argv[2] + '/model.json', 'model.json'); z.writestr('../../evil.txt', 'x')", climbing, package_]); // biome-ignore format: one call
  expect(await code(all["models.import"]({ path: climbing }))).toBe("model-package-damaged");
  expect(existsSync(join(room, "evil.txt"))).toBe(false);
  expect(execFileSync("ls", [join(catalog.folder, "models")], { encoding: "utf8" })).toBe(before);
});

test("a licence that is a link brings nothing in from outside, in a folder, in an archive and in the project", {
  tags: ["gdal"],
}, async () => {
  const secret = join(room, "secret.txt");
  writeFileSync(secret, "the secret");
  const linked = join(room, "linked");
  cpSync(package_, linked, { recursive: true });
  rmSync(join(linked, "LICENSE"));
  symlinkSync(secret, join(linked, "LICENSE"));
  const before = readdirSync(join(catalog.folder, "models"));
  await expect(all["models.import"]({ path: linked, name: "linked" })).rejects.toMatchObject({
    code: "model-package-damaged",
    message: expect.stringContaining("“LICENSE” is a link to another place"),
  });
  expect(readdirSync(join(catalog.folder, "models"))).toEqual(before);
  // The same for the folder that the link leads through.
  rmSync(join(linked, "LICENSE"));
  symlinkSync(room, join(linked, "way"));
  symlinkSync("way/secret.txt", join(linked, "LICENSE"));
  expect(await code(all["models.import"]({ path: linked, name: "linked" }))).toBe("model-package-damaged");
  // A link to another file of the package is that file.
  rmSync(join(linked, "LICENSE"));
  writeFileSync(join(linked, "TERMS"), "CC BY 4.0");
  symlinkSync("TERMS", join(linked, "LICENSE"));
  await all["models.import"]({ path: linked, name: "linked" });
  const { folder, licence } = await all["models.details"]({ name: "linked" });
  expect(licence).toBe("CC BY 4.0");
  expect(lstatSync(join(folder, "LICENSE")).isFile()).toBe(true);
  // A link in an archive is never made.
  const zip = join(room, "linked.zip");
  const program = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as z:
    for name in ["model.json", "weights.safetensors"]: z.write(sys.argv[2] + "/" + name, name)
    link = zipfile.ZipInfo("LICENSE")
    link.create_system = 3
    link.external_attr = 0o120777 << 16
    z.writestr(link, sys.argv[3])`;
  execFileSync("/usr/bin/python3", ["-c", program, zip, package_, secret]);
  await all["models.import"]({ path: zip, name: "zipped" });
  const zipped = await all["models.details"]({ name: "zipped" });
  expect([zipped.licence, readdirSync(zipped.folder).sort()]).toEqual([null, ["model.json", "weights.safetensors"]]);
  // One that somebody put into the project afterwards is not followed.
  rmSync(join(folder, "LICENSE"));
  symlinkSync(secret, join(folder, "LICENSE"));
  const after = await all["models.details"]({ name: "linked" }).then(
    (details) => details.licence,
    (error: { code?: string }) => error.code,
  );
  expect(["project-link-outside", null]).toContain(after);
  for (const name of ["linked", "zipped"]) await all["models.remove"]({ name }).catch(() => {});
});

/** Of a `model.json`, to be spoiled. */
interface Description {
  readonly legend: unknown[];
  readonly config: object;
  readonly grid: object;
  readonly modalities: readonly { readonly bands: string[] }[];
}

test("weights of another network, and inputs that are not the network's, are refused at import with the tensor and both shapes", async () => {
  const other = join(room, "other");
  const spoil = async (
    change: (json: Description, weights: Record<string, Tensor>) => void,
  ): Promise<{ code?: string; message: string } | undefined> => {
    rmSync(other, { recursive: true, force: true });
    const { description, weights } = await readModel(package_);
    const json = JSON.parse(readFileSync(join(package_, "model.json"), "utf8")) as Description;
    const tensors = { ...weights } as Record<string, Tensor>;
    change(json, tensors);
    // The sum is right: only the network does not fit.
    const { weights: written } = await writeModel(other, description, tensors);
    writeFileSync(join(other, "model.json"), JSON.stringify({ ...json, weights: written }));
    return all["models.import"]({ path: other, name: "of another" }).then(
      () => undefined,
      (error: { code?: string; message: string }) => error,
    );
  };
  const [name = ""] = Object.keys((await readModel(package_)).weights).filter((each) => /^head\..*weight$/.test(each));
  const lacking = await spoil((_, weights) => delete weights[name]);
  expect(lacking).toMatchObject({ code: "model-package-damaged", message: expect.stringContaining(`lack “${name}”`) });
  const turned = await spoil((_, weights) => {
    const { type, shape, data } = weights[name]!;
    weights[name] = { type, shape: [...shape].reverse().concat(1), data };
  });
  expect(turned!.message).toMatch(/in its weights is .* × 1 \(float32\), and its network needs .* \(float32\)/);
  expect((await spoil((json) => json.legend.pop()))!.message).toMatch(/and its network needs/);
  expect((await spoil((json) => Object.assign(json.config, { depth: 9 })))!.message).toContain("its weights lack");
  expect((await spoil((json) => json.modalities[0]!.bands.pop()))!.message).toContain("bands");
  expect((await spoil((json) => Object.assign(json.grid, { tilePatches: 9 })))!.message).toContain("9 × 9");
  expect((await spoil((json) => Object.assign(json, { task: "tiles" })))!.message).toContain(
    "do not fit what it is for",
  );
  expect(catalog.models.find("of another")).toBeUndefined();
  expect(await spoil((_, weights) => Object.assign(weights, { "decoders.more": weights[name]! }))).toBeUndefined();
});

test("a package and a legend are read in a process that can be killed, and leave nothing when it is", async () => {
  const before = readdirSync(join(catalog.folder, "models"));
  const legend = join(room, "colours.qml");
  writeFileSync(legend, `<qgis><paletteEntry value="1" label="maize" color="#ffcc00"/></qgis>`);
  const usual = { ...readingLimits };
  // So little memory that the reading process cannot even begin.
  Object.assign(readingLimits, { heapOfTiny: 4, heap: 4, heapOfLarge: 4 });
  try {
    expect(await code(all["models.import"]({ path: package_, name: "slow" }))).toBe("model-package-damaged");
    expect(await code(all["legends.import"]({ path: legend }))).toBe("legend-unreadable");
  } finally {
    Object.assign(readingLimits, usual);
  }
  expect(readdirSync(join(catalog.folder, "models"))).toEqual(before);
  expect(await all["legends.import"]({ path: legend })).toMatchObject({ classes: 1 });
});

test("a map tells its areas, and areas corrected by a test of the same model and inputs", {
  tags: ["gdal"],
}, async () => {
  const id = await addMap("one", (col, row) => (row < 10 ? 1 : col === 39 ? 0 : 2));
  const plain = await all["maps.describe"]({ id });
  expect(plain.areas).toMatchObject([
    { code: 1, name: "maize, sweet", color: "#ffcc00", pixels: 400, hectares: 4 },
    { code: 2, name: "prairie", pixels: 780, hectares: 7.8 },
  ]);
  expect(plain).toMatchObject({ emptyPixels: 20, corrected: null, uncorrected: { reason: "no-evaluation" } });

  const job = catalog.jobs.add("evaluate");
  const modelId = catalog.models.named("imported").id;
  const runId = catalog.runs.add({ jobId: job.id, kind: "evaluate", modelId, splitId: null });
  const score = {
    modalities: ["s2"],
    classSet: [1, 2],
    samples: 100,
    overallAccuracy: 0.85,
    overallAccuracyInterval: [0.77, 0.91],
    macroF1: 0.84,
    weightedF1: 0.85,
    microF1: 0.85,
    classes: [],
    confusion: [
      [40, 10],
      [5, 45],
    ],
  } as const;
  const result: EvaluateResult = { part: "test", subsets: [score] };
  catalog.runs.finish(runId, result, null);
  const { corrected } = await all["maps.describe"]({ id });
  // By hand: maize is 4 ha · 40/50 + 7.8 ha · 5/50.
  expect(corrected?.classes[0]).toMatchObject({ code: 1, usersAccuracy: 0.8 });
  expect(corrected?.classes[0]?.hectares).toBeCloseTo(3.98, 10);
  expect(corrected?.classes[1]?.hectares).toBeCloseTo(7.82, 10);
  expect(await all["maps.expected"]({ model: "imported" })).toMatchObject([{ part: "test", samples: 100, overallAccuracy: 0.85, optimistic: false }]); // biome-ignore format: one row

  const csv = join(room, "areas.csv");
  await all["exports.table"]({ table: "areas", id, to: csv });
  const read =
    "import csv, json, sys; print(json.dumps(list(csv.DictReader(open(sys.argv[1], encoding='utf8', newline='')))))";
  const rows = JSON.parse(execFileSync("/usr/bin/python3", ["-c", read, csv], { encoding: "utf8" }));
  expect(rows[0]).toMatchObject({ class: "maize, sweet", pixels: "400", mapped_ha: "4" });
  expect(Number(rows[0].estimated_ha)).toBeCloseTo(3.98, 10);
  expect(await code(all["exports.table"]({ table: "areas", id, to: csv }))).toBe("file-exists");
});

test("a report shows the classes of its map alone, its areas as its own test corrects them, and how the labels were split", async () => {
  const modelId = catalog.models.named("imported").id;
  const images = join(import.meta.dirname, "../../resources/sample/flanders-crops-2019/S2_L2A_10m");
  await all["rasters.import"]({ paths: [join(images, readdirSync(images)[40]!)] });
  const legendId = catalog.legends.put("never taught", [{ code: 1, name: "Unheard-of fern", color: "#123456" }]);
  const own = catalog.legends.put("taught", legend);
  const report = { counts: [{ classCode: 1, part: "test" as const, items: 5, weight: 45 }] };
  const splitId = catalog.splits.add(
    { legendId: own, method: "blocks", parameters: { blockMeters: 160 }, optimistic: false, report },
    new Map(),
  );
  const measured = (model: number, right: number) => {
    const job = catalog.jobs.add("evaluate");
    const runId = catalog.runs.add({ jobId: job.id, kind: "evaluate", modelId: model, splitId });
    const score = {
      modalities: ["s2"],
      classSet: [1, 2],
      samples: 100,
      overallAccuracy: right,
      overallAccuracyInterval: [0.5, 0.99],
      macroF1: right,
      weightedF1: right,
      microF1: right,
      classes: legend.map((entry) => ({ ...entry, precision: 1, recall: 1, f1: 1, support: 50 })),
      confusion: [
        [40, 10],
        [5, 45],
      ],
    } as const;
    catalog.runs.finish(runId, { part: "test", subsets: [score] } satisfies EvaluateResult, null);
    catalog.jobs.start(job.id);
    catalog.jobs.finish(job.id);
  };
  const id = await addMap("reported", (_, row) => (row < 10 ? 1 : 2));
  measured(modelId, 0.85);
  // The newest measurement is of another model, and says nothing of this map.
  measured(catalog.models.find("random")?.id ?? modelId + 1, 0.111);
  const to = join(room, "report.html");
  const { id: job } = await all["reports.write"]({ to, map: id });
  await all["jobs.wait"]({ id: job });
  const text = readFileSync(to, "utf8").replaceAll(/<[^>]+>/g, " ");
  expect(text).toContain("Area corrected by the test labels");
  expect(text).toContain("split by squares of 160 m");
  expect(text).toContain("maize, sweet");
  expect(text).not.toContain("Unheard-of fern");
  expect([text.includes("0.850"), text.includes("0.111")]).toEqual([true, false]);
  for (const each of [legendId, own]) catalog.legends.remove(each);
});

test("two maps are compared, listed, exported by a proposed name, and deleted with their files", {
  tags: ["gdal"],
}, async () => {
  const from = catalog.maps.list()[0]!.id;
  const to = await addMap("two", (col, row) => (row < 12 ? 1 : col === 39 ? 0 : 2));
  expect(await code(all["maps.compare"]({ from, to: from }))).toBe("same-map-twice");
  const job = await all["maps.compare"]({ from, to });
  await all["jobs.wait"]({ id: job.id });
  const [comparison] = await all["maps.comparisons"]({});
  expect(comparison).toMatchObject({ name: "one → two", fromMap: from, toMap: to, jobId: job.id });
  expect(comparison!.result.counts).toEqual([
    [400, 0],
    [78, 702],
  ]);
  expect(existsSync(comparison!.result.path)).toBe(true);
  expect((await all["layers.list"]({})).map(({ id }) => id)).toContain(`difference:${comparison!.id}`);

  const target = await all["exports.propose"]({ subject: "class", id: to, extension: "tif" });
  expect(target.name).toMatch(/^Flanders-more_two_class_\d{8}_32631\.tif$/);
  const raster = await all["exports.raster"]({ layer: `map:${to}`, to: target.path });
  await all["jobs.wait"]({ id: raster.id });
  expect(execFileSync("gdalinfo", [target.path], { encoding: "utf8" })).toContain("LAYOUT=COG");
  expect(await code(all["exports.raster"]({ layer: "labels:1", to: join(room, "x.tif") }))).toBe(
    "layer-not-exportable",
  );
  expect((await all["jobs.list"]({})).find(({ id }) => id === raster.id)).toMatchObject({ kind: "export", state: "finished" }); // biome-ignore format: one row

  const window = await all["maps.window"]({ layer: `map:${to}`, bounds: { minX: 574_680, minY: 5_622_140, maxX: 575_080, maxY: 5_622_440 }, width: 40, height: 30 }); // biome-ignore format: one call
  const values = Buffer.from(window.values, "base64");
  expect([values[0], values[11 * 40], values[12 * 40], values[12 * 40 + 39]]).toEqual([1, 1, 2, 0]);

  await all["maps.rename"]({ id: to, name: "later" });
  expect(await code(all["maps.rename"]({ id: to, name: "one" }))).toBe("map-exists");
  const { deleted } = await all["maps.remove"]({ id: to });
  expect(deleted).toHaveLength(5);
  expect(existsSync(join(catalog.folder, "maps", "two"))).toBe(false);
  expect((await all["maps.comparisons"]({}))[0]).toMatchObject({ fromMap: from, toMap: null });
  await all["maps.removeComparison"]({ id: comparison!.id });
  expect(existsSync(comparison!.result.path)).toBe(false);
});

test("a list of models says what was measured of them since, of models of tiles as of those of patches", async () => {
  const severe = {
    tiles: { code: "tiles-below-commonest", details: { part: "test", microF1: 0.31, baseline: 0.57, classes: ["oak"] } },
    patches: { code: "score-below-commonest", details: { modalities: ["s2"], accuracy: 0.16, commonest: "oak", share: 0.7 } },
  } as const; // biome-ignore format: one finding each
  for (const task of ["tiles", "patches"] as const) {
    const summary = { architecture: "small", steps: 5, seconds: 1, provider: "cpu", metrics: {}, classes: ["oak"] };
    const modelId = catalog.models.add({
      name: `of ${task}`,
      kind: "finetuned",
      folder: join(room, "project", "models", task),
      parentId: null,
      jobId: null,
      modalities: ["s2"],
      summary: {
        ...summary,
        ...(task === "tiles" ? { task } : {}),
        findings: [{ code: "no-validation", details: {} }],
      },
    });
    const codes = async () =>
      (await all["models.list"]({})).find(({ id }) => id === modelId)!.summary.findings!.map(({ code: own }) => own);
    expect(await codes()).toEqual(["no-validation"]);
    const kind = task === "tiles" ? "evaluate-tiles" : "evaluate";
    const run = catalog.runs.add({ jobId: catalog.jobs.add(kind).id, kind, modelId, splitId: null });
    catalog.runs.finish(run, { part: "test", subsets: [], findings: [severe[task]] }, null);
    expect(await codes()).toEqual([severe[task].code, "no-validation"]);
  }
});
