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
  "jobs.discard"(request: { readonly id: number }): Promise<void>;
}

/** Reports as files. */
export interface ReportCommands {
  "reports.write"(request: {
    readonly to: string;
    readonly title?: string | undefined;
    readonly overwrite?: boolean | undefined;
  }): Promise<StartedJob>;
}
