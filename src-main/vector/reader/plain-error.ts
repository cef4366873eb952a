import { AppError, type ErrorCode, type ErrorDetails } from "../../../src-shared/errors/index.ts";

/** An error as plain data, to cross from a process. */
export type PlainError =
  | { readonly kind: "app"; readonly code: ErrorCode; readonly details: unknown; readonly trace: string }
  | { readonly kind: "raw"; readonly message: string; readonly code: string | undefined; readonly trace: string };

const traceOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

export function plainError(error: unknown): PlainError {
  if (error instanceof AppError) {
    return { kind: "app", code: error.code, details: error.details, trace: error.cause ? traceOf(error.cause) : "" };
  }
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const message = error instanceof Error ? error.message : String(error);
  return { kind: "raw", message, code: typeof code === "string" ? code : undefined, trace: traceOf(error) };
}

export function fromPlain(plain: PlainError): Error {
  const { trace } = plain;
  if (plain.kind === "app") {
    const cause = trace ? { cause: new Error(trace) } : {};
    return new AppError(plain.code, plain.details as ErrorDetails<typeof plain.code>, cause);
  }
  const error = new Error(plain.message, { cause: new Error(trace) });
  return plain.code === undefined ? error : Object.assign(error, { code: plain.code });
}
