import type { JobRunner } from "../../services/deps.ts";

export { contextOf } from "../../jobs/context.ts";

/** Runs jobs in this process: for the command line and for tests. */
export const inProcessRunner: JobRunner = async (spec, on, signal) => {
  // Loaded only now: a command that starts no job should not load the engine.
  const [{ runJob }, { contextOf }] = await Promise.all([
    import("../../jobs/run-job.ts"),
    import("../../jobs/context.ts"),
  ]);
  return runJob(spec, contextOf(on, signal));
};
