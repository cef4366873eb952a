import type { JobEvent, JobResult, JobSpec } from "../../../src-shared/domain/job.ts";
import type { ErrorMessage } from "../../../src-shared/ipc/errors.ts";

/** Messages from the app to the job process. Whole jobs cross the boundary, never tensors. */
export type ToJobProcess =
  | { readonly type: "run"; readonly id: number; readonly spec: JobSpec }
  | { readonly type: "stop"; readonly id: number };

/** Messages from the job process to the app. */
export type FromJobProcess =
  | { readonly type: "event"; readonly id: number; readonly event: JobEvent }
  | { readonly type: "result"; readonly id: number; readonly result: JobResult }
  | { readonly type: "error"; readonly id: number; readonly error: ErrorMessage };
