import type { JobEvent } from "../../../src-shared/domain/job.ts";
import type { JobContext } from "../../jobs/context.ts";
import type { JobRunner } from "../../services/deps.ts";

/** Runs jobs in this process: for the command line and for tests. */
export const inProcessRunner: JobRunner = async (spec, on, signal) => {
  // Loaded only now: a command that starts no job should not load the engine.
  const { runJob } = await import("../../jobs/run-job.ts");
  return runJob(spec, contextOf(on, signal));
};

/** What a job is told to say goes out as events. */
export function contextOf(on: (event: JobEvent) => void, signal: AbortSignal): JobContext {
  return {
    signal,
    phase: (name, fraction) => on({ type: "phase", name, fraction }),
    metric: (step, values) => on({ type: "metric", step, values }),
  };
}
