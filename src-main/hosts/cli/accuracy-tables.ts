import type { EvaluateResult, SubsetScore } from "../../../src-shared/domain/job.ts";
import { table } from "./table.ts";

/** The scores of an evaluation as text: a line per subset, then per class and the matrix. */
export function accuracyTables({ part, subsets }: EvaluateResult): string {
  const rows = subsets.map((score) => [
    score.modalities.join(" + "),
    score.classes.length,
    score.samples,
    `${three(score.overallAccuracy)} (${score.overallAccuracyInterval.map(three).join(" – ")})`,
    three(score.macroF1),
    three(score.weightedF1),
    three(score.microF1),
  ]);
  return [
    `Accuracy on the ${part} labels`,
    table(["modalities", "classes", "patches", "overall accuracy (95 %)", "macro F1", "weighted F1", "micro F1"], rows),
    ...subsets.flatMap((score) => ["", ...subset(score)]),
  ].join("\n");
}

function subset({ modalities, classes, confusion }: SubsetScore): string[] {
  const names = classes.map(({ name }) => name);
  return [
    modalities.join(" + "),
    table(
      ["class", "precision", "recall", "F1", "patches"],
      classes.map((score) => [score.name, three(score.precision), three(score.recall), three(score.f1), score.support]),
    ),
    "",
    table(
      ["map ↓  reference →", ...names],
      confusion.map((row, i) => [names[i] ?? "", ...row]),
    ),
  ];
}

const three = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : "–");
