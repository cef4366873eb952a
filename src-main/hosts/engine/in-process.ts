import type { JobEvent, JobSpec } from "../../../src-shared/domain/job.ts";
import type { JobRunner } from "../../services/deps.ts";

interface Context {
  readonly signal: AbortSignal;
  phase(name: string, fraction: number): void;
  metric(step: number, values: Readonly<Record<string, number>>): void;
}

/** Runs jobs in this process: for the command line and for tests. */
export const inProcessRunner: JobRunner = async (spec, on, signal) => {
  // Loaded only now: a command that starts no job should not load the engine.
  const jobs = "../../jobs/run-job.ts";
  const { runJob } = (await import(jobs)) as { runJob(spec: JobSpec, context: Context): Promise<never> };
  return runJob(spec, contextOf(on, signal));
};

export function contextOf(on: (event: JobEvent) => void, signal: AbortSignal): Context {
  return {
    signal,
    phase: (name, fraction) => on({ type: "phase", name, fraction }),
    metric: (step, values) => on({ type: "metric", step, values }),
  };
}
