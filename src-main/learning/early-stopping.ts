/** When to stop: the best value so far and how long it has not been beaten. Plain data, so that a checkpoint can hold it. */
export interface EarlyStoppingRule {
  readonly mode: "min" | "max";
  /** validations without a better value before stopping */
  readonly patience: number;
  /** no stop before this epoch (SPEC §14: min_epochs) */
  readonly minEpochs: number;
}

export interface EarlyStoppingState {
  readonly best: number | undefined;
  readonly bestEpoch: number | undefined;
  readonly waited: number;
}

export const notStoppedYet: EarlyStoppingState = { best: undefined, bestEpoch: undefined, waited: 0 };

export interface EarlyStoppingVerdict {
  readonly state: EarlyStoppingState;
  /** this epoch's weights are the best so far */
  readonly improved: boolean;
  readonly stop: boolean;
}

/** The state after one validation. A value that is not a number never counts as better. */
export function afterValidation(
  rule: EarlyStoppingRule,
  before: EarlyStoppingState,
  epoch: number,
  value: number,
): EarlyStoppingVerdict {
  const better =
    Number.isFinite(value) &&
    (before.best === undefined || (rule.mode === "min" ? value < before.best : value > before.best));
  const state = better ? { best: value, bestEpoch: epoch, waited: 0 } : { ...before, waited: before.waited + 1 };
  return { state, improved: better, stop: !better && state.waited >= rule.patience && epoch >= rule.minEpochs };
}
