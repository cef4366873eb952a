import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { fileJobKinds, type JobSpec } from "../../../src-shared/domain/job.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { readPlainText } from "../../catalog/index.ts";
import { writeWholeSync } from "../../files/index.ts";

/** In a job's folder: which files it began with, in the order of `inputPaths`. */
export const inputsFileName = "inputs.json";

/** One state of one file, to be known again in days and on another disk. */
const inputState = z.object({
  bytes: z.number(),
  /** nanoseconds, as text */
  modified: z.string(),
  device: z.string(),
  inode: z.string(),
  digest: z.string(),
});
type InputState = z.infer<typeof inputState>;

/**
 * The files that a job goes on reading: the images of its modalities, and the model it works with. The author of the project
 * may have written the specification: what is not of the right shape names no file.
 */
export function inputPaths(spec: JobSpec): string[] {
  if (fileJobKinds.has(spec.kind)) return [];
  const { imagery, modelFolder } = spec as { readonly imagery?: unknown; readonly modelFolder?: unknown };
  const others = [...listOf(spec, "others"), fieldOf(spec, "before"), fieldOf(spec, "after")];
  const places = [imagery, ...others.map((other) => fieldOf(other, "imagery"))];
  // It holds the checksum of its weights, which is compared when they are read.
  const model = typeof modelFolder === "string" ? [join(modelFolder, "model.json")] : [];
  const embeddings = spec.kind === "embed-files" ? listOf(spec, "files").flatMap(filesOfEmbedding) : [];
  return [...new Set([...places.flatMap(imagesOf), ...embeddings]), ...model];
}

const filesOfEmbedding = (file: unknown): string[] =>
  ["path", "scalesPath", "gridPath"].map((name) => fieldOf(file, name)).filter((path) => typeof path === "string");

/** The files of the acquisitions that the modalities of an imagery name. */
function imagesOf(imagery: unknown): string[] {
  const wanted = new Set(listOf(imagery, "modalities").flatMap((modality) => listOf(modality, "acquisitions")));
  return listOf(imagery, "acquisitions")
    .filter((acquisition) => wanted.has(fieldOf(acquisition, "id")))
    .flatMap((acquisition) => listOf(acquisition, "pieces"))
    .flatMap((piece) => listOf(piece, "files"))
    .map((file) => fieldOf(file, "path"))
    .filter((path) => typeof path === "string");
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

const listOf = (value: unknown, name: string): readonly unknown[] => {
  const list = fieldOf(value, name);
  return Array.isArray(list) ? (list as readonly unknown[]) : [];
};

/** The whole of small files; of larger ones their length, both ends, where TIFFs keep their tables, and pieces between. */
const whole = 1 << 20;
const end = 256 << 10;
const pieces = { count: 32, bytes: 16 << 10 } as const;

async function digestOf(path: string, bytes: number): Promise<string> {
  const hash = createHash("sha256").update(`${bytes} `);
  const file = await open(path, "r");
  try {
    const add = async (from: number, length: number) => {
      const buffer = Buffer.alloc(length);
      const { bytesRead } = await file.read(buffer, 0, length, from);
      hash.update(buffer.subarray(0, bytesRead));
    };
    if (bytes <= whole) await add(0, bytes);
    else {
      await add(0, end);
      const stride = (bytes - 2 * end) / pieces.count;
      for (let i = 0; i < pieces.count; i++) await add(Math.floor(end + i * stride), pieces.bytes);
      await add(bytes - end, end);
    }
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

async function stateOf(path: string): Promise<InputState | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  const bytes = Number(found.size);
  const digest = await digestOf(path, bytes);
  return { bytes, modified: String(found.mtimeNs), device: String(found.dev), inode: String(found.ino), digest };
}

/** Writes down what the files at `paths` are now, before the job reads them. */
export async function noteInputs(folder: string, paths: readonly string[]): Promise<void> {
  const states: (InputState | null)[] = [];
  for (const path of paths) states.push((await stateOf(path)) ?? null);
  writeWholeSync(join(folder, inputsFileName), JSON.stringify(states), { unwritable: "export-unwritable" });
}

/**
 * Refuses to go on with other files than those the job began with: what it did so far is of them. A file that was copied,
 * moved or put back from a copy is known by its bytes; one that was written to in its place is another one, unless it is so
 * small that all of it is known. Jobs of releases that noted nothing go on.
 * @throws AppError "job-input-changed", "job-spec-damaged"
 */
export async function assertSameInputs(folder: string, paths: readonly string[]): Promise<void> {
  const notes = join(folder, inputsFileName);
  if (!existsSync(notes)) return;
  const states = readNotes(notes);
  if (states.length !== paths.length) throw new AppError("job-spec-damaged", { path: notes });
  for (const [at, path] of paths.entries()) {
    const before = states[at];
    const now = await stat(path, { bigint: true }).catch(() => undefined);
    if (!now?.isFile()) throw new AppError("job-input-changed", { path, when: "resume", missing: true });
    if (before && (await isSame(path, before, Number(now.size), String(now.mtimeNs), now))) continue;
    // A file that was missing when the job began is no other file now.
    if (before === null) continue;
    throw new AppError("job-input-changed", { path, when: "resume", missing: false });
  }
}

async function isSame(
  path: string,
  before: InputState,
  bytes: number,
  modified: string,
  { dev, ino }: { readonly dev: bigint; readonly ino: bigint },
): Promise<boolean> {
  if (bytes !== before.bytes) return false;
  const inPlace = String(dev) === before.device && String(ino) === before.inode;
  if (inPlace && modified === before.modified) return true;
  if (inPlace && bytes > whole) return false;
  return (await digestOf(path, bytes)) === before.digest;
}

function readNotes(path: string): readonly (InputState | null)[] {
  try {
    return z.array(inputState.nullable()).parse(JSON.parse(readPlainText(path)));
  } catch (cause) {
    throw new AppError("job-spec-damaged", { path }, { cause });
  }
}

/** Milliseconds between two looks at the files of a running job. */
const pace = 1000;

/**
 * Looks at a running job's files from its beginning to its end: what was read may lie in memory, and the reading itself
 * need not notice that the file is another one by now.
 */
export class InputGuard {
  readonly #paths: readonly string[];
  readonly #states = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  private constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  /** `onChange` is called once, for the first file that was replaced */
  static async over(paths: readonly string[], onChange: (error: AppError) => void): Promise<InputGuard> {
    const guard = new InputGuard(paths);
    for (const path of paths) {
      const state = await fileKey(path).catch(() => undefined);
      if (state !== undefined) guard.#states.set(path, state);
    }
    guard.#lookLater(onChange);
    return guard;
  }

  #lookLater(onChange: (error: AppError) => void): void {
    if (this.#over || this.#paths.length === 0) return;
    this.#timer = setTimeout(async () => {
      const changed = await this.changed();
      if (this.#over) return;
      if (changed) onChange(changed);
      else this.#lookLater(onChange);
    }, pace).unref();
  }

  /** The first file that is not what it was when the job began. */
  async changed(): Promise<AppError | undefined> {
    for (const path of this.#paths) {
      const before = this.#states.get(path);
      if (before === undefined) continue;
      const now = await fileKey(path).catch(() => before);
      if (now !== before)
        return new AppError("job-input-changed", { path, when: "running", missing: now === undefined });
    }
    return undefined;
  }

  end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }
}

/** A disk that does not answer for a moment is no change: only a missing file is. */
async function fileKey(path: string): Promise<string | undefined> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true });
    return `${dev}-${ino}-${size}-${mtimeNs}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
