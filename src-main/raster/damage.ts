import { AppError, type ErrorCode, type ErrorDetails } from "../../src-shared/errors/index.ts";
import { UnsupportedLayout } from "./image-layout.ts";
import { TaskStopped } from "./pool/task-stopped.ts";
import { CrsProblem } from "./projection.ts";
import { DamagedTiff, NotTiff, TruncatedTiff } from "./tiff-directory.ts";
import { XmlProblem } from "./xml.ts";

/** A file that lies beside an image and cannot be used: leaving it out would show the image wrong. */
export class SideFileProblem extends Error {
  readonly beside: string;

  constructor(beside: string, reason: string) {
    super(reason);
    this.beside = beside;
  }
}

/** @throws SideFileProblem unless there is no such file: what cannot be opened may hold a mask, a scale, a coordinate system */
export function missingBeside(path: string, cause: unknown): undefined {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? "";
  if (["ENOENT", "ENOTDIR", "ENAMETOOLONG"].includes(code)) return undefined;
  throw new SideFileProblem(path, systemReasons[code] ?? code);
}

/** What the system calls reasons, in words. */
const systemReasons: Readonly<Record<string, string>> = {
  EACCES: "you may not read it",
  EPERM: "you may not read it",
  EIO: "the disk reports an error",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "its name is too long",
  ESTALE: "the disk is no longer connected",
  ENODEV: "the disk is no longer connected",
  ENXIO: "the disk is no longer connected",
  ETIMEDOUT: "the disk does not answer",
};

/**
 * The error for people behind whatever went wrong while `path` was read: the one place where this room turns errors of parsers,
 * decoders, threads and the system into sentences. Cancelling is passed on unchanged.
 */
export function rasterError(path: string, cause: unknown): unknown {
  if (cause instanceof AppError) return cause;
  if (cause instanceof DOMException && cause.name === "AbortError") return cause;
  const damaged = (reason: string) => new AppError("raster-damaged", { path, reason }, { cause });
  if (cause instanceof NotTiff) return new AppError("raster-not-tiff", { path }, { cause });
  if (cause instanceof UnsupportedLayout) {
    return new AppError("raster-unsupported-layout", { path, reason: cause.message }, { cause });
  }
  if (cause instanceof TruncatedTiff) return new AppError("raster-truncated", { path }, { cause });
  if (cause instanceof DamagedTiff) return damaged(cause.message);
  if (cause instanceof SideFileProblem) {
    return new AppError("raster-side-file", { path, beside: cause.beside, reason: cause.message }, { cause });
  }
  if (cause instanceof CrsProblem) {
    return new AppError("raster-crs-unusable", { path, reason: cause.message }, { cause });
  }
  if (cause instanceof XmlProblem) return damaged(`its metadata cannot be read: ${cause.message}`);
  if (cause instanceof TaskStopped) {
    return cause.why === "waiting"
      ? new AppError("raster-unreadable", { path, reason: "the disk does not answer" }, { cause })
      : damaged(cause.why === "time" ? "reading it takes too long" : "reading it takes too much memory");
  }
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (code === "ENOENT" || code === "ENOTDIR") return new AppError("raster-missing", { path }, { cause });
  if (code === "EISDIR") return new AppError("raster-not-a-file", { path, what: "folder" }, { cause });
  if (typeof code === "string" && /^E[A-Z0-9]+$/.test(code)) {
    return new AppError("raster-unreadable", { path, reason: systemReasons[code] ?? code }, { cause });
  }
  // A RangeError or TypeError: a number that was not checked. The cause keeps the stack for developers.
  return damaged("its contents contradict themselves");
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
