import { type FileHandle, open } from "node:fs/promises";

/** Open files, read by position, at most `limit` at a time; the least recently used one closes. */
class FileHandles {
  readonly #limit: number;
  readonly #open = new Map<string, { readonly handle: Promise<FileHandle>; users: number }>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  async #use<T>(path: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
    const entry = this.#open.get(path) ?? { handle: open(path, "r"), users: 0 };
    this.#open.delete(path);
    this.#open.set(path, entry); // newest last
    entry.users++;
    this.#closeOldest();
    try {
      return await work(await entry.handle);
    } catch (error) {
      if (entry.users === 1 && this.#open.get(path) === entry) this.#close(path, entry.handle);
      throw error;
    } finally {
      entry.users--;
    }
  }

  #closeOldest(): void {
    for (const [path, entry] of this.#open) {
      if (this.#open.size <= this.#limit) return;
      if (entry.users === 0) this.#close(path, entry.handle);
    }
  }

  #close(path: string, handle: Promise<FileHandle>): void {
    this.#open.delete(path);
    handle.then((file) => file.close()).catch(() => {});
  }

  /** Bytes from `offset`; fewer than `length` when the file ends. */
  read(path: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#use(path, async (handle) => {
      // A damaged header may ask for more bytes than any file has: no memory is set aside for those.
      const size = length > 1 << 20 ? (await handle.stat()).size : Number.POSITIVE_INFINITY;
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
