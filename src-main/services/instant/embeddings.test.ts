import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EmbedResult } from "../../../src-shared/domain/job.ts";
import { defaultColor } from "../../../src-shared/domain/legend.ts";
import type { Catalog } from "../../catalog/index.ts";
import { contextOf } from "../../jobs/context.ts";
import { runJob } from "../../jobs/run-job.ts";
import type { JobRunner } from "../deps.ts";
import { projectFolders } from "../projects/projects.ts";
import { type Services, services } from "../services.ts";
import { closeSimilar } from "../similar/similar-project.ts";
import { closeInstant } from "./instant-project.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-embeddings-"));
const project = join(room, "project");
const root = join(import.meta.dirname, "../../..");
const sample = join(root, "resources/sample/flanders-crops-2019");
const running: JobRunner = (spec, on, signal) => runJob(spec, contextOf(on, signal));
const shipped = "shipped:europe-10m";
let catalog: Catalog;
let all: Services;
let announced: string[] = [];

/** Some dates of both sensors. */
const some = (folder: string, every = 12) => readdirSync(join(sample, folder)).sort().filter((_, i) => i % every === 0).map((name) => join(sample, folder, name)); // biome-ignore format: one line

beforeAll(async () => {
  mkdirSync(project);
  catalog = await projectFolders({ appVersion: "test" })["project.create"]({
    folder: project,
    name: "embeddings",
    area: { like: join(sample, "S2_L2A_10m", "S2_L2A_10m_20190610T105703.tif") },
    patchMeters: 10,
    tilePatches: 6,
  });
  all = services({
    catalog,
    appVersion: "test",
    runJob: running,
    shippedModels: join(root, "models"),
    announce: (topic, what) => {
      if (topic === "catalog.changed") announced.push((what as { readonly table: string }).table);
    },
  });
  await all["rasters.import"]({ paths: [...some("S2_L2A_10m"), ...some("S2_SCL_20m"), ...some("S1_GRD_ASC_20m")] });
}, 60_000);
afterAll(() => {
  closeInstant(catalog);
  closeSimilar(catalog);
  catalog.close();
  rmSync(room, { recursive: true, force: true });
});

const at = (col: number, row: number): [number, number] => [574_680 + 10 * col + 5, 5_622_440 - 10 * row - 5];
const code = (error: unknown) => (error as { readonly code?: string }).code;
const state = (settled = false) => all["instant.state"]({ learn: true, settled });
const only = (embedding: string | null) => ({ values: embedding === null, embedding });
async function embedded(model: string): Promise<EmbedResult | null> {
  const started = await all["instant.embed"]({ model });
  return started && ((await all["jobs.wait"]({ id: started.id })).result as unknown as EmbedResult);
}

test("what a model makes of every patch is a layer that is computed once, and an instant map without values", async () => {
  expect(await all["instant.learnFrom"]({ from: only(shipped) }).catch(code)).toBe("instant-not-prepared");
  expect(await all["instant.embed"]({ model: "nobody" }).catch(code)).toBe("model-not-found");
  expect(await all["instant.embed"]({ model: join(root, "models/europe-10m") }).catch(code)).toBe("model-not-found");
  const made = await embedded(shipped);
  expect(made?.group).toMatchObject({ patches: 64 * 64, kept: 0 });
  expect(await embedded(shipped)).toBeNull();
  const told = await state();
  expect(told).toMatchObject({
    possible: true,
    ready: true,
    features: { state: "none" },
    layers: [
      { name: shipped, state: "ready", changed: null, product: "model", taught: false, columns: made!.group.columns },
    ],
    source: { used: only(shipped), by: "usual" },
    learned: { kind: "nothing" },
  });
  expect(told.layers[0]!.error).toBeLessThan(0.1);
  expect(told.layers[0]!.bytes / (9 * 1024)).toBe(made!.group.columns + 1);
  const found = await all["similar.find"]({ like: [at(10, 10)] });
  expect(found).toMatchObject({ patches: 4096, outside: 0 });
}, 300_000);

