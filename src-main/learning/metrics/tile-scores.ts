import { clusterInterval } from "./cluster-interval.ts";
import type { Interval } from "./wilson.ts";

/** Scores of answers where a tile may hold several classes at once. Pure functions over [N, K] arrays, row after row. */

/** Of one class; `null` where no tile holds it, so that nobody takes it for a score of 0. */
export interface TileClassNumbers {
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly averagePrecision: number | null;
  readonly support: number;
  readonly predicted: number;
}

export interface TileNumbers {
  readonly samples: number;
  /** classes that at least one tile holds: macro scores and the mean average precision are over these */
  readonly occurring: number;
  readonly microF1: number;
  readonly microPrecision: number;
  readonly microRecall: number;
  readonly macroF1: number;
  readonly macroPrecision: number;
  readonly macroRecall: number;
  readonly weightedF1: number;
  readonly meanAveragePrecision: number;
  readonly classes: readonly TileClassNumbers[];
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
const mean = (values: readonly number[]): number =>
  ratio(
    values.reduce((sum, value) => sum + value, 0),
    values.length,
  );

/**
 * Precision, recall, F1 and average precision, as scikit-learn counts them with `zero_division=0`.
 * @param probabilities [N, K] in [0, 1]
 * @param presence [N, K], 1 where the tile holds the class
 * @param thresholds [K]; a class is given where its probability is above (not at) its threshold
 * @see scikit-learn, precision_recall_fscore_support and average_precision_score
 */
export function tileScores(
  probabilities: ArrayLike<number>,
  presence: ArrayLike<number>,
  thresholds: readonly number[],
): TileNumbers {
  const classes = thresholds.length;
  if (probabilities.length !== presence.length || classes === 0 || probabilities.length % classes !== 0)
    throw new Error(`tileScores: ${probabilities.length} probabilities, ${presence.length} labels, ${classes} classes`);
  const samples = probabilities.length / classes;
  const counts = thresholds.map((threshold, k) => {
    let [both, given, held] = [0, 0, 0];
    for (let n = 0; n < samples; n++) {
      const yes = probabilities[n * classes + k]! > threshold;
      const truth = presence[n * classes + k]! > 0;
      if (yes) given++;
      if (truth) held++;
      if (yes && truth) both++;
    }
    return { both, given, held };
  });
  const own = counts.map(({ both, given, held }, k): TileClassNumbers => {
    if (held === 0)
      return { precision: null, recall: null, f1: null, averagePrecision: null, support: 0, predicted: given };
    const column = (values: ArrayLike<number>) =>
      Float64Array.from({ length: samples }, (_, n) => values[n * classes + k]!);
    return {
      precision: ratio(both, given),
      recall: ratio(both, held),
      f1: ratio(2 * both, given + held),
      averagePrecision: averagePrecision(column(probabilities), column(presence)),
      support: held,
      predicted: given,
    };
  });
  const occurring = own.filter(({ support }) => support > 0);
  const total = (of: "both" | "given" | "held") => counts.reduce((sum, count) => sum + count[of], 0);
  const [both, given, held] = [total("both"), total("given"), total("held")];
  return {
    samples,
    occurring: occurring.length,
    microF1: ratio(2 * both, given + held),
    microPrecision: ratio(both, given),
    microRecall: ratio(both, held),
    macroF1: mean(occurring.map(({ f1 }) => f1!)),
    macroPrecision: mean(occurring.map(({ precision }) => precision!)),
    macroRecall: mean(occurring.map(({ recall }) => recall!)),
    weightedF1: ratio(
      occurring.reduce((sum, { f1, support }) => sum + f1! * support, 0),
      held,
    ),
    meanAveragePrecision: mean(occurring.map((one) => one.averagePrecision!)),
    classes: own,
  };
}

/**
 * The 95 % interval of the micro F1 where tiles come in places: those of one place resemble each other and are one observation.
 * F1 = 2·Σboth / Σ(given + held) is a ratio of sums over places, as `clusterInterval` takes it.
 * @param places [N], the place of each tile
 * @see Cochran 1977, Sampling Techniques, chapter 6 (ratio of sums)
 */
export function microF1Interval(
  probabilities: ArrayLike<number>,
  presence: ArrayLike<number>,
  thresholds: readonly number[],
  places: readonly string[],
): Interval {
  const classes = thresholds.length;
  const clusters = new Map<string, { hits: number; samples: number }>();
  for (const [n, place] of places.entries()) {
    const own = clusters.get(place) ?? { hits: 0, samples: 0 };
    clusters.set(place, own);
    for (let k = 0; k < classes; k++) {
      const yes = probabilities[n * classes + k]! > thresholds[k]!;
      const truth = presence[n * classes + k]! > 0;
      if (yes && truth) own.hits += 2;
      own.samples += Number(yes) + Number(truth);
    }
  }
  return clusterInterval([...clusters.values()]);
}

/**
 * The area under precision and recall as steps: Σ (Rᵢ − Rᵢ₋₁)·Pᵢ over falling scores, equal scores at once
 * (scikit-learn's `average_precision_score`). 0 when nothing is present.
 * @see scikit-learn, average_precision_score
 */
export function averagePrecision(scores: ArrayLike<number>, truths: ArrayLike<number>): number {
  const order = Array.from({ length: scores.length }, (_, n) => n).sort((p, q) => scores[q]! - scores[p]!);
  const held = order.reduce((sum, n) => sum + (truths[n]! > 0 ? 1 : 0), 0);
  if (held === 0) return 0;
  let [both, before, area] = [0, 0, 0];
  for (const [rank, n] of order.entries()) {
    if (truths[n]! > 0) both++;
    const next = order[rank + 1];
    if (next !== undefined && scores[next] === scores[n]) continue;
    area += ((both - before) / held) * (both / (rank + 1));
    before = both;
  }
  return area;
}

/**
 * For each class the threshold with the best F1 on these tiles (validation, never test): half-way between two neighbouring
 * probabilities, of equally good ones the nearest to `usual`. A class that no tile holds keeps `usual`.
 * @see Lipton, Elkan and Naryanaswamy 2014, Optimal Thresholding of Classifiers to Maximize F1 Measure
 */
export function bestThresholds(
  probabilities: ArrayLike<number>,
  presence: ArrayLike<number>,
  classes: number,
  usual: number,
): number[] {
  const samples = probabilities.length / classes;
  return Array.from({ length: classes }, (_, k) => {
    const rows = Array.from({ length: samples }, (_, n) => ({
      value: probabilities[n * classes + k]!,
      truth: presence[n * classes + k]! > 0,
    })).sort((p, q) => q.value - p.value);
    const held = rows.filter(({ truth }) => truth).length;
    if (held === 0) return usual;
    const f1At = (threshold: number) => {
      const given = rows.filter(({ value }) => value > threshold);
      return ratio(2 * given.filter(({ truth }) => truth).length, given.length + held);
    };
    let best = { threshold: usual, f1: f1At(usual) };
    let both = 0;
    for (const [rank, { value, truth }] of rows.entries()) {
      if (truth) both++;
      const next = rows[rank + 1]?.value ?? 0;
      if (next === value) continue;
      const threshold = (value + next) / 2;
      // Two neighbouring floats have no number between them: no threshold fits there.
      if (threshold >= value) continue;
      const f1 = ratio(2 * both, rank + 1 + held);
      const nearer = Math.abs(threshold - usual) < Math.abs(best.threshold - usual);
      if (f1 > best.f1 || (f1 === best.f1 && best.threshold !== usual && nearer)) best = { threshold, f1 };
    }
    return best.threshold;
  });
}

/**
 * The answer without looking at any image: always the commonest classes, as many of them as give the best micro F1 on the
 * tiles they come from. [K] of 0 and 1
 * Not published: a baseline.
 */
export function commonestClasses(presence: ArrayLike<number>, classes: number): Uint8Array {
  const samples = presence.length / classes;
  const counts = new Float64Array(classes);
  for (let i = 0; i < presence.length; i++) if (presence[i]! > 0) counts[i % classes]!++;
  const held = counts.reduce((sum, count) => sum + count, 0);
  const order = Array.from(counts, (_, k) => k).sort((p, q) => counts[q]! - counts[p]! || p - q);
  const chosen = new Uint8Array(classes);
  let [both, best] = [0, { size: 0, f1: -1 }];
  for (const [rank, k] of order.entries()) {
    both += counts[k]!;
    const f1 = ratio(2 * both, (rank + 1) * samples + held);
    if (f1 > best.f1) best = { size: rank + 1, f1 };
  }
  for (const k of order.slice(0, best.size)) chosen[k] = 1;
  return chosen;
}
