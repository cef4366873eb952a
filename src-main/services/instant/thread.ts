import { Worker } from "node:worker_threads";
import { AppError, type ErrorCode } from "../../../src-shared/errors/index.ts";
import type { InstantTasks } from "./messages.ts";

interface Waiting {
  readonly resolve: (output: never) => void;
  readonly reject: (reason: unknown) => void;
}

interface FromWorker {
  readonly id: number;
  readonly output?: unknown;
  readonly error?: {
    readonly message: string;
    readonly stack: string;
    readonly stopped: boolean;
    /** of an `AppError` */
    readonly known?: { readonly code: ErrorCode; readonly details: never };
  };
}

/** Newer labels came while these were learned from. */
export class Superseded extends Error {}

/** MiB of JavaScript objects in the thread; arrays of numbers are not among them. */
const heap = 1024;
export const threadLimits = { workerData: {}, resourceLimits: { maxOldGenerationSizeMb: heap } } as const;

/** The thread of one project's instant map. */
export const instantThread = (): TaskThread<InstantTasks> =>
  new TaskThread("the instant map", () => new Worker(new URL("./worker.ts", import.meta.url), threadLimits));

/** A thread that answers questions. Started with the first one; it does not keep the program alive. */
export class TaskThread<
  Own extends { readonly [Name in keyof Own]: { readonly input: unknown; readonly output: unknown } },
> {
  readonly #what: string;
  readonly #begin: () => Worker;
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;

  /** @param what it works for, in the words of an error */
  constructor(what: string, begin: () => Worker) {
    this.#what = what;
    this.#begin = begin;
  }

  ask<Name extends keyof Own>(name: Name, input: Own[Name]["input"]): Promise<Own[Name]["output"]> {
    const worker = this.#worker ?? this.#start();
    this.#worker = worker;
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, name, input });
    });
  }

  /** Ends it; the next question starts another. */
  close(): void {
    const worker = this.#worker;
    this.#lose(new Superseded(`The thread of ${this.#what} was closed`));
    void worker?.terminate();
  }

  get running(): boolean {
    return this.#worker !== undefined;
  }

  #start(): Worker {
    const worker = this.#begin();
    worker.on("message", ({ id, output, error }: FromWorker) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) worker.unref();
      if (!waiting) return;
      if (error === undefined) waiting.resolve(output as never);
      else if (error.known) waiting.reject(new AppError(error.known.code, error.known.details));
      else if (error.stopped) waiting.reject(new Superseded(error.message));
      else waiting.reject(Object.assign(new Error(error.message), { stack: error.stack }));
    });
    const lose = (reason: Error) => {
      if (this.#worker === worker) this.#lose(reason);
    };
    worker.on("error", lose);
    worker.on("exit", (code) => lose(new Error(`The thread of ${this.#what} ended with code ${code}`)));
    return worker;
  }

  #lose(reason: Error): void {
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }
}
