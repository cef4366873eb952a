import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { JobEvent } from "../../../src-shared/domain/job.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { livenessOf, ownIdentity } from "../../catalog/index.ts";
import { countedSpec } from "./fixtures/counted-spec.ts";
import { forkedJobProcess } from "./forked-job-process.ts";
import { JobProcess } from "./job-process.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-job-process-"));
const entry = new URL("./fixtures/counting-job-process.ts", import.meta.url);
const jobProcess = new JobProcess({ launch: forkedJobProcess(entry), graceMilliseconds: 500 });
afterAll(async () => {
  await jobProcess.close();
  rmSync(room, { recursive: true, force: true });
});

const spec = (seed: number, steps?: number) => countedSpec(room, seed, steps);

const never = new AbortController().signal;

test("a job runs in the job process, reports on the way and returns its result; the process stays warm", async () => {
  const events: JobEvent[] = [];
  const wanted = spec(0);
  const result = await jobProcess.run(wanted, (event) => events.push(event), never);
  expect(result).toMatchObject({ modelFolder: join(wanted.folder, "model"), steps: 5 });
  expect(events.filter(({ type }) => type === "metric")).toHaveLength(5);
  expect(events.at(-1)).toEqual({ type: "phase", name: "Counting", fraction: 1 });
  const { pid } = jobProcess;
  expect(pid).not.toBe(process.pid);
  await jobProcess.run(spec(0), () => {}, never);
  expect(jobProcess.pid).toBe(pid);
});

test("an AppError keeps its code and message between processes, and any other error its message", async () => {
  await expect(jobProcess.run(spec(9), () => {}, never)).rejects.toSatisfy(
    (error) => error instanceof AppError && error.code === "training-diverged" && error.message.includes("step 3"),
  );
  await expect(jobProcess.run(spec(8), () => {}, never)).rejects.toThrow("MatMul: [2,3] x [4,5]");
});

test("a crash of the job process fails the job with its reason, and the next job gets a new process and the checkpoint", async () => {
  const wanted = spec(7, 10);
  const failure = await jobProcess.run(wanted, () => {}, never).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(AppError);
  expect((failure as AppError).code).toBe("job-process-ended");
  expect((failure as AppError).message).toContain("signal SIGKILL");
  expect(readFileSync(join(wanted.folder, "checkpoint.json"), "utf8")).toBe("5");

  const steps: number[] = [];
  const note = (event: JobEvent) => event.type === "metric" && steps.push(event.step);
  await jobProcess.run({ ...wanted, resume: true }, note, never);
  expect(steps).toEqual([6, 7, 8, 9, 10]);
});

test("a job that is told to stop stops at its next step", async () => {
  const stop = new AbortController();
  const steps: number[] = [];
  const run = jobProcess.run(
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
  const run = jobProcess.run(spec(6), () => {}, stop.signal);
  setTimeout(() => stop.abort(), 300);
  await expect(run).rejects.toMatchObject({ code: "job-process-ended" });
  expect(jobProcess.pid).toBeUndefined();
});

test("the job process ends itself when its app is killed", async () => {
  const source = `
    import { JobProcess } from ${JSON.stringify(join(import.meta.dirname, "job-process.ts"))};
    import { forkedJobProcess } from ${JSON.stringify(join(import.meta.dirname, "forked-job-process.ts"))};
    const jobProcess = new JobProcess({ launch: forkedJobProcess(new URL(${JSON.stringify(entry.href)})) });
    const spec = ${JSON.stringify(spec(0, 100_000))};
    const note = (event) => event.type === "metric" && event.step === 3 && console.log(jobProcess.pid);
    await jobProcess.run(spec, note, new AbortController().signal);`;
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
