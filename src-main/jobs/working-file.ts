import { AppError } from "../../src-shared/errors/index.ts";

const full = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** Does `work` on the file at `path`; a disk that is full is told with the file's name. */
export async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (full.has((cause as NodeJS.ErrnoException).code ?? "")) throw new AppError("no-disk-space", { path }, { cause });
    throw cause;
  }
}

interface Writable {
  write(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesWritten: number }>;
}

/** Writes all of `bytes` at `position`; a short write goes on where it stopped. */
export async function writeAll(file: Writable, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length)
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}
