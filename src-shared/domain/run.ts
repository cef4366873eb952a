import type { JobKind } from "./job.ts";
import type { RunSettings } from "./training.ts";

/** One training or evaluation, with its curve. */
export interface Run {
  readonly id: number;
  readonly jobId: number;
  readonly kind: JobKind;
  /** what it made, or what it measured */
  readonly modelId: number | null;
  readonly splitId: number | null;
  readonly result: unknown;
  /** of a training */
  readonly settings: RunSettings | null;
  /** as the person calls it */
  readonly name: string | null;
  readonly createdAt: string;
}
