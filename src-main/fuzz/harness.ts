import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Answer, Question } from "./messages.ts";

/** Runs damaged files of one kind through the program in processes that can be killed, and counts what came of it. */
export interface FuzzOptions {
  readonly kind: string;
  readonly seed: number | string;
  /** stops after this many cases … */
  readonly count: number;
  /** … or after this many seconds, whichever comes first */
  readonly seconds: number;
  /** the first case's number; with `count: 1` one case is run again */
  readonly first?: number | undefined;
  readonly processes?: number | undefined;
  /** files of failed cases are kept here, one folder each */
  readonly save?: string | undefined;
  /** of one case */
  readonly deadlineSeconds?: number | undefined;
  readonly memoryBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface FuzzFailure {
  readonly index: number;
  readonly seed: string;
  readonly what: "raw" | "hang" | "memory" | "crash";
  readonly code: string;
  readonly message: string;
}

export interface FuzzReport {
  readonly kind: string;
  readonly cases: number;
  readonly read: number;
  /** error code → how often */
  readonly refused: Readonly<Record<string, number>>;
  readonly failures: readonly FuzzFailure[];
  readonly worstSeconds: number;
  readonly worstRss: number;
  readonly worstCase: number;
}

/** After this many cases a process is replaced, so that what one case leaves behind does not count against the next. */
const casesPerProcess = 2000;
/** A process that waits without working is given up after this many deadlines. */
const idleDeadlines = 5;

export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { kind, seed, count, seconds, first = 0, processes = 2, save, signal } = options;
  const deadline = (options.deadlineSeconds ?? 2) * 1000;
  const memory = options.memoryBytes ?? 512 * 2 ** 20;
  const end = performance.now() + seconds * 1000;
  const folder = mkdtempSync(join(tmpdir(), "omnisat-fuzz-"));
  let next = first;
  const counts = { cases: 0, read: 0, worstSeconds: 0, worstRss: 0, worstCase: -1 };
  const refused: Record<string, number> = {};
  const failures: FuzzFailure[] = [];

  const take = (): number | undefined =>
    next < first + count && performance.now() < end && !signal?.aborted ? next++ : undefined;

  /** One process after the other, until no case is left. */
  const work = async (lane: number): Promise<void> => {
    let member: Member | undefined;
    let done = 0;
    for (let index = take(); index !== undefined; index = take()) {
      member ??= await Member.start(kind, String(seed), join(folder, `${lane}-${index}`));
      const result = await member.run({ index }, deadline, memory);
      counts.cases++;
      if (result.seconds > counts.worstSeconds) {
        counts.worstSeconds = result.seconds;
        counts.worstCase = index;
      }
      counts.worstRss = Math.max(counts.worstRss, result.rss);
      if (result.what === "read") counts.read++;
      else if (result.what === "refused") refused[result.code] = (refused[result.code] ?? 0) + 1;
      else {
        failures.push({ index, seed: result.seed, what: result.what, code: result.code, message: result.message });
      }
      if (result.lost || ++done % casesPerProcess === 0) {
        await member.stop();
        member = undefined;
      }
    }
    await member?.stop();
  };
  try {
    const results = await Promise.allSettled(Array.from({ length: processes }, (_, lane) => work(lane)));
    for (const result of results) if (result.status === "rejected") throw result.reason;
    if (save) for (const failure of failures) await keep(kind, String(seed), failure, save, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  failures.sort((a, b) => a.index - b.index);
  return { kind: basename(kind, ".ts"), ...counts, refused, failures };
}

/** Writes the files of a failed case to `save`, with what happened. */
async function keep(kind: string, seed: string, failure: FuzzFailure, save: string, folder: string): Promise<void> {
  const name = basename(kind, ".ts");
  const place = join(save, `${name}-${seed}-${failure.index}`);
  mkdirSync(place, { recursive: true });
  writeFileSync(
    join(place, "what.txt"),
    `${failure.what}: ${failure.code}\nmade of ${failure.seed}\n` +
      `npm run fuzz -- --kind ${name} --seed ${seed} --first ${failure.index} --count 1\n\n${failure.message}\n`,
  );
  const member = await Member.start(kind, seed, join(folder, `keep-${failure.index}`));
  // It fails once more; its files were written before.
  await member.run({ index: failure.index, save: place }, 500, Number.POSITIVE_INFINITY);
  await member.stop();
}

interface CaseResult {
  readonly what: "read" | "refused" | FuzzFailure["what"];
  readonly code: string;
  readonly message: string;
  readonly seed: string;
  readonly seconds: number;
  readonly rss: number;
  /** the process is gone or about to be killed */
  readonly lost: boolean;
}

class Member {
  readonly #child: ChildProcess;
  readonly #errors: string[] = [];
  #heard: (answer: Answer) => void = () => {};
  #ended: (why: string) => void = () => {};
  #gone: string | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (answer) => this.#heard(answer as Answer));
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#errors.push(chunk.toString());
      if (this.#errors.length > 50) this.#errors.shift();
    });
    child.stdout?.resume();
    child.on("exit", (code, killed) => {
      this.#gone = killed ?? `exit code ${code}`;
      this.#ended(this.#gone);
    });
  }

