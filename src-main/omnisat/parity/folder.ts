import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../../src-shared/errors/index.ts";
import { readSafetensors, type Tensors } from "../../engine/index.ts";
import { type Manifest, manifestSchema } from "./manifest.ts";

/** A folder of reference numbers. Files are read when asked for, one at a time. */
export interface ReferenceFolder {
  readonly path: string;
  readonly files: ReadonlySet<string>;
  /** the manifest's text as JSON, before any check */
  readonly manifestJson: unknown;
  tensors(file: string): Promise<Tensors>;
  json(file: string): Promise<unknown>;
}

/** Opens a folder; what is not one, or holds nothing to read, is said in a sentence. */
export async function openFolder(path: string): Promise<ReferenceFolder> {
  const found = await stat(path).catch(() => null);
  if (!found) throw new AppError("parity-folder", { path, problem: "does not exist" });
  if (!found.isDirectory()) throw new AppError("parity-folder", { path, problem: "is not a folder" });
  const files = new Set(await readdir(path));
  if (files.size === 0) throw new AppError("parity-folder", { path, problem: "is empty" });
  if ([...files].some((file) => file.endsWith(".ckpt")) && !files.has("manifest.json")) {
    throw new AppError("parity-folder", {
      path,
      problem: "holds checkpoints but no reference numbers to compare with",
    });
  }
  if (!files.has("manifest.json")) throw new AppError("parity-folder", { path, problem: "has no manifest.json" });
  const json = async (file: string): Promise<unknown> => {
    try {
      return parsePythonJson(await readFile(join(path, file), "utf8"));
    } catch (cause) {
      throw new AppError(
        "parity-file",
        { path: join(path, file), problem: `it is not JSON (${messageOf(cause)})` },
        { cause },
      );
    }
  };
  return {
    path,
    files,
    manifestJson: await json("manifest.json"),
    json,
    async tensors(file) {
      try {
        return (await readSafetensors(join(path, file))).tensors;
      } catch (cause) {
        if (cause instanceof AppError) throw cause;
        const problem = `it cannot be read as safetensors (${messageOf(cause)})`;
        throw new AppError("parity-file", { path: join(path, file), problem }, { cause });
      }
    },
  };
}

/** JSON as Python writes it: its NaN and Infinity become null. */
function parsePythonJson(text: string): unknown {
  return JSON.parse(text.replace(/([:[,]\s*)(?:-?Infinity|NaN)(?=\s*[,\]}])/g, "$1null"));
}

export function manifestOf(folder: ReferenceFolder): Manifest {
  const parsed = manifestSchema.safeParse(folder.manifestJson);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const problem = `its entry “${issue.path.join(".")}” is wrong (${issue.message})`;
  throw new AppError("parity-file", { path: join(folder.path, "manifest.json"), problem });
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
