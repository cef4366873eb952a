import { setTimeout as wait } from "node:timers/promises";
import { inUse, pauseSync, pauses } from "./rename.ts";
import { system } from "./system.ts";

const everything = { recursive: true, force: true } as const;

/** Deletes a file, or a folder with all that is in it; nothing there is no error. Windows is asked again, as for a rename. */
export async function remove(path: string): Promise<void> {
  for (const pause of pauses) {
    try {
      await system.rm(path, everything);
      return;
    } catch (error) {
      if (!inUse(error)) throw error;
      await wait(pause);
    }
  }
  await system.rm(path, everything);
}

/** The same without waiting for other work of this thread. */
export function removeSync(path: string): void {
  for (const pause of pauses) {
    try {
      system.rmSync(path, everything);
      return;
    } catch (error) {
      if (!inUse(error)) throw error;
      pauseSync(pause);
    }
  }
  system.rmSync(path, everything);
}
