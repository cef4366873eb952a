import type { UnusableFiles } from "../../src-shared/errors/acquisitions.ts";
import { AppError, type ErrorCode } from "../../src-shared/errors/index.ts";
import { type Because, because } from "../../src-shared/errors/reasons/index.ts";
import { english, french } from "./errors/index.ts";
import { because as frenchBecause } from "./errors/reason-words.ts";
import { language } from "./language.svelte.ts";
import { frenchSpaces } from "./message.ts";
import { t } from "./translate.ts";

/** What a person reads about any error: an AppError's sentence; anything else is said to be ours, its words kept for details. */
export function errorSentence(error: unknown): string {
  if (!(error instanceof AppError)) return t("ui.error.unexpected");
  const details =
    error.code === "import-nothing-usable" ? withSentences(error.details as UnusableFiles) : error.details;
  const said = sentenceOf(error.code as ErrorCode, details) ?? error.message;
  return language.current === "fr" ? frenchSpaces(said) : said;
}

function sentenceOf(code: ErrorCode, details: unknown): string | undefined {
  const table: Partial<Record<ErrorCode, unknown>> = language.current === "fr" ? french : english;
  const sentence = table[code] as ((details: unknown) => string) | undefined;
  return sentence?.(details);
}

/** Each file's own refusal, in the language of the window. */
const withSentences = ({ count, reasons }: UnusableFiles): UnusableFiles => ({
  count,
  reasons: reasons.map((given) =>
    typeof given === "string" || given.code === undefined
      ? given
      : { ...given, message: sentenceOf(given.code as ErrorCode, given.details) ?? given.message },
  ),
});

/** A reason, or words that an earlier version stored, in the language of the window. */
export const reasonWords = (given: Because): string =>
  language.current === "fr" ? frenchSpaces(frenchBecause(given)) : because(given);

/** What stands behind the fold of an error: code, values and cause, as text to copy into a report. */
export function errorDetails(error: unknown): string {
  if (error instanceof AppError) return JSON.stringify({ code: error.code, details: error.details }, null, 2);
  if (error instanceof Error) return error.stack ?? error.message;
  return String(error);
}
