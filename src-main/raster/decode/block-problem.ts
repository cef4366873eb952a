/** Why a block cannot be decoded, in words for people that follow a colon. */
export class BlockProblem extends Error {}
