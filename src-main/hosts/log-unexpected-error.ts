import { AppError } from "../../src-shared/errors/index.ts";

/** Prints the stack of an unexpected error for developers when `OMNISAT_DEBUG` is set; windows and scripts never get it. */
export function logUnexpectedError(error: unknown): void {
  if (process.env.OMNISAT_DEBUG && !(error instanceof AppError)) console.error(error);
}
