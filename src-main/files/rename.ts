import { setTimeout as wait } from "node:timers/promises";
import { system } from "./system.ts";

/**
 * Milliseconds between attempts. Windows refuses to replace a file that a virus scanner, an indexer or a backup has open, which
 * they do for moments; other systems replace it at once.
 */
export const pauses = [10, 20, 40, 80, 160, 320, 640, 1280];

/** Windows' codes for a file that somebody has open. There they also mean that it is not permitted: then every attempt fails. */
export const inUse = (error: unknown): boolean =>
  system.platform === "win32" && /^E(PERM|ACCES|BUSY|NOTEMPTY)$/.test(String((error as NodeJS.ErrnoException)?.code));

/** Gives `from` the name `to`. A file of that name is replaced, at one moment. */
export async function renameOver(from: string, to: string): Promise<void> {
  for (const pause of pauses) {
    try {
      await system.rename(from, to);
      return;
    } catch (error) {
      if (!inUse(error)) throw error;
      await wait(pause);
    }
  }
  await system.rename(from, to);
}

const nothing = new Int32Array(new SharedArrayBuffer(4));
/** Blocks this thread for so many milliseconds. */
export const pauseSync = (milliseconds: number): void => void Atomics.wait(nothing, 0, 0, milliseconds);

/** The same without waiting for other work of this thread. */
export function renameOverSync(from: string, to: string): void {
  for (const pause of pauses) {
    try {
      system.renameSync(from, to);
      return;
    } catch (error) {
      if (!inUse(error)) throw error;
      pauseSync(pause);
    }
  }
  system.renameSync(from, to);
}
