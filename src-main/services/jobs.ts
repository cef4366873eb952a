import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { z } from "zod";
import type { JobEvent, JobResult, JobResults, JobSpec } from "../../src-shared/domain/job.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { type Job, specFileName } from "../catalog/index.ts";
import type { Deps } from "./deps.ts";
import { door } from "./door.ts";

/** A spec before it has a place: the queue gives it its folder and says whether it is resumed. */
export type NewSpec<Spec extends JobSpec = JobSpec> = Spec extends JobSpec ? Omit<Spec, "folder" | "resume"> : never;

/** What happens in the catalog when a job's result arrives, in the same transaction that ends the job. */
export type Settle<Spec extends JobSpec> = (job: Job, spec: Spec, result: JobResults[Spec["kind"]]) => void;
export type Settlers = { readonly [Kind in JobSpec["kind"]]: Settle<Extract<JobSpec, { kind: Kind }>> };

export interface StartedJob {
  readonly id: number;
  readonly folder: string;
}

/** Runs one job after another; the job table says at any time how far each one is. */
export class JobQueue {
  readonly #deps: Deps;
  readonly #settlers: Settlers;
  readonly #running = new Map<number, { readonly controller: AbortController; readonly done: Promise<void> }>();
  readonly #outcomes = new Map<number, { readonly result: JobResult } | { readonly error: unknown }>();
  #tail: Promise<unknown> = Promise.resolve();

  constructor(deps: Deps, settlers: Settlers) {
    this.#deps = deps;
    this.#settlers = settlers;
  }

  /** Writes the spec into a new job's folder and queues it. */
  start(spec: NewSpec, run?: { readonly splitId: number | null; readonly modelId: number | null }): StartedJob {
    const { catalog } = this.#deps;
    let folder: string | undefined;
    try {
      const job = catalog.transaction(() => {
        const added = catalog.jobs.add(spec.kind);
        if (run) catalog.runs.add({ jobId: added.id, kind: spec.kind, ...run });
        folder = added.folder;
        mkdirSync(added.folder, { recursive: true });
        writeWhole(join(added.folder, specFileName), JSON.stringify({ ...spec, folder: added.folder }));
        return added;
      });
      this.#enqueue(job, false);
      return { id: job.id, folder: job.folder };
    } catch (error) {
      // No job, no folder: the disk may have been full.
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Continues an interrupted job from its last checkpoint, with the spec it was started with. */
  resume(id: number): StartedJob {
    const job = this.#deps.catalog.jobs.get(id);
    if (!job) throw new AppError("job-not-found", { id });
    if (job.state !== "resumable") throw new AppError("job-not-resumable", { id, state: job.state });
    this.#enqueue(job, true);
    return { id: job.id, folder: job.folder };
  }

  /** Stops the job at its next step. What it has written stays, and it can be resumed. */
  stop(id: number): void {
    this.#running.get(id)?.controller.abort(new Stopped());
  }

  /** Resolves when the job has ended, however it ended. */
  async ended(id: number): Promise<Job> {
    await this.#running.get(id)?.done;
    const job = this.#deps.catalog.jobs.get(id);
    if (!job) throw new AppError("job-not-found", { id });
    return job;
  }

  #enqueue(job: Job, resume: boolean): void {
    const controller = new AbortController();
    const { signal: host } = this.#deps;
    const signal = host ? AbortSignal.any([host, controller.signal]) : controller.signal;
    const done = this.#tail.then(() => this.#run(job, resume, signal));
    this.#tail = done.catch(() => {});
    this.#running.set(job.id, { controller, done });
  }

  async #run(job: Job, resume: boolean, signal: AbortSignal): Promise<void> {
    const { catalog, announce, runJob } = this.#deps;
    const diary = new Diary(this.#deps, job.id);
    try {
      signal.throwIfAborted();
      catalog.jobs.start(job.id);
      this.#tell(job.id);
      const spec = readSpec(job, resume);
      const result = await runJob(spec, (event) => diary.note(event), signal);
      diary.flush();
      catalog.transaction(() => {
        this.#settle(job, spec, result);
        const run = catalog.runs.ofJob(job.id);
        if (run) catalog.runs.finish(run.id, result, null);
        catalog.jobs.finish(job.id);
      });
      removeLeftovers(job, spec);
      this.#outcomes.set(job.id, { result });
      announce("catalog.changed", { table: "jobs", ids: [job.id] });
    } catch (thrown) {
      const error = sentenceOf(thrown, job.folder);
      this.#outcomes.set(job.id, { error });
      diary.flush();
      if (signal.aborted) catalog.jobs.interrupt(job.id, "Stopped on request.");
      else if (isInterruption(error)) catalog.jobs.interrupt(job.id, messageOf(error));
      else catalog.jobs.fail(job.id, messageOf(error));
    } finally {
      this.#running.delete(job.id);
      this.#tell(job.id);
    }
  }

  /** What came of a job of this session: the catalog keeps the sentence of an error, here is the error itself. */
  outcomeOf(id: number): { readonly result: JobResult } | { readonly error: unknown } | undefined {
    return this.#outcomes.get(id);
  }

  #settle(job: Job, spec: JobSpec, result: JobResults[JobSpec["kind"]]): void {
    // The settler of a kind takes the spec and result of that kind; TypeScript cannot follow the kind through the table.
    const settle = this.#settlers[spec.kind] as unknown as (job: Job, spec: JobSpec, result: unknown) => void;
    settle(job, spec, result);
  }

