import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** The files below a folder, links to files among them, in order of name. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() ||
        (entry.isSymbolicLink() && statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.isFile()),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
