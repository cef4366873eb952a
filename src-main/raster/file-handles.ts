import { type BigIntStats, constants } from "node:fs";
import { AppError } from "../../src-shared/errors/index.ts";
import { holderState, type OpenBytes, openBytes } from "../files/index.ts";

/** Milliseconds after which a reading looks whether the file at its path is still the one that was opened. */
const lookEvery = 200;

/** Names one state of one file: another file under the name, and the same file with other bytes, have another one. */
export const fileState = ({ dev, ino, size, mtimeNs }: BigIntStats): string => `${dev}-${ino}-${size}-${mtimeNs}`;

/** The same, and the time of the last change of any kind: bytes that were exchanged under an old date show in it. */
export const contentKey = (stats: BigIntStats): string => `${fileState(stats)}-${stats.ctimeNs}`;

interface Opened {
  readonly file: OpenBytes;
  readonly state: string;
}

interface Entry {
  readonly handle: Promise<Opened>;
  users: number;
  lookedAt: number;
}

/** Pipes, sockets and devices are refused without waiting for them. */
async function openFile(path: string): Promise<Opened> {
  const file = await openBytes(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const { stats } = file;
    if (stats.isDirectory()) throw Object.assign(new Error("It is a folder"), { code: "EISDIR" });
    if (!stats.isFile()) throw new AppError("file-not-regular", { path });
    return { file, state: fileState(stats) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Open files, read by position, at most `limit` at a time; the least recently used one closes. A reader that names the state of a file
 * gets bytes of that state or none: a file that was replaced, or written to, since is an error.
 */
class FileHandles {
  readonly #limit: number;
  readonly #open = new Map<string, Entry>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  async #use<T>(path: string, state: string | undefined, work: (handle: OpenBytes) => Promise<T>): Promise<T> {
    let entry = this.#take(path);
    try {
      let opened = await entry.handle;
      if (state !== undefined && opened.state !== state) {
        // This handle was opened before the file was replaced: callers that come now expect the new file.
        entry.users--;
        if (this.#open.get(path) === entry) this.#leave(path, entry);
        entry = this.#take(path);
        opened = await entry.handle;
      }
      if (state !== undefined) await this.#look(path, entry, opened, state);
      return await work(opened.file);
    } catch (error) {
      if (entry.users === 1 && this.#open.get(path) === entry) this.#close(path, entry.handle);
      throw error;
    } finally {
      entry.users--;
    }
  }

  #take(path: string): Entry {
    const entry = this.#open.get(path) ?? { handle: openFile(path), users: 0, lookedAt: performance.now() };
    this.#open.delete(path);
    this.#open.set(path, entry); // newest last
    entry.users++;
    this.#closeOldest();
    return entry;
  }

  async #look(path: string, entry: Entry, { state: opened }: Opened, state: string): Promise<void> {
    if (opened === state && performance.now() - entry.lookedAt < lookEvery) return;
    entry.lookedAt = performance.now();
    const now = fileState(await holderState(path));
    if (opened === state && now === state) return;
    if (this.#open.get(path) === entry) this.#open.delete(path);
    void this.#closeWhenUnused(entry);
    throw new AppError("raster-changed", { path });
  }

  #leave(path: string, entry: Entry): void {
    this.#open.delete(path);
    void this.#closeWhenUnused(entry);
  }

  /** Others may be reading through it. */
  async #closeWhenUnused(entry: Entry): Promise<void> {
    while (entry.users > 0) await new Promise((resolve) => setTimeout(resolve, 50).unref());
    await entry.handle.then(({ file }) => file.close()).catch(() => {});
  }

  #closeOldest(): void {
    for (const [path, entry] of this.#open) {
      if (this.#open.size <= this.#limit) return;
      if (entry.users === 0) this.#close(path, entry.handle);
    }
  }

  #close(path: string, handle: Promise<Opened>): void {
    this.#open.delete(path);
    handle.then(({ file }) => file.close()).catch(() => {});
  }

  /**
   * Bytes from `offset`; fewer than `length` when the file ends. `state` (see `fileState`): of this file and no other.
   * @throws AppError "raster-changed", "file-not-regular"
   */
  read(path: string, offset: number, length: number, state?: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.#use(path, state, async (handle) => {
      // A damaged header may ask for more bytes than any file has: no memory is set aside for those.
      const size = length > 1 << 20 ? handle.size : Number.POSITIVE_INFINITY;
      const wanted = Math.max(0, Math.min(length, size - offset));
      const bytes = new Uint8Array(wanted);
      let filled = 0;
      while (filled < wanted) {
        const { bytesRead } = await handle.read(bytes, filled, wanted - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled === wanted ? bytes : bytes.slice(0, filled);
    });
  }

  /** A file about to be replaced must not be read through its old handle. */
  forget(path: string): void {
    const entry = this.#open.get(path);
    if (entry && entry.users === 0) this.#close(path, entry.handle);
  }
}

/** Windows allows 512 open files in a process, Linux usually 1024: a long time series must not use them up. */
export const files = new FileHandles(64);

/** Closes the file unless somebody is reading it: an open file cannot be replaced on Windows. */
export const releaseFile = (path: string): void => files.forget(path);
