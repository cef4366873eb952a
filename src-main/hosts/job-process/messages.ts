import type { JobEvent, JobResult, JobSpec } from "../../../src-shared/domain/job.ts";
import type { ErrorMessage } from "../../../src-shared/ipc/errors.ts";

/** What the app says to the job process. The boundary is the job, never the tensor. */
export type ToJobProcess =
  | { readonly type: "run"; readonly id: number; readonly spec: JobSpec }
  | { readonly type: "stop"; readonly id: number };

/** What the job process says to the app. */
export type FromJobProcess =
  | { readonly type: "event"; readonly id: number; readonly event: JobEvent }
  | { readonly type: "result"; readonly id: number; readonly result: JobResult }
  | { readonly type: "error"; readonly id: number; readonly error: ErrorMessage };
