import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FinetuneSpec } from "../../../src-shared/domain/job.ts";
import type { Catalog } from "../../catalog/index.ts";
import { makeSample } from "../app/sample.ts";
import type { JobRunner } from "../deps.ts";
import { projectFolders } from "../projects/projects.ts";
import { services } from "../services.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-recommended-"));
const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const projects = projectFolders({ appVersion: "0.1.0" });
let catalog: Catalog;
beforeAll(async () => {
  await makeSample(sample, join(room, "project"), "0.1.0");
  catalog = await projects["project.open"]({ folder: join(room, "project"), purpose: "a test" });
});
afterAll(() => {
  catalog.close();
  rmSync(room, { recursive: true, force: true });
});

const asked: FinetuneSpec[] = [];
/** Ends at once with these figures. */
const scoring = (metrics: Record<string, number>): JobRunner =>
  (async (spec: FinetuneSpec) => {
    asked.push(spec);
    const modelFolder = join(spec.folder, "model");
    mkdirSync(modelFolder);
    writeFileSync(join(modelFolder, "model.json"), "{}");
    return { modelFolder, steps: 1, seconds: 1, provider: "cpu", metrics, findings: [] };
  }) as never;

async function made(name: string, metrics: Record<string, number>, more: { method?: "random-forest" } = {}) {
  const all = services({ catalog, appVersion: "0.1.0", runJob: scoring(metrics), announce: () => {} });
  const { id } = await all["runs.finetune"]({ name, ...more });
  await all["jobs.wait"]({ id });
  return all;
}

test("the model that wins on the validation part is recommended; where it is a simple method, networks say so", async () => {
  const all = await made("unmeasured", {});
  const recommended = async () =>
    (await all["models.list"]({})).filter((model) => model.recommended).map(({ name }) => name);
  const codes = async (name: string) =>
    (await all["models.list"]({})).find((model) => model.name === name)!.summary.findings!.map(({ code }) => code);
  expect(await recommended()).toEqual([]);
  await made("network", { bestValidationMacroF1: 0.6 });
  expect(await recommended()).toEqual(["network"]);
  await made("forest", { bestValidationMacroF1: 0.7 }, { method: "random-forest" });
  expect(asked.at(-1)).toMatchObject({ kind: "finetune", method: "random-forest", modelFolder: null });
  expect(asked.at(-1)).not.toHaveProperty("chosen");
  expect((await all["runs.list"]({})).at(-1)!.settings).toMatchObject({ method: "random-forest", recipe: null });
  expect((await all["models.list"]({})).at(-1)!.summary.architecture).toBe("random-forest");
  expect(await recommended()).toEqual(["forest"]);
  expect(await codes("network")).toContain("method-wins");
  expect(await codes("forest")).not.toContain("method-wins");
  expect(await codes("unmeasured")).not.toContain("method-wins");
  // Equal in macro F1: parcels decide.
  await made("other", { bestValidationMacroF1: 0.7, validationPolygonsRight: 0.9 }, { method: "random-forest" });
  expect(await recommended()).toEqual(["other"]);
  await made("better network", { bestValidationMacroF1: 0.8 });
  expect(await recommended()).toEqual(["better network"]);
  expect(await codes("network")).not.toContain("method-wins");
  // Another split asks other places: nothing is known of them.
  await all["labels.split"]({ method: "polygons", tooFew: "train" });
  expect(await recommended()).toEqual([]);
});

test("a method is no network to go on with, and none is taught from a network", async () => {
  const all = await made("plain", {});
  const refused = (request: { name: string; from: string; method?: "random-forest"; features?: "encoder" }) =>
    all["runs.finetune"](request).then(
      () => "",
      ({ code }: { code: string }) => code,
    );
  expect(await refused({ name: "on", from: "forest" })).toBe("model-without-network");
  expect(await refused({ name: "on", from: "plain", method: "random-forest" })).toBe("model-without-network");
  const features = "encoder";
  expect(await refused({ name: "on", from: "forest", method: "random-forest", features })).toBe(
    "model-without-network",
  );
  const without = all["runs.finetune"]({ name: "on", method: "random-forest", features });
  await expect(without).rejects.toMatchObject({ code: "encoder-missing" });
  const subset = all["maps.draw"]({ model: "forest", modalities: ["s2"] });
  await expect(subset).rejects.toMatchObject({ code: "method-needs-inputs", details: { missing: ["s1-asc"] } });
});
