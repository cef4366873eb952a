import { AppError, type ErrorCode, sentences } from "../errors/index.ts";

/** An error as plain data: an `AppError` keeps its code, so that it is the same error on the other side. */
export interface ErrorMessage {
  readonly name: string;
  readonly message: string;
  readonly code?: ErrorCode;
  readonly details?: unknown;
  readonly stack?: string;
}

/**
 * An error as it leaves the program (HTTP, WebSocket, Electron's messages, `--json`): a code, its sentence and plain
 * details, never a stack. A mistake of ours is `internal`; what was stopped stays an `AbortError`, which is no error.
 */
export function errorMessage(error: unknown): ErrorMessage {
  if (isStop(error)) return { name: "AbortError", message: "Stopped on request." };
  const known = error instanceof AppError ? error : internalError(error);
  const { name, code } = known;
  const details = plainDetails(known.details);
  // The sentence is made from the details, so details without stack traces give a sentence without them.
  const message = /\n\s*at /.test(known.message) ? new AppError(code, details as never).message : known.message;
  return { name, message: withoutTrace(message), code, details };
}

/** `DOMException` is not an `Error` in every place that this runs in. */
const isStop = (error: unknown): boolean =>
  typeof error === "object" && error !== null && (error as { name?: unknown }).name === "AbortError";

/** The error for people behind what only a programmer can cause. A full disk is not a programming error. */
function internalError(error: unknown): AppError {
  const { code, path, message } = (error instanceof Error ? error : { message: error }) as {
    readonly code?: unknown;
    readonly path?: unknown;
    readonly message: unknown;
  };
  if (code === "ENOSPC" || code === "EDQUOT")
    return new AppError("no-disk-space", { path: typeof path === "string" ? path : null });
  const said = withoutTrace(typeof message === "string" ? message : plainWords(message)).trim();
  const words = said.length > mostOfProblem ? `${said.slice(0, mostOfProblem)}…` : said;
  return new AppError("internal", { problem: /[.!?…]$/.test(words) ? words : `${words || "no reason was given"}.` });
}

const mostOfProblem = 500;

/** Anything can be thrown, also what cannot be written. */
function plainWords(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "";
  }
}

/** A line of a stack as V8 writes it: `at work (file:///…/a.ts:3:7)`, `at async file.ts:1:2`, `at Array.map (<anonymous>)`. */
const traceLine = /^\s*at (?:.*:\d+:\d+\)?|.*\(<anonymous>\)|.*\(native\))\s*$/;

/** The text without lines of a stack: some errors carry that of another one in their message. */
export function withoutTrace(text: string): string {
  if (!/(^|\n)\s*at /.test(text)) return text;
  return text
    .split("\n")
    .filter((line) => line.length > 4000 || !traceLine.test(line))
    .join("\n")
    .trimEnd();
}

/** Values that every wire carries: an error among them becomes its words, and nothing else of it is sent. */
function plainDetails(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return withoutTrace(value);
  if (typeof value === "number" || typeof value === "boolean" || value === null || value === undefined) return value;
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || depth > 8) return undefined;
  if (value instanceof Error) return withoutTrace(value.message);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return undefined;
  if (Array.isArray(value)) return value.map((item: unknown) => plainDetails(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainDetails(item, depth + 1)]));
}

/** For messages between the program's own processes: with the stack, for the log. */
export function errorMessageWithStack(error: unknown): ErrorMessage {
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
