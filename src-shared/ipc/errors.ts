import { AppError, type ErrorCode, sentences } from "../errors/index.ts";

/** An error as plain data: an `AppError` keeps its code, so that it is the same error on the other side. */
export interface ErrorMessage {
  readonly name: string;
  readonly message: string;
  readonly code?: ErrorCode;
  readonly details?: unknown;
  readonly stack?: string;
}

export function errorMessage(error: unknown): ErrorMessage {
  if (error instanceof AppError) {
    const { name, message, code, details } = error;
    return { name, message, code, details };
  }
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message, stack } = error;
  return { name, message, ...(stack === undefined ? {} : { stack }) };
}

export function errorFrom({ name, message, code, details, stack }: ErrorMessage): Error {
  if (code !== undefined && code in sentences) return new AppError(code, details as never);
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
