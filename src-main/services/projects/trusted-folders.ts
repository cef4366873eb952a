import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { canonical, isWithin, type OutsideAccess, type ProjectIdentity, projectFileName } from "../../catalog/index.ts";
import { readJsonFile, writeJsonFile } from "../../files/index.ts";
import { liesWithin } from "../path-gate.ts";

const folders = z.array(z.string().max(4096)).catch([]).default([]);
const stored = z.object({ folder: z.string(), createdAt: z.string(), files: folders, below: folders, writes: folders });
type Stored = z.output<typeof stored>;

/** Names the file of a project's database: another one in its place is another project. */
function fileOf(folder: string): string | undefined {
  const facts = statSync(join(folder, projectFileName), { throwIfNoEntry: false, bigint: true });
  return facts && `${facts.dev}|${facts.ino}|${facts.birthtimeNs}`;
}

/** Paths of exports are remembered for jobs that are resumed: the last ones are enough. */
const mostWrites = 200;

/**
 * Which folders outside of itself each project may reach, in the settings folder: one small file per project, so that the
 * window and the command line do not overwrite each other.
 *
 * A project is known by its folder and the moment it was made. One that this installation has no file for is *foreign*:
 * it reaches nothing outside until the user allows it. A project starts without allowed folders when it is made here, was
 * copied here, or was moved; what the person then imports from, or allows, is added. Projects in the list of recent ones
 * that have no file yet were opened by a version that did not ask: they keep what they name now.
 */
export class TrustedFolders implements OutsideAccess {
  readonly #settings: string;
  readonly #roots: readonly string[];
  readonly #known = new Map<string, Stored>();

  /** `roots`: folders that this host may reach at all; empty: the whole machine. */
  constructor(settings: string, roots: readonly string[] = []) {
    this.#settings = settings;
    this.#roots = roots;
  }

  opened(project: ProjectIdentity, named: () => readonly string[]): void {
    if (readJsonFile(this.#pathOf(project)) !== undefined) return;
    const recent = z.array(z.object({ folder: z.string() })).safeParse(readJsonFile(this.#recentPath)).data ?? [];
    const before = recent.some(({ folder }) => folder === project.folder);
    this.#change(project, (trust) => ({ ...trust, files: before ? [...new Set(named())] : [] }));
  }

  allows(project: ProjectIdentity, path: string): boolean {
    const { files, below } = this.#of(project);
    const trusted = files.includes(dirname(path)) || below.some((folder) => isWithin(folder, path));
    return trusted && (this.#roots.length === 0 || liesWithin(path, this.#roots));
  }

  allow(project: ProjectIdentity, folder: string, what: "files" | "below"): void {
    this.#change(project, (trust) => ({ ...trust, [what]: [...new Set([...trust[what], folder])] }));
  }

  mayWrite(project: ProjectIdentity, path: string): boolean {
    return this.#of(project).writes.includes(path);
  }

  noteWrite(project: ProjectIdentity, path: string): void {
    this.#change(project, (trust) => ({ ...trust, writes: [...new Set([...trust.writes, path])].slice(-mostWrites) }));
  }

  #of(project: ProjectIdentity): Stored {
    const key = this.#pathOf(project);
    const known = this.#known.get(key) ?? this.#read(project);
    this.#known.set(key, known);
    return known;
  }

  #read(project: ProjectIdentity): Stored {
    const { folder, createdAt } = project;
    const { data } = stored.safeParse(readJsonFile(this.#pathOf(project)));
    const own = data?.folder === folder && data.createdAt === createdAt ? data : undefined;
    return own ?? { folder, createdAt, files: [], below: [], writes: [] };
  }

  /** Another process may have added something meanwhile: it is read again first. */
  #change(project: ProjectIdentity, change: (trust: Stored) => Stored): void {
    const now = this.#read(project);
    const known = this.#known.get(this.#pathOf(project)) ?? now;
    const both = (key: "files" | "below" | "writes") => [...new Set([...now[key], ...known[key]])];
    const next = change({ ...now, files: both("files"), below: both("below"), writes: both("writes") });
    this.#known.set(this.#pathOf(project), next);
    try {
      writeJsonFile(this.#pathOf(project), next);
    } catch {
      // Settings that cannot be written: allowed until the program ends, and asked again then.
    }
  }

  knows(folder: string): boolean {
    const own = fileOf(folder);
    return own !== undefined && readJsonFile(this.#knownPath(folder)) === own;
  }

  noteKnown(folder: string): void {
    try {
      const own = fileOf(folder);
      if (own !== undefined) writeJsonFile(this.#knownPath(folder), own);
    } catch {
      // Settings that cannot be written: the project is checked again next time.
    }
  }

  #knownPath(folder: string): string {
    const name = createHash("sha256").update(canonical(folder)).digest("hex").slice(0, 24);
    return join(this.#settings, "known-projects", `${name}.json`);
  }

  get #recentPath(): string {
    return join(this.#settings, "recent-projects.json");
  }

  #pathOf({ folder, createdAt }: ProjectIdentity): string {
    const name = createHash("sha256").update(`${folder}\n${createdAt}`).digest("hex").slice(0, 24);
    return join(this.#settings, "trusted-folders", `${name}.json`);
  }
}
