import type { Calibration } from "../../src-shared/domain/calibration.ts";
import { countedGroups as englishGroups } from "../../src-shared/domain/calibration-words.ts";
import { countedLabels as englishCounted, type LabelUnit } from "../../src-shared/domain/label-unit.ts";
import { counted } from "./errors/words.ts";
import { language } from "./language.svelte.ts";

const french: Readonly<Record<LabelUnit, readonly [one: string, many: string]>> = {
  polygons: ["polygone", "polygones"],
  points: ["point", "points"],
  patches: ["groupe de patchs", "groupes de patchs"],
  labels: ["étiquette", "étiquettes"],
};

/** In French: « 3 points », « 1 polygone ». */
export const countedLabels = (count: number, unit: LabelUnit = "polygons"): string => counted(count, ...french[unit]);

/** In French: « point », and « points » of two or more. */
export const labelWord = (unit: LabelUnit = "polygons", count = 2): string => french[unit][count < 2 ? 0 : 1];

/** « aucun polygone », « aucune étiquette ». */
export const noLabel = (unit: LabelUnit = "polygons"): string =>
  `${unit === "labels" ? "aucune" : "aucun"} ${french[unit][0]}`;

/** In French, what a calibration counts: « 9 polygones », « 1 bloc d’une classe ». */
export const countedGroups = (count: number, groups: Calibration["groups"], unit: LabelUnit): string =>
  groups === "labels" ? countedLabels(count, unit) : counted(count, "bloc d’une classe", "blocs d’une classe");

/** In the window's language. */
export const countedGroupsHere = (count: number, groups: Calibration["groups"], unit: LabelUnit): string =>
  language.current === "fr" ? countedGroups(count, groups, unit) : englishGroups(count, groups, unit);

/** In the window's language. */
export const countedLabelsHere = (count: number, unit?: LabelUnit): string =>
  language.current === "fr" ? countedLabels(count, unit) : englishCounted(count, unit);
