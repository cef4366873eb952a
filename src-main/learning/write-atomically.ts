import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "../../src-shared/errors/index.ts";

const full = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** Writes a text file that is either the old one or the whole new one, whatever happens meanwhile; a full disk is told in words. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, "w");
    try {
      await file.writeFile(text, "utf8");
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    if (full.has((cause as NodeJS.ErrnoException).code ?? "")) throw new AppError("no-disk-space", { path }, { cause });
    throw cause;
  }
}

/** The new name itself is on the disk only once its folder is. Windows cannot open a folder, and need not. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}
