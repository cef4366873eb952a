import { acquisitionErrors } from "./acquisitions.ts";
import { catalogErrors } from "./catalog.ts";
import { labelErrors } from "./labels.ts";
import { learningErrors } from "./learning.ts";
import { mapErrors } from "./maps.ts";
import { numberErrors } from "./numbers.ts";
import { parityErrors } from "./parity.ts";
import { rasterErrors } from "./raster.ts";
import { reportErrors } from "./report.ts";
import { sessionErrors } from "./session.ts";
import { usageErrors } from "./usage.ts";

/** Every error a person can meet: code → sentence. One slice per domain; the union of codes is closed. */
export const sentences = {
  ...rasterErrors,
  ...acquisitionErrors,
  ...labelErrors,
  ...catalogErrors,
  ...learningErrors,
  ...mapErrors,
  ...numberErrors,
  ...parityErrors,
  ...reportErrors,
  ...usageErrors,
  ...sessionErrors,
};

export type ErrorCode = keyof typeof sentences;
export type ErrorDetails<C extends ErrorCode> = Parameters<(typeof sentences)[C]>[0];

/**
 * An error for people: its message says what happened, to which file, and what to do.
 * What only a programmer can cause is a plain `Error` that carries the values.
 */
export class AppError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "AppError";
  readonly code: C;
  readonly details: ErrorDetails<C>;

  constructor(code: C, details: ErrorDetails<C>, options?: { cause?: unknown }) {
    const sentence = sentences[code] as (details: ErrorDetails<C>) => string;
    super(sentence(details), options);
    this.code = code;
    this.details = details;
  }
}
