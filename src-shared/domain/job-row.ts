import type { Because } from "../errors/reasons/index.ts";
import type { JobKind, JobState } from "./job.ts";

/** Identifies one process: a pid is reused after a while, a pid with its start time is not. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Linux: boot id and clock ticks since boot; elsewhere: ISO time. `null` when it cannot be known. */
  readonly started: string | null;
}

/** What ended a job that did not finish, so that a window can say it in its language. */
export type JobCause =
  /** somebody stopped it and means to go on */
  | { readonly kind: "paused" }
  /** the program was closed in order */
  | { readonly kind: "closed" }
  /** the program itself ended unexpectedly: a crash, a power cut */
  | { readonly kind: "crashed" }
  /** the job process ended while the program went on; "engine" is its stored value in `jobs.cause` and stays for existing projects */
  | { readonly kind: "engine"; readonly detail: Because }
  | { readonly kind: "discarded" }
  /** an error for people has its code and details; `null` marks a programmer's mistake */
  | { readonly kind: "error"; readonly code: string | null; readonly details: unknown };

/** A piece of work and how far it is. Its folder holds the spec, the checkpoints and the results. */
export interface Job {
  readonly id: number;
  /** of what it makes: the model, the map */
  readonly title: string;
  readonly kind: JobKind;
  readonly state: JobState;
  readonly folder: string;
  /** the process that runs it, while it runs */
  readonly owner: ProcessIdentity | null;
  readonly phase: string;
  readonly fraction: number;
  /** why it failed, or why it can be resumed */
  readonly reason: string | null;
  readonly cause: JobCause | null;
  readonly attempts: number;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}
