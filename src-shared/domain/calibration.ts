import type { LabelUnit } from "./label-unit.ts";
import { certain } from "./stored-shares.ts";

/**
 * What a model said of the labelled groups of patches of a validation part. A group is a label with all of its patches, or, where
 * labels are points or a class raster, the patches of one class in one block: groups are independent, their patches are not.
 * Lists have one entry per group; shares are stored as maps store them, of 10,000.
 */
export interface Calibration {
  /** the inputs that were used: with others the model says other things */
  readonly modalities: readonly string[];
  /** how the model was used, as text; left out: as it was trained */
  readonly use?: string;
  readonly groups: "labels" | "blocks";
  /** what the labels are */
  readonly unit: LabelUnit;
  /** the group's class, a code of the legend */
  readonly codes: readonly number[];
  /** how far below the largest share that of the group's class lies, as a part of the largest, on nine tenths of its patches at most */
  readonly margins: readonly number[];
  /** the median of its patches' confidence */
  readonly confidences: readonly number[];
  /** 1 where most of its patches have its class on the map, else 0 */
  readonly right: readonly number[];
}

/** More groups than these are not kept: a quantile needs no more. */
export const mostGroups = 1000;

const units: ReadonlySet<unknown> = new Set<LabelUnit>(["polygons", "points", "patches", "labels"]);

/** True of what can be used as a calibration: models and projects come from strangers. */
export function isCalibration(value: unknown): value is Calibration {
  if (typeof value !== "object" || value === null) return false;
  const { modalities, use, groups, unit, codes, margins, confidences, right } = value as Partial<Record<keyof Calibration, unknown>>; // biome-ignore format: one line
  if (!Array.isArray(codes) || codes.length === 0 || codes.length > mostGroups) return false;
  const wholes = (list: unknown, low: number, high: number): boolean =>
    Array.isArray(list) &&
    list.length === codes.length &&
    list.every((own: unknown) => Number.isSafeInteger(own) && (own as number) >= low && (own as number) <= high);
  return (
    Array.isArray(modalities) &&
    modalities.length > 0 &&
    modalities.length <= 100 &&
    modalities.every((name: unknown) => typeof name === "string") &&
    (use === undefined || (typeof use === "string" && use.length > 0 && use.length <= 200)) &&
    (groups === "labels" || groups === "blocks") &&
    units.has(unit) &&
    wholes(codes, 1, 254) &&
    wholes(margins, 0, certain) &&
    wholes(confidences, 0, certain) &&
    wholes(right, 0, 1)
  );
}

/** How a calibration is applied to every patch of a map. */
export interface SetRule {
  /** the share of groups that is promised to have its class among the possible ones, on nine tenths of its patches */
  readonly level: number;
  readonly groups: Calibration["groups"];
  readonly unit: LabelUnit;
  /** groups that it was calibrated on, and how many the level needs at least */
  readonly calibratedOn: number;
  readonly needed: number;
  /** by class: it stays possible where its share is at most so far below the largest one, as a part of that, of 10,000 */
  readonly margins: readonly number[];
  /** a patch of less confidence is uncertain or untaught, of 10,000 */
  readonly threshold: number;
  /** of the groups that the map gets right, about so many lie below the threshold */
  readonly rightMarked: number;
}

/** The usual promise: nine of ten groups. */
export const usualLevel = 0.9;

/** The code and colour of “uncertain or untaught”, which no class has: legends go to 254. */
export const uncertainCode = 255;
export const uncertainColor = "#3b3b46";
