import { AppError } from "../../src-shared/errors/index.ts";
import { type Because, type ReasonCode, reason } from "../../src-shared/errors/reasons/index.ts";

/** Codes of a full disk, of a used-up quota, of a size that the disk or the process may not write, and of SQLite's full disk. */
const full: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG", "SQLITE_FULL"]);

/** What the system's codes say of a file that cannot be written. */
const reasons = {
  ENOENT: "no-such-folder",
  ENOTDIR: "folder-is-file",
  EISDIR: "folder-of-that-name",
  ENOTEMPTY: "folder-of-that-name",
  EROFS: "disk-read-only",
  EACCES: "not-permitted",
  EPERM: "not-permitted",
  EBUSY: "used-by-another-program",
  ENAMETOOLONG: "name-too-long",
  EIO: "disk-error",
} as const satisfies Readonly<Record<string, ReasonCode>>;

/** What the code says; one that has no words here stays as it is. */
const reasonOf = (code: string): Because =>
  Object.hasOwn(reasons, code) ? reason(reasons[code as keyof typeof reasons]) : code;

/** Why the system refused something: of its code where that has words, else what the system says. */
export function systemReason(cause: unknown): Because {
  const code = codeOf(cause);
  return code === ""
    ? reason("process-says", { message: String((cause as Error | undefined)?.message ?? cause) })
    : reasonOf(code);
}

/** Errors of rooms that name a file that cannot be written, and why. */
export type Unwritable = "export-unwritable" | "raster-unwritable" | "report-unwritable" | "vector-unwritable";

const codeOf = (cause: unknown): string => {
  const code = (cause as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : "";
};

/** True when there was no space left: one rule for every system call and for SQLite. */
export const isDiskFull = (cause: unknown): boolean => !(cause instanceof AppError) && full.has(codeOf(cause));

/**
 * The error for people behind a failed write of `path`: a full disk is `no-disk-space`, what else the system refuses is
 * `unwritable` where the caller has such an error. Everything else stays what it is.
 */
export function diskError(path: string, cause: unknown, unwritable?: Unwritable): unknown {
  if (cause instanceof AppError) return cause;
  if (isDiskFull(cause)) return new AppError("no-disk-space", { path }, { cause });
  const code = codeOf(cause);
  if (!unwritable || !/^E[A-Z0-9]+$|^SQLITE_(CANTOPEN|READONLY|IOERR|PERM)/.test(code)) return cause;
  return new AppError(unwritable, { path, reason: reasonOf(code) }, { cause });
}

/** Does `work` on the file at `path`; errors of the disk become those of `diskError`. */
export async function onDisk<T>(path: string, work: () => Promise<T>, unwritable?: Unwritable): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw diskError(path, cause, unwritable);
  }
}

/** The same without waiting. */
export function onDiskSync<T>(path: string, work: () => T, unwritable?: Unwritable): T {
  try {
    return work();
  } catch (cause) {
    throw diskError(path, cause, unwritable);
  }
}
