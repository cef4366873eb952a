import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Catalog } from "../catalog/index.ts";
import { contextOf } from "../jobs/context.ts";
import { makeSample } from "./app/sample.ts";
import type { JobRunner } from "./deps.ts";
import { countingJob } from "./fixtures/counting-job.ts";
import { projectFolders } from "./projects/projects.ts";
import { services } from "./services.ts";

const appVersion = "0.1.0";
const room = mkdtempSync(join(tmpdir(), "omnisat-full-"));
const sample = join(import.meta.dirname, "../../resources/sample/flanders-crops-2019");
const disk = join(room, "disk");
const counting: JobRunner = async (spec, on, signal) => (await countingJob(spec, contextOf(on, signal))) as never;
const everyStep = (steps: number) => Array.from({ length: steps }, (_, at) => at + 1);

/** A small file system of its own, where this machine permits mounting one. */
const mounted = (() => {
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=48m", "tmpfs", disk], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();
beforeAll(() => makeSample(sample, join(room, "project"), appVersion));
afterAll(() => {
  if (mounted) execFileSync("umount", [disk]);
  rmSync(room, { recursive: true, force: true });
});

const opened = (folder: string): Promise<Catalog> =>
  projectFolders({ appVersion })["project.open"]({ folder, purpose: "a test" });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

test("wherever a job meets a full disk, it can go on, and says why it stopped", async () => {
  for (const code of ["ENOSPC", "EDQUOT", "EFBIG"]) {
    const catalog = await opened(join(room, "project"));
    let full = true;
    const runJob: JobRunner = async (spec, on, signal) => {
      const stopAfter = full ? 3 : Number.POSITIVE_INFINITY;
      if (full) {
        await countingJob(spec, contextOf(on, signal), stopAfter);
        throw Object.assign(new Error(`${code}: no space left on device, write`), { code, path: "/data/checkpoint" });
      }
      return (await countingJob(spec, contextOf(on, signal))) as never;
    };
    const all = services({ catalog, appVersion, runJob, announce: () => {} });
    const { id } = await all["runs.pretrain"]({ name: code, recipe: { steps: 6 } });
    expect(await codeOf(all["jobs.wait"]({ id }))).toBe("no-disk-space");
    expect(catalog.jobs.get(id)).toMatchObject({
      state: "resumable",
      cause: { kind: "error", code: "no-disk-space" },
      reason: expect.stringContaining("There is no space left"),
    });
    full = false;
    await all["jobs.resume"]({ id });
    expect(await codeOf(all["jobs.wait"]({ id }))).toBe("done");
    const run = catalog.runs.ofJob(id)!;
    expect(catalog.runs.metrics(run.id).map(({ step }) => step)).toEqual(everyStep(6));
    catalog.close();
  }
});

test("a catalog that cannot grow stops the job, which goes on when there is room", async () => {
  const catalog = await opened(join(room, "project"));
  const values = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`value${at}`, at]));
  const runJob: JobRunner = async (spec, on, signal) => {
    if (spec.resume) return counting(spec, on, signal);
    catalog.limitPages(1);
    for (let step = 1; step < 5000; step++) {
      on({ type: "metric", step, values });
      signal.throwIfAborted();
    }
    throw new Error("the catalog took it all");
  };
  const all = services({ catalog, appVersion, runJob, announce: () => {} });
  const { id } = await all["runs.pretrain"]({ name: "no pages", recipe: { steps: 3 } });
  expect(await codeOf(all["jobs.wait"]({ id }))).toBe("no-disk-space");
  catalog.limitPages(1_000_000);
  await all["jobs.resume"]({ id });
  expect(await codeOf(all["jobs.wait"]({ id }))).toBe("done");
  expect(catalog.jobs.get(id)!.state).toBe("finished");
  catalog.close();
});

test.runIf(mounted)(
  "a real training on a disk that fills up keeps its last checkpoint, and ends with the whole curve",
  async () => {
    const folder = join(disk, "project");
    await makeSample(sample, folder, appVersion);
    const catalog = await opened(folder);
    const { runJob: run } = await import("../jobs/index.ts");
    const filler = join(disk, "filler");
    const fill = () => {
      for (let piece = 1 << 20; piece >= 1; piece = piece >> 1)
        try {
          for (;;) appendFileSync(filler, Buffer.alloc(piece));
        } catch {
          // Full to the last `piece` bytes.
        }
    };
    let steps = 0;
    const runJob: JobRunner = async (spec, on, signal) => {
      const told = contextOf((event) => {
        on(event);
        if (event.type === "metric" && ++steps === 3) fill();
      }, signal);
      return (await run(spec, told)) as never;
    };
    const all = services({ catalog, appVersion, runJob, announce: () => {} });
    const { id } = await all["runs.pretrain"]({
      name: "real",
      size: "tiny",
      provider: "cpu",
      recipe: { steps: 6, batchSize: 1, datesPerTile: 2, checkpointEverySteps: 2 },
    });
    expect(await codeOf(all["jobs.wait"]({ id }))).toBe("no-disk-space");
    const { folder: own } = catalog.jobs.get(id)!;
    expect(existsSync(join(own, "checkpoint.safetensors"))).toBe(true);
    rmSync(filler);
    await all["jobs.resume"]({ id });
    expect(await codeOf(all["jobs.wait"]({ id }))).toBe("done");
    expect(catalog.runs.metrics(catalog.runs.ofJob(id)!.id).map(({ step }) => step)).toEqual(everyStep(6));
    // Four steps more, not six: it went on from the checkpoint.
    expect(steps).toBeLessThan(3 + 6);
    catalog.close();
  },
);
