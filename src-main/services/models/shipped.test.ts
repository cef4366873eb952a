import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs"; // biome-ignore format: one line
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FinetuneSpec, JobSpec } from "../../../src-shared/domain/job.ts";
import { usualStart } from "../../../src-shared/domain/shipped-model.ts";
import type { Catalog } from "../../catalog/index.ts";
import { contextOf } from "../../jobs/context.ts";
import { runJob } from "../../jobs/run-job.ts";
import { makeSample } from "../app/sample.ts";
import type { JobRunner } from "../deps.ts";
import { projectFolders } from "../projects/projects.ts";
import { services } from "../services.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-shipped-"));
const shipped = join(room, "installation/models");
const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const projects = projectFolders({ appVersion: "0.1.0" });
const short = { steps: 2, batchSize: 2, datesPerTile: 3, checkpointEverySteps: 10, regressionWeight: 0, forestWeight: 0, boostedWeight: 0 }; // biome-ignore format: one line
let catalog: Catalog;

const asked: JobSpec[] = [];
const really: JobRunner = (spec, on, signal) => {
  asked.push(spec);
  return runJob(spec, contextOf(on, signal));
};
const open = (job: JobRunner = really, shippedModels: string | undefined = shipped) =>
  services({ catalog, appVersion: "0.1.0", runJob: job, announce: () => {}, shippedModels });
let all: ReturnType<typeof open>;
const failure = (work: Promise<unknown>) =>
  work.then(
    () => ({ code: "none", message: "", details: {} }),
    (error: { code: string; message: string; details: unknown }) => error,
  );
async function done(started: Promise<{ readonly id: number }>) {
  const { id } = await started;
  return (await all["jobs.wait"]({ id })).job;
}
/** A copy of the encoder under another name, with another description. */
function variant(name: string, change: (json: Record<string, never>) => void = () => {}): string {
  const folder = join(shipped, name);
  cpSync(join(shipped, "tiny"), folder, { recursive: true });
  const path = join(folder, "model.json");
  const json = JSON.parse(readFileSync(path, "utf8"));
  change(json);
  writeFileSync(path, JSON.stringify(json));
  return folder;
}

beforeAll(async () => {
  await makeSample(sample, join(room, "project"), "0.1.0");
  catalog = await projects["project.open"]({ folder: join(room, "project"), purpose: "a test" });
  all = open();
  const { steps, batchSize, datesPerTile, checkpointEverySteps } = short;
  const recipe = { steps, batchSize, datesPerTile, checkpointEverySteps };
  const { id } = await all["runs.pretrain"]({ name: "tiny", size: "tiny", provider: "cpu", recipe });
  await all["jobs.wait"]({ id });
  mkdirSync(shipped, { recursive: true });
  writeFileSync(join(shipped, "README.md"), "# models");
  await all["models.export"]({ name: "tiny", to: join(shipped, "tiny") });
  writeFileSync(join(shipped, "tiny/LICENSE"), "CC BY 4.0\nand more");
}, 120_000);
afterAll(() => {
  catalog.close();
  rmSync(room, { recursive: true, force: true });
});

test("encoders of the installation are listed beside the project, those that do not fit with a sentence why", async () => {
  const named = (json: unknown) => json as { grid: { patchMeters: number }; modalities: { name: string; bands: string[]; sensor: string }[]; config: { modalities: { name: string }[] } }; // biome-ignore format: one line
  variant("coarse", (json) => {
    named(json).grid.patchMeters = 20;
  });
  variant("infrared", (json) => {
    const { modalities, config } = named(json);
    const other = modalities.find(({ name }) => name === "s2")!;
    other.bands = other.bands.map((_, i) => `thermal ${i}`);
    other.sensor = "other";
    config.modalities = config.modalities.filter(({ name }) => name === "s2");
    modalities.splice(0, modalities.length, other);
  });
  variant("lidar", (json) => {
    const { modalities, config } = named(json);
    for (const own of [...modalities, ...config.modalities]) own.name = `lidar-${own.name}`;
    for (const own of modalities)
      Object.assign(own, { sensor: "other", bands: own.bands.map((_, i) => `return ${i}`) });
  });
  truncateSync(join(variant("cut"), "weights.safetensors"), 100);
  rmSync(join(variant("gone"), "weights.safetensors"));
  writeFileSync(join(variant("odd"), "model.json"), "{");
  mkdirSync(join(shipped, "empty"));
  const list = await all["models.shipped"]({});
  expect(list.map(({ name, why }) => [name, why?.code ?? null])).toEqual([
    ["shipped:coarse", "model-grid-differs"],
    ["shipped:cut", "shipped-model-incomplete"],
    ["shipped:gone", "shipped-model-incomplete"],
    ["shipped:infrared", "model-bands-differ"],
    ["shipped:lidar", "model-reads-nothing-here"],
    ["shipped:odd", "model-unreadable"],
    ["shipped:tiny", null],
  ]);
  for (const { why } of list) if (why) expect(why.message).toMatch(/^.{40,}\.$/s);
  const tiny = list.at(-1)!;
  expect(tiny).toMatchObject({ title: "tiny", patchMeters: 10, licence: "CC BY 4.0" });
  expect(tiny.inputs.every(({ name, from }) => name === from)).toBe(true);
  expect(tiny.bytes).toBeGreaterThan(1000);
  // What is chosen nevertheless is refused by the same sentence, before a job begins.
  const before = catalog.jobs.list().length;
  for (const { name, why } of list.slice(0, -1)) {
    expect((await failure(all["runs.finetune"]({ name: "never", from: name }))).code, name).toBe(why!.code);
    const estimate = all["runs.estimate"]({ kind: "finetune", name: "never", from: name });
    expect((await failure(estimate)).message, name).toBe(why!.message);
  }
  expect(catalog.jobs.list()).toHaveLength(before);
  for (const { name } of list.slice(0, -1)) rmSync(join(shipped, name.slice("shipped:".length)), { recursive: true });
});

