import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import type { JobEvent } from "../../../src-shared/domain/job.ts";
import { chooseProvider, type ProbeReport } from "../../engine/index.ts";
import { countedSpec } from "../job-process/fixtures/counted-spec.ts";
import { JobProcess } from "../job-process/job-process.ts";
import { FakeElectron } from "./fake/electron.ts";
import { utilityJobProcess } from "./utility-job-process.ts";
import { utilityProber } from "./utility-probe.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-utility-"));
const fake = new FakeElectron();
const { utilityProcess } = fake.api;
const entry = fileURLToPath(new URL("../job-process/fixtures/counting-job-process.ts", import.meta.url));
const environment = () => ({ ...process.env, OMNISAT_PROBES: '{"webgpu":{"error":"none here"}}' });
const jobProcess = new JobProcess({
  launch: utilityJobProcess(utilityProcess, entry, environment),
  graceMilliseconds: 500,
});
afterAll(async () => {
  await jobProcess.close();
  rmSync(room, { recursive: true, force: true });
});
const never = new AbortController().signal;

const spec = (seed: number, steps?: number) => countedSpec(room, seed, steps);

test("a job runs in the utility process with the same messages, and the process stays warm", async () => {
  const events: JobEvent[] = [];
  const wanted = spec(0);
  const result = await jobProcess.run(wanted, (event) => events.push(event), never);
  expect(result).toMatchObject({ modelFolder: join(wanted.folder, "model"), steps: 5 });
  expect(events.filter(({ type }) => type === "metric")).toHaveLength(5);
  const { pid } = jobProcess;
  expect(pid).not.toBe(process.pid);
  await jobProcess.run(spec(0), () => {}, never);
  expect(jobProcess.pid).toBe(pid);
  expect(fake.forks).toHaveLength(1);
  expect(fake.forks[0]!.options).toMatchObject({
    serviceName: "OmniSat jobs",
    env: { OMNISAT_PROBES: expect.any(String) },
  });
});

test("an AppError keeps its code, and a crash in native code fails one job, which can be resumed", async () => {
  await expect(jobProcess.run(spec(9), () => {}, never)).rejects.toMatchObject({ code: "training-diverged" });
  const wanted = spec(7, 10);
  await expect(jobProcess.run(wanted, () => {}, never)).rejects.toMatchObject({ code: "job-process-ended" });
  expect(readFileSync(join(wanted.folder, "checkpoint.json"), "utf8")).toBe("5");
  const steps: number[] = [];
  await jobProcess.run(
    { ...wanted, resume: true },
    (event) => event.type === "metric" && steps.push(event.step),
    never,
  );
  expect(steps).toEqual([6, 7, 8, 9, 10]);
});

test("a job is stopped at its next step, or with its process when it does not respond", async () => {
  for (const [seed, code] of [
    [0, { name: "AbortError" }],
    [6, { code: "job-process-ended" }],
  ] as const) {
    const stop = new AbortController();
    const run = jobProcess.run(spec(seed, 100_000), () => {}, stop.signal);
    setTimeout(() => stop.abort(), 300);
    await expect(run).rejects.toMatchObject(code);
  }
});

test("closing asks the job process to end, and it ends", async () => {
  await jobProcess.run(spec(0), () => {}, never);
  const { pid } = jobProcess;
  await jobProcess.close();
  expect(jobProcess.pid).toBeUndefined();
  expect(() => process.kill(pid!, 0)).toThrow("ESRCH");
});

test("providers are tried in utility processes, and what came of it is kept for the job process", async () => {
  const known = new Map<string, ProbeReport>();
  const probe = utilityProber(utilityProcess, fileURLToPath(new URL("./probe-entry.ts", import.meta.url)), known);
  const choice = await chooseProvider({ probe });
  expect(choice.tried.map(({ provider, ok }) => [provider, ok])).toContainEqual(["cpu", true]);
  expect(known.get("cpu")).toMatchObject({ difference: 0, milliseconds: expect.any(Number) });
  expect([...known.keys()].sort()).toEqual(["cpu", "cuda", "webgpu"]);
});
