import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCatalog } from "../../catalog/index.ts";
import { commandLine, jsonLines } from "./fixtures/command-line.ts";

const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const room = mkdtempSync(join(tmpdir(), "omnisat-interruption-"));
const project = join(room, "project");
afterAll(() => rmSync(room, { recursive: true, force: true }));

beforeAll(async () => {
  const like = join(sample, "S2_L2A_10m/S2_L2A_10m_20190416T105658.tif");
  expect((await commandLine(["project", "create", project, "--like", like])).code).toBe(0);
  const dates = readdirSync(join(sample, "S1_GRD_ASC_20m")).filter((_, i) => i % 20 === 0);
  const paths = dates.map((name) => join(sample, "S1_GRD_ASC_20m", name));
  expect((await commandLine(["project", "import", project, ...paths])).code).toBe(0);
});

const numbers = ["--steps", "24", "--batch", "2", "--size", "tiny", "--seed", "5", "--provider", "cpu", "--json"];
const settings = ["--set", "warmupSteps=2,checkpointEverySteps=4,datesPerTile=4"];

/** Runs the program itself, and sends it `signal` when it reports `step`. */
async function interrupted(args: readonly string[], step: number, signal: NodeJS.Signals) {
  const bin = join(import.meta.dirname, "bin.js");
  const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "ignore"] });
  const exit = once(child, "exit") as Promise<[code: number | null, signal: string | null]>;
  let seen = "";
  for await (const chunk of child.stdout!) {
    seen += String(chunk);
    if (!child.killed && seen.includes(`"type":"metric","step":${step},`)) child.kill(signal);
  }
  const [code, killedBy] = await exit;
  const steps = jsonLines(seen.slice(0, seen.lastIndexOf("\n")))
    .filter(({ type }) => type === "metric")
    .map((line) => Number(line.step));
  return { code, killedBy, steps };
}

test("a training that was stopped by Ctrl+C and killed by kill -9 ends with the curve and the weights of an undisturbed one", async () => {
  const stopped = await interrupted(["pretrain", project, "disturbed", ...numbers, ...settings], 6, "SIGINT");
  expect(stopped.code).toBe(130);
  expect(stopped.steps.at(-1)).toBeLessThan(12);
  expect(readdirSync(join(project, "models"))).toEqual([]);

  const killed = await interrupted(["pretrain", project, "--resume", "--json"], 15, "SIGKILL");
  expect(killed.killedBy).toBe("SIGKILL");
  // It went on from a checkpoint and did not begin again.
  expect(killed.steps[0]).toBeGreaterThanOrEqual(5);

  const shown = await commandLine(["project", "list", project, "--json"]);
  expect(jsonLines(shown.out)[0]!.jobs).toMatchObject([
    { state: "resumable", reason: expect.stringContaining("ended") },
  ]);
  const resumed = await commandLine(["pretrain", project, "--resume", "--json"]);
  expect([resumed.code, resumed.err]).toEqual([0, ""]);
  expect(jsonLines(resumed.out).at(-1)).toMatchObject({ type: "result", command: "pretrain", model: "disturbed" });

  expect((await commandLine(["pretrain", project, "undisturbed", ...numbers, ...settings])).code).toBe(0);
  const weights = (name: string) => readFileSync(join(project, "models", name, "weights.safetensors"));
  expect(weights("disturbed").equals(weights("undisturbed"))).toBe(true);
  const catalog = openCatalog(project, { purpose: "a test", appVersion: "0.1.0", readOnly: true });
  const [disturbed, undisturbed] = catalog.runs.list().map(({ id }) => catalog.runs.metrics(id));
  catalog.close();
  expect(disturbed).toHaveLength(24);
  expect(disturbed).toEqual(undisturbed);
}, 90_000);

test("its model is exported whole, with an ONNX graph and a card, and another project uses the folder", async () => {
  const folder = join(room, "exported");
  const exported = await commandLine(["model", "export", project, "undisturbed", folder, "--onnx", "4"]);
  expect([exported.code, exported.err]).toEqual([0, ""]);
  expect(readdirSync(folder)).toEqual(["README.md", "golden.json", "model.json", "model.onnx", "weights.safetensors"]);
  expect(readFileSync(join(folder, "README.md"), "utf8")).toContain("pre-trained OmniSat encoder");
  expect((await commandLine(["model", "export", project, "undisturbed", folder])).err).toContain("exists already");
  expect((await commandLine(["map", project, folder])).err).toContain("is a pre-trained model without classes");

  rmSync(join(project, "models", "undisturbed", "weights.safetensors"));
  const broken = await commandLine(["model", "export", project, "undisturbed", join(room, "again.zip")]);
  expect(broken.code).toBe(1);
  expect(existsSync(join(room, "again.zip"))).toBe(false);
  expect(readdirSync(room).filter((name) => name.includes("tmp"))).toEqual([]);
});
