import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");

/** The version of this program, as package.json has it. */
export const appVersion: string = (JSON.parse(text) as { readonly version: string }).version;

/** The version of an installed package: from the package.json above the file that an import of it would load. */
export function packageVersion(name: string): string {
  let folder = dirname(createRequire(import.meta.url).resolve(name));
  while (dirname(folder) !== folder) {
    try {
      const found = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
        name?: string;
        version?: string;
      };
      if (found.name === name && found.version) return found.version;
    } catch {
      // No package.json here: look above.
    }
    folder = dirname(folder);
  }
  return "unknown";
}
