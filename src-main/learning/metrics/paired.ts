import { studentT975 } from "./cluster-interval.ts";
import { type LabelCounts, macroF1Moves, readLabel } from "./clustered.ts";

/** What two maps say of one label. Classes are indices that mean the same in both. */
export interface LabelOfBoth {
  readonly first: LabelCounts;
  readonly second: LabelCounts;
  /** class that most patches of the label have on each map; left out where labels do not vote */
  readonly votes?: readonly [first: number, second: number] | undefined;
}

/** How far the first map is ahead, with the 95 % interval of that. */
export interface PairedDifference {
  readonly value: number;
  readonly interval: readonly [low: number, high: number];
}

export interface PairedDifferences {
  readonly macroF1: PairedDifference;
  readonly overallAccuracy: PairedDifference;
  /** `null` where labels do not vote */
  readonly polygonsRight: PairedDifference | null;
}

/**
 * Differences of two maps on the same labels. What both find easy or hard takes no part in the interval: the variance is that of the difference
 * between labels, each score linearised (Cochran 1977, §6.4 and §9A), with Student's t of as many degrees of freedom as there are labels, less
 * one. `null` with fewer than two labels.
 */
export function pairedDifferences(labels: readonly LabelOfBoth[], classes: number): PairedDifferences | null {
  if (labels.length < 2) return null;
  const [first, second] = [labels.map((own) => own.first), labels.map((own) => own.second)];
  const votes = labels.map((own) => own.votes);
  const voted = votes.every((own) => own !== undefined);
  const sides = (of: (side: readonly LabelCounts[]) => Moves) => differenceOf(of(first), of(second));
  return {
    macroF1: sides((side) => macroF1Moves(side.map(readLabel), classes)),
    overallAccuracy: sides((side) => shareMoves(side.map(hitsOf))),
    polygonsRight: voted
      ? differenceOf(
          shareMoves(votes.map(([own], i) => ({ hits: own === first[i]![0] ? 1 : 0, samples: 1 }))),
          shareMoves(votes.map(([, own], i) => ({ hits: own === second[i]![0] ? 1 : 0, samples: 1 }))),
        )
      : null,
  };
}

/** A score, and by how much each label moves it, to first order. */
interface Moves {
  readonly value: number;
  readonly moves: readonly number[];
}

function differenceOf(first: Moves, second: Moves): PairedDifference {
  const count = first.moves.length;
  const value = first.value - second.value;
  const squares = first.moves.reduce((sum, move, i) => sum + (move - second.moves[i]!) ** 2, 0);
  const error = studentT975(count - 1) * Math.sqrt((count / (count - 1)) * squares);
  return { value, interval: [Math.max(-1, value - error), Math.min(1, value + error)] };
}

function hitsOf(counts: LabelCounts): { readonly hits: number; readonly samples: number } {
  const { reference, mapped } = readLabel(counts);
  return {
    hits: mapped.reduce((sum, [row, patches]) => sum + (row === reference ? patches : 0), 0),
    samples: mapped.reduce((sum, [, patches]) => sum + patches, 0),
  };
}

function shareMoves(labels: readonly { readonly hits: number; readonly samples: number }[]): Moves {
  const samples = labels.reduce((sum, own) => sum + own.samples, 0);
  const value = labels.reduce((sum, own) => sum + own.hits, 0) / samples;
  return { value, moves: labels.map((own) => (own.hits - value * own.samples) / samples) };
}
