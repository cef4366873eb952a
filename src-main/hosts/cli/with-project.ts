import { AsyncLocalStorage } from "node:async_hooks";
import { resolve } from "node:path";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Topics } from "../../../src-shared/ipc/contract.ts";
import type { Services } from "../../services/services.ts";
import { appVersion } from "../app-version.ts";
import { shippedModelsFolder } from "../places.ts";
import { settingsFolder } from "../settings-folder.ts";
import type { Output } from "./output.ts";

export interface ProjectUse {
  readonly project: string;
  /** what the lock says to another program that wants to write meanwhile */
  readonly purpose: string;
  readonly readOnly?: boolean;
  readonly output: Output;
  readonly signal: AbortSignal;
}

const allowed = new AsyncLocalStorage<readonly string[]>();

/** Runs a command whose `--allow` named folders outside of its project. */
export const allowing = <Result>(folders: readonly string[], work: () => Result): Result => allowed.run(folders, work);

/** Opens the project, does `work` with its services, and closes it again, whatever happens. */
export async function withProject(
  { project, purpose, readOnly = false, output, signal }: ProjectUse,
  work: (services: Services) => Promise<number>,
): Promise<number> {
  // Loaded only now: help and usage errors should not wait for SQLite.
  const [{ services }, { closeInstant }, { closeSimilar }, { inProcessRunner }] = await Promise.all([
    import("../../services/services.ts"),
    import("../../services/instant/instant-project.ts"),
    import("../../services/similar/similar-project.ts"),
    import("../job-process/in-process.ts"),
  ]);
  const catalog = await open(project, purpose, readOnly);
  try {
    signal.throwIfAborted();
    for (const folder of allowed.getStore() ?? []) catalog.allowOutside(resolve(folder));
    for (const { folder, files, names } of catalog.withheld())
      output.warn(
        `The project names ${files === 1 ? `the file “${names[0]}”` : `${files} files (${names.join(", ")}${files > names.length ? ", …" : ""})`} in “${folder}”, outside of its own folder. Nothing there is read until you allow it, once: --allow "${folder}".`,
      );
    return await work(
      services({
        catalog,
        appVersion,
        runJob: inProcessRunner,
        settingsFolder: settingsFolder(),
        shippedModels: shippedModelsFolder,
        signal,
        announce: (topic, what) => {
          if (topic === "job.event") output.progress((what as Topics["job.event"]).event);
          if (topic === "work") output.progress({ type: "phase", ...(what as Topics["work"]) });
        },
      }),
    );
  } finally {
    closeInstant(catalog);
    closeSimilar(catalog);
    catalog.close();
  }
}

/** Lets other projects that a command names use the folders of `--allow` as well. */
export async function allowInside(projects: readonly string[]): Promise<void> {
  const folders = allowed.getStore() ?? [];
  if (folders.length === 0) return;
  for (const project of projects) {
    const catalog = await open(project, "allow files outside", true);
    try {
      for (const folder of folders) catalog.allowOutside(resolve(folder));
    } finally {
      catalog.close();
    }
  }
}

/** A project of an older format is brought up to date first, which needs the right to write. */
async function open(folder: string, purpose: string, readOnly: boolean) {
  const projects = await cliProjects();
  try {
    return await projects["project.open"]({ folder, purpose, readOnly });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "project-older-read-only") throw error;
    return projects["project.open"]({ folder, purpose });
  }
}

export async function cliProjects() {
  const [{ projectFolders }, { TrustedFolders }] = await Promise.all([
    import("../../services/projects/projects.ts"),
    import("../../services/projects/trusted-folders.ts"),
  ]);
  return projectFolders({ appVersion, outside: new TrustedFolders(settingsFolder()) });
}
