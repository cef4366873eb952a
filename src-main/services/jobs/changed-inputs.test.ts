import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { appendFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JobEvent } from "../../../src-shared/domain/job.ts";
import type { Catalog } from "../../catalog/index.ts";
import { contextOf } from "../../jobs/context.ts";
import { runJob as run } from "../../jobs/index.ts";
import { makeSample } from "../app/sample.ts";
import type { JobRunner } from "../deps.ts";
import { projectFolders } from "../projects/projects.ts";
import { services } from "../services.ts";

const appVersion = "0.1.0";
const room = mkdtempSync(join(tmpdir(), "omnisat-inputs-"));
const project = join(room, "project");
const series = join(project, "imagery", "S2_L2A_10m");
const kept = join(room, "kept.tif");
let catalog: Catalog;
let all: ReturnType<typeof services>;
/** what happens between two events of a job */
let meanwhile: (event: JobEvent) => void = () => {};
let told = 0;
const runJob: JobRunner = async (spec, on, signal) => {
  const context = contextOf((event) => {
    on(event);
    told++;
    meanwhile(event);
  }, signal);
  return (await run(spec, context)) as never;
};

beforeAll(async () => {
  await makeSample(join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019"), project, appVersion);
  catalog = await projectFolders({ appVersion })["project.open"]({ folder: project, purpose: "a test" });
  all = services({ catalog, appVersion, runJob, announce: () => {} });
});
afterAll(() => {
  catalog.close();
  rmSync(room, { recursive: true, force: true });
});

const [image = "", other = ""] = readdirSync(
  join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019/S2_L2A_10m"),
)
  .filter((name) => name.endsWith(".tif"))
  .map((name) => join(series, name));

/** Another date's image under the same name, as a download that was repeated would put it there. */
function replace(): void {
  copyFileSync(image, kept);
  copyFileSync(other, `${image}.new`);
  renameSync(`${image}.new`, image);
}
/** The original from a copy: the same bytes in another file, with another time. */
const putBack = () => copyFileSync(kept, image);

const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: { code?: string; message: string; details?: unknown }) => error,
  );
const small = { batchSize: 1, datesPerTile: 2, warmupSteps: 1 };
const weightsOf = (name: string) =>
  readFileSync(join(catalog.models.find(name)!.folder, "weights.safetensors")).toString("base64");

/** The job stops with a sentence, is refused as long as the image is another one, and goes on with the original. */
async function stopsAndGoesOn(id: number): Promise<void> {
  const error = await failure(all["jobs.wait"]({ id }));
  meanwhile = () => {};
  expect(error).toMatchObject({ code: "job-input-changed", details: { path: image, when: "running", missing: false } });
  expect(error!.message).toMatch(/was replaced or written to while the job worked with it.*Put the original file back/);
  expect(catalog.jobs.get(id)).toMatchObject({
    state: "resumable",
    cause: { kind: "error", code: "job-input-changed" },
    reason: error!.message,
  });
  const before = told;
  const refusal = await failure(all["jobs.resume"]({ id }));
  expect(refusal).toMatchObject({ code: "job-input-changed", details: { path: image, when: "resume" } });
  expect(refusal!.message).toContain(`“${image}” is no longer the file that it began with`);
  expect(catalog.jobs.get(id)).toMatchObject({ state: "resumable", cause: { code: "job-input-changed" } });
  rmSync(image);
  expect(await failure(all["jobs.resume"]({ id }))).toMatchObject({ details: { path: image, missing: true } });
  expect(told).toBe(before);
  putBack();
  await all["jobs.resume"]({ id });
  expect(await failure(all["jobs.wait"]({ id }))).toBeUndefined();
  expect(catalog.jobs.get(id)).toMatchObject({ state: "finished" });
}

test("a training whose image is replaced stops, is refused with the other image, and with the original ends as an undisturbed one", async () => {
  const request = {
    size: "tiny",
    provider: "cpu",
    seed: 5,
    recipe: { ...small, steps: 6, checkpointEverySteps: 2 },
  } as const;
  await all["jobs.wait"]({ id: (await all["runs.pretrain"]({ name: "undisturbed", ...request })).id });
  const steps: number[] = [];
  meanwhile = (event) => {
    if (event.type !== "metric") return;
    steps.push(event.step);
    if (event.step === 3) replace();
  };
  const { id } = await all["runs.pretrain"]({ name: "disturbed", ...request });
  await stopsAndGoesOn(id);
  expect(steps.length).toBeGreaterThanOrEqual(3);
  const metrics = (name: string) => {
    const run = catalog.runs.list().find(({ modelId }) => modelId === catalog.models.find(name)!.id)!;
    return catalog.runs.metrics(run.id).map(({ step, values }) => [step, values.loss]);
  };
  expect(metrics("disturbed")).toEqual(metrics("undisturbed"));
  expect(weightsOf("disturbed")).toBe(weightsOf("undisturbed"));
});

test("a map whose image is replaced is not registered; with the original it is made", async () => {
  await all["jobs.wait"]({
    id: (await all["runs.finetune"]({ name: "crops", size: "tiny", provider: "cpu", recipe: { ...small, steps: 3 } }))
      .id,
  });
  let replaced = false;
  meanwhile = (event) => {
    if (replaced || event.type !== "phase" || event.fraction <= 0) return;
    replaced = true;
    replace();
  };
  const { id } = await all["maps.draw"]({ model: "crops", name: "first", provider: "cpu", overlapPatches: 0 });
  const stopped = stopsAndGoesOn(id);
  await stopped;
  expect(replaced).toBe(true);
  expect(catalog.maps.list().map(({ name, jobId }) => [name, jobId])).toEqual([["first", id]]);
});

test("an image that is written to in its place, and one that is removed, are other images", async () => {
  const original = statSync(image);
  for (const spoil of [() => appendFile(image, "x"), async () => rmSync(image)]) {
    copyFileSync(image, kept);
    let spoiled: Promise<void> | undefined;
    meanwhile = (event) => {
      if (event.type === "metric" && event.step === 2) spoiled ??= spoil();
    };
    const { id } = await all["runs.pretrain"]({ name: `spoiled ${Math.random()}`, size: "tiny", provider: "cpu", recipe: { ...small, steps: 4 } }); // biome-ignore format: one call
    const error = await failure(all["jobs.wait"]({ id }));
    await spoiled;
    expect(error).toMatchObject({ code: "job-input-changed", details: { path: image, missing: !existsSync(image) } });
    expect(catalog.jobs.get(id)!.state).toBe("resumable");
    rmSync(image, { force: true });
    putBack();
    expect(statSync(image).size).toBe(original.size);
  }
});
