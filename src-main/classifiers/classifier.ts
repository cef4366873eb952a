import type { Method } from "../../src-shared/domain/method.ts";
import { type BoostedTrees, boostTrees, predictBoosted } from "./boosted-trees.ts";
import { groupedFolds } from "./folds.ts";
import { fitLogisticRegression, type LogisticRegression, predictLogisticRegression } from "./logistic-regression.ts";
import { choosePenalty } from "./penalty.ts";
import { growForest, predictForest, type RandomForest } from "./random-forest.ts";
import type { Scaling } from "./scaling.ts";
import type { LabelledTable, Table } from "./table.ts";
import { withTemperature } from "./temperature.ts";

/** A method that has learned. */
export type Classifier = LogisticRegression | RandomForest | BoostedTrees;

export interface Learning {
  readonly seed: number;
  /** [rows] the polygon of each row */
  readonly groups: Int32Array;
  /** of a regression (`c`), where it is known from elsewhere: it is not chosen again */
  readonly penalty?: number | undefined;
  /** of a regression: how columns are standardised, where that is known from more than the table */
  readonly scaling?: Scaling | undefined;
  /** of a regression: how sharp its probabilities are, where that is known from elsewhere */
  readonly temperature?: number | undefined;
  /** also choose how sharp a regression's probabilities are, where its penalty is chosen */
  readonly tempered?: boolean;
  /** of a forest; 300 when left out */
  readonly trees?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

export interface Learned {
  readonly classifier: Classifier;
  /** how it was taught, for its card */
  readonly settings: Readonly<Record<string, number | boolean | string>>;
}

export const forestTrees = 300;
export const mostRounds = 300;
/** Rounds where nothing can be held out. */
const usualRounds = 100;
/** Fewer rounds than these tell little more than the classes' shares, whatever the few polygons that are held out say. */
export const fewestRounds = 30;
export const patience = 15;
const boostingSteps = 64;
/** A leaf of boosted trees has so many rows, or fewer where there are few labels: 20 rows in all could not be split at all. */
const leastLeafOf = ({ rows, classCount }: LabelledTable): number =>
  Math.max(1, Math.min(20, Math.floor(rows / (10 * classCount))));
/** How the product boosts trees on a table. */
export const boostingOptions = (table: LabelledTable) =>
  ({ leastLeaf: leastLeafOf(table), bins: boostingSteps, leafPenalty: 1 }) as const;

/**
 * Teaches one method a table, all classes counting the same. What a method leaves open is chosen inside the table by holding whole
 * polygons out: the penalty of the regression, the rounds of boosting (which is then done again with all rows).
 * @throws Error for a table that is none; what `signal` was aborted with
 */
export async function teachMethod(
  method: Method,
  table: LabelledTable,
  {
    seed,
    groups,
    penalty,
    scaling,
    temperature: given,
    trees = forestTrees,
    tempered = false,
    signal,
    onProgress,
  }: Learning,
): Promise<Learned> {
  const stop = signal ? { signal } : {};
  if (method === "random-forest") {
    const classifier = await growForest(table, {
      seed,
      trees,
      ...stop,
      ...(onProgress ? { onProgress } : {}),
    });
    const { outOfBag } = classifier;
    return { classifier, settings: { trees, ...(outOfBag === null ? {} : { outOfBag }) } };
  }
  if (method === "logistic-regression") {
    const chosen =
      penalty === undefined
        ? await choosePenalty(table, groups, { seed, signal, onProgress: (f) => onProgress?.(0.9 * f) })
        : { c: penalty, temperature: given ?? 1 };
    const { c } = chosen;
    const temperature = tempered || given !== undefined ? chosen.temperature : 1;
    const fitted = await fitLogisticRegression(table, { c, scaling, ...stop });
    onProgress?.(1);
    if (!tempered && given === undefined) return { classifier: fitted, settings: { C: c } };
    return { classifier: withTemperature(fitted, temperature), settings: { C: c, temperature } };
  }
  const options = { ...boostingOptions(table), ...stop };
  const { leastLeaf } = options;
  const folds = groupedFolds({ groups, classes: table.classes }, 5, seed);
  // The fold with the most rows: the first one may have none when there are few polygons.
  const sizes = [0, 1, 2, 3, 4].map((fold) => folds.reduce((sum, own) => sum + (own === fold ? 1 : 0), 0));
  const fold = sizes.indexOf(Math.max(...sizes));
  let rounds = usualRounds;
  if (sizes[fold]! > 0) {
    const heldOut = { rows: Uint8Array.from(folds, (own) => (own === fold ? 1 : 0)), patience };
    const tried = await boostTrees(table, {
      ...options,
      rounds: mostRounds,
      heldOut,
      onProgress: (f) => onProgress?.(f / 2),
    });
    rounds = Math.max(fewestRounds, tried.bestRounds);
  }
  const { model } = await boostTrees(table, { ...options, rounds, onProgress: (f) => onProgress?.(0.5 + f / 2) });
  return { classifier: model, settings: { rounds, learningRate: 0.1, leastLeaf } };
}

/**
 * [rows, classCount] probability of each class, 0 for those that were not taught.
 * @throws Error for a table of other columns
 */
export function classify(classifier: Classifier, table: Table): Float32Array {
  switch (classifier.method) {
    case "logistic-regression":
      return predictLogisticRegression(classifier, table);
    case "random-forest":
      return predictForest(classifier, table);
    case "boosted-trees":
      return predictBoosted(classifier, table);
  }
}
