import { system } from "./system.ts";

/** Waits until the file's bytes are on the disk. Opened for writing: Windows flushes no file that is open for reading only. */
export async function syncFile(path: string): Promise<void> {
  const file = await system.open(path, "r+");
  await file.sync().finally(() => file.close());
}

/** The same without waiting for other work of this thread. */
export function syncFileSync(path: string): void {
  const file = system.openSync(path, "r+");
  try {
    system.fsyncSync(file);
  } finally {
    system.closeSync(file);
  }
}

/** Network and FUSE file systems may know no fsync of a folder; a folder that may be written to need not be readable. */
const noFolderSync = (error: unknown): boolean =>
  /^E(INVAL|NOTSUP|OPNOTSUPP|NOSYS|PERM|ACCES|ISDIR|BADF)$/.test(String((error as NodeJS.ErrnoException)?.code));

/** A new name is on the disk only once its folder is. Windows cannot open a folder, and need not. */
export async function syncFolder(path: string): Promise<void> {
  if (system.platform === "win32") return;
  try {
    const folder = await system.open(path, "r");
    await folder.sync().finally(() => folder.close());
  } catch (error) {
    if (!noFolderSync(error)) throw error;
  }
}

/** The same without waiting for other work of this thread. */
export function syncFolderSync(path: string): void {
  if (system.platform === "win32") return;
  try {
    const folder = system.openSync(path, "r");
    try {
      system.fsyncSync(folder);
    } finally {
      system.closeSync(folder);
    }
  } catch (error) {
    if (!noFolderSync(error)) throw error;
  }
}
