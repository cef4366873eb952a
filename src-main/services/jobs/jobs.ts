import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, isAbsolute, join, sep } from "node:path";
import { z } from "zod";
import {
  fileJobKinds,
  type Imagery,
  type JobEvent,
  type JobResult,
  type JobResults,
  type JobSpec,
} from "../../../src-shared/domain/job.ts";
import type { JobCause } from "../../../src-shared/domain/job-row.ts";
import type { Run } from "../../../src-shared/domain/run.ts";
import { isShippedName } from "../../../src-shared/domain/shipped-model.ts";
import { currentAcquisition } from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Because } from "../../../src-shared/errors/reasons/index.ts";
import { withoutTrace } from "../../../src-shared/ipc/errors.ts";
import {
  assertPlainFolder,
  type Catalog,
  isWithin,
  type Job,
  makeOwnFolder,
  readPlainText,
  specFileName,
} from "../../catalog/index.ts";
import { diskError, isDiskFull, writeWholeSync } from "../../files/index.ts";
import { readJournal } from "../../jobs/journal.ts";
import { announceChanged, type Deps } from "../deps.ts";
import { shippedModelFolder, shippedNameOf } from "../models/shipped.ts";
import { validated } from "../validated.ts";
import { naming } from "../withheld.ts";
import { assertSameInputs, InputGuard, inputPaths, inputsFileName, noteInputs } from "./inputs.ts";
import { JobLog, logFileName, readJobLog } from "./log.ts";

/** A spec before it has a place: the queue gives it its folder and says whether it is resumed. */
export type NewSpec<Spec extends JobSpec = JobSpec> = Spec extends JobSpec ? Omit<Spec, "folder" | "resume"> : never;

/** What happens in the catalog when a job's result arrives, in the same transaction that ends the job. */
export type ResultHandler<Spec extends JobSpec> = (job: Job, spec: Spec, result: JobResults[Spec["kind"]]) => void;
export type ResultHandlers = { readonly [Kind in JobSpec["kind"]]: ResultHandler<Extract<JobSpec, { kind: Kind }>> };

/** The run that goes with a job that learns or measures. */
export type NewRun = Pick<Run, "splitId" | "modelId"> & Partial<Pick<Run, "settings">>;

export interface StartedJob {
  readonly id: number;
  readonly folder: string;
}

/**
 * Runs one job after another; the job table says at any time how far each one is. Short work with files has a queue of its
 * own, so that an export does not wait for a training.
 */
