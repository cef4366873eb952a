/**
 * What the labels of a project are, so that texts call them by their name: `patches` come from class rasters, as groups of
 * patches of one class; `labels` are of several kinds.
 */
export type LabelUnit = "polygons" | "points" | "patches" | "labels";

/** Can the patches of one label vote on its class? Points have one patch, and a class raster's groups are no parcels. */
export const hasPolygons = (unit: LabelUnit = "polygons"): boolean => unit === "polygons" || unit === "labels";

const english: Readonly<Record<LabelUnit, readonly [one: string, many: string]>> = {
  polygons: ["polygon", "polygons"],
  points: ["point", "points"],
  patches: ["group of patches", "groups of patches"],
  labels: ["label", "labels"],
};

/** “3 points”, “1 polygon”. Results of earlier versions name no unit: they counted polygons. */
export const countedLabels = (count: number, unit: LabelUnit = "polygons"): string =>
  `${count.toLocaleString("en")} ${labelWord(unit, count)}`;

/** “point” or, of any number but one, “points”. */
export const labelWord = (unit: LabelUnit = "polygons", count = 2): string => english[unit][count === 1 ? 0 : 1];

/** The unit of labels of these kinds; of none `labels`. */
export function unitOf(kinds: Iterable<LabelUnit>): LabelUnit {
  const found = new Set(kinds);
  return found.size === 1 ? [...found][0]! : "labels";
}
