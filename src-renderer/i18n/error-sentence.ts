import { AppError } from "../../src-shared/errors/index.ts";
import { ConnectionLost } from "../client/connection-lost.ts";
import { t } from "./index.ts";

/** What a person reads about any error: an AppError's own sentence; anything else is said to be ours, with its words kept for details. */
export function errorSentence(error: unknown): string {
  if (error instanceof ConnectionLost) return t("ui.error.connection");
  return error instanceof AppError ? error.message : t("ui.error.unexpected");
}

/** What stands behind the fold of an error: code, values and cause, as text to copy into a report. */
export function errorDetails(error: unknown): string {
  if (error instanceof AppError) return JSON.stringify({ code: error.code, details: error.details }, null, 2);
  if (error instanceof Error) return error.stack ?? error.message;
  return String(error);
}
