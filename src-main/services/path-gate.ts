import { AsyncLocalStorage } from "node:async_hooks";
import { existsSync, lstatSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { AppError } from "../../src-shared/errors/index.ts";
import { canonical, isWithin, leadsTo, ownFolders, projectFileName } from "../catalog/index.ts";

// In the web host the window runs in a browser, and the person said on the command line which folders it may reach. The
// folders travel with the request's asynchronous context; every schema takes its paths through `filePath`, which asks here.
const allowedRoots = new AsyncLocalStorage<readonly string[]>();

/** Runs `work` so that paths of its requests must lie in `roots`; no roots: the whole machine. */
export function withinRoots<Result>(roots: readonly string[], work: () => Result): Result {
  return roots.length === 0 ? work() : allowedRoots.run(roots, work);
}

/** Refuses a path outside the allowed folders. Links are followed first, and `..` is resolved. */
function assertAllowed(path: string): void {
  if (!isWithinReach(path)) throw new AppError("path-not-allowed", { path, roots: allowedRoots.getStore()! });
}

/** Whether this request may touch `path` at all: where a text may be a name or a path, before the disk is asked. */
export function isWithinReach(path: string): boolean {
  const roots = allowedRoots.getStore();
  return !roots || liesWithin(path, roots);
}

/** Does `path`, which need not exist yet, lie in one of `roots` once every link is followed? */
export function liesWithin(path: string, roots: readonly string[]): boolean {
  if (path.includes("\0")) return false;
  const real = realPath(resolve(path));
  return roots.some((root) => isWithin(realPath(resolve(root)), real));
}

/** A file or folder named in a request. Every schema uses this and not a plain string; a test looks. */
export const filePath = z
  .string()
  .min(1)
  .max(4096)
  .check(({ value }) => {
    assertAllowed(value);
    assertFileOrFolder(value);
    assertNoOwnFolderLeadsOut(value);
  })
  .meta({ filePath: true });

/**
 * Refuses a pipe, a socket or a device: opening one may block for ever. A path of a row that the project may not reach is
 * refused with the sentence that says how to allow it.
 */
function assertFileOrFolder(path: string): void {
  if (path.includes("\0")) throw new AppError("file-missing", { path: path.replaceAll("\0", "␀") });
  const behind = leadsTo(path);
  if (behind !== undefined) throw new AppError("path-withheld", { path: behind, folder: dirname(behind) });
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats && !stats.isFile() && !stats.isDirectory()) throw new AppError("file-not-regular", { path });
}

/**
 * Refuses a path through one of the program's own folders of a project (`exports`, `imports` …) when that is a link out of
 * the project: dialogs propose these folders, so the person does not see where the file would land. Links that people lay
 * themselves, to a disk of imagery for instance, are theirs.
 */
function assertNoOwnFolderLeadsOut(path: string): void {
  const full = resolve(path);
  const real = canonical(full);
  if (real === full) return;
  for (let folder = dirname(full), below = basename(full); dirname(folder) !== folder; ) {
    const own = (ownFolders as readonly string[]).includes(below) && existsSync(join(folder, projectFileName));
    if (own && !isWithin(canonical(folder), real))
      throw new AppError("project-link-outside", { path: full, leadsTo: real });
    below = basename(folder);
    folder = dirname(folder);
  }
}

/** The path without links, of as much of it as exists. A link to nothing leads where a file would be made. */
function realPath(path: string, depth = 0): string {
  try {
    // The system's own: it writes names in the case that the disk has, where systems do not tell cases apart.
    return realpathSync.native(path);
  } catch {
    if (isLink(path) && depth < 40) {
      return realPath(resolve(dirname(path), readlinkSync(path)), depth + 1);
    }
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent, depth), basename(path));
  }
}

/** Below a file, as in an archive that a path goes through, there is no link; the system says so by an error. */
function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}
