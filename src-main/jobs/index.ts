/** Long work by value: a spec in, a result out. README.md explains the room; each kind of job is loaded when it is run. */

export type { JobContext } from "./context.ts";
export type { LeaveOneOutSpec, PooledScore } from "./leave-one-out.ts";
export { runJob } from "./run-job.ts";
