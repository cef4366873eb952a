import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";
import type { ProjectSettings } from "../../src-shared/domain/project.ts";
import type { TableName } from "../../src-shared/domain/tables.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { reason } from "../../src-shared/errors/reasons/index.ts";
import type { WithheldFolder } from "../../src-shared/ipc/project.ts";
import { discard, diskError, isDiskFull, placeTogetherSync, temporaryBeside } from "../files/index.ts";
import { acquisitionTable } from "./acquisitions.ts";
import { areaSampleTable } from "./area-samples.ts";
import { chainTable } from "./chains.ts";
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
import { numberModelTable, numberTargetTable, surfaceTable } from "./numbers.ts";
import { type OwnFolder, removeOwn } from "./own-files.ts";
import { canonical, isWithin, type OutsideAccess, type ProjectPaths, projectPaths } from "./paths.ts";
import { projectTable } from "./project.ts";
import { rasterTable } from "./rasters.ts";
import { runTable } from "./runs.ts";
import { Sql } from "./sql.ts";
import { tileLabelTable, tileMapTable, tileSplitTable } from "./tile-labels.ts";

export const projectFileName = "project.omniproj";

export interface OpenOptions {
  /** what the project is opened for, in words: shown to anybody who is refused meanwhile */
  readonly purpose: string;
  /** of this program, written beside what it writes */
  readonly appVersion: string;
  /** reads beside a writer, changes nothing, takes no lock */
  readonly readOnly?: boolean;
  /** which files outside of its folder the project may name; left out: those named by a person in this process */
  readonly outside?: OutsideAccess;
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
  readonly areaSamples: ReturnType<typeof areaSampleTable>;
  readonly chains: ReturnType<typeof chainTable>;
  readonly numberTargets: ReturnType<typeof numberTargetTable>;
  readonly numberModels: ReturnType<typeof numberModelTable>;
  readonly surfaces: ReturnType<typeof surfaceTable>;
  readonly layers: ReturnType<typeof layerTable>;
  readonly vectors: ReturnType<typeof vectorTable>;
  readonly bookmarks: ReturnType<typeof bookmarkTable>;
  readonly view: ReturnType<typeof viewTable>;
  readonly edits: ReturnType<typeof editTable>;
  readonly #sql: Sql;
  readonly #lock: ProjectLock | undefined;
  readonly #paths: ProjectPaths;
  #closed = false;

  /** Use `openCatalog` or `createCatalog`. */
  constructor(sql: Sql, paths: ProjectPaths, lock: ProjectLock | undefined) {
    this.#sql = sql;
    this.#lock = lock;
    this.#paths = paths;
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
    this.areaSamples = areaSampleTable(sql);
    this.chains = chainTable(sql);
    this.numberTargets = numberTargetTable(sql, paths);
    this.numberModels = numberModelTable(sql, paths);
    this.surfaces = surfaceTable(sql, paths);
    this.layers = layerTable(sql);
    this.vectors = vectorTable(sql, paths);
    this.bookmarks = bookmarkTable(sql);
    this.view = viewTable(sql);
    this.edits = editTable(sql, this.readOnly);
    if (!this.readOnly) sql.script(imageryTouches);
    paths.identify(this.project.get().createdAt);
    paths.access.opened?.(paths.identity, () => this.withheld().map(({ folder }) => folder));
    paths.forget();
  }

  /** A counter that grows with every change of images, acquisitions, modalities and the project's area; 0 when it is not kept. */
  imageryVersion(): number {
    if (this.readOnly) return 0;
    return this.#sql.get<{ version: number }>("SELECT version FROM imagery_touches")!.version;
  }

