import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { architectures, type JobEvent, type PretrainSpec } from "../../../src-shared/domain/job.ts";
import { pretrainDefaults } from "../../../src-shared/domain/recipe.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { northUp } from "../../../src-shared/geo/affine.ts";
import { livenessOf, ownIdentity } from "../../catalog/index.ts";
import { EngineProcess } from "./engine-process.ts";
import { forkedEngine } from "./forked-engine.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-engine-"));
const entry = new URL("./fixtures/counting-engine.ts", import.meta.url);
const engine = new EngineProcess({ launch: forkedEngine(entry), graceMilliseconds: 500 });
afterAll(async () => {
  await engine.close();
  rmSync(room, { recursive: true, force: true });
});

function spec(seed: number, steps = 5): PretrainSpec {
  const folder = mkdtempSync(join(room, "job-"));
  const geobox = { crs: "EPSG:32631", affine: northUp(0, 0, 10, 10), width: 8, height: 8 };
  return {
    kind: "pretrain",
    folder,
    seed,
    provider: "cpu",
    resume: false,
    appVersion: "0.1.0",
    grid: { geobox, patchMeters: 10, tilePatches: 4 },
    imagery: { modalities: [], acquisitions: [] },
    architecture: architectures.tiny,
    recipe: { ...pretrainDefaults, steps },
    modelName: "counted",
  };
}

const never = new AbortController().signal;

test("a job runs in the engine process, reports on the way and returns its result; the process stays warm", async () => {
  const events: JobEvent[] = [];
  const wanted = spec(0);
  const result = await engine.run(wanted, (event) => events.push(event), never);
  expect(result).toMatchObject({ modelFolder: join(wanted.folder, "model"), steps: 5 });
  expect(events.filter(({ type }) => type === "metric")).toHaveLength(5);
  expect(events.at(-1)).toEqual({ type: "phase", name: "Counting", fraction: 1 });
  const { pid } = engine;
  expect(pid).not.toBe(process.pid);
  await engine.run(spec(0), () => {}, never);
  expect(engine.pid).toBe(pid);
});

test("a sentence stays the same sentence across the wire, and a mistake keeps its values", async () => {
  await expect(engine.run(spec(9), () => {}, never)).rejects.toSatisfy(
    (error) => error instanceof AppError && error.code === "training-diverged" && error.message.includes("step 3"),
  );
  await expect(engine.run(spec(8), () => {}, never)).rejects.toThrow("MatMul: [2,3] x [4,5]");
});

test("a crash of the engine fails the job with its reason, and the next job finds a new engine and the checkpoint", async () => {
  const wanted = spec(7, 10);
  const failure = await engine.run(wanted, () => {}, never).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(AppError);
  expect((failure as AppError).code).toBe("job-process-ended");
  expect((failure as AppError).message).toContain("signal SIGKILL");
  expect(readFileSync(join(wanted.folder, "checkpoint.json"), "utf8")).toBe("5");

  const steps: number[] = [];
  const note = (event: JobEvent) => event.type === "metric" && steps.push(event.step);
  await engine.run({ ...wanted, resume: true }, note, never);
  expect(steps).toEqual([6, 7, 8, 9, 10]);
});

test("a job that is told to stop stops at its next step", async () => {
  const stop = new AbortController();
  const steps: number[] = [];
  const run = engine.run(
    spec(0, 10_000),
    (event) => {
      if (event.type === "metric" && steps.push(event.step) === 3) stop.abort();
    },
    stop.signal,
  );
  await expect(run).rejects.toMatchObject({ name: "AbortError" });
  expect(steps.length).toBeLessThan(10);
});

test("a job that does not stop in time is ended with its process", async () => {
  const stop = new AbortController();
  const run = engine.run(spec(6), () => {}, stop.signal);
  setTimeout(() => stop.abort(), 300);
  await expect(run).rejects.toMatchObject({ code: "job-process-ended" });
  expect(engine.pid).toBeUndefined();
});

test("the engine ends itself when its app is killed", async () => {
  const source = `
    import { EngineProcess } from ${JSON.stringify(join(import.meta.dirname, "engine-process.ts"))};
    import { forkedEngine } from ${JSON.stringify(join(import.meta.dirname, "forked-engine.ts"))};
    const engine = new EngineProcess({ launch: forkedEngine(new URL(${JSON.stringify(entry.href)})) });
    const spec = ${JSON.stringify(spec(0, 100_000))};
    const note = (event) => event.type === "metric" && event.step === 3 && console.log(engine.pid);
    await engine.run(spec, note, new AbortController().signal);`;
  const app = spawn(process.execPath, ["--input-type=module", "--eval", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(app.stdout!, "data")) as [Buffer];
  const pid = Number(String(line).trim());
  const identity = { ...ownIdentity(), pid, started: null };
  expect(livenessOf(identity)).toBe("alive");
  app.kill("SIGKILL");
  await once(app, "exit");
  await expect.poll(() => livenessOf(identity), { timeout: 4000 }).toBe("dead");
}, 20_000);
