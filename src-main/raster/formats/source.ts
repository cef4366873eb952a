import { AppError } from "../../../src-shared/errors/index.ts";
import { holderState, type OpenBytes, openBytes } from "../../files/index.ts";
import { contentKey, fileState } from "../file-handles.ts";

/** An open file that lies there as a file: its length does not change with every look, and reading it does not wait for a writer. */
export interface Source {
  readonly path: string;
  /** names the file's state, for the cache of decoded blocks */
  readonly identity: string;
  /** the same, for the handle that its bytes are read through later */
  readonly state: string;
  readonly size: number;
  readonly handle: OpenBytes;
}

/** @throws raster-not-a-file for folders, pipes and devices, before they are opened: opening a pipe waits for its writer */
export async function openSource(path: string): Promise<Source> {
  const about = await holderState(path);
  if (!about.isFile()) {
    const what = about.isDirectory() ? "folder" : about.isFIFO() ? "pipe" : about.isSocket() ? "socket" : "device";
    throw new AppError("raster-not-a-file", { path, what });
  }
  const handle = await openBytes(path);
  const { stats, size } = handle;
  return { path, identity: `${path}|${contentKey(stats)}`, state: fileState(stats), size, handle };
}

/** Bytes from `offset`; fewer than `length` when the file ends. */
export async function readBytes({ handle }: Source, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled === length ? bytes : bytes.slice(0, filled);
}
