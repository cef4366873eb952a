import { clusterInterval, studentT975 } from "./cluster-interval.ts";

/** The patches of one label: its class, and what the map says of them. Rows are `[reference, class, patches, class, patches …]`, as they are stored. */
export type LabelCounts = readonly number[];

interface CountedLabel {
  readonly reference: number;
  readonly mapped: readonly (readonly [row: number, patches: number])[];
}

/** The counts of a label as they are stored, taken apart. */
export const readLabel = ([reference = 0, ...rest]: LabelCounts): CountedLabel => ({
  reference,
  mapped: Array.from({ length: rest.length / 2 }, (_, k) => [rest[2 * k]!, rest[2 * k + 1]!] as const),
});

interface ClusteredAreas {
  /** half of the 95 % interval of each class's share of the map */
  readonly shares: readonly number[];
  readonly overallAccuracy: number;
}

/**
 * Half of the 95 % intervals of what `estimateAreas` estimates, where the samples are the patches of labels and patches of one label
 * resemble each other: the variance of a ratio estimator between labels (Cochran 1977, §6.4 and §9A; linearised as in Särndal, Swensson and Wretman
 * 1992, §5.5), with Student's t of as many degrees of freedom as there are labels, less one. A mapped class whose patches are of fewer than
 * two labels says nothing of how labels differ: these are named in `missing`, and nothing is estimated.
 * @param labels indices of rows and columns of the matrix
 * @param pixels per class of the map
 */
export function clusteredErrors(
  labels: readonly LabelCounts[],
  pixels: readonly number[],
): ClusteredAreas | { readonly missing: readonly number[] } {
  const clusters = labels.map(readLabel).filter(({ mapped }) => mapped.some(([, patches]) => patches > 0));
  const count = clusters.length;
  const all = pixels.reduce((sum, own) => sum + own, 0);
  const behind = pixels.map(() => 0);
  for (const { mapped } of clusters) for (const [row, patches] of mapped) if (patches > 0) behind[row]! += 1;
  const missing = pixels.flatMap((size, row) => (size > 0 && behind[row]! < 2 ? [row] : []));
  if (missing.length > 0 || all === 0) return { missing };
  const rows = pixels.map(() => 0);
  const cells = pixels.map(() => pixels.map(() => 0));
  for (const { reference, mapped } of clusters)
    for (const [row, patches] of mapped) {
      rows[row]! += patches;
      cells[row]![reference]! += patches;
    }
  /** A patch's weight: what its row covers, divided among the row's patches. */
  const weight = (row: number) => (rows[row]! > 0 ? pixels[row]! / all / rows[row]! : 0);
  const error = (of: (label: CountedLabel) => number): number => {
    const squares = clusters.reduce((sum, label) => sum + of(label) ** 2, 0);
    return studentT975(count - 1) * Math.sqrt((count / (count - 1)) * squares);
  };
  const p = (row: number, column: number) => (rows[row]! > 0 ? cells[row]![column]! / rows[row]! : 0);
  return {
    shares: pixels.map((_, column) =>
      error(({ reference, mapped }) =>
        mapped.reduce(
          (sum, [row, patches]) => sum + weight(row) * patches * ((reference === column ? 1 : 0) - p(row, column)),
          0,
        ),
      ),
    ),
    overallAccuracy: error(({ reference, mapped }) =>
      mapped.reduce(
        (sum, [row, patches]) => sum + weight(row) * patches * ((reference === row ? 1 : 0) - p(row, row)),
        0,
      ),
    ),
  };
}

/**
 * The 95 % interval of the macro F1 over classes with labels, by the same variance between labels: F1 of a class is the ratio of twice its
 * hits to its mapped and its reference patches. Within 0 to 1; `[0, 1]` with fewer than two labels. Where all is right or all is wrong labels do
 * not differ, and the number of labels decides, as for the overall accuracy.
 */
export function macroF1Interval(labels: readonly LabelCounts[], classes: number): readonly [low: number, high: number] {
  const clusters = labels.map(readLabel).filter(({ mapped }) => mapped.some(([, patches]) => patches > 0));
  const count = clusters.length;
  if (count < 2) return [0, 1];
  const { value, moves } = macroF1Moves(clusters, classes);
  if (value === 0 || value === 1)
    return clusterInterval(clusters.map(({ reference, mapped }) => ({
      hits: mapped.reduce((sum, [row, patches]) => sum + (row === reference ? patches : 0), 0),
      samples: mapped.reduce((sum, [, patches]) => sum + patches, 0),
    }))); // biome-ignore format: one call
  const squares = moves.reduce((sum, move) => sum + move ** 2, 0);
  const error = studentT975(count - 1) * Math.sqrt((count / (count - 1)) * squares);
  return [Math.max(0, value - error), Math.min(1, value + error)];
}

/** The macro F1 over classes with labels, and by how much each label moves it, to first order (Särndal, Swensson and Wretman 1992, §5.5). */
export function macroF1Moves(
  clusters: readonly CountedLabel[],
  classes: number,
): { readonly value: number; readonly moves: readonly number[] } {
  const hits = new Array<number>(classes).fill(0);
  const mapped = [...hits];
  const reference = [...hits];
  for (const label of clusters)
    for (const [row, patches] of label.mapped) {
      mapped[row]! += patches;
      reference[label.reference]! += patches;
      if (row === label.reference) hits[row]! += patches;
    }
  const known = hits.flatMap((_, k) => (reference[k]! > 0 ? [k] : []));
  const f1 = (k: number) => (2 * hits[k]!) / (mapped[k]! + reference[k]!);
  const moves = clusters.map((label) => {
    const patches = label.mapped.reduce((total, [, own]) => total + own, 0);
    const residual = known.reduce((total, k) => {
      const own = label.mapped.reduce((n, [row, number]) => n + (row === k ? number : 0), 0);
      const of = label.reference === k ? patches : 0;
      const right = label.reference === k ? own : 0;
      return total + (2 * right - f1(k) * (own + of)) / (mapped[k]! + reference[k]!);
    }, 0);
    return residual / known.length;
  });
  return { value: known.reduce((sum, k) => sum + f1(k), 0) / known.length, moves };
}
