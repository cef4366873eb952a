import type { JobResult } from "../domain/job.ts";
import type { Job } from "../domain/job-row.ts";

type Nothing = Readonly<Record<string, never>>;

export interface StartedJob {
  readonly id: number;
  readonly folder: string;
}

/** Long work: how far it is, and how it is stopped and resumed. */
export interface JobCommands {
  "jobs.list"(request: Nothing): Promise<readonly Job[]>;
  "jobs.resume"(request: { readonly id: number }): Promise<StartedJob>;
  /** Stops at the next step; what is written stays, and the job can be resumed. */
  "jobs.stop"(request: { readonly id: number }): Promise<void>;
  /** Resolves when the job has ended; rejects with its error when it failed. */
  "jobs.wait"(request: {
    readonly id: number;
  }): Promise<{ readonly job: Job; readonly result: JobResult | null | unknown }>;
  /** Starts failed work again from the beginning, as a new job in the place of the old one. */
  "jobs.retry"(request: { readonly id: number }): Promise<StartedJob>;
  /** Stops a job and deletes what it has made so far. */
  "jobs.cancel"(request: { readonly id: number }): Promise<void>;
  "jobs.discard"(request: { readonly id: number }): Promise<void>;
  /** What it said, line by line with the time. */
  "jobs.log"(request: { readonly id: number }): Promise<{ readonly path: string; readonly text: string }>;
}
