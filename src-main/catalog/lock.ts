import { closeSync, fsyncSync, lstatSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ProcessIdentity } from "../../src-shared/domain/job-row.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { reason } from "../../src-shared/errors/reasons/index.ts";
import { diskError, removeSync, writeAllSync } from "../files/index.ts";
import { readPlainText } from "./own-files.ts";
import { livenessOf, ownIdentity } from "./process-identity.ts";

/** Who may write to a project: what is in `project.lock`, readable for people too. */
export interface LockHolder extends ProcessIdentity {
  /** what the holder is doing, in words */
  readonly purpose: string;
  readonly since: string;
}

export interface ProjectLock {
  release(): void;
}

export const lockFileName = "project.lock";

/** Takes the writer's lock of a project folder, or says who holds it. A lock whose process has died is taken over. */
export function takeLock(folder: string, purpose: string): ProjectLock {
  const path = join(folder, lockFileName);
  const holder: LockHolder = { ...ownIdentity(), purpose, since: new Date().toISOString() };
  if (!create(path, holder) && !takeOverStale(path, holder)) refuse(folder, path);
  return {
    release() {
      // Delete our own lock only: after somebody deleted it by hand, the file may belong to another process.
      const current = readLock(path);
      if (current?.pid === holder.pid && current.since === holder.since) removeSync(path);
    },
  };
}

/** The holder of the lock, or `undefined` when nobody holds it. An unreadable lock file has no holder. */
function readLock(path: string): LockHolder | undefined {
  try {
    const value: unknown = JSON.parse(readPlainText(path, mostBytes));
    return isHolder(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A lock has a few hundred. */
const mostBytes = 1 << 16;

/** Clocks of one computer are set back now and then; a lock from later than this was not made by a process that lives. */
const mostAhead = 10 * 60_000;

function isHolder(value: unknown): value is LockHolder {
  if (typeof value !== "object" || value === null) return false;
  const { pid, host, started, purpose, since } = value as Record<string, unknown>;
  return (
    typeof pid === "number" &&
    Number.isSafeInteger(pid) &&
    pid > 0 &&
    typeof host === "string" &&
    (started === null || typeof started === "string") &&
    typeof purpose === "string" &&
    typeof since === "string" &&
    /^\d{4}-\d{2}-\d{2}T/.test(since) &&
    Number.isFinite(Date.parse(since))
  );
}

/** False when the file exists: creating it is atomic, so only one process succeeds. */
function create(path: string, holder: LockHolder): boolean {
  let file: number;
  try {
    file = openSync(path, "wx");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" || code === "EISDIR") {
      if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory())
        throw new AppError(
          "project-unreadable",
          { path, detail: reason("folder-where-lock-should") },
          { cause: error },
        );
      return false;
    }
    if (code === "EROFS" || code === "EACCES" || code === "EPERM") {
      throw new AppError("project-read-only", { folder: dirname(path) }, { cause: error });
    }
    throw diskError(path, error);
  }
  try {
    writeAllSync(file, Buffer.from(`${JSON.stringify(holder, null, 1)}\n`));
    fsyncSync(file);
  } catch (error) {
    removeSync(path);
    throw diskError(path, error);
  } finally {
    closeSync(file);
  }
  return true;
}

/**
 * Two processes may find the same dead lock: the one that creates the guard file looks again, and replaces it.
 * A guard older than ten seconds was left by a crash in these few lines.
 */
function takeOverStale(path: string, holder: LockHolder): boolean {
  if (!isStale(path)) return false;
  const guard = `${path}.takeover`;
  if (ageOf(guard) > 10_000) removeSync(guard);
  if (!create(guard, holder)) return false;
  try {
    if (!isStale(path)) return false;
    removeSync(path);
    return create(path, holder);
  } finally {
    removeSync(guard);
  }
}

function isStale(path: string): boolean {
  const holder = readLock(path);
  // Half-written by a crash, or being written this moment; or no lock of ours at all.
  if (!holder) return Math.abs(ageOf(path)) > 10_000;
  const liveness = livenessOf(holder);
  if (liveness !== "alive") return liveness === "dead";
  // A process with that id is running. Without a recorded start time, the time of the lock has to be plausible.
  return holder.started === null && Date.parse(holder.since) - Date.now() > mostAhead;
}

function ageOf(path: string): number {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats ? Date.now() - stats.mtimeMs : 0;
}

function refuse(folder: string, path: string): never {
  const holder = readLock(path);
  throw new AppError("project-in-use", {
    folder,
    purpose: shown(holder?.purpose) ?? reason("program-opening-it"),
    pid: holder?.pid ?? 0,
    host: shown(holder?.host) ?? reason("this-computer"),
    since: shown(holder?.since) ?? new Date().toISOString(),
    lockPath: path,
    // Without a start time nobody can tell whether that process is the one that wrote it.
    elsewhere: holder ? livenessOf(holder) === "unknown" || holder.started === null : false,
  });
}

/** What a lock says, short enough for a sentence and without control characters. */
const shown = (text: string | undefined): string | undefined =>
  text === undefined
    ? undefined
    : Array.from(text, (letter) => (letter < " " || letter === "\u007f" ? " " : letter))
        .slice(0, 100)
        .join("");