  static async start(kind: string, seed: string, scratch: string): Promise<Member> {
    mkdirSync(scratch, { recursive: true });
    const child = fork(join(import.meta.dirname, "child.ts"), [kind, seed, scratch], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // Vitest's own flags are not for this process.
      execArgv: ["--expose-gc"],
      env: { ...process.env, NODE_OPTIONS: "", UV_THREADPOOL_SIZE: "2" },
    });
    const member = new Member(child);
    await new Promise<void>((resolve, reject) => {
      member.#heard = (answer) => answer.kind === "ready" && resolve();
      member.#ended = (why) => reject(new Error(`fuzz ${kind}: cannot start (${why})\n${member.#errors.join("")}`));
    });
    return member;
  }

  run(question: Question, deadline: number, memory: number): Promise<CaseResult> {
    return new Promise((resolve) => {
      let start = performance.now();
      let cpuAtStart = 0;
      let started = false;
      let worst = 0;
      let watch: NodeJS.Timeout | undefined;
      const finish = (result: Omit<CaseResult, "seconds" | "rss">, seconds: number, rss: number) => {
        clearInterval(watch);
        this.#heard = () => {};
        this.#ended = () => {};
        resolve({ ...result, seconds, rss: Math.max(rss, worst) });
      };
      const elapsed = () => (performance.now() - start) / 1000;
      const lost = (what: FuzzFailure["what"], code: string) =>
        finish({ what, code, message: this.#errors.join(""), seed: "", lost: true }, elapsed(), worst);
      this.#heard = (answer) => {
        if (answer.kind === "started") {
          start = performance.now();
          cpuAtStart = processUse(this.#child.pid!).cpu;
          started = true;
        } else if (answer.kind === "done") {
          const { outcome, code, message, seed, milliseconds, rss } = answer;
          const tooMuch = Math.max(rss, worst) > memory;
          finish(
            tooMuch
              ? { what: "memory", code: `${Math.round(Math.max(rss, worst) / 2 ** 20)} MiB`, message, seed, lost: true }
              : { what: outcome, code, message, seed, lost: false },
            milliseconds / 1000,
            rss,
          );
        }
      };
      this.#ended = (why) => lost("crash", why);
      if (this.#gone !== undefined) {
        lost("crash", this.#gone);
        return;
      }
      watch = setInterval(() => {
        const { cpu, rss } = processUse(this.#child.pid!);
        worst = Math.max(worst, rss);
        const waited = performance.now() - start;
        // On a busy machine a process that got no processor time has not hung: it must have used time, or waited very long.
        const worked = Number.isNaN(cpu) || (started && cpu - cpuAtStart > deadline / 2);
        if (rss > memory) lost("memory", `${Math.round(rss / 2 ** 20)} MiB`);
        else if (waited > deadline && (worked || waited > idleDeadlines * deadline)) {
          lost("hang", `${(waited / 1000).toFixed(1)} s`);
        }
      }, 25);
      this.#child.send(question);
    });
  }

  async stop(): Promise<void> {
    if (this.#gone !== undefined) return;
    const gone = new Promise<void>((resolve) => {
      this.#ended = () => resolve();
    });
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 1000);
    try {
      if (this.#child.connected) this.#child.send({ index: -1 } satisfies Question);
    } catch {
      this.#child.kill("SIGKILL");
    }
    await gone;
    clearTimeout(timer);
  }
}

/** Processor time (ms) and resident memory (bytes) of a process from /proc; elsewhere NaN and 0. */
function processUse(pid: number): { readonly cpu: number; readonly rss: number } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const resident = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1];
    return { cpu: (Number(fields[11]) + Number(fields[12])) * 10, rss: Number(resident) * 4096 };
  } catch {
    return { cpu: Number.NaN, rss: 0 };
  }
}
