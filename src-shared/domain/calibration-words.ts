import type { Calibration } from "./calibration.ts";
import { type LabelUnit, labelWord } from "./label-unit.ts";

/** What a calibration counts: “polygons”, or “blocks of one class”. */
export const groupWord = (groups: Calibration["groups"], unit: LabelUnit, count = 2): string =>
  groups === "labels" ? labelWord(unit, count) : `${count === 1 ? "block" : "blocks"} of one class`;

/** “1 polygon”, “12 blocks of one class”. */
export const countedGroups = (count: number, groups: Calibration["groups"], unit: LabelUnit): string =>
  `${count.toLocaleString("en")} ${groupWord(groups, unit, count)}`;
