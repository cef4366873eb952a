import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { jsonLines, newProject, omnisat, sample, start, tiny, withoutDoubts } from "./omnisat.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-journey-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const project = join(room, "flanders");
const bounds = ["--bounds", "574780,5622000,574900,5622100"];

async function done(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await omnisat(...args);
  expect([args[0], code, withoutDoubts(err)]).toEqual([args[0], 0, ""]);
  return out;
}

/** The lines of a `--json` run and its result. */
async function told(...args: readonly string[]) {
  const lines = jsonLines(await done(...args, "--json"));
  const result = lines.at(-1)!;
  expect(result).toMatchObject({ type: "result", command: args[0] === "model" ? `model ${args[1]}` : args[0] });
  return { lines, result };
}

test("from images and polygons to a model", async () => {
  await newProject(project, { optical: 4, radar: 3 });
  const labels = ["--field", "class_code", "--name-field", "class_name"];
  expect(await done("labels", "import", project, join(sample, "parcels.gpkg"), ...labels)).toContain("48 polygons");
  const split = await omnisat("split", project, "--method", "field", "--field", "split");
  expect(split).toMatchObject({ code: 0, out: expect.stringContaining("Not tested: “barley”") });

  const pretrained = await told("pretrain", project, "encoder", "--steps", "4", ...tiny);
  const metrics = pretrained.lines.filter(({ type }) => type === "metric");
  expect(metrics.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  expect(new Set(pretrained.lines.map(({ type }) => type))).toEqual(new Set(["progress", "metric", "result"]));
  expect(pretrained.result).toMatchObject({ model: "encoder", steps: 4 });

  const tuned = await told("finetune", project, "crops", "--from", "encoder", "--steps", "4", ...tiny);
  expect(existsSync(join(String(tuned.result.modelFolder), "weights.safetensors"))).toBe(true);
  // Jobs that ended leave no checkpoint and no temporary file.
  const left = readdirSync(project, { recursive: true, encoding: "utf8" });
  expect(left.filter((name) => /checkpoint|\.part|\.tmp/.test(name))).toEqual([]);
});

test("a model is measured, drawn, listed and taken along", async () => {
  const { result } = await told("evaluate", project, "crops");
  const subsets = result.subsets as { samples: number; modalities: string[]; confusion: number[][] }[];
  expect(subsets.map(({ modalities }) => modalities)).toEqual([["s2", "s1-asc"], ["s2"], ["s1-asc"]]);
  expect(subsets[0]!.samples).toBeGreaterThan(1000);
  expect(subsets[0]!.confusion.flat().reduce((sum, count) => sum + count)).toBe(subsets[0]!.samples);

  const drawn = await told("map", project, "crops", "--name", "first", ...bounds);
  for (const key of ["classPath", "confidencePath", "qmlPath", "sldPath"])
    expect([key, existsSync(String(drawn.result[key]))]).toEqual([key, true]);
  const info = JSON.parse(await done("info", String(drawn.result.classPath), "--json")) as Record<string, unknown>;
  expect(info).toMatchObject({ width: 12, height: 10 });

  expect(await done("model", "list", project)).toMatch(/crops +finetuned/);
  const exported = join(room, "exported");
  await done("model", "export", project, "crops", exported);
  expect(readdirSync(exported)).toEqual(["README.md", "golden.json", "model.json", "weights.safetensors"]);
});

test("the project is moved as a folder, and the same map comes out of it again", async () => {
  const classes = (folder: string, name: string) => readFileSync(join(folder, "maps", name, `${name}_class.tif`));
  const before = classes(project, "first");
  const moved = join(room, "elsewhere", "flanders");
  await done("project", "create", join(room, "elsewhere"), "--bounds", "0,0,10,10", "--crs", "EPSG:32631");
  renameSync(project, moved);
  await told("map", moved, "crops", "--name", "second", ...bounds);
  expect(classes(moved, "second").equals(before)).toBe(true);
  expect(await done("project", "list", moved, "--rasters")).not.toContain("missing");
  renameSync(moved, project);
});

test("exit codes tell scripts what happened: 0, 1, 2, and 130 after Ctrl+C", async () => {
  expect((await omnisat("--version")).code).toBe(0);
  const missing = await omnisat("info", join(room, "none.tif"));
  expect(missing).toMatchObject({ code: 1, out: "" });
  expect(missing.err.trim().split("\n")).toHaveLength(1);
  expect(await omnisat("map", project)).toMatchObject({ code: 2, err: expect.stringContaining("omnisat map --help") });
  const long = start(["finetune", project, "never", "--steps", "5000", ...tiny, "--json"]);
  await long.said(/"type":"metric","step":2,/);
  long.child.kill("SIGINT");
  const { code, out, err } = await long.ended;
  expect(code).toBe(130);
  expect(jsonLines(out).length).toBeGreaterThan(2);
  expect(err).toContain("--resume");
  expect(await done("model", "list", project)).not.toContain("never");
});
