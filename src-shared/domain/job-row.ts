import type { JobKind, JobState } from "./job.ts";

/** One process, for good: a pid is used again after a while, a pid with its start time is not. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Linux: boot id and clock ticks since boot; elsewhere: ISO time. `null` when it cannot be known. */
  readonly started: string | null;
}

/** A piece of work and how far it is. Its folder holds the spec, the checkpoints and the results. */
export interface Job {
  readonly id: number;
  readonly kind: JobKind;
  readonly state: JobState;
  readonly folder: string;
  /** the process that runs it, while it runs */
  readonly owner: ProcessIdentity | null;
  readonly phase: string;
  readonly fraction: number;
  /** why it failed, or why it can be resumed */
  readonly reason: string | null;
  readonly attempts: number;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}
