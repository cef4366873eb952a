import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { JobEvent, JobResult } from "../../../src-shared/domain/job.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { errorFrom } from "../../../src-shared/ipc/errors.ts";
import type { JobRunner } from "../../services/deps.ts";
import type { FromEngine, ToEngine } from "./messages.ts";

export interface EngineOptions {
  /** the program of the engine process; tests have another one */
  readonly entry?: URL;
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
 * Runs jobs in a process of their own, kept warm from job to job and started anew when it has ended. If it crashes, the
 * job fails with `job-process-ended` and this process lives on; the job can be resumed from its last checkpoint.
 */
export class EngineProcess {
  readonly #entry: string;
  readonly #grace: number;
  #child: ChildProcess | undefined;
  #nextId = 1;
  readonly #pending = new Map<number, Pending>();

  constructor({ entry = new URL("./main.ts", import.meta.url), graceMilliseconds = 10_000 }: EngineOptions = {}) {
    this.#entry = fileURLToPath(entry);
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
      this.#tell(child, { type: "stop", id });
      timer = setTimeout(() => child.kill("SIGKILL"), this.#grace);
    };
    try {
      const result = await new Promise<JobResult>((resolve, reject) => {
        this.#pending.set(id, { kind: spec.kind, on, resolve, reject });
        signal.addEventListener("abort", stop, { once: true });
        this.#tell(child, { type: "run", id, spec });
      });
      // The spec's kind decides the result's kind; the wire does not know types.
      return result as never;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      this.#pending.delete(id);
      if (this.#pending.size === 0) this.#rest();
    }
  };

  /** Ends the process. Its memory goes back to the system, which unloading a session does not always do. */
  async close(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.disconnect();
    const timer = setTimeout(() => child.kill("SIGKILL"), this.#grace);
    await ended;
    clearTimeout(timer);
  }

  #start(): ChildProcess {
    if (this.#child?.connected) {
      this.#child.ref();
      this.#child.channel?.ref();
      return this.#child;
    }
    // Flags of this process (a debugger, an --eval) are not meant for the other; structured clone carries what JSON loses.
    const child = fork(this.#entry, [], {
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    child.on("message", (message: FromEngine) => this.#hear(message));
    child.on("error", (error) => this.#ended(child, error.message));
    child.on("exit", (code, killedBy) => this.#ended(child, killedBy ? `signal ${killedBy}` : `exit code ${code}`));
    this.#child = child;
    return child;
  }

  /** A warm engine without work keeps no program alive. */
  #rest(): void {
    this.#child?.unref();
    this.#child?.channel?.unref();
  }

  #tell(child: ChildProcess, message: ToEngine): void {
    if (child.connected) child.send(message);
  }

  #hear(message: FromEngine): void {
    const job = this.#pending.get(message.id);
    if (!job) return;
    if (message.type === "event") job.on(message.event);
    else if (message.type === "result") job.resolve(message.result);
    else job.reject(errorFrom(message.error));
  }

  #ended(child: ChildProcess, detail: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    for (const { kind, reject } of this.#pending.values()) reject(new AppError("job-process-ended", { kind, detail }));
  }
}
