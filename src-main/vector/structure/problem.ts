import { ReasonedError } from "../../../src-shared/errors/reasons/index.ts";

/** Why a file cannot be what it says it is, in words that follow a colon. Found before anything is held of it. */
export class StructureProblem extends ReasonedError {}

/** The file is valid, but what it holds would take more memory than allowed. */
export class TooManyParts extends Error {
  readonly mebibytes: number;

  constructor(mebibytes: number) {
    super(`it would take ${mebibytes} MiB`);
    this.mebibytes = mebibytes;
  }
}

/** Looks through a text of any length in pieces, in memory that does not grow with it. */
export interface StructureCheck {
  /** @throws StructureProblem at the first byte that is wrong, TooManyParts */
  push(bytes: Uint8Array): void;
  /** @throws StructureProblem when the text ends too early */
  end(): void;
  /** MiB that its parts take when they are held in memory, as far as it has been looked through */
  readonly mebibytes: number;
}
