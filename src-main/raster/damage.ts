import { tmpdir } from "node:os";
import { AppError, type ErrorCode, type ErrorDetails } from "../../src-shared/errors/index.ts";
import { type Because, ReasonedError, reason } from "../../src-shared/errors/reasons/index.ts";
import { DamagedZip, isDiskFull } from "../files/index.ts";
import { DamagedFile, TruncatedFile, UnknownFormat, UnsupportedLayout } from "./formats/problems.ts";
import { TaskStopped } from "./pool/task-stopped.ts";
import { CrsProblem } from "./projection.ts";
import { XmlProblem } from "./xml.ts";

/** A file that lies beside an image and cannot be used: leaving it out would show the image wrong. */
export class SideFileProblem extends ReasonedError {
  readonly beside: string;

  constructor(beside: string, reason: Because) {
    super(reason);
    this.beside = beside;
  }
}

/** @throws SideFileProblem unless there is no such file: what cannot be opened may hold a mask, a scale, a coordinate system */
export function missingBeside(path: string, cause: unknown): undefined {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? "";
  if (["ENOENT", "ENOTDIR", "ENAMETOOLONG"].includes(code)) return undefined;
  throw new SideFileProblem(path, systemReason(code));
}

/** What the system calls reasons, in words. */
const systemCodes: Readonly<
  Record<
    string,
    | "may-not-read"
    | "disk-error"
    | "too-many-files-open"
    | "links-in-circle"
    | "name-too-long"
    | "disk-not-connected"
    | "disk-does-not-answer"
  >
> = {
  EACCES: "may-not-read",
  EPERM: "may-not-read",
  EIO: "disk-error",
  EMFILE: "too-many-files-open",
  ENFILE: "too-many-files-open",
  ELOOP: "links-in-circle",
  ENAMETOOLONG: "name-too-long",
  ESTALE: "disk-not-connected",
  ENODEV: "disk-not-connected",
  ENXIO: "disk-not-connected",
  ETIMEDOUT: "disk-does-not-answer",
};

/** What the system's code says; a code that has no words here stays as it is. */
const systemReason = (code: string): Because => {
  const known = systemCodes[code];
  return known ? reason(known) : code;
};

/**
 * The error for people behind whatever went wrong while `path` was read: the one place where this room turns errors of parsers,
 * decoders, threads and the system into sentences. Cancelling is passed on unchanged.
 */
export function rasterError(path: string, cause: unknown): unknown {
  if (cause instanceof AppError) return cause;
  if (cause instanceof DOMException && cause.name === "AbortError") return cause;
  const damaged = (reason: Because) => new AppError("raster-damaged", { path, reason }, { cause });
  if (cause instanceof UnknownFormat) return new AppError("raster-unknown-format", { path }, { cause });
  if (cause instanceof UnsupportedLayout) {
    return new AppError("raster-unsupported-layout", { path, reason: cause.reason }, { cause });
  }
  if (cause instanceof DamagedZip) return damaged(cause.reason);
  if (cause instanceof TruncatedFile) return new AppError("raster-truncated", { path }, { cause });
  if (cause instanceof DamagedFile) return damaged(cause.reason);
  if (cause instanceof SideFileProblem) {
    return new AppError("raster-side-file", { path, beside: cause.beside, reason: cause.reason }, { cause });
  }
  if (cause instanceof CrsProblem) {
    return new AppError("raster-crs-unusable", { path, reason: cause.reason }, { cause });
  }
  if (cause instanceof XmlProblem) return damaged(reason("metadata-cannot-read", { message: cause.reason }));
  if (cause instanceof TaskStopped) {
    return cause.why === "waiting"
      ? new AppError("raster-unreadable", { path, reason: reason("disk-does-not-answer") }, { cause })
      : damaged(cause.why === "time" ? reason("reading-takes-too-long") : reason("reading-takes-too-much-memory"));
  }
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  // Reading writes one thing: what a compressed member of an archive unfolds to.
  if (isDiskFull(cause)) return new AppError("no-disk-space", { path: tmpdir() }, { cause });
  if (code === "ENOENT" || code === "ENOTDIR") return new AppError("raster-missing", { path }, { cause });
  if (code === "EISDIR") return new AppError("raster-not-a-file", { path, what: "folder" }, { cause });
  if (typeof code === "string" && /^E[A-Z0-9]+$/.test(code)) {
    return new AppError("raster-unreadable", { path, reason: systemReason(code) }, { cause });
  }
  // A RangeError or TypeError: a number that was not checked. The cause keeps the stack for developers.
  return damaged(reason("contents-contradict-themselves"));
}

/** An `AppError` as plain data, to cross from a thread. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly details: unknown;
  /** where it happened, for `cause` */
  readonly trace: string;
}

export function plainError(path: string, error: unknown): PlainError {
  const known = rasterError(path, error) as AppError;
  const { cause } = known as { cause?: unknown };
  const trace = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause ?? "");
  return { code: known.code, details: known.details, trace };
}

export const fromPlain = ({ code, details, trace }: PlainError): AppError =>
  new AppError(code, details as ErrorDetails<typeof code>, trace ? { cause: new Error(trace) } : {});
