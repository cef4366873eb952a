import type { ConfusionMatrix } from "./confusion.ts";
import { type Interval, wilson95 } from "./wilson.ts";

/** Scores of one class; `null` where the reference has no sample of it, so that nothing is known. */
export interface ClassScores {
  readonly code: number;
  /** user's accuracy: of what the map calls this class, the share that is */
  readonly precision: number | null;
  /** producer's accuracy: of what is this class, the share that the map finds */
  readonly recall: number | null;
  readonly f1: number | null;
  /** samples of the reference */
  readonly support: number;
}

/** What always answering with the commonest class of the reference would get. */
export interface Commonest {
  readonly code: number;
  /** its share of the samples, which is the overall accuracy of that answer */
  readonly share: number;
}

export interface Scores {
  readonly samples: number;
  /** `null`, like all others, without a sample */
  readonly overallAccuracy: number | null;
  /** 95 % by Wilson's score method, as if samples were independent; `clusterInterval` knows better where groups are known */
  readonly overallAccuracyInterval: Interval;
  readonly macroF1: number | null;
  readonly weightedF1: number | null;
  readonly microF1: number | null;
  readonly macroPrecision: number | null;
  readonly macroRecall: number | null;
  /** classes with samples: those that the macro averages are over */
  readonly macroClasses: number;
  readonly commonest: Commonest | null;
  readonly classes: readonly ClassScores[];
}

/** 0 where nothing was mapped as the class, as scikit-learn's `zero_division=0`. */
const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/**
 * Every score of a confusion matrix. A class without a sample of the reference has no scores, and the macro averages are
 * over the others (scikit-learn's `labels=` the classes of the reference); what the map wrongly calls by it is a miss of
 * another class and counts there.
 * @see scikit-learn, precision_recall_fscore_support; Wilson 1927 for the interval
 */
export function scoresOf(matrix: ConfusionMatrix): Scores {
  const { codes, counts } = matrix;
  const hit = codes.map((_, i) => counts[i]![i]!);
  const mapped = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const support = codes.map((_, column) => counts.reduce((sum, row) => sum + row[column]!, 0));
  const samples = support.reduce((sum, count) => sum + count, 0);
  const hits = hit.reduce((sum, count) => sum + count, 0);
  const known = codes.flatMap((code, i) =>
    support[i]! === 0
      ? []
      : [
          {
            code,
            precision: ratio(hit[i]!, mapped[i]!),
            recall: ratio(hit[i]!, support[i]!),
            f1: ratio(2 * hit[i]!, mapped[i]! + support[i]!),
            support: support[i]!,
          },
        ],
  );
  const mean = (pick: (own: (typeof known)[number]) => number): number | null =>
    known.length === 0 ? null : known.reduce((sum, own) => sum + pick(own), 0) / known.length;
  const overall = samples === 0 ? null : hits / samples;
  return {
    samples,
    overallAccuracy: overall,
    overallAccuracyInterval: wilson95(hits, samples),
    macroF1: mean(({ f1 }) => f1),
    weightedF1: samples === 0 ? null : known.reduce((sum, { f1, support: weight }) => sum + f1 * weight, 0) / samples,
    // With one class per sample every miss is one class's false positive and another's false negative.
    microF1: overall,
    macroPrecision: mean(({ precision }) => precision),
    macroRecall: mean(({ recall }) => recall),
    macroClasses: known.length,
    commonest: commonestOf(codes, support),
    classes: codes.map(
      (code): ClassScores =>
        known.find((own) => own.code === code) ?? { code, precision: null, recall: null, f1: null, support: 0 },
    ),
  };
}

/** The class with the most samples (the first of several) and its share of them. */
function commonestOf(codes: readonly number[], samples: readonly number[]): Commonest | null {
  const total = samples.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const most = Math.max(...samples);
  return { code: codes[samples.indexOf(most)]!, share: most / total };
}
