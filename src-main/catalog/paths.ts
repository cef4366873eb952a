import { lstatSync, readdirSync, realpathSync } from "node:fs";
import system, { basename, dirname, isAbsolute, join, normalize, type PlatformPath, relative, resolve, sep } from "node:path"; // biome-ignore format: one import
import { memberOf } from "../files/index.ts";

/** Which project asks: its folder without links and the moment it was made. A copy in another folder is another project. */
export interface ProjectIdentity {
  readonly folder: string;
  readonly createdAt: string;
}

/** What a project may reach outside of its folder. It is remembered outside of the project: a project cannot allow itself anything. */
export interface OutsideAccess {
  /** `path` is without links. */
  allows(project: ProjectIdentity, path: string): boolean;
  /** `files`: what lies directly in `folder`, because the person imported from it; `below`: everything under it, because they said so. */
  allow(project: ProjectIdentity, folder: string, what: "files" | "below"): void;
  /** May a job that is resumed write `path` outside of the project? */
  mayWrite(project: ProjectIdentity, path: string): boolean;
  noteWrite(project: ProjectIdentity, path: string): void;
  /** The project is open; `named` gives the folders outside that it names now. */
  opened?(project: ProjectIdentity, named: () => readonly string[]): void;
  /** Was the project in `folder`, the very file, opened or made by this installation before? */
  knows?(folder: string): boolean;
  noteKnown?(folder: string): void;
}

/**
 * Forgets at the end of the process, and takes a copy of a project for the project: for tests and scripts, which make what
 * they open. Hosts bring one that remembers.
 */
function memoryAccess(): OutsideAccess {
  const kept = new Map<
    string,
    { readonly files: Set<string>; readonly below: Set<string>; readonly writes: Set<string> }
  >();
  const of = ({ createdAt: key }: ProjectIdentity) => {
    const known = kept.get(key) ?? { files: new Set(), below: new Set(), writes: new Set() };
    kept.set(key, known);
    return known;
  };
  return {
    allows(project, path) {
      const { files, below } = of(project);
      return files.has(dirname(path)) || files.has(path) || [...below].some((folder) => isWithin(folder, path));
    },
    allow: (project, folder, what) => void of(project)[what].add(folder),
    mayWrite: (project, path) => of(project).writes.has(path),
    noteWrite: (project, path) => void of(project).writes.add(path),
  };
}

/**
 * The one way of paths into and out of the catalog. Inside the project they are stored relative and with “/”, so that the
 * folder can be moved; outside absolute.
 *
 * What comes out is untrusted data of the project. A path that leaves the folder (absolute, through `..`, or through a
 * link) and was not allowed is returned *withheld*: as a path below a folder that does not exist, so that any code that uses it,
 * finds no file. It is written back to the catalog unchanged.
 */
export interface ProjectPaths {
  readonly folder: string;
  /** The path as the catalog writes it. Its folder is allowed from now on, because a path is only added to the project when a person named it. */
  toStored(path: string): string;
  /** The same for a question: nothing is allowed by it. */
  locate(path: string): string;
  fromStored(stored: string): string;
  /** Where a withheld path leads; `undefined` when `path` is not withheld. */
  behind(path: string): string | undefined;
  readonly identity: ProjectIdentity;
  identify(createdAt: string): void;
  /** Forgets cached verdicts. */
  forget(): void;
  readonly access: OutsideAccess;
}

/** First folder of a withheld path. It would lie in the root of the disk, where no project can put anything. */
export const withheldFolder = "outside-the-project-not-allowed";

/** Where a withheld path leads, found from the path alone; `undefined` of any other path. */
export function leadsTo(path: string, rules: PlatformPath = system): string | undefined {
  const [before, behind] = path.split(`${withheldFolder}${rules.sep}`);
  if (behind === undefined || before !== rules.parse(path).root) return undefined;
  if (rules.sep !== "\\") return `/${behind}`;
  const share = /^UNC\\(.*)$/s.exec(behind);
  if (share) return `\\\\${share[1]}`;
  const drive = /^([A-Za-z])(?:\\(.*))?$/s.exec(behind);
  return drive ? `${drive[1]}:\\${drive[2] ?? ""}` : `\\${behind}`;
}

/**
 * The withheld path that stands for `leads`: `leadsTo` reads it back. A network share is written as Windows itself writes it
 * in one path with drives: `UNC\server\share`.
 */
export function withheldPath(root: string, leads: string, rules: PlatformPath = system): string {
  const isShare = rules.sep === "\\" && /^[\\/]{2}[^\\/]/.test(leads);
  const parts = leads
    .split(/[\\/]/)
    .map((part) => part.replace(/[:\0]/g, ""))
    .filter((part) => part !== "" && part.length < 200);
  return rules.join(rules.parse(root).root, withheldFolder, ...(isShare ? ["UNC"] : []), ...parts.slice(-40));
}

const ofThisProcess = memoryAccess();
/** Milliseconds that a verdict is cached: a list of ten thousand bands asks ten thousand times. */
const keptFor = 1000;

