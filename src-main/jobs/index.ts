/** Long work by value: a spec in, a result out. README.md explains the room; each kind of job is loaded when it is run. */

export { runJob } from "./run-job.ts";
