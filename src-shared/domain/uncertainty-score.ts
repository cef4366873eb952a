import type { SetRule } from "./calibration.ts";

/** What came of the promise on labels that it was not calibrated on. Shares are 0…1. */
export interface UncertaintyScore extends Pick<SetRule, "level" | "groups" | "unit" | "calibratedOn" | "needed"> {
  /** each label, or the patches of one class in one block, counting once */
  readonly perGroup: SetFigures & {
    /** 95 % of `covered`, Wilson's score method */
    readonly interval: readonly [low: number, high: number];
  };
  readonly perPatch: SetFigures;
  readonly classes: readonly {
    readonly code: number;
    readonly groups: number;
    /** `null` where the class was not measured */
    readonly covered: number | null;
    readonly patchesCovered: number | null;
  }[];
  readonly uncertain: {
    /** confidence below which a patch is uncertain or untaught, of 10,000 */
    readonly threshold: number;
    /** of all measured patches */
    readonly share: number;
    /** of those that the map gets right, and of those that it gets wrong; `null` where there are none */
    readonly ofRight: number | null;
    readonly ofWrong: number | null;
  };
}

export interface SetFigures {
  readonly count: number;
  /** whose class is among the possible ones: of a group, on nine tenths of its patches */
  readonly covered: number;
  /** mean number of classes that cannot be ruled out */
  readonly setSize: number;
  /** share with one possible class */
  readonly single: number;
  /** how well confidence tells right from wrong; `null` where all are right, or all wrong */
  readonly auroc: number | null;
}
