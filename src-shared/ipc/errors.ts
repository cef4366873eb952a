import { AppError, type ErrorCode, sentences } from "../errors/index.ts";

/** An error as plain data: an `AppError` keeps its code, so that it is the same error on the other side. */
export interface ErrorMessage {
  readonly name: string;
  readonly message: string;
  readonly code?: ErrorCode;
  readonly details?: unknown;
  readonly stack?: string;
}

/** What a window is told. A stack names files of this machine and helps nobody there: it stays here. */
export function errorMessage(error: unknown): ErrorMessage {
  if (error instanceof AppError) {
    const { name, message, code, details } = error;
    return { name, message, code, details };
  }
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message } = error;
  return { name, message };
}

/** What the program tells itself, from process to process: with the place of a mistake, for its log. */
export function errorMessageWithStack(error: unknown): ErrorMessage {
  const stack = error instanceof Error && !(error instanceof AppError) ? error.stack : undefined;
  return { ...errorMessage(error), ...(stack === undefined ? {} : { stack }) };
}

export function errorFrom({ name, message, code, details, stack }: ErrorMessage): Error {
  if (code !== undefined && code in sentences) return new AppError(code, details as never);
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
