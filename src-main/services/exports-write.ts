import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { AppError } from "../../src-shared/errors/index.ts";

/** Writes bytes under a temporary name beside the target and then gives them theirs. */
export function writeFileWhole(path: string, bytes: Uint8Array): { readonly path: string; readonly bytes: number } {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(4).toString("hex")}.partial`);
  try {
    const file = openSync(temporary, "wx");
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    return { path, bytes: bytes.length };
  } catch (cause) {
    rmSync(temporary, { force: true });
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOSPC") throw new AppError("no-disk-space", { path }, { cause });
    if (typeof code === "string") throw new AppError("export-unwritable", { path, reason: code }, { cause });
    throw cause;
  }
}