export class JobQueue {
  readonly #deps: Deps;
  readonly #resultHandlers: ResultHandlers;
  readonly #running = new Map<number, { readonly controller: AbortController; readonly done: Promise<void> }>();
  readonly #outcomes = new Map<number, { readonly result: JobResult } | { readonly error: unknown }>();
  /** how jobs ended that the catalog had no room to write down */
  readonly #unwritten = new Map<number, () => void>();
  readonly #listeners = new Set<(id: number) => Promise<void>>();
  readonly #tails: Record<"network" | "files", Promise<unknown>> = {
    network: Promise.resolve(),
    files: Promise.resolve(),
  };

  constructor(deps: Deps, resultHandlers: ResultHandlers) {
    this.#deps = deps;
    this.#resultHandlers = resultHandlers;
    // Points of the curve that a crash kept from the catalog are read from the journal, so that the curve is complete without resuming.
    if (!deps.catalog.readOnly)
      for (const job of deps.catalog.jobs.list()) if (job.state === "resumable") catchUp(deps.catalog, job);
  }

  /** Writes the spec into a new job's folder and queues it. */
  start(spec: NewSpec, run?: NewRun): StartedJob {
    const { catalog, announce, shippedModels } = this.#deps;
    let folder: string | undefined;
    try {
      const job = catalog.transaction(() => {
        const added = catalog.jobs.add(spec.kind, titleOf(spec));
        if (run) {
          const { splitId, modelId, settings = null } = run;
          catalog.runs.add({ jobId: added.id, kind: spec.kind, splitId, modelId, settings });
        }
        folder = added.folder;
        // What lies there already is of no job of this project.
        catalog.removeOwn(folder, ["runs"]);
        makeOwnFolder(catalog.folder, "runs", basename(folder));
        writeWholeSync(
          join(folder, specFileName),
          JSON.stringify({ ...withShippedName(spec, shippedModels), folder }),
          {
            unwritable: "export-unwritable",
          },
        );
        if ("outputPath" in spec) catalog.noteWrite(spec.outputPath);
        // A folder that the person named: a row of the catalog can name none outside that was not allowed before.
        if ("modelFolder" in spec && spec.modelFolder !== null && !shippedNameOf(shippedModels, spec.modelFolder))
          catalog.noteRead(spec.modelFolder);
        return added;
      });
      this.#enqueue(job, false);
      announceChanged(announce, "jobs");
      if (run) announceChanged(announce, "runs");
      return { id: job.id, folder: job.folder };
    } catch (error) {
      // When the job cannot be created, its folder is deleted again: the disk may have been full.
      if (folder !== undefined) catalog.removeOwn(folder, ["runs"]);
      throw error;
    }
  }

  /**
   * Continues an interrupted job from its last checkpoint, with the spec and the files it was started with.
   * @throws AppError "job-input-changed" when a file is another one by now
   */
  async resume(id: number): Promise<StartedJob> {
    const { catalog } = this.#deps;
    this.#unwritten.get(id)?.();
    const resumable = (): Job => {
      const job = catalog.jobs.get(id);
      if (!job) throw new AppError("job-not-found", { id });
      if (job.state !== "resumable") throw new AppError("job-not-resumable", { id, state: job.state });
      return job;
    };
    const before = resumable();
    try {
      await assertSameInputs(before.folder, inputPaths(readSpec(catalog, before, true, this.#deps.shippedModels)));
    } catch (error) {
      // A specification that cannot be used fails when the job starts.
      if (error instanceof AppError && error.code === "job-input-changed") throw error;
    }
    const job = resumable();
    this.#deps.catalog.jobs.requeue(id);
    this.#enqueue(job, true);
    this.#tell(id);
    return { id: job.id, folder: job.folder };
  }

  /** Starts the same work again, as a new job; the old one is given up. */
  retry(id: number): StartedJob {
    const { catalog } = this.#deps;
    const job = catalog.jobs.get(id);
    if (!job) throw new AppError("job-not-found", { id });
    if (job.state !== "failed" || !existsSync(join(job.folder, specFileName)))
      throw new AppError("job-not-retryable", { id, state: job.state });
    const { folder: _, resume: __, ...spec } = readSpec(catalog, job, false, this.#deps.shippedModels);
    const run = catalog.runs.ofJob(id);
    const started = this.start(
      spec as NewSpec,
      run && { ...run, modelId: run.kind === "evaluate" ? run.modelId : null },
    );
    this.discard(id);
    return started;
  }

  /** Gives up a job that does not run, with its files and its curve. */
  discard(id: number): void {
    const { catalog, announce } = this.#deps;
    const job = catalog.jobs.get(id);
    if (!job) throw new AppError("job-not-found", { id });
    if (job.state === "running" || job.state === "queued")
      throw new AppError("job-not-resumable", { id, state: job.state });
    catalog.removeOwn(job.folder, ["runs"]);
    catalog.transaction(() => {
      const run = catalog.runs.ofJob(id);
      if (run && run.result === null) catalog.runs.remove(run.id);
      catalog.jobs.cancel(id, "Cancelled; its files were deleted.");
    });
    this.#tell(id);
    announceChanged(announce, "runs");
  }

  /** Stops the job at its next step. What it has written stays, and it can be resumed. */
  stop(id: number): void {
    this.#running.get(id)?.controller.abort(new StoppedOnRequest());
    // A queued job is stopped at once.
    if (this.#deps.catalog.jobs.get(id)?.state !== "queued") return;
    this.#running.delete(id);
    this.#outcomes.set(id, { error: new StoppedOnRequest() });
    this.#deps.catalog.jobs.interrupt(id, "Stopped on request.", { kind: "paused" });
    this.#tell(id);
  }

  /** Calls `listener` with every job that has ended, in whatever state. Others hear of the end when what the listener queues is queued. */
  onEnd(listener: (id: number) => Promise<void>): void {
    this.#listeners.add(listener);
  }

  /** Resolves when the job has ended, in whatever state. */
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
    const queue = fileJobKinds.has(job.kind) ? "files" : "network";
    const done = this.#tails[queue].then(() => this.#run(job, resume, signal, controller));
    this.#tails[queue] = done.catch(() => {});
    this.#running.set(job.id, { controller, done });
  }

  async #run(job: Job, resume: boolean, signal: AbortSignal, own: AbortController): Promise<void> {
    const { catalog, announce, runJob } = this.#deps;
    // Stopped while it waited: it may be back in the queue already, further behind.
    if (this.#running.get(job.id)?.controller !== own) return;
    const log = new JobLog(job.folder, () => assertOwnJobFolder(catalog, job));
    const recorder = new JobRecorder(this.#deps, job.id, log, (error) => own.abort(error));
    let guard: InputGuard | undefined;
    try {
      signal.throwIfAborted();
      assertOwnJobFolder(catalog, job);
      catalog.jobs.start(job.id);
      this.#tell(job.id);
      log.line(resume ? "Resumed." : "Started.");
      if (resume) catchUp(catalog, job);
      const spec = readSpec(catalog, job, resume, this.#deps.shippedModels);
      const inputs = inputPaths(spec);
      guard = await InputGuard.over(inputs, (error) => own.abort(error));
      if (resume) await assertSameInputs(job.folder, inputs);
      if (!existsSync(join(job.folder, inputsFileName))) await noteInputs(job.folder, inputs);
      const result = await runJob(spec, (event) => recorder.note(event), signal);
      const changed = await guard.changed();
      if (changed) throw changed;
      recorder.flush();
      catalog.transaction(() => {
        this.#register(job, spec, result);
        const run = catalog.runs.ofJob(job.id);
        if (run) catalog.runs.finish(run.id, result, null);
        catalog.jobs.finish(job.id);
      });
      log.line("Finished.");
      removeLeftovers(catalog, job, spec);
      this.#outcomes.set(job.id, { result });
    } catch (thrown) {
      // The catalog's own full disk and an exchanged image stop a job like a person does, and are its reason.
      const full = signal.reason instanceof AppError ? signal.reason : undefined;
      // When an input file was replaced, that is the reason of the failure, whatever the job reported.
      const changed = signal.aborted ? undefined : await guard?.changed();
      const error = full ?? changed ?? sentenceOf(thrown, job.folder);
      this.#outcomes.set(job.id, { error });
      const stopped = signal.aborted && !full;
      const reason = stopped ? "Stopped on request." : messageOf(error);
      const cause = causeOf(error, stopped ? signal : undefined, this.#deps.signal);
      log.line(reason, !stopped && cause.kind === "error" && cause.code === null ? error : undefined);
      this.#writeDown(job.id, () => {
        recorder.flush();
        // After a full disk the job can be resumed from its last checkpoint, which is complete.
        if (cause.kind === "error" && !canGoOn(cause)) catalog.jobs.fail(job.id, reason, cause);
        else catalog.jobs.interrupt(job.id, reason, cause);
      });
    } finally {
      guard?.end();
      // Without a window the project is closed as soon as nothing runs: what follows is queued before that is heard.
      const running = this.#running.get(job.id);
      if (running) this.#deps.keepOpen?.(running.done);
      try {
        for (const listener of this.#listeners) await listener(job.id);
      } finally {
        this.#running.delete(job.id);
        // However it ended: what was measured is in the table of runs.
        announceChanged(announce, "jobs", ...(catalog.runs.ofJob(job.id) ? (["runs"] as const) : []));
        this.#tell(job.id);
      }
    }
  }

  /** Writes down how a job ended, now or, when there is no room for it, as soon as there is. */
  #writeDown(id: number, write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "no-disk-space") throw error;
      const again = setInterval(() => {
        try {
          this.#unwritten.get(id)?.();
        } catch {
          // Still no room.
        }
      }, 2000).unref();
      this.#unwritten.set(id, () => {
        write();
        clearInterval(again);
        this.#unwritten.delete(id);
        this.#tell(id);
      });
      this.#deps.signal?.addEventListener("abort", () => clearInterval(again), { once: true });
    }
  }

  /** What came of a job of this session: the catalog keeps the sentence of an error, here is the error itself. */
  outcomeOf(id: number): { readonly result: JobResult } | { readonly error: unknown } | undefined {
    return this.#outcomes.get(id);
  }

  #register(job: Job, spec: JobSpec, result: JobResults[JobSpec["kind"]]): void {
    // The handler of a kind takes the spec and result of that kind; TypeScript cannot follow the kind through the table.
    const handle = this.#resultHandlers[spec.kind] as unknown as (job: Job, spec: JobSpec, result: unknown) => void;
    handle(job, spec, result);
  }

  #tell(id: number): void {
    const job = this.#deps.catalog.jobs.get(id);
    if (job) this.#deps.announce("job.state", { id, state: job.state, reason: job.reason });
  }
}

