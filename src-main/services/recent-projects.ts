import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { RecentProject } from "../../src-shared/ipc/app.ts";
import { projectFileName } from "../catalog/index.ts";
import { readJsonFile, writeJsonFile } from "./json-file.ts";

const stored = z.array(z.object({ folder: z.string(), name: z.string(), openedAt: z.string() }));
const atMost = 20;

/** The projects that were opened last, newest first. Losing the list loses no work: a file that cannot be read is an empty list. */
export class RecentProjects {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  list(): RecentProject[] {
    const { data = [] } = stored.safeParse(readJsonFile(this.#path));
    return data.map((entry) => ({ ...entry, exists: existsSync(join(entry.folder, projectFileName)) }));
  }

  note({ folder, name }: Pick<RecentProject, "folder" | "name">): void {
    const entry = { folder, name, openedAt: new Date().toISOString() };
    this.#write([entry, ...this.list().filter((other) => other.folder !== folder)]);
  }

  forget(folder: string): void {
    this.#write(this.list().filter((other) => other.folder !== folder));
  }

  #write(entries: readonly Pick<RecentProject, "folder" | "name" | "openedAt">[]): void {
    const kept = entries.slice(0, atMost).map(({ folder, name, openedAt }) => ({ folder, name, openedAt }));
    writeJsonFile(this.#path, kept);
  }
}
