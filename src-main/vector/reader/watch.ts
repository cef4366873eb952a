// A thread beside the reader, in the same process: it sees what the process works and holds also while the reader is inside a loop
// or a query of a database, on every system alike, and ends the process when that is more than the file may cost.
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

/** What a file may cost its reader. Times are of the processor, memory is beyond what an idle reader holds. */
export interface Allowance {
  /** ms in all */
  readonly work: number;
  /** ms without progress */
  readonly silentWork: number;
  /** MiB */
  readonly memory: number;
}

/** What reading a file took. */
export interface ReadingCost {
  /** ms of the processor */
  readonly work: number;
  /** MiB beyond an idle reader, at most */
  readonly memory: number;
}

/** What the watch writes into the reader's folder when it ends the process. */
export interface Stopped extends ReadingCost {
  readonly why: "time" | "memory";
  /** what it was allowed: seconds, or MiB */
  readonly limit: number;
}

/** In the reader's folder. */
export const stoppedFile = "stopped.json";
/** Touched every second while the watch sees a reader at work. */
export const watchedFile = "watched";

// Shared between the two threads, as 64-bit numbers.
const field = { active: 0, workEnd: 1, silentEnd: 2, memoryEnd: 3, workLimit: 4, silentLimit: 5, memoryLimit: 6, begun: 7, idle: 8, peak: 9 }; // biome-ignore format: a list
const fields = 10;

/**
 * Runs in the thread, as text: it must name nothing from outside of itself. `require` would be a name of the bundle that this
 * becomes a part of.
 */
function watching(): void {
  const { workerData, parentPort } = process.getBuiltinModule("node:worker_threads");
  const { writeFileSync } = process.getBuiltinModule("node:fs");
  const { shared, names, stopped, watched } = workerData as {
    shared: SharedArrayBuffer;
    names: typeof field;
    stopped: string;
    watched: string;
  };
  const facts = new Float64Array(shared, 8);
  const bell = new Int32Array(shared, 0, 1);
  const at = (name: keyof typeof names) => facts[names[name]]!;
  let touched = 0;
  parentPort!.postMessage("watching");
  for (;;) {
    if (at("active") === 0) {
      // Until the other thread notifies.
      Atomics.wait(bell, 0, 0, 60_000);
      continue;
    }
    const { user, system } = process.cpuUsage();
    const work = (user + system) / 1000;
    const memory = process.memoryUsage.rss() / 2 ** 20;
    if (memory > at("peak")) facts[names.peak] = memory;
    const why =
      memory > at("memoryEnd") ? "memory" : work > Math.min(at("workEnd"), at("silentEnd")) ? "time" : undefined;
    if (why !== undefined && at("active") === 1) {
      const seconds = at(at("silentEnd") < at("workEnd") ? "silentLimit" : "workLimit") / 1000;
      const limit = why === "memory" ? at("memoryLimit") : Math.round(seconds * 10) / 10;
      const cost = { work: work - at("begun"), memory: at("peak") - at("idle") };
      try {
        writeFileSync(stopped, JSON.stringify({ why, limit, ...cost }));
      } catch {}
      process.kill(process.pid, "SIGKILL");
    }
    const now = performance.now();
    if (now - touched > 1000) {
      touched = now;
      try {
        writeFileSync(watched, "");
      } catch {}
    }
    Atomics.wait(bell, 0, 1, 10);
  }
}

export class Watch {
  readonly #shared = new SharedArrayBuffer(8 + fields * 8);
  readonly #facts = new Float64Array(this.#shared, 8);
  readonly #bell = new Int32Array(this.#shared, 0, 1);
  #after: Allowance = { work: 0, silentWork: 0, memory: 0 };

  /** Resolves once the watch runs; without it no file is read. */
  async start(): Promise<void> {
    const folder = tmpdir();
    const worker = new Worker(`(${watching})()`, {
      eval: true,
      execArgv: [],
      workerData: {
        shared: this.#shared,
        names: field,
        stopped: join(folder, stoppedFile),
        watched: join(folder, watchedFile),
      },
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
    });
    worker.unref();
    await new Promise<void>((resolve, reject) => {
      worker.once("message", () => resolve());
      worker.once("error", reject);
      // An idle process waits for it.
      worker.ref();
    });
    worker.unref();
    worker.on("error", () => process.exit(1));
    this.idle();
  }

  /** What the process holds now is its own, and no file's. */
  idle(): void {
    this.#put({ idle: process.memoryUsage.rss() / 2 ** 20 });
  }

  /** The work begins: `before` is what it may cost until the file is known to be readable, `after` from there on. */
  begin(before: Allowance, after: Allowance): void {
    writeFileSync(join(tmpdir(), watchedFile), "");
    const now = worked();
    this.#after = after;
    this.#put({ begun: now, peak: process.memoryUsage.rss() / 2 ** 20 });
    this.#allow(before);
    this.#facts[field.active] = 1;
    Atomics.store(this.#bell, 0, 1);
    Atomics.notify(this.#bell, 0);
  }

  /** It gets on. */
  alive(): void {
    this.#put({ silentEnd: worked() + this.#facts[field.silentLimit]! });
  }

  /** The file is what it says it is. */
  readable(): void {
    this.#allow(this.#after);
  }

  end(): ReadingCost {
    this.#facts[field.active] = 0;
    Atomics.store(this.#bell, 0, 0);
    const peak = Math.max(this.#facts[field.peak]!, process.memoryUsage.rss() / 2 ** 20);
    return { work: worked() - this.#facts[field.begun]!, memory: peak - this.#facts[field.idle]! };
  }

  #allow({ work, silentWork, memory }: Allowance): void {
    const { begun, idle } = { begun: this.#facts[field.begun]!, idle: this.#facts[field.idle]! };
    this.#put({ workLimit: work, silentLimit: silentWork, memoryLimit: memory });
    this.#put({ workEnd: begun + work, silentEnd: worked() + silentWork, memoryEnd: idle + memory });
  }

  #put(values: Partial<Record<keyof typeof field, number>>): void {
    for (const [name, value] of Object.entries(values)) this.#facts[field[name as keyof typeof field]] = value;
  }
}

/** Milliseconds that the processor worked for this process, all its threads together. */
const worked = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
