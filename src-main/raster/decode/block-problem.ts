import { type Reason, ReasonedError } from "../../../src-shared/errors/reasons/index.ts";

/** Why a block cannot be decoded, in words for people that follow a colon. */
export class BlockProblem extends ReasonedError {
  declare readonly reason: Reason;
}
