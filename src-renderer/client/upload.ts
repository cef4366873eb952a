import { type ErrorMessage, errorFrom } from "../../src-shared/ipc/index.ts";
import { bridge } from "./bridge.ts";

/** A dropped file, with the folders it was dropped in. */
export interface Dropped {
  readonly file: File;
  /** `S2/20190416.tif` */
  readonly name: string;
}

/**
 * Paths of dropped files, for commands that read files. Electron knows where they lie; a browser does not tell, so there
 * they are sent into the project's folder (`imports/`), which needs an open project. `onprogress` goes from 0 to 1.
 */
export async function pathsOfDropped(
  dropped: readonly Dropped[],
  { onprogress, signal }: { onprogress?: (fraction: number) => void; signal?: AbortSignal } = {},
): Promise<string[]> {
  const known = dropped.map(({ file }) => bridge.pathOf(file));
  if (known.every((path) => path !== null)) return known;
  const total = dropped.reduce((sum, { file }) => sum + file.size, 0) || 1;
  // One folder per drop: what belongs together (.shp, .dbf, .prj) stays together.
  const batch = new Date().toISOString().slice(0, 19).replaceAll(":", "-").replace("T", " ");
  const paths: string[] = [];
  let before = 0;
  for (const { file, name } of dropped) {
    signal?.throwIfAborted();
    paths.push(await send(file, [batch, ...name.split("/")], (sent) => onprogress?.((before + sent) / total), signal));
    before += file.size;
  }
  return paths;
}

/** All files of a drop, also those in dropped folders. Call it in the event itself: the browser forgets the items after it. */
export async function droppedFiles(transfer: DataTransfer): Promise<Dropped[]> {
  // What lies in no folder, such as a picture dragged from a page, is a file without an entry.
  const dragged = [...transfer.items].map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const found: Dropped[] = [];
  for (const one of dragged) {
    if (one instanceof File) found.push({ file: one, name: one.name });
    else if (one) await collect(one, "", found);
  }
  return found;
}

async function collect(entry: FileSystemEntry, above: string, found: Dropped[]): Promise<void> {
  if (entry.name.startsWith(".")) return;
  const name = above + entry.name;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ file, name });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A folder is listed in portions, the last of which is empty.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const below of some) await collect(below, `${name}/`, found);
  }
}

/** XMLHttpRequest and not fetch: it reports how much was sent. The file is read from the disk as it goes. */
function send(
  file: File,
  path: readonly string[],
  onsent: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal?.addEventListener("abort", stop, { once: true });
    request.open("POST", `${bridge.pixels.replace("/pixels/", "/imports/")}/${path.map(encodeURIComponent).join("/")}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = ({ loaded }) => onsent(loaded);
    request.onload = () => {
      const answer = readAnswer(request.responseText);
      if (answer?.path) resolve(answer.path);
      else reject(answer?.error ? errorFrom(answer.error) : new Error(request.responseText));
    };
    request.onerror = () =>
      reject(errorFrom({ name: "AppError", message: "", code: "connection-lost", details: undefined }));
    request.onabort = () => reject(signal?.reason ?? new DOMException("Stopped", "AbortError"));
    request.onloadend = () => signal?.removeEventListener("abort", stop);
    request.send(file);
  });
}

function readAnswer(text: string): { readonly path?: string; readonly error?: ErrorMessage } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