  /** Folders outside that the project names and may not reach: the person is asked once, and answers with `allowOutside`. */
  withheld(): WithheldFolder[] {
    const rows = [
      this.rasters.list().map(({ path }) => path),
      this.vectors.list().map(({ path }) => path),
      this.labels.imports().map(({ path }) => path),
      this.models.list().map(({ folder }) => folder),
      this.tileLabels.imports().map(({ path }) => path),
      this.tileMaps.list().map(({ files }) => files),
      this.jobs.list().map(({ folder }) => folder),
      this.maps.list().map(({ files }) => files),
      this.numberTargets.list().map(({ path }) => path),
      this.numberModels.list().map(({ result }) => result.modelFolder),
      this.surfaces.list().map(({ result }) => [result.path, result.qmlPath, result.sldPath, result.sidecarPaths]),
      this.comparisons.list().map(({ result }) => [result.path, result.qmlPath, result.sldPath, result.sidecarPaths]),
    ];
    const found = new Map<string, Set<string>>();
    for (const path of texts(rows)) {
      const behind = this.#paths.behind(path);
      if (behind === undefined) continue;
      const folder = dirname(behind);
      found.set(folder, (found.get(folder) ?? new Set()).add(basename(behind)));
    }
    return [...found].map(([folder, names]) => ({ folder, files: names.size, names: [...names].slice(0, 3) }));
  }

  /** The person allows `folder` and what lies below it. Remembered for this project, outside of it. */
  allowOutside(folder: string): void {
    this.#paths.access.allow(this.#paths.identity, canonical(folder), "below");
    this.#paths.forget();
  }

  /** Where a path of a row leads that was withheld; `undefined` of any other path. */
  behind(path: string): string | undefined {
    return this.#paths.behind(path);
  }

  /**
   * May this path, which a file inside the project gives, be read? Inside the project, or allowed; links are followed first.
   * A job's stored specification is such a file: the author of the project may have written it.
   */
  mayRead(path: string): boolean {
    return isAbsolute(path) && this.#paths.behind(this.#paths.fromStored(this.#paths.locate(path))) === undefined;
  }

  /** The same for a file that is written: inside the project's exports, or named by the person before. */
  mayWrite(path: string): boolean {
    const real = canonical(path);
    const { access, identity } = this.#paths;
    return isWithin(join(this.folder, "exports"), real) || access.mayWrite(identity, real);
  }

  /** What decides which files outside of their folders projects may name: the same for a project that is opened beside this one. */
  get outside(): OutsideAccess {
    return this.#paths.access;
  }

  /** The person named a file outside of the project for a job: files of its folder may be read from now on, as after an import. */
  noteRead(path: string): void {
    this.#paths.toStored(path);
  }

  /** The person said that `path` is to be written. */
  noteWrite(path: string): void {
    const real = canonical(path);
    if (!isWithin(join(this.folder, "exports"), real)) this.#paths.access.noteWrite(this.#paths.identity, real);
  }

  /** Deletes a file or folder below the project's own folders; anything else is left alone. Was something deleted? */
  removeOwn(path: string, areas?: readonly OwnFolder[]): boolean {
    return removeOwn(this.folder, path, areas);
  }

  /** All of `work` or nothing. */
  transaction<T>(work: () => T): T {
    return this.#sql.transaction(work);
  }

  /**
   * The same as one step that can be undone and redone, also after the project was closed: every row that `work` changes in
   * an undoable table is kept as it was and as it became. An edit inside another one is part of it. `tables` are those touched.
   */
  edit<T>(name: EditName, work: () => T): { readonly value: T; readonly tables: readonly TableName[] } {
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

  /** Merges the write-ahead log into the database file, so that the folder can be moved, and releases the lock. */
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

/**
 * Makes a project in `folder` (which may exist and hold files). On failure nothing is left behind.
 * @throws AppError "project-exists", "project-read-only", "project-unreadable"
 */
export function createCatalog(folder: string, settings: ProjectSettings, options: OpenOptions): Catalog {
  const existed = existsSync(folder);
  if (existsSync(join(folder, projectFileName))) throw new AppError("project-exists", { folder });
  withDiskErrors(folder, () => mkdirSync(folder, { recursive: true }));
  const paths = projectPaths(folder, options.outside);
  const path = join(paths.folder, projectFileName);
  const temporary = temporaryBeside(path);
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
      placeTogetherSync([[temporary, path]]);
    });
    return openLocked(paths, lock, options);
  } catch (error) {
    discard(temporary);
    lock?.release();
    if (!existed) removeIfEmpty(folder);
    throw error;
  }
}

/**
 * Opens the project in `folder`, brings it to the current format, and corrects the state of jobs that a crash interrupted.
 * @throws AppError "project-not-found", "project-unreadable", "project-read-only", "project-in-use"
 */
