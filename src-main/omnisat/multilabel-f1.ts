/** @see SPEC.md, §16 */

/** F1 of several labels per sample, counts over all samples (SPEC 16). */
export interface MultilabelF1 {
  readonly perClass: readonly number[];
  /** the plain mean over classes; a class that never occurs counts as 0 */
  readonly macro: number;
  /** from the summed counts */
  readonly micro: number;
  /** the mean weighted by how often a class occurs */
  readonly weighted: number;
}

/**
 * A label is given where the sigmoid of its score exceeds one half. logits, labels: [N, classes] row-major
 * @see SPEC.md, §16
 */
export function multilabelF1(
  logits: ArrayLike<number>,
  labels: ArrayLike<number | bigint>,
  classes: number,
): MultilabelF1 {
  const counts = Array.from({ length: classes }, () => ({ both: 0, given: 0, true: 0 }));
  for (let i = 0; i < logits.length; i++) {
    const count = counts[i % classes]!;
    const given = logits[i]! > 0;
    const isTrue = Number(labels[i]!) > 0;
    if (given && isTrue) count.both++;
    if (given) count.given++;
    if (isTrue) count.true++;
  }
  const f1 = (count: { both: number; given: number; true: number }) =>
    count.given + count.true > 0 ? (2 * count.both) / (count.given + count.true) : 0;
  const perClass = counts.map(f1);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const support = sum(counts.map((count) => count.true));
  return {
    perClass,
    macro: sum(perClass) / classes,
    micro: f1({ both: sum(counts.map((c) => c.both)), given: sum(counts.map((c) => c.given)), true: support }),
    weighted: support > 0 ? sum(counts.map((count, c) => perClass[c]! * count.true)) / support : 0,
  };
}
