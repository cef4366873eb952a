import type { JobEvent } from "../../src-shared/domain/job.ts";
import type { TrainingReview } from "../../src-shared/domain/training.ts";

/** What a job is given besides its spec: where it reports its progress, and the signal that stops it. */
export interface JobContext {
  readonly signal: AbortSignal;
  /** `fraction` in [0, 1] of the phase of that name */
  phase(name: string, fraction: number): void;
  /** values of one step of the run's curve */
  metric(step: number, values: Readonly<Record<string, number>>): void;
  /** a review of the network between two steps */
  review(step: number, review: TrainingReview): void;
  /** a line for the job's log */
  log(text: string): void;
}

/** A context whose reports go out as events. */
export function contextOf(on: (event: JobEvent) => void, signal: AbortSignal): JobContext {
  return {
    signal,
    phase: (name, fraction) => on({ type: "phase", name, fraction }),
    metric: (step, values) => on({ type: "metric", step, values }),
    review: (step, review) => on({ type: "review", step, review }),
    log: (text) => on({ type: "log", text }),
  };
}
