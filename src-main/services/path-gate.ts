import { AsyncLocalStorage } from "node:async_hooks";
import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { z } from "zod";
import { AppError } from "../../src-shared/errors/index.ts";

// In the web host the window runs in a browser, and the person said on the command line which folders it may reach. The
// folders travel with the request's asynchronous context; every schema takes its paths through `filePath`, which asks here.
const allowedRoots = new AsyncLocalStorage<readonly string[]>();

/** Runs `work` so that paths of its requests must lie in `roots`; no roots: the whole machine. */
export function withinRoots<Result>(roots: readonly string[], work: () => Result): Result {
  return roots.length === 0 ? work() : allowedRoots.run(roots, work);
}

/** Refuses a path outside the allowed folders. Links are followed first, and `..` is resolved. */
export function assertAllowed(path: string): void {
  const roots = allowedRoots.getStore();
  if (roots && !liesWithin(path, roots)) throw new AppError("path-not-allowed", { path, roots });
}

/** Does `path`, which need not exist yet, lie in one of `roots` once every link is followed? */
export function liesWithin(path: string, roots: readonly string[]): boolean {
  if (path.includes("\0")) return false;
  const real = realPath(resolve(path));
  return roots.map((root) => realPath(resolve(root))).some((root) => real === root || real.startsWith(withSlash(root)));
}

/** A file or folder named in a request. Every schema uses this and not a plain string; a test looks. */
export const filePath = z
  .string()
  .min(1)
  .check(({ value }) => assertAllowed(value))
  .meta({ filePath: true });

const withSlash = (folder: string): string => (folder.endsWith(sep) ? folder : folder + sep);

/** The path without links, of as much of it as exists. A link to nothing leads where a file would be made. */
function realPath(path: string, depth = 0): string {
  try {
    return realpathSync(path);
  } catch {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() && depth < 40) {
      return realPath(resolve(dirname(path), readlinkSync(path)), depth + 1);
    }
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent, depth), basename(path));
  }
}
