import { AppError } from "../../src-shared/errors/index.ts";

/** The place of a mistake of ours, for whoever mends it, where `OMNISAT_DEBUG` asks for it: no window and no script is told. */
export function noteMistake(error: unknown): void {
  if (process.env.OMNISAT_DEBUG && !(error instanceof AppError)) console.error(error);
}
