import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { commandLine, jsonLines } from "./fixtures/command-line.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-cli-methods-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const project = join(room, "project");

/** What a command that must succeed printed. */
async function omnisat(...args: string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await commandLine([...args, "--json"]);
  expect(code, err).toBe(0);
  return jsonLines(out).findLast(({ type }) => type === "result")!;
}

test("a forest is taught, measured, drawn and recommended from the command line", { timeout: 300_000 }, async () => {
  const days = readdirSync(join(sample, "S2_L2A_10m")).filter((_, i) => i % 12 === 6);
  const images = days.flatMap((name) => [
    join(sample, "S2_L2A_10m", name),
    join(sample, "S2_SCL_20m", name.replace("S2_L2A_10m", "S2_SCL_20m")),
  ]);
  await omnisat("project", "create", project, "--like", images[0]!, "--tile", "6");
  await omnisat("project", "import", project, ...images);
  await omnisat("labels", "import", project, join(sample, "parcels.gpkg"), "--field", "class_code", "--name-field", "class_name"); // biome-ignore format: one command
  await omnisat("split", project, "--method", "polygons", "--shares", "0.5,0.25,0.25", "--too-few", "train");
  const made = await omnisat("finetune", project, "forest", "--method", "random-forest", "--seed", "3");
  expect(made).toMatchObject({ method: "random-forest", model: "forest", steps: 0 });
  expect((made.metrics as Record<string, number>).bestValidationMacroF1).toBeGreaterThan(0);
  const { subsets } = (await omnisat("evaluate", project, "forest")) as {
    subsets: { samples: number; uncertainty: { calibratedOn: number; perGroup: { count: number } } }[];
  };
  expect(subsets[0]!.samples).toBeGreaterThan(100);
  // The training kept what its model says of the validation parcels.
  expect(subsets[0]!.uncertainty.calibratedOn).toBeGreaterThan(3);
  expect(subsets[0]!.uncertainty.perGroup.count).toBeGreaterThan(3);
  const { models } = (await omnisat("model", "list", project)) as { models: object[] };
  expect(models).toMatchObject([{ name: "forest", recommended: true, summary: { architecture: "random-forest" } }]);
  const scores = await omnisat("model", "scores", project, "--part", "validation");
  expect(scores).toMatchObject({ part: "validation", rows: [{ model: "forest", method: "random-forest", recommended: true }], apart: [] }); // biome-ignore format: one row
  expect((await omnisat("model", "scores", project)).rows).toMatchObject([{ model: "forest", samples: subsets[0]!.samples }]); // biome-ignore format: one row
  const text = await commandLine(["model", "scores", project]);
  expect(text.out).toMatch(/forest +random forest +s2/);
  const { estimate } = await omnisat("finetune", project, "--method", "boosted-trees", "--estimate");
  expect(estimate).toMatchObject({ table: { rows: (made.metrics as Record<string, number>).rows }, provider: "cpu" });
  const drawn = (await omnisat("map", project, "forest", "--level", "75")) as {
    sets: { setSizePath: string; uncertainPath: string };
    uncertainty: { level: number; setSizes: Record<string, number> };
    pixels: Record<string, number>;
  };
  expect(drawn.uncertainty.level).toBe(0.75);
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, own) => total + own, 0);
  expect(sum(drawn.uncertainty.setSizes)).toBe(sum(drawn.pixels));
  for (const path of Object.values(drawn.sets)) expect(existsSync(path ?? project), path).toBe(true);
  const told = await commandLine(["map", project, "forest", "--level", "75", "--name", "again"]);
  expect(told.out).toMatch(/One class is possible on \d+\.\d % of the map \(promised for 75 % of the polygons/);
  const copy = join(room, "copy");
  await omnisat("model", "export", project, "forest", copy);
  const again = await omnisat("evaluate", project, copy, "--allow", room);
  expect(again.subsets).toEqual(subsets);
});

test("a regression beside a frozen encoder is taught, compared, exported and imported; it needs the encoder's model no more", {
  timeout: 300_000,
}, async () => {
  await omnisat("pretrain", project, "encoder", "--steps", "2", "--batch", "2", "--size", "tiny");
  const made = await omnisat("finetune", project, "beside", "--method", "random-forest", "--features", "both", "--from", "encoder"); // biome-ignore format: one command
  expect(made).toMatchObject({ features: "both", model: "beside" });
  const { subsets } = await omnisat("evaluate", project, "beside");
  const { out } = await commandLine(["model", "scores", project]);
  expect(out).toMatch(/beside +random forest on monthly values and an encoder +s2/);
  const copy = join(room, "beside.zip");
  await omnisat("model", "export", project, "beside", copy);
  const unpacked = join(room, "beside");
  execFileSync("unzip", ["-q", copy, "-d", unpacked]);
  expect(readFileSync(join(unpacked, "README.md"), "utf8")).toMatch(/what the encoder of “encoder” gives of a patch/);
  rmSync(join(project, "models", "encoder"), { recursive: true });
  expect((await omnisat("evaluate", project, unpacked, "--allow", room)).subsets).toEqual(subsets);
  const wanting = ["finetune", project, "x", "--method", "random-forest", "--features", "encoder"];
  expect(await commandLine([...wanting])).toMatchObject({ code: 2 });
  const gone = await commandLine([...wanting, "--from", "encoder"]);
  expect([gone.code, gone.err]).toEqual([1, expect.stringContaining("encoder")]);
  const ofNetwork = await commandLine(["finetune", project, "x", "--features", "both"]);
  expect([ofNetwork.code, ofNetwork.err]).toEqual([2, expect.stringContaining("--features belongs to --method")]);
});

test("a promise of nothing, or of everything, is refused", async () => {
  for (const level of ["0.9", "100", "49", "-5"]) {
    const { code, err } = await commandLine(["map", project, "forest", "--level", level]);
    expect(code, level).toBe(2);
    expect(err).toContain("--level");
  }
});

test("what only networks are told is refused with a method, by name", async () => {
  for (const [option, ...value] of [
    ["--steps", "3"],
    ["--from", "forest"],
    ["--size", "tiny"],
  ]) {
    const { code, err } = await commandLine(["finetune", project, "x", "--method", "boosted-trees", option!, ...value]);
    expect(code).toBe(2);
    expect(err).toContain(`${option} belongs to networks, `);
  }
  const { code, err } = await commandLine(["finetune", project, "x", "--method", "svm"]);
  expect(code).toBe(2);
  expect(err).toContain("boosted-trees");
});
