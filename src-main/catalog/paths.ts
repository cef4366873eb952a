import { realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

/** How the catalog writes paths: inside the project relative and with “/”, so that the folder can be moved; outside absolute. */
export interface ProjectPaths {
  readonly folder: string;
  toStored(path: string): string;
  fromStored(stored: string): string;
}

export function projectPaths(folder: string): ProjectPaths {
  const root = canonical(folder);
  return {
    folder: root,
    toStored(path) {
      const full = canonical(path);
      const inside = relative(root, full);
      const outside = inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside);
      return outside ? full : inside.split(sep).join("/");
    },
    fromStored: (stored) => (isAbsolute(stored) ? stored : join(root, ...stored.split("/"))),
  };
}

/** The path without links. What does not exist yet keeps its name inside the folder that does. */
function canonical(path: string): string {
  const full = resolve(path);
  try {
    return realpathSync(full);
  } catch {
    return dirname(full) === full ? full : join(canonical(dirname(full)), basename(full));
  }
}
