// Files that are written whole or not at all: under a temporary name beside the target, flushed to the disk, then renamed, then
// the folder is flushed. Whenever the program or the machine stops, the target is the old file or the new one.
import { randomBytes } from "node:crypto";
import { lstatSync, readdirSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { diskError, type Unwritable } from "./disk-error.ts";
import { renameOver, renameOverSync } from "./rename.ts";
import { syncFile, syncFileSync, syncFolder, syncFolderSync } from "./sync.ts";
import { system } from "./system.ts";

export interface WholeOptions {
  /** the error for what the system refuses, except for a full disk; without it the system's own error is thrown */
  readonly unwritable?: Unwritable;
}

/**
 * A name beside `path` that nobody else uses, in the same folder because only there a rename is one step. It begins with a dot,
 * keeps the extension, and fits where names have at most 255 bytes.
 */
export function temporaryBeside(path: string): string {
  const extension = extname(path).slice(0, 16);
  let stem = basename(path, extname(path));
  while (Buffer.byteLength(stem) > 120) stem = stem.slice(0, -1);
  return join(dirname(path), `.${stem}.${process.pid}.${randomBytes(4).toString("hex")}.partial${extension}`);
}

/** Writes all of `bytes` at `position`; a short write goes on where it stopped. */
export async function writeAll(file: Writable, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length)
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

/** The part of a file handle that writes. */
export interface Writable {
  write(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesWritten: number }>;
}

/** Appends all of `bytes` to an open file. */
export function writeAllSync(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += system.writeSync(file, bytes, done, bytes.length - done);
}

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === "string" ? Buffer.from(content, "utf8") : content;

/**
 * Lets `fill` write a file under a temporary name, which then becomes `path`. When anything fails nothing of it is left, and a
 * file that was there before is as it was.
 * @throws AppError "no-disk-space"; `options.unwritable` for what else the system refuses; whatever `fill` throws
 */
export async function replaceWhole<T>(
  path: string,
  fill: (temporary: string) => Promise<T> | T,
  options: WholeOptions = {},
): Promise<T> {
  const temporary = temporaryBeside(path);
  try {
    const result = await fill(temporary);
    await syncFile(temporary);
    await renameOver(temporary, path);
    await syncFolder(dirname(path));
    return result;
  } catch (cause) {
    for (const leftover of leftoversOf(temporary)) await system.rm(leftover, { force: true }).catch(() => {});
    throw diskError(path, cause, options.unwritable);
  }
}

/** The same without waiting. */
export function replaceWholeSync<T>(path: string, fill: (temporary: string) => T, options: WholeOptions = {}): T {
  const temporary = temporaryBeside(path);
  try {
    const result = fill(temporary);
    syncFileSync(temporary);
    renameOverSync(temporary, path);
    syncFolderSync(dirname(path));
    return result;
  } catch (cause) {
    discard(temporary);
    throw diskError(path, cause, options.unwritable);
  }
}

/** Writes a text (UTF-8) or bytes whole or not at all. @throws as `replaceWhole` */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  options: WholeOptions = {},
): Promise<void> {
  await replaceWhole(
    path,
    async (temporary) => {
      const file = await system.open(temporary, "wx");
      await writeAll(file, bytesOf(content), 0).finally(() => file.close());
    },
    options,
  );
}

/** The same without waiting. */
export function writeWholeSync(path: string, content: string | Uint8Array, options: WholeOptions = {}): void {
  replaceWholeSync(
    path,
    (temporary) => {
      const file = system.openSync(temporary, "wx");
      try {
        writeAllSync(file, bytesOf(content));
      } finally {
        system.closeSync(file);
      }
    },
    options,
  );
}

/** SQLite keeps a journal beside a database that it is filling. */
const leftoversOf = (temporary: string): string[] => [temporary, `${temporary}-journal`];

/** Deletes a temporary file. What cannot be deleted stays: the error that led here says what is wrong. */
export function discard(temporary: string): void {
  for (const leftover of leftoversOf(temporary)) {
    try {
      system.rmSync(leftover, { force: true });
    } catch {
      // The folder itself may be out of reach.
    }
  }
}

/** A file that is ready under a temporary name, and the name it gets. */
export type Placement = readonly [temporary: string, path: string];

/**
 * Gives files that belong together their names, the main one last in the list: it has its name last, so that whenever the
 * machine stops, a main file that is there has its own companions and none of an older file's. Old files come back when one of
 * the new ones cannot be placed.
 */
export function placeTogetherSync(placements: readonly Placement[]): void {
  for (const [temporary] of placements) syncFileSync(temporary);
  const aside: [old: string, path: string][] = [];
  const placed: string[] = [];
  try {
    if (placements.length > 1)
      for (const [, path] of placements.toReversed()) {
        if (!lstatSync(path, { throwIfNoEntry: false })) continue;
        const old = temporaryBeside(path);
        renameOverSync(path, old);
        aside.push([old, path]);
      }
    for (const [temporary, path] of placements) {
      renameOverSync(temporary, path);
      placed.push(path);
    }
  } catch (error) {
    for (const path of placed) discard(path);
    for (const [old, path] of aside.toReversed()) renameOverSync(old, path);
    throw error;
  }
  for (const folder of new Set(placements.map(([, path]) => dirname(path)))) syncFolderSync(folder);
  for (const [old] of aside) discard(old);
}

/**
 * Gives a folder that is ready its name; every file in it is flushed first. A folder or file of that name is replaced when
 * `overwrite` says so: it is moved aside, comes back when the new one cannot be placed, and is deleted afterwards.
 */
export function placeFolderSync(temporary: string, path: string, { overwrite }: { readonly overwrite: boolean }): void {
  for (const entry of readdirSync(temporary, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) syncFileSync(join(entry.parentPath, entry.name));
  const old = overwrite && lstatSync(path, { throwIfNoEntry: false }) ? temporaryBeside(path) : undefined;
  if (old !== undefined) renameOverSync(path, old);
  try {
    renameOverSync(temporary, path);
  } catch (error) {
    if (old !== undefined) renameOverSync(old, path);
    throw error;
  }
  syncFolderSync(dirname(path));
  if (old !== undefined) system.rmSync(old, { recursive: true, force: true });
}
