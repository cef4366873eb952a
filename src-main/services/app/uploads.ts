import { createWriteStream, lstatSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError } from "../../../src-shared/errors/index.ts";
import { makeOwnFolder } from "../../catalog/index.ts";
import { isReservedName, replaceWhole } from "../../files/index.ts";

/** A file that a browser sends, because it does not tell where the file lies. */
export interface Upload {
  /** one drop of files; what belongs together (.shp, .dbf, .prj) stays together */
  readonly batch: string;
  /** with its folders, as it was dropped: `S2/20190416.tif` */
  readonly name: string;
  readonly content: Readable;
}

const largestName = 200;

/**
 * Puts an upload into the project's folder, `imports/BATCH/NAME`, and says where it lies. It has its name only once all of
 * it is on the disk; a connection that breaks leaves nothing.
 */
export async function receiveUpload(
  project: { readonly folder: string; readonly readOnly: boolean },
  { batch, name, content }: Upload,
): Promise<string> {
  if (project.readOnly) throw new AppError("project-read-only", { folder: project.folder });
  const segments = [batch, ...name.split("/")];
  const bad = segments.find((segment) => !plainName(segment));
  if (bad !== undefined || segments.length > 16) throw new AppError("file-name-unusable", { name });
  const folder = makeOwnFolder(project.folder, "imports", ...segments.slice(0, -1));
  const path = join(folder, segments.at(-1)!);
  await replaceWhole(path, async (temporary) => {
    await pipeline(content, createWriteStream(temporary, { flags: "wx" }));
    // The folders were looked at before the content came; that may be an hour ago.
    makeOwnFolder(project.folder, "imports", ...segments.slice(0, -1));
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new AppError("file-name-unusable", { name });
  });
  return path;
}

/** A name of one file or folder on every system: no separators, no control characters, not hidden, not reserved. */
function plainName(name: string): boolean {
  return (
    name.length > 0 &&
    Buffer.byteLength(name) <= largestName &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    !/[\\/:*?"<>|\u0000-\u001f\u007f]/.test(name) &&
    !/^[.]|[. ]$/.test(name) &&
    !isReservedName(name)
  );
}
