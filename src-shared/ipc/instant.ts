import type { LegendClass } from "../domain/legend.ts";
import type { StartedJob } from "./jobs.ts";

type Nothing = Readonly<Record<string, never>>;

/** The values that the instant map is made of. */
export interface InstantFeatures {
  /** `stale`: images, inputs or the project's area changed since; `none`: never prepared */
  readonly state: "none" | "stale" | "ready";
  /** inputs whose values have to be computed: all of them at first, later those that changed */
  readonly missing: readonly string[];
  readonly columns: number;
  /** on the disk */
  readonly bytes: number;
  /** the largest difference between a value and what is stored of it, in standard deviations of its column */
  readonly error: number;
  readonly madeAt: string | null;
}

export interface InstantClass extends LegendClass {
  /** patches of it that were learned from */
  readonly patches: number;
}

/** What the instant map has learned from the labels as they are now. */
export interface InstantLearned {
  /** `similarity`: one class has labels; `nothing`: none has */
  readonly kind: "nothing" | "similarity" | "classes";
  /** part of the address of its tiles: another after every change */
  readonly epoch: string;
  readonly classes: readonly InstantClass[];
  readonly rows: number;
  /** labels that it learned from */
  readonly labels: number;
  /** labels for validation and test, which never teach it */
  readonly heldBack: number;
  /** labels of which no image sees a patch */
  readonly outside: number;
  readonly milliseconds: number;
}

export interface InstantState {
  /** there are inputs to compute values from */
  readonly possible: boolean;
  readonly features: InstantFeatures;
  /** the newest preparation that has not ended well: at work, stopped or failed */
  readonly job: { readonly id: number; readonly state: "queued" | "running" | "resumable" | "failed" } | null;
  /** `null` where it was not asked for, or the values are not ready */
  readonly learned: InstantLearned | null;
}

/** The map that answers while one labels. */
export interface InstantCommands {
  /** `learn`: brings what it has learned up to date with the labels; answers when it is. */
  "instant.state"(request: { readonly learn?: boolean | undefined }): Promise<InstantState>;
  /** Computes the values that are not there yet; `null` when all are. */
  "instant.prepare"(request: Nothing): Promise<StartedJob | null>;
  /** Makes a model of the instant map as it is now, and draws its map behind it unless `map` is false. */
  "instant.keep"(request: { readonly name: string; readonly map?: boolean | undefined }): Promise<StartedJob>;
}