test("two dates are no season: an encoder of series says how many it learned from, and fits where another input has enough", async () => {
  const folder = join(room, "sparse");
  const like = join(sample, "S2_L2A_10m/S2_L2A_10m_20190610T105703.tif");
  const sparse = await projects["project.create"]({ folder, name: "Sparse", area: { like }, patchMeters: 10, tilePatches: 6 }); // biome-ignore format: one line
  try {
    const own = services({ catalog: sparse, appVersion: "0.1.0", runJob: really, announce: () => {}, shippedModels: shipped }); // biome-ignore format: one line
    const images = readdirSync(join(sample, "S2_L2A_10m")).slice(4, 6);
    await own["rasters.import"]({ paths: images.map((name) => join(sample, "S2_L2A_10m", name)) });
    const tiny = async () => (await own["models.shipped"]({})).find(({ name }) => name === "shipped:tiny")!;
    const { why } = await tiny();
    expect(why).toMatchObject({ code: "model-cadence-differs", details: { inputs: [{ name: "s2", dates: 2 }] } });
    expect(why!.message).toMatch(/“s2” has 2 dates, and it learned from \d\d+/);
    expect((await failure(own["runs.finetune"]({ name: "never", from: "shipped:tiny" }))).code).toBe(
      "model-cadence-differs",
    );
    // One that learned from places of single dates too, as some places of a pre-training over several are.
    const few = variant("few", (json) => {
      const { training } = json as unknown as { training: Record<string, unknown> };
      const dates = [{ modality: "s2", first: "2019-06-01", last: "2019-06-01", count: 1 }];
      training.places = [{ name: "one day", crs: "EPSG:32631", bounds: training.bounds, steps: 1, dates }];
    });
    expect((await own["models.shipped"]({})).find(({ name }) => name === "shipped:few")!.why).toBeNull();
    rmSync(few, { recursive: true });
    const radar = readdirSync(join(sample, "S1_GRD_ASC_20m")).slice(0, 4);
    await own["rasters.import"]({ paths: radar.map((name) => join(sample, "S1_GRD_ASC_20m", name)) });
    expect((await tiny()).why).toBeNull();
  } finally {
    sparse.close();
  }
});

test("no installation, an empty one and an unknown name are no crash but a sentence", async () => {
  for (const folder of [undefined, join(room, "nowhere"), join(shipped, "empty")]) {
    const bare = services({ catalog, appVersion: "0.1.0", runJob: really, announce: () => {}, shippedModels: folder });
    expect(await bare["models.shipped"]({})).toEqual([]);
    const error = await failure(bare["runs.finetune"]({ name: "never", from: "shipped:tiny" }));
    expect(error.code).toBe("shipped-model-unknown");
    expect(error.message).toContain("none in this installation");
  }
  for (const name of ["shipped:none", "shipped:", "shipped:..", "shipped:../models/tiny", "shipped:tiny/", "shipped:."])
    expect(await failure(all["runs.finetune"]({ name: "never", from: name }))).toMatchObject({
      code: "shipped-model-unknown",
      details: { available: ["shipped:tiny"] },
    });
});

