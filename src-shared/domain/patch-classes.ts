import type { Bounds } from "../geo/bounds.ts";

/** Which dates a series' attention looked at, at one patch. */
export interface DateAttention {
  readonly modality: string;
  /** the dates the network was given, in order of time */
  readonly dates: readonly {
    readonly date: string;
    /** the network could see the patch clearly on this date; it weighs only such dates */
    readonly clear: boolean;
    /** one weight per head; over the dates each head sums to 1 (or is 0 everywhere when no date is clear) */
    readonly heads: readonly number[];
    /** mean over the heads */
    readonly weight: number;
  }[];
}

export interface PatchClasses {
  /** the patch's square, in the project's CRS */
  readonly bounds: Bounds;
  /** anything of it was seen */
  readonly seen: boolean;
  /** in the order of `classes`, summing to 1; as the map has them */
  readonly probabilities: readonly number[];
  readonly attention: readonly DateAttention[];
  /** as maps of a calibrated model have it; only where the patch was seen */
  readonly certainty?: {
    /** in the order of `classes`: the class cannot be ruled out */
    readonly possible: readonly boolean[];
    /** uncertain or untaught */
    readonly uncertain: boolean;
    /** promised share of labels whose class is possible */
    readonly level: number;
  };
}