/** Why a job did not finish. What a person stopped and what the program's end stopped can both go on. */
/** Errors after which the job can be resumed: a full disk, or a missing file. */
const canGoOn = (cause: JobCause): boolean => cause.kind === "error" && resumableErrors.has(cause.code ?? "");
const resumableErrors: ReadonlySet<string> = new Set(["no-disk-space", "raster-changed", "job-input-changed"]);

/** `signal`: of a person who stopped it, if one did */
function causeOf(error: unknown, signal: AbortSignal | undefined, host: AbortSignal | undefined): JobCause {
  if (host?.aborted) return { kind: "closed" };
  if (signal?.aborted) return { kind: "paused" };
  if (!(error instanceof AppError)) return { kind: "error", code: null, details: {} };
  if (error.code === "job-process-ended") {
    const { detail } = error.details as { readonly detail: Because };
    return { kind: "engine", detail };
  }
  return { kind: "error", code: error.code, details: error.details };
}

/** What people know a job by: the name of what it makes or looks at. */
function titleOf(spec: NewSpec): string {
  if ("modelName" in spec) return spec.modelName;
  if (spec.kind === "align") return spec.modality;
  if (spec.kind === "features") return spec.groups.map(({ modality }) => modality).join(", ");
  if (spec.kind === "map" || spec.kind === "number-map" || spec.kind === "change") return spec.title ?? spec.baseName;
  if ("baseName" in spec) return spec.baseName;
  if ("modelFolder" in spec) return basename(spec.modelFolder);
  if ("outputPath" in spec) return basename(spec.outputPath);
  return "";
}

