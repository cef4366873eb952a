import type { ConfusionMatrix } from "./confusion.ts";
import { type Interval, wilson95 } from "./wilson.ts";

export interface ClassScores {
  readonly code: number;
  /** user's accuracy: of what the map calls this class, the share that is */
  readonly precision: number;
  /** producer's accuracy: of what is this class, the share that the map finds */
  readonly recall: number;
  readonly f1: number;
  /** samples of the reference */
  readonly support: number;
}

export interface Scores {
  readonly samples: number;
  readonly overallAccuracy: number;
  /** 95 % by Wilson's score method, as if samples were independent; neighbouring pixels are not, so the truth is wider */
  readonly overallAccuracyInterval: Interval;
  readonly macroF1: number;
  readonly weightedF1: number;
  readonly microF1: number;
  readonly macroPrecision: number;
  readonly macroRecall: number;
  readonly classes: readonly ClassScores[];
}

/** 0 where there is nothing to divide by, as scikit-learn's `zero_division=0`. */
const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/**
 * Every score of a confusion matrix. Averages are over the classes of the matrix that occur in the map or in the reference,
 * as scikit-learn does when no list of labels is given: a class of the legend that is in neither says nothing.
 */
export function scoresOf(matrix: ConfusionMatrix): Scores {
  const { codes, counts } = matrix;
  const hit = codes.map((_, i) => counts[i]![i]!);
  const mapped = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const support = codes.map((_, column) => counts.reduce((sum, row) => sum + row[column]!, 0));
  const samples = support.reduce((sum, count) => sum + count, 0);
  const hits = hit.reduce((sum, count) => sum + count, 0);
  const classes = codes.map(
    (code, i): ClassScores => ({
      code,
      precision: ratio(hit[i]!, mapped[i]!),
      recall: ratio(hit[i]!, support[i]!),
      f1: ratio(2 * hit[i]!, mapped[i]! + support[i]!),
      support: support[i]!,
    }),
  );
  const present = classes.filter((_, i) => mapped[i]! + support[i]! > 0);
  const mean = (pick: (own: ClassScores) => number): number =>
    ratio(
      present.reduce((sum, own) => sum + pick(own), 0),
      present.length,
    );
  return {
    samples,
    overallAccuracy: ratio(hits, samples),
    overallAccuracyInterval: wilson95(hits, samples),
    macroF1: mean(({ f1 }) => f1),
    weightedF1: ratio(
      classes.reduce((sum, { f1, support: weight }) => sum + f1 * weight, 0),
      samples,
    ),
    // With one class per sample every miss is one class's false positive and another's false negative.
    microF1: ratio(hits, samples),
    macroPrecision: mean(({ precision }) => precision),
    macroRecall: mean(({ recall }) => recall),
    classes,
  };
}
