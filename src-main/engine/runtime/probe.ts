import type { Tensors } from "../graph/index.ts";
import { GraphSession, type Provider } from "./graph-session.ts";
import { probeInputs, probeModel } from "./probe-graph.ts";
import { type ProviderProblem, problemIn } from "./problem.ts";

/** What running the probe on a provider gave. */
export interface ProbeResult {
  readonly scores: Tensors;
  readonly milliseconds: number;
}

/** Runs the probe here, in this process: a broken driver can end it. `probeInChild` runs it in a child. */
async function runProbe(provider: Provider): Promise<ProbeResult> {
  const session = await GraphSession.load(probeModel(), { provider });
  try {
    const inputs = probeInputs();
    // The first run compiles kernels and says nothing about speed.
    const scores = await session.run(inputs);
    const times: number[] = [];
    // A software driver takes seconds for one run: one is enough.
    while (times.length < 5 && (times[0] ?? 0) < 500) {
      const start = performance.now();
      await session.run(inputs);
      times.push(performance.now() - start);
    }
    return { scores, milliseconds: Math.min(...times) };
  } finally {
    await session.release();
  }
}

/** The largest difference, relative to the largest magnitude of that result; NaN if any number is none. */
function largestDifference(a: Tensors, b: Tensors): number {
  let worst = 0;
  for (const [name, { data }] of Object.entries(a)) {
    const ours = Array.from(data, Number);
    const others = Array.from(b[name]!.data, Number);
    const magnitude = ours.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    for (const [i, value] of ours.entries()) {
      const difference = Math.abs(value - others[i]!) / magnitude;
      if (Number.isNaN(difference)) return Number.NaN;
      worst = Math.max(worst, difference);
    }
  }
  return worst;
}

/** What a probe found, or how it ended. */
export type ProbeReport =
  | { readonly difference: number | null; readonly milliseconds: number; readonly cpuMilliseconds: number }
  | { readonly problem: ProviderProblem };

/** What came of one provider beside the processor, in this process: a native crash ends it. */
export async function probeInProcess(provider: Provider): Promise<ProbeReport> {
  try {
    const ours = await runProbe(provider);
    const reference = await runProbe("cpu");
    const difference = largestDifference(reference.scores, ours.scores);
    return {
      difference: Number.isNaN(difference) ? null : difference,
      milliseconds: ours.milliseconds,
      cpuMilliseconds: reference.milliseconds,
    };
  } catch (error) {
    return { problem: problemIn((error as Error).message) };
  }
}
