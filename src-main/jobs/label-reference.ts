import { createHash } from "node:crypto";
import type { FinetuneSpec, LabelInput, ModelResult, SplitPart, SubsetScore } from "../../src-shared/domain/job.ts";

/**
 * A short name of the labels that one part of a split measures by: where they lie, and their classes. Two scores with one name have
 * asked the same places for the same classes; a label that was drawn, moved or given another class since makes another name.
 */
export function referenceOf({ crs, polygons }: LabelInput, part: SplitPart): string {
  const hash = createHash("sha256").update(crs);
  for (const { classCode, coordinates, cells, part: own } of polygons)
    if (own === part) hash.update(JSON.stringify([classCode, cells ?? coordinates]));
  return hash.digest("hex").slice(0, 32);
}

/** The score of the weights that are kept on labels that were set aside, in a training's result; nothing without such labels. */
export function validationOf(
  score: SubsetScore | undefined,
  { labels }: Pick<FinetuneSpec, "labels">,
): Pick<ModelResult, "validation"> {
  return score ? { validation: { score, reference: referenceOf(labels, "validation") } } : {};
}

/** The same as figures by name: those of a network and of a method without one are told alike, so that tables compare like with like. */
export function validationMetrics(score: SubsetScore | undefined): Record<string, number> {
  const { macroF1, overallAccuracy, perPolygon, calibrationError, commonest } = score ?? {};
  const figures = {
    bestValidationMacroF1: macroF1,
    validationAccuracy: overallAccuracy,
    validationPolygonsRight: perPolygon?.overallAccuracy,
    validationPolygonsMacroF1: perPolygon?.macroF1,
    validationCalibrationError: calibrationError,
    validationCommonest: commonest?.share,
  };
  return Object.fromEntries(
    Object.entries(figures).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );
}