/** Points of the curve that the job's journal has and the catalog missed, because the program ended while they came. */
function catchUp(catalog: Catalog, job: Job): void {
  const run = catalog.runs.ofJob(job.id);
  if (!run || !isOwnJobFolder(catalog, job)) return;
  catalog.transaction(() => {
    for (const entry of readJournal(job.folder)) {
      if (entry.type === "metric") catalog.runs.addMetrics(run.id, [{ step: entry.step, values: entry.values }]);
      else catalog.runs.addReview(run.id, entry.step, entry.review);
    }
  });
}

class StoppedOnRequest extends Error {
  override readonly name = "AbortError";
  constructor() {
    super("Stopped on request.");
  }
}

/**
 * Writes what a job reports into the catalog: every step of the curve at once, so that no checkpoint is ahead of it; how
 * far a phase is at most twice a second.
 */
class JobRecorder {
  readonly #deps: Deps;
  readonly #jobId: number;
  readonly #runId: number | undefined;
  #phase: Extract<JobEvent, { type: "phase" }> | undefined;
  #written = Number.NEGATIVE_INFINITY;
  #phaseName = "";
  readonly #log: JobLog;
  readonly #onFull: (error: AppError) => void;

  /** `onFull`: the catalog has no room for what the job says, and the job had better stop */
  constructor(deps: Deps, jobId: number, log: JobLog, onFull: (error: AppError) => void) {
    this.#onFull = onFull;
    this.#deps = deps;
    this.#jobId = jobId;
    this.#log = log;
    this.#runId = deps.catalog.runs.ofJob(jobId)?.id;
  }

  note(event: JobEvent): void {
    try {
      this.#note(event);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "no-disk-space") throw error;
      // The journal has the points that the catalog lacks; on resuming they are added.
      this.#onFull(error);
    }
  }

