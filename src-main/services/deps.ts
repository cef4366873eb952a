import type { JobEvent, JobResults, JobSpec, JobState } from "../../src-shared/domain/job.ts";
import type { Catalog } from "../catalog/index.ts";

/** What the services tell the world. A host forwards it to its screen, or does not. */
export interface Announcements {
  readonly "catalog.changed": { readonly table: string; readonly ids: readonly (number | string)[] };
  /** how far a command is that is no job */
  readonly work: { readonly name: string; readonly fraction: number };
  readonly "job.state": { readonly id: number; readonly state: JobState; readonly reason: string | null };
  readonly "job.event": { readonly id: number; readonly event: JobEvent };
}

export type Announce = <Topic extends keyof Announcements>(topic: Topic, what: Announcements[Topic]) => void;

/** Runs a job somewhere: in this process, or in an engine process. Rejects with the signal's reason when it is stopped. */
export type JobRunner = <Spec extends JobSpec>(
  spec: Spec,
  on: (event: JobEvent) => void,
  signal: AbortSignal,
) => Promise<JobResults[Spec["kind"]]>;

/** Everything the services need from their host. */
export interface Deps {
  readonly catalog: Catalog;
  readonly announce: Announce;
  readonly runJob: JobRunner;
  readonly appVersion: string;
  /** the host is going: every job stops at its next step and stays resumable */
  readonly signal?: AbortSignal;
}
