import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import type { ProjectSettings } from "../../src-shared/domain/project.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { acquisitionTable } from "./acquisitions.ts";
import { bookmarkTable, layerTable, vectorTable, viewTable } from "./display.ts";
import { type EditName, editTable } from "./edits.ts";
import { networkFileSystem } from "./file-system.ts";
import { jobTable } from "./jobs.ts";
import { labelTable, legendTable, splitTable } from "./labels.ts";
import { type ProjectLock, takeLock } from "./lock.ts";
import { comparisonTable, mapTable } from "./maps.ts";
import { migrate } from "./migrations.ts";
import { modalityTable } from "./modalities.ts";
import { modelTable } from "./models.ts";
import { type ProjectPaths, projectPaths } from "./paths.ts";
import { projectTable } from "./project.ts";
import { rasterTable } from "./rasters.ts";
import { runTable } from "./runs.ts";
import { Sql } from "./sql.ts";
import { tileLabelTable, tileMapTable, tileSplitTable } from "./tile-labels.ts";

export const projectFileName = "project.omniproj";

export interface OpenOptions {
  /** what the project is opened for, in words: the next one to come is told */
  readonly purpose: string;
  /** of this program, written beside what it writes */
  readonly appVersion: string;
  /** reads beside a writer, changes nothing, takes no lock */
  readonly readOnly?: boolean;
}

/** An open project: its tables, and the one connection that may write to them. */
export class Catalog {
  readonly folder: string;
  readonly readOnly: boolean;
  readonly project: ReturnType<typeof projectTable>;
  readonly rasters: ReturnType<typeof rasterTable>;
  readonly acquisitions: ReturnType<typeof acquisitionTable>;
  readonly modalities: ReturnType<typeof modalityTable>;
  readonly legends: ReturnType<typeof legendTable>;
  readonly labels: ReturnType<typeof labelTable>;
  readonly splits: ReturnType<typeof splitTable>;
  readonly tileLabels: ReturnType<typeof tileLabelTable>;
  readonly tileSplits: ReturnType<typeof tileSplitTable>;
  readonly tileMaps: ReturnType<typeof tileMapTable>;
  readonly jobs: ReturnType<typeof jobTable>;
  readonly models: ReturnType<typeof modelTable>;
  readonly runs: ReturnType<typeof runTable>;
  readonly maps: ReturnType<typeof mapTable>;
  readonly comparisons: ReturnType<typeof comparisonTable>;
  readonly layers: ReturnType<typeof layerTable>;
  readonly vectors: ReturnType<typeof vectorTable>;
  readonly bookmarks: ReturnType<typeof bookmarkTable>;
  readonly view: ReturnType<typeof viewTable>;
  readonly edits: ReturnType<typeof editTable>;
  readonly #sql: Sql;
  readonly #lock: ProjectLock | undefined;
  #closed = false;

  /** Use `openCatalog` or `createCatalog`. */
  constructor(sql: Sql, paths: ProjectPaths, lock: ProjectLock | undefined) {
    this.#sql = sql;
    this.#lock = lock;
    this.folder = paths.folder;
    this.readOnly = lock === undefined;
    this.project = projectTable(sql);
    this.rasters = rasterTable(sql, paths);
    this.acquisitions = acquisitionTable(sql, paths);
    this.modalities = modalityTable(sql);
    this.legends = legendTable(sql);
    this.labels = labelTable(sql, paths, this.readOnly);
    this.splits = splitTable(sql);
    this.tileLabels = tileLabelTable(sql, paths);
    this.tileSplits = tileSplitTable(sql);
    this.tileMaps = tileMapTable(sql, paths);
    this.jobs = jobTable(sql, paths);
    this.models = modelTable(sql, paths);
    this.runs = runTable(sql);
    this.maps = mapTable(sql, paths);
    this.comparisons = comparisonTable(sql, paths);
    this.layers = layerTable(sql);
    this.vectors = vectorTable(sql, paths);
    this.bookmarks = bookmarkTable(sql);
    this.view = viewTable(sql);
    this.edits = editTable(sql, this.readOnly);
  }

  /** All of `work` or nothing. */
  transaction<T>(work: () => T): T {
    return this.#sql.transaction(work);
  }

  /**
   * The same as one step that can be undone and redone, also after the project was closed: every row that `work` changes in
   * an undoable table is kept as it was and as it became. An edit inside another one is part of it. `tables` are those touched.
   */
  edit<T>(name: EditName, work: () => T): { readonly value: T; readonly tables: readonly string[] } {
    return this.edits.record(name, work);
  }

  /** The same for what a running job reports: it outlives a crash of the program, if not of the machine. */
  report<T>(work: () => T): T {
    return this.#sql.relaxed(work);
  }

  /** The most pages of 4 KiB the database may take. For quotas, and to try out a full disk. */
  limitPages(pages: number): void {
    this.#sql.pragma(`max_page_count = ${pages}`);
  }

