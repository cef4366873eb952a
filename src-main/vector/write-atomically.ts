import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { AppError } from "../../src-shared/errors/index.ts";

/**
 * Lets `write` fill a file under a temporary name beside the target, makes sure it is on the disk, and then gives it its
 * name: readers see the old file or the whole new one. When anything fails, nothing is left.
 */
export function writeAtomically(path: string, write: (temporary: string) => void): void {
  if (!existsSync(dirname(path)))
    throw new AppError("vector-unwritable", { path, reason: "the folder does not exist" });
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
  try {
    rmSync(temporary, { force: true });
    write(temporary);
    sync(temporary);
    renameSync(temporary, path);
    if (process.platform !== "win32") sync(dirname(path));
  } catch (error) {
    for (const leftover of [temporary, `${temporary}-journal`]) {
      try {
        rmSync(leftover, { force: true });
      } catch {
        // the folder itself may be out of reach; the first error says why
      }
    }
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOSPC" || code === "SQLITE_FULL") throw new AppError("no-disk-space", { path }, { cause: error });
    if (/^E[A-Z]+$|^SQLITE_(CANTOPEN|READONLY|IOERR|PERM)/.test(code)) {
      throw new AppError("vector-unwritable", { path, reason: code }, { cause: error });
    }
    throw error;
  }
}

function sync(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
