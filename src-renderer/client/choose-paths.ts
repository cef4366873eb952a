import type { ChoosePaths } from "../../src-shared/ipc/index.ts";
import { bridge, invoke } from "./bridge.ts";
import { picker } from "./picker.svelte.ts";

/** Asks the person for files or a folder: the system's dialog where there is one, else our own. `null`: cancelled. */
export function choosePaths(options: ChoosePaths): Promise<readonly string[] | null> {
  return bridge.host === "electron" ? invoke("files.choose", options) : picker.ask(options);
}

/** The same for one path. */
export async function choosePath(options: ChoosePaths): Promise<string | null> {
  return (await choosePaths({ ...options, multiple: false }))?.[0] ?? null;
}