  /** Folds the log back into the one file, so that the folder can be moved, and lets the next one in. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (!this.readOnly) this.#sql.pragma("wal_checkpoint(TRUNCATE)");
    } finally {
      this.#sql.close();
      this.#lock?.release();
    }
  }
}

/** Makes a project in `folder` (which may exist and hold files). On failure nothing is left behind. */
export function createCatalog(folder: string, settings: ProjectSettings, options: OpenOptions): Catalog {
  const existed = existsSync(folder);
  if (existsSync(join(folder, projectFileName))) throw new AppError("project-exists", { folder });
  withDiskErrors(folder, () => mkdirSync(folder, { recursive: true }));
  const paths = projectPaths(folder);
  const path = join(paths.folder, projectFileName);
  const temporary = `${path}.${process.pid}.tmp`;
  let lock: ProjectLock | undefined;
  try {
    lock = takeLock(paths.folder, options.purpose);
    if (existsSync(path)) throw new AppError("project-exists", { folder });
    const sql = Sql.open(temporary, { readOnly: false });
    try {
      sql.transaction(() => {
        migrate(sql, options.appVersion, false);
        projectTable(sql).create(settings, options.appVersion);
      });
    } finally {
      sql.close();
    }
    withDiskErrors(path, () => {
      for (const name of ["runs", "models", "maps"]) mkdirSync(join(paths.folder, name), { recursive: true });
      syncFile(temporary);
      renameSync(temporary, path);
    });
    return openLocked(paths, lock, options);
  } catch (error) {
    rmSync(temporary, { force: true });
    rmSync(`${temporary}-journal`, { force: true });
    lock?.release();
    if (!existed) removeIfEmpty(folder);
    throw error;
  }
}

/** Opens the project in `folder`, brings it to the current format, and settles the jobs that a crash left behind. */
export function openCatalog(folder: string, options: OpenOptions): Catalog {
  const file = join(folder, projectFileName);
  if (!existsSync(file)) throw new AppError("project-not-found", { folder });
  const paths = projectPaths(folder);
  if (options.readOnly) return openReadOnly(paths, options);
  const lock = takeLock(paths.folder, options.purpose);
  try {
    return openLocked(paths, lock, options);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function openLocked(paths: ProjectPaths, lock: ProjectLock, options: OpenOptions): Catalog {
  const sql = Sql.open(join(paths.folder, projectFileName), { readOnly: false });
  try {
    check(sql);
    sql.pragma(`journal_mode = ${networkFileSystem(paths.folder) ? "DELETE" : "WAL"}`);
    // Every commit reaches the disk before it is called done: about 0.4 ms on a solid-state disk.
    sql.pragma("synchronous = FULL");
    sql.pragma("foreign_keys = ON");
    migrate(sql, options.appVersion, false);
    const catalog = new Catalog(sql, paths, lock);
    catalog.jobs.recover();
    return catalog;
  } catch (error) {
    sql.close();
    throw error;
  }
}

/**
 * Reading leaves nothing behind. With a log the writer is at work (or crashed), and SQLite reads both files; without one the
 * file is whole, and a copy in memory is read: SQLite itself would make the log's side files, in a folder that may not even
 * be written to.
 */
function openReadOnly(paths: ProjectPaths, options: OpenOptions): Catalog {
  const path = join(paths.folder, projectFileName);
  const hasLog = () => (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
  let bytes = hasLog() ? undefined : withoutLog(readFileSync(path));
  // A writer that came meanwhile may have changed pages under our hands.
  if (hasLog()) bytes = undefined;
  const sql = Sql.open(path, bytes ? { readOnly: true, bytes } : { readOnly: true });
  try {
    check(sql);
    migrate(sql, options.appVersion, true);
    return new Catalog(sql, paths, undefined);
  } catch (error) {
    sql.close();
    throw error;
  }
}

/** Reads every page's structure once; a catalog is small. */
function check(sql: Sql): void {
  const verdict = sql.pragma("quick_check(1)");
  if (verdict !== "ok") throw new AppError("project-damaged", { path: sql.path, detail: String(verdict) });
}

/** Bytes 18 and 19 of the header say “write-ahead log”; a copy in memory has none. What is shorter is no database anyway. */
function withoutLog(bytes: Buffer): Buffer {
  bytes[18] = 1;
  bytes[19] = 1;
  return bytes;
}

function syncFile(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function withDiskErrors(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOSPC") throw new AppError("no-disk-space", { path }, { cause: error });
    if (code === "EACCES" || code === "EROFS" || code === "EPERM") {
      throw new AppError("project-read-only", { folder: path }, { cause: error });
    }
    if (code === "EEXIST" || code === "ENOTDIR") {
      throw new AppError("project-unreadable", { path, detail: message }, { cause: error });
    }
    throw error;
  }
}

function removeIfEmpty(folder: string): void {
  for (const name of ["runs", "models", "maps"]) {
    if (existsSync(join(folder, name)) && readdirSync(join(folder, name)).length === 0) rmdirSync(join(folder, name));
  }
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
