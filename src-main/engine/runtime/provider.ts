import { spawn } from "node:child_process";
import { freemem, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import type { Provider } from "./graph-session.ts";
import type { ProbeReport } from "./probe.ts";
import { type ProviderProblem, problemIn, problemWords } from "./problem.ts";

/** One provider and what came of trying it. */
export interface Trial {
  readonly provider: Provider;
  readonly ok: boolean;
  /** In words for people. */
  readonly why: string;
  /** How long the probe's network took; null if it did not run. */
  readonly milliseconds: number | null;
  readonly problem?: ProviderProblem;
}

export interface ProviderChoice {
  readonly provider: Provider;
  readonly reason: string;
  readonly tried: readonly Trial[];
}

export type { ProbeReport } from "./probe.ts";
export type { ProviderProblem } from "./problem.ts";

export type Prober = (provider: Provider) => Promise<ProbeReport>;

const names: Readonly<Record<Provider, string>> = {
  cpu: "the processor",
  webgpu: "the graphics card through WebGPU",
  cuda: "the NVIDIA graphics card through CUDA",
};

/** GPUs multiply with less precision than the CPU; a wrong kernel is wrong by far more. */
const tolerance = 2e-3;

/**
 * Chooses what computes, by running a small network on each candidate and comparing its results and its time with the CPU's.
 * A preferred provider is taken if its results are correct, even if slower. `auto` takes the fastest that does.
 */
export async function chooseProvider({
  prefer = "auto",
  probe = probeInChild,
}: {
  readonly prefer?: Provider | "auto";
  readonly probe?: Prober;
} = {}): Promise<ProviderChoice> {
  if (prefer === "cpu") {
    const cpu = judge("cpu", await probe("cpu"));
    return { provider: "cpu", reason: "The processor was asked for.", tried: [cpu] };
  }
  const candidates: Provider[] = prefer === "auto" ? ["cuda", "webgpu"] : [prefer];
  const tried: Trial[] = [];
  for (const provider of candidates) tried.push(judge(provider, await probe(provider)));
  const cpu = judge("cpu", await probe("cpu"));
  tried.push(cpu);

  const working = tried.filter(({ ok, provider }) => ok && provider !== "cpu");
  const first = working[0];
  if (!first) {
    const reasons = tried.filter(({ provider }) => provider !== "cpu").map(({ why }) => why);
    return { provider: "cpu", reason: `Using the processor. ${reasons.join(" ")}`, tried };
  }
  if (prefer !== "auto") return { provider: first.provider, reason: `${first.why} It was asked for.`, tried };
  const fastest = working.reduce((best, trial) => (trial.milliseconds! < best.milliseconds! ? trial : best));
  if (cpu.milliseconds !== null && fastest.milliseconds! > cpu.milliseconds) {
    const times = `${format(fastest.milliseconds!)} against ${format(cpu.milliseconds)} ms`;
    const reason = `Using the processor: ${names[fastest.provider]} gives correct results but is slower here (${times}).`;
    return { provider: "cpu", reason, tried };
  }
  return { provider: fastest.provider, reason: fastest.why, tried };
}

/** What a report means, in words. */
function judge(provider: Provider, report: ProbeReport): Trial {
  const name = names[provider];
  if ("problem" in report) {
    const { problem } = report;
    const hint =
      provider === "cuda" ? " `npm run fetch-cuda` gets what CUDA needs (Linux, NVIDIA driver and CUDA 12)." : "";
    const why = `${capital(name)} cannot be used: ${problemWords(problem)}.${hint}`;
    return { provider, ok: false, why, milliseconds: null, problem };
  }
  const { difference, milliseconds } = report;
  // JSON has no NaN: it arrives as null.
  if (difference === null || !(difference <= tolerance)) {
    const problem: ProviderProblem = {
      kind: "wrong",
      detail: difference === null ? "NaN" : difference.toExponential(1),
    };
    const why = `${capital(name)} cannot be used: ${problemWords(problem)}.`;
    return { provider, ok: false, why, milliseconds, problem };
  }
  return {
    provider,
    ok: true,
    why: `${capital(name)} gives correct results (${format(milliseconds)} ms).`,
    milliseconds,
  };
}

const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);
const format = (milliseconds: number): string => milliseconds.toFixed(milliseconds < 10 ? 1 : 0);

/** Probes in a child process, so that a native crash or a hanging driver cannot harm this process. */
export function probeInChild(provider: Provider, timeoutMilliseconds = 60_000): Promise<ProbeReport> {
  const known = knownProbes()[provider];
  if (known) return Promise.resolve(known);
  const script = fileURLToPath(new URL("./probe-child.ts", import.meta.url));
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, provider], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
    });
    let answer = "";
    let complaint = "";
    child.stdout.on("data", (chunk) => {
      answer += chunk;
    });
    child.stderr.on("data", (chunk) => {
      complaint = (complaint + chunk).slice(-2000);
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMilliseconds);
    child.on("error", (error) => resolve({ problem: problemIn(error.message) }));
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve(readAnswer(answer) ?? { problem: endOf(code, signal, complaint) });
    });
  });
}

/** Results of probes by the parent process: a utility process of Electron cannot start processes itself. */
function knownProbes(): Readonly<Partial<Record<Provider, ProbeReport>>> {
  return JSON.parse(process.env.OMNISAT_PROBES ?? "{}") as Partial<Record<Provider, ProbeReport>>;
}

function readAnswer(answer: string): ProbeReport | undefined {
  try {
    return JSON.parse(answer) as ProbeReport;
  } catch {
    return undefined;
  }
}

function endOf(code: number | null, signal: string | null, complaint: string): ProviderProblem {
  if (signal === "SIGKILL") return { kind: "silent", detail: signal };
  if (signal) return { kind: "crashed", detail: signal };
  return problemIn(complaint.trim() || `it ended with code ${code}`);
}

export interface MemoryFigures {
  readonly totalBytes: number;
  readonly freeBytes: number;
  readonly processBytes: number;
}

/** Memory of the machine and of this process. */
export function memoryFigures(): MemoryFigures {
  return { totalBytes: totalmem(), freeBytes: freemem(), processBytes: process.memoryUsage.rss() };
}
