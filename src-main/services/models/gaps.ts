import type { SubsetScore } from "../../../src-shared/domain/job.ts";
import type { ScoreFigure, ScoreGap } from "../../../src-shared/domain/score-table.ts";
import { pairedDifferences } from "../../learning/metrics/paired.ts";

type Counted = Pick<SubsetScore, "classes" | "labelCounts" | "labelIds" | "labelVotes">;

/** How far `best` is ahead of `other` on the labels that both were asked, by figure. Nothing where a score does not say what was counted of each label. */
export function gapsBetween(best: Counted, other: Counted): Partial<Record<ScoreFigure, ScoreGap>> {
  // Models may count the same classes in another order.
  const names = [...new Set([...best.classes, ...other.classes].map(({ name }) => name))];
  const [first, second] = [countedLabels(best, names), countedLabels(other, names)];
  if (!first || !second) return {};
  const both = [...first].flatMap(([id, own]) => {
    const theirs = second.get(id);
    if (!theirs) return [];
    const votes = own.vote === undefined || theirs.vote === undefined ? undefined : ([own.vote, theirs.vote] as const);
    return [{ first: own.counts, second: theirs.counts, votes }];
  });
  const found = pairedDifferences(both, names.length);
  if (!found) return {};
  const labels = both.length;
  const { macroF1, overallAccuracy, polygonsRight } = found;
  return {
    macroF1: { ...macroF1, labels },
    overallAccuracy: { ...overallAccuracy, labels },
    ...(polygonsRight ? { polygonsRight: { ...polygonsRight, labels } } : {}),
  };
}

/** What was counted of each label, by its id; classes as indices of `names`. `undefined` where the score lacks it, or is not whole. */
function countedLabels(
  { classes, labelCounts, labelIds, labelVotes }: Counted,
  names: readonly string[],
): ReadonlyMap<number, { readonly counts: readonly number[]; readonly vote: number | undefined }> | undefined {
  if (!labelCounts || !labelIds || labelCounts.length !== labelIds.length) return undefined;
  const place = classes.map(({ name }) => names.indexOf(name));
  const known = (index: number | undefined): index is number => index !== undefined && place[index] !== undefined;
  const found = new Map<number, { readonly counts: readonly number[]; readonly vote: number | undefined }>();
  for (const [i, [reference, ...rest]] of labelCounts.entries()) {
    // A project is untrusted data: an index beyond the classes counts nothing.
    if (!known(reference) || rest.some((value, k) => k % 2 === 0 && !known(value))) return undefined;
    const vote = labelVotes?.[i];
    found.set(labelIds[i]!, {
      counts: [place[reference]!, ...rest.map((value, k) => (k % 2 === 0 ? place[value]! : value))],
      vote: known(vote) ? place[vote]! : undefined,
    });
  }
  return found;
}
