import { randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { AppError } from "../../../src-shared/errors/index.ts";

/** Writing files whole or not at all: under a temporary name beside the target, synced, then renamed. */
export const disk = { open, rename, rm };

export interface TemporaryFile {
  readonly path: string;
  readonly handle: FileHandle;
}

/** A name nobody else uses, in the same folder so that a rename is atomic. */
export function temporaryName(path: string, what: string): string {
  return `${path}.${what}-${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
}

/** Writes all of `bytes`; a short write goes on where it stopped. */
export async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

/** The error a person understands for a failed write of `path`. */
export function writeError(path: string, cause: unknown): unknown {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG")
    return new AppError("no-disk-space", { path }, { cause });
  if (
    code === "EACCES" ||
    code === "EPERM" ||
    code === "EROFS" ||
    code === "ENOENT" ||
    code === "ENOTDIR" ||
    code === "EISDIR"
  ) {
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: "the folder does not exist",
      ENOTDIR: "the folder is a file",
      EISDIR: "a folder has that name",
      EROFS: "the disk is read-only",
    };
    return new AppError("raster-unwritable", { path, reason: reasons[code] ?? "not permitted" }, { cause });
  }
  return cause;
}