test("what is learned from is chosen by the labels, told, and can be fixed; similar places compare what one names", async () => {
  const started = await all["instant.prepare"]({});
  await all["jobs.wait"]({ id: started!.id });
  await all["legends.create"]({ name: "crops", classes: [1, 2].map((n) => ({ code: n, name: `class ${n}`, color: defaultColor(n) })) }); // biome-ignore format: one call
  const click = (classCode: number, col: number, row: number) => all["labels.add"]({ labels: [{ classCode, point: at(col, row) }] }); // biome-ignore format: one call
  await click(1, 10, 10);
  await click(2, 40, 50);
  // One label of each class: nothing can be held out.
  const early = await state(true);
  const both = { values: true, embedding: shipped };
  expect(early).toMatchObject({ source: { used: both, by: "usual", tried: [] }, learned: { kind: "classes" } });
  expect(early.source!.sources.map(({ from }) => from)).toEqual([both, only(null), only(shipped)]);
  for (let i = 1; i < 6; i++) {
    await click(1, 10 + i, 10 + (i % 2));
    await click(2, 40 + i, 50 + (i % 3));
  }
  announced = [];
  const settled = await state(true);
  const { source } = settled;
  expect(source).toMatchObject({ by: "labels", choosing: false });
  expect(source!.tried).toHaveLength(3);
  const best = Math.max(...source!.tried.map(({ macroF1 }) => macroF1));
  const used = source!.tried.find(({ from }) => JSON.stringify(from) === JSON.stringify(source!.used))!;
  expect(used.macroF1).toBeGreaterThanOrEqual(best - 0.005);
  expect(announced).toContain("view_state");
  // The same labels: nothing is compared again.
  announced = [];
  expect((await state(true)).source).toEqual(source);
  expect(announced).toEqual([]);

  const epochs = new Set<string>([settled.learned!.epoch]);
  for (const from of [only(shipped), { values: true, embedding: shipped }, only(null)]) {
    await all["instant.learnFrom"]({ from });
    const told = await state();
    expect(told.source).toMatchObject({ used: from, by: "person" });
    epochs.add(told.learned!.epoch);
  }
  expect(epochs.size).toBe(4);
  expect(await all["instant.learnFrom"]({ from: only("nothing") }).catch(code)).toBe("embedding-not-ready");
  expect(await all["instant.learnFrom"]({ from: { values: false, embedding: null } }).catch(code)).toBe(
    "request-invalid",
  );
  const like = [at(10, 10)];
  const fields = await Promise.all([undefined, only(null)].map((from) => all["similar.find"]({ like, from })));
  expect(fields[0]!.epoch).toBe(fields[1]!.epoch);
  expect((await all["similar.find"]({ like, from: only(shipped) })).epoch).not.toBe(fields[0]!.epoch);
}, 300_000);

test("an instant map of an embedding is kept as a model that holds the encoder, taught the same rows, and mapped", async () => {
  for (const [name, from] of [
    ["alone", only(shipped)],
    ["together", { values: true, embedding: shipped }],
  ] as const) {
    await all["instant.learnFrom"]({ from });
    const { learned } = await state();
    const { id } = await all["instant.keep"]({ name, map: false });
    const { result } = await all["jobs.wait"]({ id });
    expect(result).toMatchObject({ metrics: { rows: learned!.rows } });
    const map = await all["maps.draw"]({ model: name, name });
    await all["jobs.wait"]({ id: map.id });
    const [row] = (await all["maps.list"]({})).filter((one) => one.name === name);
    expect(row).toBeDefined();
  }
  await all["instant.learnFrom"]({ from: null });
}, 300_000);

test("an embedding of images that changed is said to be so, not used, and computed again; one of a model that is gone too", async () => {
  const radar = catalog.acquisitions.list().find(({ sensor }) => sensor === "sentinel-1")!;
  await all["alignment.setShift"]({ shifts: [{ id: radar.id, shift: { dx: 20, dy: 0 } }] });
  expect((await state()).layers).toMatchObject([{ state: "stale", changed: "images" }]);
  expect(await all["instant.learnFrom"]({ from: only(shipped) }).catch(code)).toBe("instant-stale");
  const again = await embedded(shipped);
  expect(again!.group.patches).toBe(4096);
  expect((await state()).layers).toMatchObject([{ state: "ready", changed: null }]);
  expect(readdirSync(join(project, "embeddings"))).toHaveLength(1);
  expect(await all["similar.find"]({ like: [at(10, 10)], from: only("other") }).catch(code)).toBe(
    "embedding-not-ready",
  );
  expect((await all["similar.find"]({ like: [at(10, 10)], from: only(shipped) })).patches).toBe(4096);

  // A program that does not bring the model.
  closeInstant(catalog);
  const without = services({ catalog, appVersion: "test", runJob: running, announce: () => {} });
  expect((await without["instant.state"]({})).layers).toMatchObject([{ state: "stale", changed: "model-gone" }]);
  expect(await without["instant.removeLayer"]({ name: "other" }).catch(code)).toBe("embedding-not-found");
  await without["instant.removeLayer"]({ name: shipped });
  expect((await without["instant.state"]({})).layers).toEqual([]);
  expect(readdirSync(join(project, "embeddings"))).toEqual([]);
}, 300_000);