export function openCatalog(folder: string, options: OpenOptions): Catalog {
  const file = join(folder, projectFileName);
  const facts = statSync(file, { throwIfNoEntry: false });
  if (!facts) throw new AppError("project-not-found", { folder });
  // Opening a pipe would block until somebody writes to it.
  if (!facts.isFile()) throw new AppError("project-unreadable", { path: file, detail: reason("no-file") });
  const paths = projectPaths(folder, options.outside);
  assertPlainDatabase(join(paths.folder, projectFileName));
  if (options.readOnly) return openReadOnly(paths, options);
  const lock = takeLock(paths.folder, options.purpose);
  try {
    return openLocked(paths, lock, options);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Another connection to a project that this process has open for writing, as for a thread of its own: it reads what was committed last, changes
 * nothing and takes no lock.
 * @throws AppError "project-unreadable", "project-busy"
 */
export function openBeside(folder: string): Catalog {
  const paths = projectPaths(folder, undefined);
  // Opened for writing, so that SQLite takes its side files away whoever closes last.
  const sql = Sql.open(join(paths.folder, projectFileName), { readOnly: false });
  try {
    sql.pragma("query_only = ON");
    sql.pragma("trusted_schema = OFF");
    return new Catalog(sql, paths, undefined);
  } catch (error) {
    sql.close();
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
  // A writer that started meanwhile may have changed pages while they were read.
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
  let verdict: unknown;
  try {
    // The schema of a project from elsewhere may call only those functions that SQLite marks as innocuous.
    sql.pragma("trusted_schema = OFF");
    sql.pragma("cell_size_check = ON");
    verdict = sql.pragma("quick_check(1)");
  } catch (cause) {
    // SQLite reports an unknown header by its message alone, without an error code.
    if (cause instanceof AppError || !(cause instanceof Error)) throw cause;
    throw new AppError(
      "project-damaged",
      { path: sql.path, detail: reason("database-says", { message: cause.message }) },
      { cause },
    );
  }
  if (verdict !== "ok")
    throw new AppError("project-damaged", {
      path: sql.path,
      detail: reason("database-says", { message: String(verdict) }),
    });
}

/** Bytes 18 and 19 of the header say “write-ahead log”; a copy in memory has none. What is shorter is no database anyway. */
function withoutLog(bytes: Buffer): Buffer {
  bytes[18] = 1;
  bytes[19] = 1;
  return bytes;
}

/** A link would open, and change, a database elsewhere; a pipe would block. SQLite's side files are written beside it. */
function assertPlainDatabase(path: string): void {
  for (const ending of ["", "-wal", "-shm", "-journal"]) {
    const stats = lstatSync(path + ending, { throwIfNoEntry: false });
    if (stats && !stats.isFile())
      throw new AppError("project-unreadable", {
        path: path + ending,
        detail: stats.isSymbolicLink() ? reason("link-elsewhere") : reason("not-file"),
      });
  }
}

/** Every text in plain data. */
function* texts(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null) for (const item of Object.values(value)) yield* texts(item);
}

function withDiskErrors(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (isDiskFull(error)) throw diskError(path, error);
    if (code === "EACCES" || code === "EROFS" || code === "EPERM") {
      throw new AppError("project-read-only", { folder: path }, { cause: error });
    }
    if (code === "EEXIST" || code === "ENOTDIR") {
      throw new AppError("project-unreadable", { path, detail: reason("system-says", { code }) }, { cause: error });
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

/** Counts changes of what decides where the project's images lie, as long as this connection lives. */
const imageryTouches = `
  CREATE TEMP TABLE imagery_touches (version INTEGER NOT NULL);
  INSERT INTO imagery_touches VALUES (1);
  ${["rasters", "acquisitions", "pieces", "piece_files", "modalities", "modality_acquisitions", "project"]
    .flatMap((table) => ["INSERT", "UPDATE", "DELETE"].map((change) => `${change} ON main.${table}`))
    .map(
      (change, index) => `CREATE TEMP TRIGGER imagery_${index} AFTER ${change} BEGIN
    UPDATE imagery_touches SET version = version + 1;
  END;`,
    )
    .join("\n")}`;
