import { pathToFileURL } from "node:url";
import type { FuzzKind } from "../kind.ts";

/**
 * Every kind of file that is fuzzed, by the name that `--kind` takes. A new kind is a file of its own here and one line in this table;
 * it is loaded only in the process that runs it.
 */
export const kinds: Readonly<Record<string, () => Promise<FuzzKind>>> = {
  tiff: async () => (await import("./tiff.ts")).tiff,
};

/** A kind by its name; a test's own kind by the absolute path of the file that exports it as `kind`. */
export async function loadKind(name: string): Promise<FuzzKind> {
  const listed = kinds[name];
  return listed ? listed() : ((await import(pathToFileURL(name).href)) as { readonly kind: FuzzKind }).kind;
}
