import { closeSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { endingOf } from "../../../src-shared/domain/file-endings.ts";
import { type ForeignKind, foreignKinds } from "../../../src-shared/domain/foreign-files.ts";

/** Kinds of files that people have and that are never read. */
const refused = ["ecw", "mrsid", "hdf4", "radarSlc", "fileGeodatabase"] as const satisfies readonly ForeignKind[];
/** In words, with the way out. */
export const refusedFormats = refused.map((kind) => foreignKinds[kind]);

const endings: Readonly<Record<string, (typeof refused)[number]>> = {
  ecw: "ecw",
  sid: "mrsid",
  gdb: "fileGeodatabase",
};
const hdf4 = Buffer.from([0x0e, 0x03, 0x13, 0x01]);

/** Which kind of file that is never read a path is: by its name, a file of HDF4 also by its first bytes. */
export function refusedKindOf(path: string, isFolder: boolean): ForeignKind | undefined {
  const known = endings[endingOf(path)];
  if (known) return known;
  if (/^S1[A-D]_\w{2}_SLC_/i.test(basename(path))) return "radarSlc";
  return !isFolder && beginsWith(path, hdf4) ? "hdf4" : undefined;
}

function beginsWith(path: string, bytes: Buffer): boolean {
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(bytes.length);
    return readSync(file, head, 0, head.length, 0) === head.length && head.equals(bytes);
  } finally {
    closeSync(file);
  }
}
