import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * The files below a folder, links to files among them, in order of name. Links to folders are not followed, so that none leads round;
 * a folder that may not be read is empty. `most`: gives up and answers `undefined` when there are more files.
 */
export function filesBelow(folder: string, most: number): string[] | undefined;
export function filesBelow(folder: string): string[];
export function filesBelow(folder: string, most = Number.POSITIVE_INFINITY): string[] | undefined {
  const files: string[] = [];
  const folders = [folder];
  for (let here = folders.pop(); here !== undefined; here = folders.pop()) {
    for (const entry of entriesOf(here, here === folder)) {
      const path = join(here, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() || (entry.isSymbolicLink() && leadsToFile(path))) files.push(path);
    }
    if (files.length > most) return undefined;
  }
  return files.sort();
}

function entriesOf(folder: string, isFirst: boolean) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    // The one that was asked for has to be there.
    if (isFirst) throw error;
    return [];
  }
}

function leadsToFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
