import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { northUp } from "../../../src-shared/geo/affine.ts";
import { type Catalog, createCatalog } from "../../catalog/index.ts";
import { contextOf } from "../../jobs/context.ts";
import { randomModel, sampleGrid, sampleImagery, sampleLabels } from "../../jobs/fixtures/sample.ts";
import { runJob } from "../../jobs/run-job.ts";
import { type Golden, largestGolden } from "../../learning/index.ts";
import { services } from "../services.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-golden-package-"));
const own = join(room, "own");
const exported = join(room, "exported");
let catalog: Catalog;
let all: ReturnType<typeof services>;

beforeAll(async () => {
  await randomModel(own, sampleGrid(22, 8, 10), await sampleImagery(sampleGrid(22, 8, 10), 2), sampleLabels().legend);
  const geobox = { crs: "EPSG:32631", affine: northUp(574_680, 5_622_440, 10, 10), width: 40, height: 30 };
  const use = { purpose: "a test", appVersion: "0.1.0" };
  catalog = createCatalog(join(room, "project"), { name: "Here", grid: { geobox, patchMeters: 10, tilePatches: 4 } }, use); // biome-ignore format: one line
  all = services({
    catalog,
    appVersion: "0.1.0",
    runJob: (spec, on, signal) => runJob(spec, contextOf(on, signal)),
    announce: () => {},
    settingsFolder: join(room, "settings"),
  });
});
afterAll(() => {
  catalog.close();
  rmSync(room, { recursive: true, force: true });
});

const names = () => readdirSync(join(catalog.folder, "models"));
const goldenOf = (folder: string): Golden => JSON.parse(readFileSync(join(folder, "golden.json"), "utf8")) as Golden;

test("an export holds the model's answers, its card says so, and an import asks them again on this machine", async () => {
  await all["models.import"]({ path: own, name: "old" });
  expect((await all["models.details"]({ name: "old" })).answers).toBeNull();
  const { files } = await all["models.export"]({ name: "old", to: exported });
  expect(files).toContain("golden.json");
  const { outputs } = goldenOf(exported);
  expect(outputs.length).toBeGreaterThan(1);
  const card = readFileSync(join(exported, "README.md"), "utf8");
  expect(card).toContain(`\`golden.json\`: ${outputs.length} answers of this model`);
  await all["models.export"]({ name: "old", to: join(room, "exported.zip") });
  await all["models.import"]({ path: exported, name: "folder" });
  await all["models.import"]({ path: join(room, "exported.zip"), name: "zip" });
  for (const name of ["folder", "zip"]) {
    const { answers, folder } = await all["models.details"]({ name });
    expect(answers).toBe(outputs.length);
    expect(goldenOf(folder)).toEqual(goldenOf(exported));
  }
  // The two packages are the same model with the same answers: asked once.
  const kept = JSON.parse(readFileSync(join(room, "settings/checked-models.json"), "utf8"));
  expect(kept).toHaveLength(1);
});

test("a package that answers otherwise or whose golden.json is damaged is refused with its own path, and leaves nothing", async () => {
  const before = names();
  const wrong = join(room, "wrong");
  const attempt = async (spoil: () => void) => {
    rmSync(wrong, { recursive: true, force: true });
    cpSync(exported, wrong, { recursive: true });
    spoil();
    const error = await all["models.import"]({ path: wrong, name: "wrong" }).then(
      () => undefined,
      (problem: { code?: string; message: string }) => problem,
    );
    expect(names()).toEqual(before);
    expect(catalog.models.find("wrong")).toBeUndefined();
    return error!;
  };
  const golden = goldenOf(exported);
  const put = (value: unknown) => writeFileSync(join(wrong, "golden.json"), JSON.stringify(value));
  const differing = await attempt(() =>
    put({ ...golden, outputs: golden.outputs.map((one) => ({ ...one, values: one.values.map(() => 1) })) }),
  );
  expect(differing.code).toBe("model-golden-differs");
  expect(differing.message).toContain(`copy “${wrong}” again`);
  for (const spoil of [
    () => put({ ...golden, weights: "a".repeat(64) }),
    () => writeFileSync(join(wrong, "golden.json"), "[[[["),
    () => truncateSync(join(wrong, "golden.json"), largestGolden + 1),
  ]) {
    const damaged = await attempt(spoil);
    expect(damaged.code).toBe("model-golden-damaged");
    expect(damaged.message).toContain(join(wrong, "golden.json"));
  }
});
