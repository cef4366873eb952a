import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { TaskStopped } from "./task-stopped.ts";
import type { TaskName, Tasks } from "./tasks.ts";
import type { Work } from "./work.ts";

/** Worker threads that read headers, decode, resample and encode, so that the calling thread stays free. Started on first use. */
interface Job {
  readonly id: number;
  readonly name: TaskName;
  readonly input: unknown;
  readonly transfer: readonly ArrayBuffer[];
  readonly resolve: (output: never) => void;
  readonly reject: (reason: unknown) => void;
}

interface Member {
  readonly worker: Worker;
  running: Job | undefined;
  /** its code is loaded: from now on its time counts */
  ready: boolean;
  /** when the running task began, and what its thread and the whole process had worked by then (ms) */
  since: number;
  worked: number;
  processor: number;
}

interface FromWorker {
  readonly id: number;
  readonly output?: unknown;
  readonly error?: { readonly message: string; readonly stack: string };
}

export interface PoolOptions {
  /** threads */
  readonly size: number;
  /** milliseconds that one task may work; one that takes longer is ended with its thread */
  readonly deadline: number;
  /** milliseconds that one task may wait, for a disk */
  readonly patience: number;
  /** MiB of JavaScript objects in one thread; arrays of pixels are not among them */
  readonly heap: number;
  /** loaded before the first task, so that it does not count as the task's time */
  readonly preload?: TaskName;
}

export class Pool {
  readonly size: number;
  readonly #options: PoolOptions;
  readonly #members: Member[] = [];
  readonly #queue: Job[] = [];
  /** goes before the queue */
  readonly #urgent: Job[] = [];
  #nextId = 1;
  #watch: NodeJS.Timeout | undefined;

  constructor(options: PoolOptions) {
    this.size = options.size;
    this.#options = options;
  }

  /**
   * Runs a task on a free worker. The buffers in `transfer` move to it: the caller has them no more.
   * @throws TaskStopped when it worked too long or ran out of memory; others' tasks go on
   */
  run<K extends TaskName>(
    name: K,
    input: Tasks[K]["input"],
    options: Work & { readonly transfer?: readonly ArrayBuffer[] } = {},
  ): Promise<Tasks[K]["output"]> {
    const { signal, urgent, transfer = [] } = options;
    const queue = urgent ? this.#urgent : this.#queue;
    return new Promise<Tasks[K]["output"]>((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        const at = queue.indexOf(job);
        if (at >= 0) queue.splice(at, 1);
        // The result of a task that already runs is ignored: it is short, and its worker stays usable.
        reject(signal!.reason);
      };
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T) => {
          signal?.removeEventListener("abort", onAbort);
          how(value);
        };
      const job: Job = {
        id: this.#nextId++,
        name,
        input,
        transfer,
        resolve: settle(resolve),
        reject: settle(reject),
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      queue.push(job);
      this.#advance();
    });
  }

  /** Starts the threads before they are needed: loading their code takes longer than most tasks. */
  warmUp(): void {
    while (this.#members.length < this.size) this.#start().worker.unref();
  }

  #advance(): void {
    while (this.#urgent.length + this.#queue.length > 0) {
      let member = this.#members.find((m) => !m.running);
      if (!member) {
        if (this.#members.length >= this.size) return;
        member = this.#start();
      }
      const job = (this.#urgent.shift() ?? this.#queue.shift())!;
      member.running = job;
      this.#begin(member);
      // Waiting for a result keeps the process alive; an idle pool does not.
      member.worker.ref();
      const { id, name, input } = job;
      try {
        member.worker.postMessage({ id, name, input }, job.transfer);
      } catch (error) {
        this.#finish(member);
        job.reject(error);
      }
    }
  }

  #begin(member: Member): void {
    member.since = performance.now();
    member.worked = member.worker.performance.eventLoopUtilization().active;
    member.processor = processorTime();
    // One watch for all threads, while any of them works.
    this.#watch ??= setInterval(() => this.#look(), 50).unref();
  }

  /** Ends threads whose task goes on for too long: nothing else stops a loop in another thread. */
  #look(): void {
    const now = performance.now();
    const { deadline, patience } = this.#options;
    let busy = false;
    for (const member of [...this.#members]) {
      if (!member.running) continue;
      busy = true;
      const waited = now - member.since;
      if (waited < Math.min(deadline, patience)) continue;
      const worked = member.worker.performance.eventLoopUtilization().active - member.worked;
      // On a busy machine a thread that gets no processor time still counts as active: the time of the whole process
      // is an upper limit of what the thread can have had.
      const had = Math.min(worked, processorTime() - member.processor);
      if (member.ready && had > deadline) this.#end(member, "time");
      else if (waited > patience + (member.ready ? worked : 0)) this.#end(member, "waiting");
    }
    if (!busy) {
      clearInterval(this.#watch);
      this.#watch = undefined;
    }
  }

  #end(member: Member, why: TaskStopped["why"]): void {
    this.#lose(member, new TaskStopped(why));
    void member.worker.terminate();
  }

  #lose(member: Member, reason: Error): void {
    const at = this.#members.indexOf(member);
    if (at >= 0) this.#members.splice(at, 1);
    member.running?.reject(reason);
    member.running = undefined;
    this.#advance();
  }

  #finish(member: Member): void {
    member.running = undefined;
    member.worker.unref();
  }

  #start(): Member {
    const { heap, preload } = this.#options;
    const worker = new Worker(new URL("./worker.ts", import.meta.url), {
      // geotiff's web-worker expects some workerData in a thread.
      workerData: { preload },
      resourceLimits: { maxOldGenerationSizeMb: heap },
    });
    const member: Member = {
      worker,
      running: undefined,
      ready: false,
      since: performance.now(),
      worked: 0,
      processor: 0,
    };
    this.#members.push(member);
    worker.on("message", ({ id, output, error }: FromWorker) => {
      if (id === 0) {
        member.ready = true;
        if (member.running) this.#begin(member);
        return;
      }
      const job = member.running;
      if (!job || job.id !== id) return;
      this.#finish(member);
      if (error === undefined) job.resolve(output as never);
      else job.reject(Object.assign(new Error(error.message), error.stack ? { stack: error.stack } : {}));
      this.#advance();
    });
    worker.on("error", (error: NodeJS.ErrnoException) =>
      this.#lose(member, error.code === "ERR_WORKER_OUT_OF_MEMORY" ? new TaskStopped("memory") : error),
    );
    worker.on("exit", (code) => this.#lose(member, new Error(`A raster worker ended with code ${code}`)));
    return member;
  }

  /** Ends the threads; the next task starts new ones. */
  async close(): Promise<void> {
    const members = this.#members.splice(0);
    await Promise.all(members.map(({ worker }) => worker.terminate()));
  }
}

const processorTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const cores = Math.max(1, Math.min(8, availableParallelism()));

/** The room's pool for pixels. Threads do not keep the process alive. A block is decoded in milliseconds, the largest in seconds. */
export const pool = new Pool({ size: cores, deadline: 60_000, patience: 600_000, heap: 1024 });

/**
 * Headers have threads of their own, since they are the first thing read of an untrusted file. A header that cannot be
 * finished fails its own request, and blocks a thread for at most `deadline`.
 */
export const headerPool = new Pool({
  size: Math.min(2, cores),
  deadline: 1500,
  patience: 60_000,
  heap: 256,
  preload: "header",
});
