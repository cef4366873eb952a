import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmdirSync,
  type Stats,
} from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { AppError } from "../../src-shared/errors/index.ts";
import { reason } from "../../src-shared/errors/reasons/index.ts";
import { removeSync } from "../files/index.ts";
import { canonical, isWithin } from "./paths.ts";

/** Folders of a project that are the program's own: only in these does it delete. */
export const ownFolders = ["runs", "models", "maps", "imports", "exports", "features", "embeddings", "cache"] as const;
export type OwnFolder = (typeof ownFolders)[number];

/** Linux opens a file relative to an open folder under this name, so that no folder of the path can be replaced meanwhile. */
const byHandle = process.platform === "linux" && existsSync("/proc/self/fd");

/**
 * Deletes a file or folder that lies below one of `areas` of the project, never the area itself, never anything else.
 * Each folder on the way has to be a folder and no link; a link at the end is deleted itself, not what it leads to; links
 * inside a deleted folder likewise. What does not lie there is left alone.
 * @returns was something deleted?
 */
export function removeOwn(project: string, path: string, areas: readonly OwnFolder[] = ownFolders): boolean {
  const parts = relative(project, resolve(path)).split(sep);
  const name = parts.at(-1)!;
  if (parts.length < 2 || !areas.includes(parts[0] as OwnFolder) || parts.some((part) => part === ".." || part === ""))
    return false;
  return (
    insideFolder(project, parts.slice(0, -1), (folder) => {
      const target = join(folder, name);
      if (!lstatSync(target, { throwIfNoEntry: false })) return false;
      // Renamed first, so that nothing else can take its place before it is deleted.
      const doomed = join(folder, `.deleted-${randomBytes(6).toString("hex")}`);
      try {
        renameSync(target, doomed);
      } catch {
        // Windows keeps the name of what somebody has open; it may still be deleted file by file.
        removeSync(target);
        return true;
      }
      removeSync(doomed);
      return true;
    }) ?? false
  );
}

/** Deletes a folder below one of the project's own when nothing is in it. */
export function removeOwnIfEmpty(project: string, path: string): void {
  const parts = relative(project, resolve(path)).split(sep);
  if (parts.length < 2 || !ownFolders.includes(parts[0] as OwnFolder)) return;
  insideFolder(project, parts.slice(0, -1), (folder) => {
    const target = join(folder, parts.at(-1)!);
    const stats = lstatSync(target, { throwIfNoEntry: false });
    if (stats?.isDirectory() && readdirSync(target).length === 0) rmdirSync(target);
  });
}

/** Runs `work` with the folder `project/parts…`, whose every step is a folder and no link; `undefined` where that is not so. */
function insideFolder<Result>(
  project: string,
  parts: readonly string[],
  work: (folder: string) => Result,
): Result | undefined {
  if (!byHandle) {
    let folder = project;
    for (const part of parts) {
      folder = join(folder, part);
      if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return undefined;
    }
    return work(folder);
  }
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  let handle = openSync(project, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    for (const part of parts) {
      let next: number;
      try {
        next = openSync(`/proc/self/fd/${handle}/${part}`, flags);
      } catch {
        return undefined;
      }
      closeSync(handle);
      handle = next;
    }
    return work(`/proc/self/fd/${handle}`);
  } finally {
    closeSync(handle);
  }
}

/**
 * The folder `project/parts…`, made where it is missing. A link on the way is refused: what is written there would land
 * somewhere else.
 * @throws AppError "project-link-outside", "project-unreadable"
 */
export function makeOwnFolder(project: string, ...parts: readonly string[]): string {
  let folder = project;
  for (const part of parts) {
    folder = join(folder, part);
    const stats = lstatSync(folder, { throwIfNoEntry: false });
    if (!stats) {
      mkdirSync(folder, { recursive: true });
      continue;
    }
    assertPlainStep(project, folder, stats);
  }
  return folder;
}

/**
 * Refuses to write `path` when it lies in the project and a link on the way leads out of it. Paths that do not lie in the
 * project are the person's own choice.
 * @throws AppError "project-link-outside"
 */
export function assertNoLinkOut(project: string, path: string): void {
  const full = resolve(path);
  const lexical = [project, canonical(project)].find((root) => isWithin(root, full));
  if (lexical === undefined) return;
  const real = canonical(full);
  if (!isWithin(canonical(project), real)) throw new AppError("project-link-outside", { path: full, leadsTo: real });
}

/**
 * Refuses a folder of the project that is a link, or holds links, pipes or devices at any depth: what is read there would
 * come from elsewhere, what is written there would land elsewhere.
 * @throws AppError "project-link-outside", "project-unreadable"
 */
export function assertPlainFolder(project: string, folder: string): void {
  const parts = relative(project, folder).split(sep);
  let step = project;
  for (const part of parts) {
    step = join(step, part);
    const stats = lstatSync(step, { throwIfNoEntry: false });
    if (!stats) return;
    assertPlainStep(project, step, stats);
  }
  assertPlainEntries(folder);
}

function assertPlainEntries(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) assertPlainEntries(path);
    else if (!entry.isFile()) throw new AppError("project-link-outside", { path, leadsTo: canonical(path) });
  }
}

function assertPlainStep(project: string, path: string, stats: Stats): void {
  if (stats.isDirectory()) return;
  if (!stats.isSymbolicLink()) throw new AppError("project-unreadable", { path, detail: reason("not-folder") });
  throw new AppError("project-link-outside", {
    path: join(project, relative(project, path)),
    leadsTo: canonical(path),
  });
}

const plainFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * The text of a small file; no link is followed, no pipe or device waited for.
 * @throws AppError "file-not-regular", "file-too-large"
 */
export function readPlainText(path: string, mostBytes = 64 << 20): string {
  const file = openSync(path, plainFlags);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new AppError("file-not-regular", { path });
    if (stats.size > mostBytes) throw new AppError("file-too-large", { path, bytes: stats.size, most: mostBytes });
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

/**
 * The bytes of a regular file in pieces, each its own; no link is followed, no pipe or device waited for.
 * @throws AppError "file-not-regular"
 */
export function* regularFilePieces(path: string): Generator<Buffer> {
  const file = openSync(path, plainFlags);
  try {
    if (!fstatSync(file).isFile()) throw new AppError("file-not-regular", { path });
    for (;;) {
      const piece = Buffer.allocUnsafe(1 << 18);
      const read = readSync(file, piece);
      if (read === 0) return;
      yield piece.subarray(0, read);
    }
  } finally {
    closeSync(file);
  }
}

/**
 * A regular file, open for reading: what is read is the file that was checked, even if its path is replaced meanwhile.
 * @throws AppError "file-not-regular"
 */
export async function openRegularFile(path: string): Promise<FileHandle> {
  const file = await open(path, plainFlags);
  try {
    if (!(await file.stat()).isFile()) throw new AppError("file-not-regular", { path });
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