  #note(event: JobEvent): void {
    const { catalog, announce } = this.#deps;
    announce("job.event", { id: this.#jobId, event });
    const runId = this.#runId;
    switch (event.type) {
      case "phase":
        if (event.name !== this.#phaseName) this.#log.line(event.name);
        this.#phaseName = event.name;
        this.#phase = event;
        break;
      case "metric":
        if (runId === undefined) break;
        catalog.report(() => catalog.runs.addMetrics(runId, [{ step: event.step, values: event.values }]));
        break;
      case "review":
        this.#log.line(lineOf(event));
        if (runId !== undefined) catalog.report(() => catalog.runs.addReview(runId, event.step, event.review));
        break;
      case "log":
        this.#log.line(event.text);
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

const lineOf = ({ step, review }: Extract<JobEvent, { type: "review" }>): string =>
  review.score
    ? `Step ${step}: macro F1 ${review.score.macroF1?.toFixed(3) ?? "–"}, overall accuracy ${review.score.overallAccuracy?.toFixed(3) ?? "–"} (${review.score.samples} patches).`
    : `Step ${step}: looked at training places.`;

/** What is worth keeping has moved to the models or the maps; checkpoints are as large as the model and its moments. */
function removeLeftovers(catalog: Catalog, { folder }: Job, { kind }: JobSpec): void {
  if (kind === "report" || kind === "evaluate" || kind === "align") return;
  for (const name of readdirSync(folder)) {
    if (name !== specFileName && name !== logFileName) catalog.removeOwn(join(folder, name), ["runs"]);
  }
}

/** The spec as it was written, with the paths of a project folder that has been moved since, and in the form of this release. */
function readSpec(catalog: Catalog, job: Job, resume: boolean, shippedModels: string | undefined): JobSpec {
  assertOwnJobFolder(catalog, job);
  const spec = parsedSpec(job);
  const before = dirname(dirname(spec.folder));
  const now = dirname(dirname(job.folder));
  const moved = before === now ? spec : movePaths(spec, `${before}${sep}`, `${now}${sep}`);
  const own = { ...moved, folder: job.folder, resume };
  const shipped = "modelFolder" in own && typeof own.modelFolder === "string" && isShippedName(own.modelFolder);
  assertPathsAllowed(catalog, shipped ? ({ ...own, modelFolder: job.folder } as JobSpec) : own);
  const placed = shipped
    ? ({ ...own, modelFolder: shippedModelFolder(shippedModels, own.modelFolder!) } as JobSpec)
    : own;
  return inPieces(placed);
}

/** A model that comes with the program is stored by its name: an installation may lie elsewhere when the job is resumed. */
function withShippedName(spec: NewSpec, shippedModels: string | undefined): NewSpec {
  if (!("modelFolder" in spec) || spec.modelFolder === null) return spec;
  const modelFolder = shippedNameOf(shippedModels, spec.modelFolder);
  return modelFolder === undefined ? spec : { ...spec, modelFolder };
}

/**
 * Acquisitions of older releases in the form of this one: in pieces, with codes for sentences.
 * @throws AppError "job-spec-damaged"
 */
function inPieces(spec: JobSpec): JobSpec {
  const { imagery } = spec as { imagery?: Imagery };
  if (!Array.isArray(imagery?.acquisitions)) return spec;
  try {
    return { ...spec, imagery: { ...imagery, acquisitions: imagery.acquisitions.map(currentAcquisition) } } as JobSpec;
  } catch (cause) {
    throw new AppError("job-spec-damaged", { path: join(spec.folder, specFileName) }, { cause });
  }
}

function parsedSpec(job: Job): JobSpec {
  const path = join(job.folder, specFileName);
  let spec: Partial<JobSpec> | null;
  try {
    spec = JSON.parse(readPlainText(path)) as Partial<JobSpec> | null;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("job-spec-damaged", { path }, { cause });
  }
  if (typeof spec !== "object" || spec === null || spec.kind !== job.kind || typeof spec.folder !== "string")
    throw new AppError("job-spec-damaged", { path });
  return spec as JobSpec;
}

/** Names of fields that hold a path. `from` of an export is one, `from` of a comparison holds some. */
const pathField = /^(path|from|folder|file|.*(Path|Paths|Folder|File|Files))$/;

/**
 * A specification is a file in the project, and the author of the project may have written it: every path in it is inside the
 * project or allowed, and names of files are names.
 * @throws AppError "path-withheld", "job-spec-damaged"
 */
function assertPathsAllowed(catalog: Catalog, spec: JobSpec): void {
  const broken = () => new AppError("job-spec-damaged", { path: join(spec.folder, specFileName) });
  const walk = (value: unknown, key: string): void => {
    if (typeof value === "string") {
      if (key === "outputPath") {
        if (!isAbsolute(value)) throw broken();
        if (!catalog.mayWrite(value)) throw new AppError("path-withheld", { path: value, folder: dirname(value) });
      } else if (pathField.test(key)) {
        if (!isAbsolute(value)) throw broken();
        if (!catalog.mayRead(value)) throw new AppError("path-withheld", { path: value, folder: dirname(value) });
      }
    } else if (Array.isArray(value)) for (const item of value as unknown[]) walk(item, key);
    else if (typeof value === "object" && value !== null)
      for (const [name, item] of Object.entries(value)) walk(item, name);
  };
  walk(spec, "");
  if (spec.kind === "map" && (spec.baseName === "" || /[\\/]/.test(spec.baseName) || /^\.+$/.test(spec.baseName)))
    throw broken();
}

/** Every job has a folder of its own below `runs`, without links: what a row or a link says otherwise is not followed. */
function assertOwnJobFolder(catalog: Catalog, { folder }: Job): void {
  const runs = join(catalog.folder, "runs");
  const leads = catalog.behind(folder);
  if (leads !== undefined || dirname(folder) !== runs || !isWithin(runs, folder))
    throw new AppError("project-link-outside", { path: join(runs, basename(folder)), leadsTo: leads ?? folder });
  assertPlainFolder(catalog.folder, folder);
}

function isOwnJobFolder(catalog: Catalog, job: Job): boolean {
  try {
    assertOwnJobFolder(catalog, job);
    return true;
  } catch {
    return false;
  }
}

/** A copy of plain data in which every text that begins with `from` begins with `to`. */
function movePaths<T>(value: T, from: string, to: string): T {
  if (typeof value === "string") return (value.startsWith(from) ? to + value.slice(from.length) : value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => movePaths(item, from, to)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, movePaths(item, from, to)])) as T;
}

/** What a map or a score was asked to do; nothing where its folder is gone. */
export function readJobSpec(catalog: Catalog, job: Job): JobSpec | undefined {
  return existsSync(join(job.folder, specFileName)) ? readSpec(catalog, job, false, undefined) : undefined;
}

/** A full disk is a sentence, wherever in a job it is met. */
function sentenceOf(error: unknown, folder: string): unknown {
  const { path } = (error ?? {}) as NodeJS.ErrnoException;
  return isDiskFull(error) ? diskError(path ?? folder, error) : naming(error);
}

const messageOf = (error: unknown): string => withoutTrace(error instanceof Error ? error.message : String(error));

/** The job table for hosts. */
export function jobService({ catalog }: Deps, queue: JobQueue) {
  const byId = z.strictObject({ id: z.int().positive() });
  return {
    "jobs.list": validated("jobs.list", z.strictObject({}), () => catalog.jobs.list()),

    "jobs.resume": validated("jobs.resume", byId, ({ id }) => queue.resume(id)),

    "jobs.stop": validated("jobs.stop", byId, ({ id }) => queue.stop(id)),

    /** Resolves when the job has ended; rejects with its error when it failed. */
    "jobs.wait": validated("jobs.wait", byId, async ({ id }) => {
      const job = await queue.ended(id);
      const outcome = queue.outcomeOf(id);
      if (outcome && "error" in outcome) throw outcome.error;
      return { job, result: outcome?.result ?? catalog.runs.ofJob(id)?.result ?? null };
    }),

    /** The same work once more, from the beginning. */
    "jobs.retry": validated("jobs.retry", byId, ({ id }) => queue.retry(id)),

    /** Stops a job and discards it; at once when it waits or is stopped. */
    "jobs.cancel": validated("jobs.cancel", byId, async ({ id }) => {
      queue.stop(id);
      await queue.ended(id);
      if (catalog.jobs.get(id)?.state !== "finished") queue.discard(id);
    }),

    /** Gives up an interrupted or failed job and deletes its folder. */
    "jobs.discard": validated("jobs.discard", byId, ({ id }) => queue.discard(id)),

    "jobs.log": validated("jobs.log", byId, ({ id }) => {
      const job = catalog.jobs.get(id);
      if (!job) throw new AppError("job-not-found", { id });
      assertOwnJobFolder(catalog, job);
      return readJobLog(job.folder);
    }),
  };
}