test("a training starts from one; project and installation keep their models of the same name apart", async () => {
  asked.length = 0;
  const job = await done(all["runs.finetune"]({ name: "crops", from: "shipped:tiny", provider: "cpu", recipe: short })); // biome-ignore format: one line
  expect(job.state).toBe("finished");
  expect((asked[0] as FinetuneSpec).modelFolder).toBe(join(shipped, "tiny"));
  // Stored by its name: the installation may lie elsewhere tomorrow.
  expect(JSON.parse(readFileSync(join(job.folder, "spec.json"), "utf8")).modelFolder).toBe("shipped:tiny");
  const models = catalog.models.list();
  expect(models.find(({ name }) => name === "crops")!.parentId).toBeNull();
  expect((await all["models.details"]({ name: "crops" })).training.startedFrom).toBe("tiny");
  expect((await all["runs.list"]({})).at(-1)!.settings?.from).toBe("shipped:tiny");
  // The project's own model of the same name and folder.
  await done(all["runs.finetune"]({ name: "crops 2", from: "tiny", provider: "cpu", recipe: short }));
  const own = catalog.models.list();
  const parent = own.find(({ name }) => name === "tiny")!;
  expect(own.find(({ name }) => name === "crops 2")!.parentId).toBe(parent.id);
  expect((asked.at(-1) as FinetuneSpec).modelFolder).toBe(parent.folder);
});

test("no model of a project takes a name of the installation, whoever gives it", async () => {
  const reserved = "model-name-reserved";
  expect((await failure(all["runs.finetune"]({ name: "shipped:tiny" }))).code).toBe(reserved);
  expect((await failure(all["runs.pretrain"]({ name: "shipped:x" }))).code).toBe(reserved);
  expect((await failure(all["tiles.finetune"]({ name: "shipped:x" }))).code).toBe(reserved);
  expect((await failure(all["models.rename"]({ name: "tiny", to: "shipped:tiny" }))).code).toBe(reserved);
  expect((await failure(all["models.import"]({ path: join(shipped, "tiny"), name: "shipped:tiny" }))).code).toBe(reserved); // biome-ignore format: one line
  const posing = variant("posing", (json) => Object.assign(json, { name: "shipped:tiny" }));
  expect((await all["models.import"]({ path: posing })).name).toBe("tiny (2)");
  rmSync(posing, { recursive: true });
});

test("its card, licence and answers are shown, it is exported, and it draws no map", async () => {
  const details = await all["models.details"]({ name: "shipped:tiny" });
  expect(details).toMatchObject({ name: "shipped:tiny", id: null, task: "pretrained", licence: "CC BY 4.0\nand more" });
  expect(details.card).toContain("# tiny");
  expect(details.answers).toBeGreaterThan(0);
  expect((await all["models.export"]({ name: "shipped:tiny", to: join(room, "copy") })).files).toContain("golden.json");
  expect((await failure(all["maps.draw"]({ model: "shipped:tiny" }))).code).toBe("model-has-no-head");
  expect((await failure(all["models.remove"]({ name: "shipped:tiny" }))).code).toBe("model-not-found");
  expect(existsSync(join(shipped, "tiny/model.json"))).toBe(true);
});

test("a job that failed is tried again with the installation as it lies then", async () => {
  const broken: JobRunner = () => Promise.reject(new Error("no such device"));
  const request = { name: "again", from: "shipped:tiny", provider: "cpu", recipe: short } as const;
  const first = open(broken);
  const { id } = await first["runs.finetune"](request);
  await failure(first["jobs.wait"]({ id }));
  const elsewhere = join(room, "elsewhere");
  renameSync(shipped, elsewhere);
  try {
    asked.length = 0;
    const moved = open(really, elsewhere);
    const retried = await moved["jobs.retry"]({ id });
    expect((await moved["jobs.wait"]({ id: retried.id })).job.state).toBe("finished");
    expect((asked[0] as FinetuneSpec).modelFolder).toBe(join(elsewhere, "tiny"));
  } finally {
    renameSync(elsewhere, shipped);
  }
});

test("an encoder whose answers differ from its golden.json teaches nothing", async () => {
  const folder = variant("wrong");
  const golden = JSON.parse(readFileSync(join(folder, "golden.json"), "utf8"));
  golden.outputs[0].values[0] += 5;
  writeFileSync(join(folder, "golden.json"), JSON.stringify(golden));
  const { id } = await all["runs.finetune"]({ name: "wrong", from: "shipped:wrong", provider: "cpu", recipe: short });
  expect(await failure(all["jobs.wait"]({ id }))).toMatchObject({ code: "model-golden-differs" });
  expect(catalog.models.find("wrong")).toBeUndefined();
  rmSync(folder, { recursive: true });
});

test("a training starts from nothing where nobody says otherwise; the rule has one place", async () => {
  const fits = { name: "shipped:b", why: null };
  const odd = { name: "shipped:a", why: {} };
  expect(usualStart([odd, fits])).toBeNull();
  expect(usualStart([odd, fits], true)).toBe("shipped:b");
  expect(usualStart([odd], true)).toBeNull();
  asked.length = 0;
  await done(all["runs.finetune"]({ name: "scratch", size: "tiny", provider: "cpu", recipe: short }));
  await done(all["runs.finetune"]({ name: "scratch 2", from: null, size: "tiny", provider: "cpu", recipe: short }));
  expect(asked.map((spec) => (spec as FinetuneSpec).modelFolder)).toEqual([null, null]);
});