  #tell(id: number): void {
    const job = this.#deps.catalog.jobs.get(id);
    if (job) this.#deps.announce("job.state", { id, state: job.state, reason: job.reason });
  }
}

class Stopped extends Error {
  override readonly name = "AbortError";
  constructor() {
    super("Stopped on request.");
  }
}

/**
 * Writes what a job reports into the catalog: every step of the curve at once, so that no checkpoint is ahead of it; how
 * far a phase is at most twice a second.
 */
class Diary {
  readonly #deps: Deps;
  readonly #jobId: number;
  readonly #runId: number | undefined;
  #phase: Extract<JobEvent, { type: "phase" }> | undefined;
  #written = Number.NEGATIVE_INFINITY;

  constructor(deps: Deps, jobId: number) {
    this.#deps = deps;
    this.#jobId = jobId;
    this.#runId = deps.catalog.runs.ofJob(jobId)?.id;
  }

  note(event: JobEvent): void {
    const { catalog, announce } = this.#deps;
    announce("job.event", { id: this.#jobId, event });
    const runId = this.#runId;
    if (event.type === "phase") this.#phase = event;
    else if (runId !== undefined) {
      catalog.report(() => catalog.runs.addMetrics(runId, [{ step: event.step, values: event.values }]));
    }
    if (performance.now() - this.#written >= 500) this.flush();
  }

  flush(): void {
    const { catalog } = this.#deps;
    const phase = this.#phase;
    if (!phase) return;
    this.#phase = undefined;
    this.#written = performance.now();
    catalog.report(() => catalog.jobs.progress(this.#jobId, phase.name, phase.fraction));
  }
}

/** What is worth keeping has moved to the models or the maps; checkpoints are as large as the model and its moments. */
function removeLeftovers({ folder }: Job, { kind }: JobSpec): void {
  if (kind === "report" || kind === "evaluate") return;
  for (const name of readdirSync(folder)) {
    if (name !== specFileName) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** The spec as it was written, with the paths of a project folder that has been moved since. */
function readSpec(job: Job, resume: boolean): JobSpec {
  const spec = JSON.parse(readFileSync(join(job.folder, specFileName), "utf8")) as JobSpec;
  const before = dirname(dirname(spec.folder));
  const now = dirname(dirname(job.folder));
  const moved = before === now ? spec : movePaths(spec, `${before}${sep}`, `${now}${sep}`);
  return { ...moved, folder: job.folder, resume };
}

/** A copy of plain data in which every text that begins with `from` begins with `to`. */
function movePaths<T>(value: T, from: string, to: string): T {
  if (typeof value === "string") return (value.startsWith(from) ? to + value.slice(from.length) : value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => movePaths(item, from, to)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, movePaths(item, from, to)])) as T;
}

function writeWhole(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { flush: true });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    if ((error as NodeJS.ErrnoException).code === "ENOSPC")
      throw new AppError("no-disk-space", { path }, { cause: error });
    throw error;
  }
}

/** A full disk is a sentence, wherever in a job it is met. */
function sentenceOf(error: unknown, folder: string): unknown {
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException;
  return code === "ENOSPC" ? new AppError("no-disk-space", { path: path ?? folder }, { cause: error }) : error;
}

const isInterruption = (error: unknown): boolean => error instanceof AppError && error.code === "job-process-ended";

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The job table for hosts. */
export function jobService({ catalog }: Deps, queue: JobQueue) {
  const byId = z.strictObject({ id: z.int().positive() });
  return {
    "jobs.list": door("jobs.list", z.strictObject({}), () => catalog.jobs.list()),

    "jobs.resume": door("jobs.resume", byId, ({ id }) => queue.resume(id)),

    "jobs.stop": door("jobs.stop", byId, ({ id }) => queue.stop(id)),

    /** Resolves when the job has ended; rejects with its error when it failed. */
    "jobs.wait": door("jobs.wait", byId, async ({ id }) => {
      const job = await queue.ended(id);
      const outcome = queue.outcomeOf(id);
      if (outcome && "error" in outcome) throw outcome.error;
      return { job, result: outcome?.result ?? catalog.runs.ofJob(id)?.result ?? null };
    }),

    /** Gives up an interrupted or failed job and deletes its folder. */
    "jobs.discard": door("jobs.discard", byId, ({ id }) => {
      const job = catalog.jobs.get(id);
      if (!job) throw new AppError("job-not-found", { id });
      if (job.state === "running" || job.state === "queued")
        throw new AppError("job-not-resumable", { id, state: job.state });
      rmSync(job.folder, { recursive: true, force: true });
      catalog.jobs.cancel(id, "Given up; its files were deleted.");
    }),
  };
}
