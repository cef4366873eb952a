import { type Reason, ReasonedError } from "../../../src-shared/errors/reasons/index.ts";

/** Why a block cannot be decoded, in words for people that follow a colon. */
export class BlockProblem extends ReasonedError {
  declare readonly reason: Reason;
}

/** Blocks that cannot be decoded come as the reason why. */
export const isReason = (result: readonly unknown[] | Reason): result is Reason => !Array.isArray(result);
