import type { Method } from "../../src-shared/domain/method.ts";
import { boostTrees } from "./boosted-trees.ts";
import { boostingOptions, fewestRounds, forestTrees, mostRounds, patience } from "./classifier.ts";
import { fitLogisticRegression } from "./logistic-regression.ts";
import { penaltyTrials } from "./penalty.ts";
import { growForest } from "./random-forest.ts";
import type { LabelledTable } from "./table.ts";

/** How the time of a trial is spread out: other programs, and tables that are easier or harder than the trial's. */
const doubt = { low: 0.6, high: 1.6 };
/** Iterations of the last fit, which is sharper than the trials of penalties. */
const sharpIterations = { low: 20, high: 200 };
const trialTrees = 3;
const trialRounds = 2;
const trialIterations = 8;

/**
 * Seconds that teaching a method takes with so many rows, from a few steps on a small table like them.
 * @param rows of the whole table
 * @throws Error for a table that is none; what `signal` was aborted with
 */
export async function timeMethod(
  method: Method,
  table: LabelledTable,
  rows: number,
  { seed, signal }: { readonly seed: number; readonly signal?: AbortSignal },
): Promise<{ readonly low: number; readonly high: number }> {
  const stop = signal ? { signal } : {};
  const more = rows / table.rows;
  /** Seconds of some work that was done once before, so that it is compiled. */
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    await work();
    const began = performance.now();
    await work();
    return (performance.now() - began) / 1000;
  };
  switch (method) {
    case "random-forest": {
      const tree = (await timed(() => growForest(table, { seed, trees: trialTrees, ...stop }))) / trialTrees;
      // A tree is as deep as the logarithm of its rows.
      const seconds = forestTrees * tree * more * (Math.log2(rows + 2) / Math.log2(table.rows + 2));
      return { low: doubt.low * seconds, high: doubt.high * seconds };
    }
    case "logistic-regression": {
      const fit = () => fitLogisticRegression(table, { c: 1, tolerance: 0, mostIterations: trialIterations, ...stop });
      const iteration = (await timed(fit)) / trialIterations;
      const { fits, mostRows, mostIterations } = penaltyTrials;
      const choosing = fits * Math.min(1, mostRows / rows) * more * 0.8;
      return {
        low: doubt.low * iteration * (choosing * 0.2 * mostIterations + more * sharpIterations.low),
        high: doubt.high * iteration * (choosing * mostIterations + more * sharpIterations.high),
      };
    }
    case "boosted-trees": {
      const options = { ...boostingOptions(table), ...stop };
      const round = (await timed(() => boostTrees(table, { ...options, rounds: trialRounds }))) / trialRounds;
      // Once to find the number of rounds, and again with all rows.
      const least = fewestRounds + fewestRounds + patience;
      return { low: doubt.low * round * more * least, high: doubt.high * round * more * 2 * mostRounds };
    }
  }
}
