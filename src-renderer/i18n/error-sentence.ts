import { AppError, type ErrorCode } from "../../src-shared/errors/index.ts";
import { english, french } from "./errors/index.ts";
import { language } from "./language.svelte.ts";
import { frenchSpaces } from "./message.ts";
import { t } from "./translate.ts";

/** What a person reads about any error: an AppError's sentence; anything else is said to be ours, its words kept for details. */
export function errorSentence(error: unknown): string {
  if (!(error instanceof AppError)) return t("ui.error.unexpected");
  const table: Partial<Record<ErrorCode, unknown>> = language.current === "fr" ? french : english;
  const sentence = table[error.code as ErrorCode] as ((details: unknown) => string) | undefined;
  const said = sentence?.(error.details) ?? error.message;
  return language.current === "fr" ? frenchSpaces(said) : said;
}

/** What stands behind the fold of an error: code, values and cause, as text to copy into a report. */
export function errorDetails(error: unknown): string {
  if (error instanceof AppError) return JSON.stringify({ code: error.code, details: error.details }, null, 2);
  if (error instanceof Error) return error.stack ?? error.message;
  return String(error);
}
