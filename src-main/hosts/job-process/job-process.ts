import type { JobEvent, JobResult } from "../../../src-shared/domain/job.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Because } from "../../../src-shared/errors/reasons/index.ts";
import { errorFrom } from "../../../src-shared/ipc/errors.ts";
import type { JobRunner } from "../../services/deps.ts";
import { forkedJobProcess, type JobProcessHandle, type JobProcessLauncher } from "./forked-job-process.ts";
import type { FromJobProcess } from "./messages.ts";

export interface JobProcessOptions {
  /** how the process is started: each host has its own way */
  readonly launch?: JobProcessLauncher;
  /** how long a job may take to stop before its process is ended */
  readonly graceMilliseconds?: number;
}

interface Pending {
  readonly kind: string;
  readonly on: (event: JobEvent) => void;
  readonly resolve: (result: JobResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs jobs in a process of their own, kept running between jobs and started again when it has ended. If it crashes, the
 * job fails with `job-process-ended` and this process goes on; the job can be resumed from its last checkpoint.
 */
export class JobProcess {
  readonly #launch: JobProcessLauncher;
  readonly #grace: number;
  #child: JobProcessHandle | undefined;
  #nextId = 1;
  readonly #closing: (() => void)[] = [];
  readonly #pending = new Map<number, Pending>();

  constructor({ launch = forkedJobProcess(), graceMilliseconds = 10_000 }: JobProcessOptions = {}) {
    this.#launch = launch;
    this.#grace = graceMilliseconds;
  }

  /** of the process, while there is one */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  readonly run: JobRunner = async (spec, on, signal) => {
    signal.throwIfAborted();
    const child = this.#start();
    const id = this.#nextId++;
    let timer: NodeJS.Timeout | undefined;
    const stop = () => {
      child.tell({ type: "stop", id });
      timer = setTimeout(() => child.kill(), this.#grace);
    };
    try {
      const result = await new Promise<JobResult>((resolve, reject) => {
        this.#pending.set(id, { kind: spec.kind, on, resolve, reject });
        signal.addEventListener("abort", stop, { once: true });
        child.tell({ type: "run", id, spec });
      });
      // The spec's kind decides the result's kind, which messages cannot express as a type.
      return result as never;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      this.#pending.delete(id);
      if (this.#pending.size === 0) child.hold(false);
    }
  };

  /** Ends the process. Its memory goes back to the system, which unloading a session does not always do. */
  async close(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const ended = new Promise<void>((resolve) => this.#closing.push(resolve));
    child.leave();
    const timer = setTimeout(() => child.kill(), this.#grace);
    await ended;
    clearTimeout(timer);
  }

  #start(): JobProcessHandle {
    const warm = this.#child;
    if (warm?.alive) {
      warm.hold(true);
      return warm;
    }
    const child = this.#launch({
      message: (message) => this.#hear(message),
      ended: (reason) => this.#ended(child, reason),
    });
    this.#child = child;
    return child;
  }

  #hear(message: FromJobProcess): void {
    const job = this.#pending.get(message.id);
    if (!job) return;
    if (message.type === "event") job.on(message.event);
    else if (message.type === "result") job.resolve(message.result);
    else job.reject(errorFrom(message.error));
  }

  #ended(child: JobProcessHandle, detail: Because): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    for (const resolve of this.#closing.splice(0)) resolve();
    for (const { kind, reject } of this.#pending.values()) reject(new AppError("job-process-ended", { kind, detail }));
  }
}