test("embeddings that others made are found by their names, imported once, added to, and out of date when their files or the area change", async () => {
  const fixtures = join(root, "src-main/jobs/fixtures/embeddings");
  const files = join(room, "files");
  cpSync(fixtures, files, { recursive: true });
  const folder = join(room, "south");
  mkdirSync(folder);
  const south = await projectFolders({ appVersion: "test" })["project.create"]({
    folder,
    name: "south",
    area: { like: join(files, "2024/grid_31.15_-9.85.tiff") },
    patchMeters: 10,
    tilePatches: 6,
  });
  try {
    const own = services({ catalog: south, appVersion: "test", runJob: running, announce: () => {} });
    const imported = async (...paths: string[]) => {
      const started = await own["instant.importEmbeddings"]({ paths });
      return started && ((await own["jobs.wait"]({ id: started.id })).result as unknown as EmbedResult);
    };
    const refused = (...paths: string[]) => imported(...paths).catch(code);
    expect(await own["instant.state"]({})).toMatchObject({ possible: false, ready: false, layers: [], source: null });
    expect(await refused(join(files, "2023"))).toBe("embeddings-outside");
    expect(await refused(join(files, "2023"), join(files, "2024"))).toBe("embeddings-mixed");
    expect(await refused(join(files, "README.md"))).toBe("embeddings-format");
    expect(await refused(join(files, "2024/grid_31.15_-9.85.tiff"))).toBe("embeddings-shape");
    const scales = join(files, "2024/grid_31.15_-9.85_scales.npy");
    renameSync(scales, `${scales}.away`);
    expect(await refused(join(files, "2024"))).toBe("embeddings-without-scales");
    renameSync(`${scales}.away`, scales);

    const made = await imported(join(files, "2024"));
    expect(made!.group).toMatchObject({ modality: "Tessera 2024", columns: 128, patches: 256 });
    expect(await imported(join(files, "2024/grid_31.15_-9.85.npy"))).toBeNull();
    const layer = { name: "Tessera 2024", product: "tessera", year: 2024, state: "ready", changed: null };
    expect(await own["instant.state"]({})).toMatchObject({ possible: true, ready: true, layers: [layer] });

    // Two labels within, one outside of it: a map without any image.
    await own["legends.create"]({ name: "two", classes: [1, 2].map((n) => ({ code: n, name: `class ${n}`, color: defaultColor(n) })) }); // biome-ignore format: one call
    const point = (x: number, y: number): [number, number] => [617_740 + 10 * x + 5, 9_624_780 - 10 * y - 5];
    await own["labels.add"]({ labels: [{ classCode: 1, point: point(2, 2) }, { classCode: 2, point: point(12, 12) }] }); // biome-ignore format: one call
    expect((await own["instant.state"]({ learn: true, settled: true })).learned).toMatchObject({
      kind: "classes",
      rows: 2,
    });
    expect(await own["instant.keep"]({ name: "none" }).catch(code)).toBe("instant-keeps-no-files");
    expect(await own["similar.find"]({ like: [point(2, 2)] })).toMatchObject({ outside: 0 });

    utimesSync(scales, new Date(), new Date(1e12));
    expect((await own["instant.state"]({})).layers).toMatchObject([{ state: "stale", changed: "files" }]);
    expect((await imported(join(files, "2024")))!.group.kept).toBe(0);
    rmSync(scales);
    expect((await own["instant.state"]({})).layers).toMatchObject([{ state: "ready", changed: null }]);
    const { geobox } = south.project.get().grid;
    const { a, d } = geobox.affine;
    const [col, row] = [Math.round(a / 10), Math.round(-d / 10)];
    south.project.setLimit([{ col, row, width: 8, height: 8 }]);
    expect((await own["instant.state"]({})).layers).toMatchObject([{ state: "stale", changed: "area" }]);
  } finally {
    closeInstant(south);
    closeSimilar(south);
    south.close();
  }
}, 300_000);