export function projectPaths(folder: string, access: OutsideAccess = ofThisProcess): ProjectPaths {
  const root = canonical(folder);
  let identity: ProjectIdentity = { folder: root, createdAt: "" };
  const verdicts = new Map<string, { readonly path: string; readonly at: number }>();
  const withheld = new Map<string, { readonly stored: string; readonly leads: string }>();
  const folders = new Map<string, { readonly odd: OddEntries; readonly at: number }>();
  const forget = () => {
    verdicts.clear();
    folders.clear();
  };

  /** A folder is looked through once for all its files that are asked about in a moment. */
  const oddIn = (folder: string): OddEntries => {
    const now = performance.now();
    const known = folders.get(folder);
    if (known && now - known.at < keptFor) return known.odd;
    const odd = oddEntries(folder);
    folders.set(folder, { odd, at: now });
    return odd;
  };

  const mayRead = (path: string): boolean => isWithin(root, path) || access.allows(identity, path);

  const withhold = (stored: string, leads: string): string => {
    const path = withheldPath(root, leads);
    withheld.set(path, { stored, leads });
    return path;
  };

  const judge = (stored: string): string => {
    if (typeof stored !== "string" || stored.includes("\0") || stored.length > 4000 || /[^\\/]{256}/.test(stored))
      return withhold(stored, "unusable path");
    const full = isAbsolute(stored) ? normalize(stored) : join(root, ...stored.split("/"));
    const real = canonical(full);
    if (!mayRead(real)) return withhold(stored, isWithin(root, real) ? full : real);
    if (!isWithin(root, full)) return full;
    const leak = linkOut(full, mayRead, oddIn);
    return leak === undefined ? full : withhold(stored, leak);
  };

  const locate = (path: string): string => {
    const own = withheld.get(path);
    if (own) return own.stored;
    const full = canonical(path);
    return isWithin(root, full) ? relative(root, full).split(sep).join("/") : full;
  };

  return {
    folder: root,
    locate,
    toStored(path) {
      const stored = locate(path);
      if (isAbsolute(stored) && !withheld.has(path) && !access.allows(identity, stored)) {
        access.allow(identity, dirname(stored), "files");
        forget();
      }
      return stored;
    },
    fromStored(stored) {
      const now = performance.now();
      const known = verdicts.get(stored);
      if (known && now - known.at < keptFor) return known.path;
      const path = judge(stored);
      if (verdicts.size > 100_000) forget();
      verdicts.set(stored, { path, at: now });
      return path;
    },
    behind: (path) => withheld.get(path)?.leads,
    get identity() {
      return identity;
    },
    identify(createdAt) {
      identity = { folder: root, createdAt };
      forget();
    },
    forget,
    access,
  };
}

/**
 * Does `path` lie in `folder`, or is it the folder? Both without links and `..`. On Windows cases of letters do not count, and
 * another drive or share is outside.
 * @param rules of the system's paths: `posix` or `win32` of node:path
 */
export function isWithin(folder: string, path: string, rules: PlatformPath = system): boolean {
  const inside = rules.relative(folder, path);
  return !(inside === ".." || inside.startsWith(`..${rules.sep}`) || rules.isAbsolute(inside));
}

/** The path without links. What does not exist yet keeps its name inside the folder that does. */
export function canonical(path: string): string {
  const full = resolve(path);
  try {
    return realpathSync.native(full);
  } catch {
    return dirname(full) === full ? full : join(canonical(dirname(full)), basename(full));
  }
}

/**
 * Where a file of the project would still lead outside although its own path does not: by files that go with it
 * (`x.tif` and a linked `x.tif.aux.xml`), or, of a folder, by what lies in it. Pipes and devices among them count too:
 * they would block every reader.
 */
function linkOut(
  path: string,
  mayRead: (path: string) => boolean,
  oddIn: (folder: string) => OddEntries,
): string | undefined {
  let stats: ReturnType<typeof lstatSync>;
  try {
    stats = lstatSync(path, { throwIfNoEntry: false });
  } catch {
    // Below a file: inside an archive nothing leads anywhere, the archive itself may.
    const archive = memberOf(path)?.archive;
    return archive === undefined ? path : linkOut(archive, mayRead, oddIn);
  }
  if (stats?.isDirectory()) return linkBelow(path, mayRead, 3);
  if (stats && !stats.isFile() && !stats.isSymbolicLink()) return path;
  const stem = basename(path)
    .replace(/\.[^.]*$/, "")
    .toLowerCase();
  for (const entry of oddIn(dirname(path)).get(stem) ?? []) {
    const leak = leadsOut(dirname(path), entry, mayRead);
    if (leak !== undefined) return leak;
  }
  return undefined;
}

/** Entries that are neither file nor folder, by the part of their name before each full stop, in lower case. */
type OddEntries = ReadonlyMap<string, readonly ReturnType<typeof entriesOf>[number][]>;

function oddEntries(folder: string): OddEntries {
  const found = new Map<string, ReturnType<typeof entriesOf>[number][]>();
  for (const entry of entriesOf(folder)) {
    if (entry.isFile() || entry.isDirectory()) continue;
    const name = entry.name.toLowerCase();
    for (let at = name.indexOf("."); at >= 0; at = name.indexOf(".", at + 1)) {
      const own = found.get(name.slice(0, at)) ?? [];
      own.push(entry);
      found.set(name.slice(0, at), own);
    }
  }
  return found;
}

function linkBelow(folder: string, mayRead: (path: string) => boolean, depth: number): string | undefined {
  for (const entry of entriesOf(folder)) {
    const leak =
      entry.isDirectory() && depth > 0
        ? linkBelow(join(folder, entry.name), mayRead, depth - 1)
        : leadsOut(folder, entry, mayRead);
    if (leak !== undefined) return leak;
  }
  return undefined;
}

function leadsOut(
  folder: string,
  entry: ReturnType<typeof entriesOf>[number],
  mayRead: (path: string) => boolean,
): string | undefined {
  const path = join(folder, entry.name);
  if (entry.isFile() || entry.isDirectory()) return undefined;
  if (!entry.isSymbolicLink()) return path;
  const target = canonical(path);
  return mayRead(target) ? undefined : target;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
