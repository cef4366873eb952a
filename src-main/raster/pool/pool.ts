import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { TaskName, Tasks } from "./tasks.ts";
import { isUrgent } from "./urgency.ts";

/** Worker threads that decode, resample and encode, so that the calling thread stays free. Started on first use. */
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
}

export class Pool {
  readonly size: number;
  readonly #members: Member[] = [];
  readonly #queue: Job[] = [];
  /** goes before the queue */
  readonly #urgent: Job[] = [];
  #nextId = 1;

  constructor(size = Math.max(1, Math.min(8, availableParallelism()))) {
    this.size = size;
  }

  /** Runs a task on a free worker. The buffers in `transfer` move to it: the caller has them no more. */
  run<K extends TaskName>(
    name: K,
    input: Tasks[K]["input"],
    options: { readonly signal?: AbortSignal | undefined; readonly transfer?: readonly ArrayBuffer[] } = {},
  ): Promise<Tasks[K]["output"]> {
    const { signal, transfer = [] } = options;
    const queue = isUrgent() ? this.#urgent : this.#queue;
    return new Promise<Tasks[K]["output"]>((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        const at = queue.indexOf(job);
        if (at >= 0) queue.splice(at, 1);
        // A task that already runs finishes unheard: it is short, and its worker stays usable.
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

  #finish(member: Member): void {
    member.running = undefined;
    member.worker.unref();
  }

  #start(): Member {
    // geotiff's web-worker expects some workerData in a thread.
    const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: {} });
    const member: Member = { worker, running: undefined };
    this.#members.push(member);
    worker.on("message", ({ id, output, error }: { id: number; output?: unknown; error?: string }) => {
      const job = member.running;
      if (!job || job.id !== id) return;
      this.#finish(member);
      if (error === undefined) job.resolve(output as never);
      else job.reject(new Error(error));
      this.#advance();
    });
    const lost = (reason: Error) => {
      const at = this.#members.indexOf(member);
      if (at >= 0) this.#members.splice(at, 1);
      member.running?.reject(reason);
      member.running = undefined;
      this.#advance();
    };
    worker.on("error", lost);
    worker.on("exit", (code) => lost(new Error(`A raster worker ended with code ${code}`)));
    return member;
  }

  /** Ends the threads; the next task starts new ones. */
  async close(): Promise<void> {
    const members = this.#members.splice(0);
    await Promise.all(members.map(({ worker }) => worker.terminate()));
  }
}

/** The room's pool. Threads do not keep the process alive. */
export const pool = new Pool();
