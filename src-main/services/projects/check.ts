// A project that this installation has not opened before is checked in a process that can be killed: its database may be
// damaged or malicious, and this process will open it.

import { constants, copyFileSync, existsSync, lstatSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError, type ErrorDetails } from "../../../src-shared/errors/index.ts";
import { reason } from "../../../src-shared/errors/reasons/index.ts";
import { checkLargeCells, openCatalog, projectFileName } from "../../catalog/index.ts";
import { removeSync } from "../../files/index.ts";
import { jsonCheck, StructureProblem, type TaskProgress } from "../../vector/index.ts";
import { runReadingTask, whyReadingStopped } from "../reading/subprocess.ts";

/** What SQLite opens beside a database by itself, whatever lies there. */
const besideDatabase = ["-wal", "-shm", "-journal"];

/**
 * Looks through a foreign project before it is opened.
 * @throws AppError "project-damaged" when opening it would take more time or memory than its size asks for
 */
export async function checkForeignProject(folder: string): Promise<void> {
  const path = join(folder, projectFileName);
  // Opening reports what is no file, or a link.
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return;
  for (const ending of besideDatabase)
    if (lstatSync(`${path}${ending}`, { throwIfNoEntry: false })?.isFile() === false)
      throw new AppError("project-damaged", {
        path,
        detail: reason("beside-no-plain-file", { projectFileName, ending }),
      });
  try {
    await runReadingTask("project", { path });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "vector-too-costly") throw error;
    const detail = whyReadingStopped(error.details as ErrorDetails<"vector-too-costly">);
    throw new AppError("project-damaged", { path, detail }, { cause: error });
  }
}

/** The same in this process, with a copy: opening a database leaves files beside it. */
export function checkProjectHere(path: string, telling: Pick<TaskProgress, "alive" | "readable">): null {
  const folder = mkdtempSync(join(tmpdir(), "omnisat-project-"));
  const copy = join(folder, projectFileName);
  try {
    copyFileSync(path, copy, constants.COPYFILE_FICLONE);
    if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`, constants.COPYFILE_FICLONE);
    telling.alive();
    checkLargeCells(copy, (cell) => {
      const check = jsonCheck();
      for (let at = 0; at < cell.length; at += 1 << 20) check.push(cell.subarray(at, at + (1 << 20)));
      check.end();
      telling.alive();
    });
    telling.readable();
    readAll(folder, () => telling.alive());
    return null;
  } catch (error) {
    if (error instanceof StructureProblem)
      throw new AppError("project-damaged", { path, detail: error.reason }, { cause: error });
    if (error instanceof AppError && error.code === "project-damaged")
      throw new AppError("project-damaged", { path, detail: (error.details as ErrorDetails<"project-damaged">).detail }, { cause: error }); // biome-ignore format: one line
    throw error;
  } finally {
    removeSync(folder);
  }
}

/** Opens it as the program does, brings it to the format of today and reads its rows; what it refuses in words, it refuses there too. */
function readAll(folder: string, alive: () => void): void {
  try {
    const catalog = openCatalog(folder, { purpose: "a look at it", appVersion: "0" });
    try {
      for (const table of [catalog.rasters, catalog.acquisitions, catalog.modalities, catalog.legends, catalog.splits, catalog.jobs, catalog.models, catalog.runs, catalog.maps, catalog.layers, catalog.vectors, catalog.labels]) { table.list(); alive(); } // biome-ignore format: a list
    } finally {
      catalog.close();
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}
