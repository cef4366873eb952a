import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { projectFileName } from "../../services/projects/file.ts";

/** The project that a path means: its folder, or the `.omniproj` file in it. */
export function projectFolderOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() && basename(path).endsWith(".omniproj")) return dirname(resolve(path));
  if (stats?.isDirectory() && existsSync(join(path, projectFileName))) return resolve(path);
  return undefined;
}

/** The projects named on a command line, as seen from the folder it was typed in. Flags are Chromium's or ours. */
export function projectsOf(words: readonly string[], folder: string): string[] {
  return words
    .filter((word) => !word.startsWith("-"))
    .map((word) => projectFolderOf(resolve(folder, word)))
    .filter((project) => project !== undefined);
}
